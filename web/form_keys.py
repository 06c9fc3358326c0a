"""Form keys (表单号): one for each form shown, bound to the visitor's chat; one key makes one case, a foreign one none."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from office.office import ChatKey
from web.window import Window

FIELD = "key"
_NONCE_BYTES = 12


def make(window: Window, chat: ChatKey) -> str:
    """A fresh key for a form that is about to be shown to `chat`."""
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return f"{nonce}.{_seals(window, chat, nonce)[0]}"


def is_ours(window: Window, chat: ChatKey, key: str) -> bool:
    """Whether this window showed the form to this chat; another site cannot know such a key."""
    nonce, _, seal = key.partition(".")
    return any(hmac.compare_digest(seal.encode(), one.encode()) for one in _seals(window, chat, nonce))


def _seals(window: Window, chat: ChatKey, nonce: str) -> list[str]:
    """Under every SECRET_KEY, newest first: a form shown before a change of keys can still be handed in."""
    words = f"{chat.channel}\0{chat.id}\0{nonce}".encode()
    keys = [b"huinong form\0" + key.reveal().encode() for key in window.office.settings.secret_keys]
    return [hmac.new(key, words, hashlib.sha256).hexdigest()[:32] for key in keys]
