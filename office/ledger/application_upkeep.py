"""Upkeep of the cases: forgetting people, and sealing again when the key changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from office.ledger.applications import ERASED, applications
from office.ledger.resealing import rotate_column
from office.privacy import FieldCipher


def closed_before(connection: Connection, moment: datetime) -> list[int]:
    """The ids of cases that ended before `moment` and still hold personal data."""
    statement = select(applications.c.id).where(
        applications.c.is_open.is_(False), applications.c.changed_at < moment, applications.c.sealed != ERASED
    )
    return list(connection.execute(statement).scalars())


def erase(connection: Connection, case_id: int) -> str | None:
    """Forget the person of a case: name, phone, purpose, chat, last digits, village. What was decided when stays.

    Returns the receipt number; None when there is no such case.
    """
    gone = {"sealed": ERASED, "tail": ERASED, "same_wish": None, "chat_hash": None, "village": "", "code": None}
    statement = update(applications).where(applications.c.id == case_id).values(**gone)
    return connection.execute(statement.returning(applications.c.receipt)).scalar_one_or_none()


def rotate(connection: Connection, cipher: FieldCipher) -> int:
    """Seal every case again with the newest key. Returns how many."""
    return rotate_column(connection, cipher, applications.c.sealed)
