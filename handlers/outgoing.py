"""What a handler wants said, in a form the outbox can keep: plain values, sealed as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from telegram import InlineQueryResultArticle

from office.privacy import FieldCipher, Sealed

Rows = tuple[tuple[tuple[str, str], ...], ...]
"""An inline keyboard: rows of (label, callback data, or the https address of a page that opens inside Telegram)."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to a chat: `text` is HTML; `edit` names the message it replaces, `reply_to` the one it answers.

    With a `card` the message is that card's picture or PDF and `text` stands below it; the outbox keeps only which card,
    and it is drawn when it is sent.
    """

    chat: int
    text: str
    rows: Rows = ()
    shows_keys: bool = False
    reply_to: int | None = None
    edit: int | None = None
    card: str = ""


@dataclass(frozen=True, slots=True)
class ChatMenu:
    """The commands that one chat sees besides those everybody sees; compared and set at once or never, so not kept."""

    chat: int
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InlineReply:
    """The results of an inline query; answered at once or never, so they are not kept."""

    query_id: str
    results: tuple[InlineQueryResultArticle, ...]


Handled = tuple[Outgoing | InlineReply | ChatMenu, ...]


def seal(message: Outgoing, cipher: FieldCipher) -> Sealed:
    """The message as the outbox keeps it."""
    return cipher.encrypt(json.dumps(asdict(message), ensure_ascii=False, separators=(",", ":")))


def unseal(body: Sealed, cipher: FieldCipher) -> Outgoing:
    """The message the outbox kept."""
    content: Mapping[str, Any] = json.loads(cipher.decrypt(body))
    rows = tuple(tuple((label, data) for label, data in row) for row in content["rows"])
    return Outgoing(**{**content, "rows": rows})
