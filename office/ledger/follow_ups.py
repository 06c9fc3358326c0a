"""Follow-ups (回访): whether it came to something, asked on day 6 and day 9, until there is an answer."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Table, Text, delete, select, update

from office.ledger import person_keys
from office.ledger.applications import applications
from office.ledger.columns import Instant, lies_in, metadata
from office.ledger.resealing import rotate_column
from office.ledger.upserts import insert
from office.privacy import FieldCipher

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("receipt", Text),
    Column("entry", Text, nullable=False),
    Column("village", Text, nullable=False),
    Column("officer", Text),
    Column("contact", Text, nullable=False),
    Column("chat", Text),
    Column("began_on", Instant, nullable=False),
    Column("first_due_at", Instant, nullable=False),
    Column("second_due_at", Instant, nullable=False),
    Column("outcome", Text),
    Column("reason", Text),
    Column("answered_by", Text),
    Column("answered_at", Instant),
)


class FollowUpOutcome(StrEnum):
    """What came of it."""

    DONE = "done"
    FAILED = "failed"
    NOT_GONE = "not_gone"
    ALREADY = "already"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One farmer to be asked about one entry; `receipt` names the case it belongs to, if any."""

    id: str
    receipt: str | None
    entry: str
    village: str
    officer: str | None
    name: str
    phone: str
    chat: str | None
    began_on: datetime
    first_due_at: datetime
    second_due_at: datetime
    outcome: FollowUpOutcome | None
    reason: str | None
    answered_by: str | None
    answered_at: datetime | None

    @property
    def must_be_called(self) -> bool:
        """The bot cannot reach this farmer, so the officer calls."""
        return self.chat is None


def begin(
    connection: Connection,
    cipher: FieldCipher,
    *,
    receipt: str | None,
    entry: str,
    village: str,
    officer: str | None,
    name: str,
    phone: str,
    chat: str | None,
    began_on: datetime,
    first_due_at: datetime,
    second_due_at: datetime,
) -> str | None:
    """A new follow-up's id; None when the receipt has one already."""
    follow_up_id = f"f{secrets.token_hex(6)}"
    subject = f"case:{receipt}" if receipt else f"follow:{follow_up_id}"
    contact = json.dumps({"name": name, "phone": phone}, ensure_ascii=False)
    row = {
        "id": follow_up_id,
        "receipt": receipt,
        "entry": entry,
        "village": village,
        "officer": officer,
        "contact": person_keys.seal(connection, cipher, subject, contact),
        "chat": chat,
        "began_on": began_on,
        "first_due_at": first_due_at,
        "second_due_at": second_due_at,
    }
    statement = insert(connection, follow_ups).values(row).on_conflict_do_nothing(index_elements=["receipt"])
    return connection.execute(statement.returning(follow_ups.c.id)).scalar_one_or_none()


def find(connection: Connection, cipher: FieldCipher, follow_up_id: str) -> FollowUp | None:
    """The follow-up of that id, answered or not."""
    found = _read(connection, cipher, follow_ups.c.id == follow_up_id)
    return found[0] if found else None


def answer(
    connection: Connection, follow_up_id: str, outcome: FollowUpOutcome, *, reason: str | None, by: str, now: datetime
) -> bool:
    """Keep the answer, which ends the asking. Answering again corrects it; False for an unknown id."""
    statement = (
        update(follow_ups)
        .where(follow_ups.c.id == follow_up_id)
        .values(outcome=outcome.value, reason=reason, answered_by=by, answered_at=now)
    )
    return connection.execute(statement).rowcount > 0


def due(connection: Connection, cipher: FieldCipher, now: datetime) -> list[FollowUp]:
    """Open follow-ups whose first day has come, the oldest first."""
    return _read(connection, cipher, follow_ups.c.answered_at.is_(None) & (follow_ups.c.first_due_at <= now))


def open_of(
    connection: Connection, cipher: FieldCipher, officer: str | None, villages: Sequence[str], now: datetime
) -> list[FollowUp]:
    """Open follow-ups of an officer's villages (or all, without an officer) whose first day has come."""
    is_due = follow_ups.c.answered_at.is_(None) & (follow_ups.c.first_due_at <= now)
    if officer is not None:
        is_due &= lies_in(follow_ups.c.village, villages)
    return _read(connection, cipher, is_due)


def cases_without(connection: Connection, since: datetime) -> list[str]:
    """Receipt numbers of cases registered since then that nobody follows up yet."""
    known = select(follow_ups.c.id).where(follow_ups.c.receipt == applications.c.receipt).exists()
    statement = select(applications.c.receipt).where(
        applications.c.registered_at >= since, applications.c.village != "", ~known
    )
    return list(connection.execute(statement.order_by(applications.c.id)).scalars())


def forget_receipt(connection: Connection, receipt: str) -> int:
    """Delete the follow-up of a case; part of 删除我的信息. Returns how many."""
    return connection.execute(delete(follow_ups).where(follow_ups.c.receipt == receipt)).rowcount


def forget_chat(connection: Connection, chat: str) -> int:
    """Delete the follow-ups of a chat; part of 删除我的信息. Returns how many."""
    return connection.execute(delete(follow_ups).where(follow_ups.c.chat == chat)).rowcount


def cleanup(connection: Connection, before: datetime) -> int:
    """Delete follow-ups without a case that began before the given moment. Returns how many."""
    old = follow_ups.c.receipt.is_(None) & (follow_ups.c.began_on < before)
    return connection.execute(delete(follow_ups).where(old)).rowcount


def rotate(connection: Connection, cipher: FieldCipher) -> int:
    """Seal every follow-up again with the newest key. Returns how many."""
    return rotate_column(connection, cipher, follow_ups.c.contact)


def _read(connection: Connection, cipher: FieldCipher, condition: ColumnElement[bool]) -> list[FollowUp]:
    statement = select(follow_ups).where(condition).order_by(follow_ups.c.first_due_at, follow_ups.c.id)
    rows = connection.execute(statement).all()
    contacts = person_keys.open_all(connection, cipher, [row.contact for row in rows])
    return [_from_row(row, json.loads(contact)) for row, contact in zip(rows, contacts, strict=True)]


def _from_row(row: Row[Any], contact: Mapping[str, Any]) -> FollowUp:
    values = row._asdict()
    values.pop("contact")
    outcome = values.pop("outcome")
    return FollowUp(**values, **contact, outcome=FollowUpOutcome(outcome) if outcome else None)
