"""Calls for a person (找人问): question and phone sealed, a number to refer to, passed on once when nobody answers."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Table, Text, delete, select, update

from office.ledger import person_keys
from office.ledger.columns import Instant, lies_in, metadata
from office.ledger.resealing import rotate_column
from office.ledger.upserts import insert
from office.privacy import FieldCipher

LETTER = "W"
DIGITS = "23456789"

help_requests = Table(
    "help_requests",
    metadata,
    Column("number", Text, primary_key=True),
    Column("form", Text, nullable=False),
    Column("village", Text, nullable=False),
    Column("officer", Text),
    Column("contact", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("chat", Text),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("escalated_at", Instant),
    Column("answered_at", Instant),
    Column("answered_by", Text),
)


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """Someone waits for a call or an answer. Without an officer it is the staff's."""

    number: str
    village: str
    officer: str | None
    phone: str
    question: str
    channel: str
    chat: str | None
    asked_at: datetime
    due_at: datetime
    escalated_at: datetime | None
    answered_at: datetime | None
    answered_by: str | None

    @property
    def can_be_reached(self) -> bool:
        """Whether there is a phone to ring, or a chat to answer in; else the asker has to call."""
        return bool(self.phone) or (self.channel == "telegram" and self.chat is not None)


@dataclass(frozen=True, slots=True)
class HelpCall:
    """A call to be kept: `form` names what was handed in; village, officer and phone may be wanting."""

    form: str
    village: str
    officer: str | None
    phone: str
    question: str


def ask(
    connection: Connection,
    cipher: FieldCipher,
    call: HelpCall,
    source: tuple[str, str | None],
    *,
    now: datetime,
    due_at: datetime,
) -> tuple[str, bool]:
    """Keep the call from a (channel, chat); its number, and whether it is new: the same form is the same call."""
    row = {
        "form": call.form,
        "village": call.village,
        "officer": call.officer,
        "channel": source[0],
        "chat": source[1],
        "asked_at": now,
        "due_at": due_at,
    }
    words = json.dumps({"phone": call.phone, "question": call.question}, ensure_ascii=False)
    while (known := number_of(connection, call.form)) is None:
        number = LETTER + "".join(secrets.choice(DIGITS) for _ in range(7))
        contact = person_keys.seal(connection, cipher, f"help:{number}", words)
        fresh = insert(connection, help_requests).values(number=number, contact=contact, **row)
        statement = fresh.on_conflict_do_nothing()
        if connection.execute(statement.returning(help_requests.c.number)).scalar_one_or_none() is not None:
            return number, True
    return known, False


def number_of(connection: Connection, form: str) -> str | None:
    """The number that this form was given before, if it was handed in."""
    return connection.execute(select(help_requests.c.number).where(help_requests.c.form == form)).scalar_one_or_none()


def find(connection: Connection, cipher: FieldCipher, number: str) -> HelpRequest | None:
    """The call of that number."""
    found = _read(connection, cipher, help_requests.c.number == number)
    return found[0] if found else None


def of_chat(connection: Connection, cipher: FieldCipher, channel: str, chat: str, limit: int) -> list[HelpRequest]:
    """The latest calls from a chat, newest first."""
    own = (help_requests.c.channel == channel) & (help_requests.c.chat == chat)
    return _read(connection, cipher, own)[::-1][:limit]


def answer(connection: Connection, number: str, *, by: str, now: datetime) -> bool:
    """It has been answered; False when it had been before, or there is none such."""
    statement = (
        update(help_requests)
        .where(help_requests.c.number == number, help_requests.c.answered_at.is_(None))
        .values(answered_at=now, answered_by=by)
    )
    return connection.execute(statement).rowcount > 0


def open_of(connection: Connection, cipher: FieldCipher, villages: Sequence[str] | None) -> list[HelpRequest]:
    """Unanswered calls from these villages, or from everywhere, the oldest first."""
    is_open: ColumnElement[bool] = help_requests.c.answered_at.is_(None)
    if villages is not None:
        is_open &= lies_in(help_requests.c.village, villages)
    return _read(connection, cipher, is_open)


def escalate_due(connection: Connection, cipher: FieldCipher, now: datetime) -> list[HelpRequest]:
    """Mark the calls nobody answered in time, each once in its life, and return them."""
    statement = (
        update(help_requests)
        .where(
            help_requests.c.answered_at.is_(None), help_requests.c.escalated_at.is_(None), help_requests.c.due_at <= now
        )
        .values(escalated_at=now)
        .returning(help_requests.c.number)
    )
    numbers = list(connection.execute(statement).scalars())
    return _read(connection, cipher, help_requests.c.number.in_(numbers)) if numbers else []


def forget_chat(connection: Connection, channel: str, chat: str) -> int:
    """Delete the calls of a chat; part of 删除我的信息. Returns how many."""
    own = (help_requests.c.channel == channel) & (help_requests.c.chat == chat)
    return connection.execute(delete(help_requests).where(own)).rowcount


def forget(connection: Connection, number: str) -> bool:
    """Delete one call; part of 删除我的信息. False when there is none such."""
    return connection.execute(delete(help_requests).where(help_requests.c.number == number)).rowcount > 0


def cleanup(connection: Connection, answered_before: datetime, asked_before: datetime | None = None) -> int:
    """Delete calls that were answered before the given moment, or asked before the other. Returns how many."""
    old: ColumnElement[bool] = help_requests.c.answered_at < answered_before
    if asked_before is not None:
        old |= help_requests.c.asked_at < asked_before
    return connection.execute(delete(help_requests).where(old)).rowcount


def rotate(connection: Connection, cipher: FieldCipher) -> int:
    """Seal every call again with the newest key. Returns how many."""
    return rotate_column(connection, cipher, help_requests.c.contact)


def _read(connection: Connection, cipher: FieldCipher, condition: ColumnElement[bool]) -> list[HelpRequest]:
    statement = select(help_requests).where(condition).order_by(help_requests.c.asked_at, help_requests.c.number)
    rows = connection.execute(statement).all()
    contacts = person_keys.open_all(connection, cipher, [row.contact for row in rows])
    return [_from_row(row, json.loads(contact)) for row, contact in zip(rows, contacts, strict=True)]


def _from_row(row: Row[Any], contact: Mapping[str, Any]) -> HelpRequest:
    values = row._asdict()
    for name in ("form", "contact"):
        values.pop(name)
    return HelpRequest(**values, **contact)
