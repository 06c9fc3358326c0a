"""What went wrong is logged first, under a short number; the person gets one sentence with that number."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from handlers import words
from handlers.outgoing import Outgoing, seal
from handlers.wrapping import notice
from office.ledger import outbox
from office.ledger.outbox import Kind, OutgoingMessage
from office.privacy import FieldCipher

log = logging.getLogger(__name__)


def noted(what: str, error: BaseException, **where: object) -> str:
    """Log `error` with its traceback; returns the number it is found under."""
    number = secrets.token_hex(3)
    places: Mapping[str, object] = where
    log.error("[%s] %s %s", number, what, " ".join(f"{k}={v}" for k, v in places.items()), exc_info=error)
    return number


def apologise(connection: Connection, cipher: FieldCipher, lane: str, key: str, *, number: str, now: datetime) -> None:
    """Queue the sentence for the person; a lane that is no chat (an inline query) has nobody to tell."""
    if not lane.lstrip("-").isdigit():
        return
    sorry = notice(words.SORRY.format(number=number), int(lane))
    outbox.enqueue(connection, [queued(sorry, f"sorry:{key}", cipher, now)], now)


def queued(message: Outgoing, key: str, cipher: FieldCipher, now: datetime) -> OutgoingMessage:
    """The message as a reply in the outbox."""
    return OutgoingMessage(key, str(message.chat), Kind.REPLY, seal(message, cipher), now)
