"""Form keys (表单号): one for each form shown, bound to the visitor's chat; one key makes one case, a foreign one none."""

from __future__ import annotations

import secrets

from office.office import ChatKey
from web import seals
from web.window import Window

FIELD = "key"
_NONCE_BYTES = 12
_PURPOSE = "form"


def make(window: Window, chat: ChatKey) -> str:
    """A fresh key for a form that is about to be shown to `chat`."""
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return f"{nonce}.{seals.made(window, _PURPOSE, chat.channel, chat.id, nonce)}"


def is_ours(window: Window, chat: ChatKey, key: str) -> bool:
    """Whether this window showed the form to this chat; another site cannot know such a key."""
    nonce, _, seal = key.partition(".")
    return seals.fits(window, seal, _PURPOSE, chat.channel, chat.id, nonce)
