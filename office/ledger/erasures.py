"""Erasures (删除我的信息) that are asked for, until nothing of them is left on the disk; no word on whose they are stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Table, Text, delete, select, update

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert
from office.privacy import FieldCipher, Sealed

erasures = Table(
    "erasures",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("chat", Text),
    Column("files", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("scrubbed_at", Instant),
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure under way: the chat whose last traces go once its goodbye is sent, the sealed files to delete."""

    id: int
    chat: tuple[str, str] | None
    files: tuple[str, ...]
    asked_at: datetime


def begin(
    connection: Connection, cipher: FieldCipher, chat: tuple[str, str] | None, files: Sequence[str], now: datetime
) -> int:
    """Note an erasure in the transaction that deletes the rows; returns its number."""
    row = {
        "chat": cipher.encrypt(json.dumps(chat)) if chat else None,
        "files": json.dumps(sorted(files)),
        "asked_at": now,
    }
    number: int = connection.execute(insert(connection, erasures).returning(erasures.c.id), row).scalar_one()
    return number


def under_way(connection: Connection, cipher: FieldCipher) -> list[Erasure]:
    """Those that are not off the disk yet, the oldest first."""
    statement = select(erasures).where(erasures.c.scrubbed_at.is_(None)).order_by(erasures.c.id)
    found = []
    for row in connection.execute(statement):
        chat = json.loads(cipher.decrypt(Sealed(row.chat))) if row.chat else None
        files = tuple(json.loads(row.files))
        found.append(Erasure(row.id, (chat[0], chat[1]) if chat else None, files, row.asked_at))
    return found


def clear(connection: Connection, number: int) -> None:
    """The last rows and files are gone: forget which they were."""
    connection.execute(update(erasures).where(erasures.c.id == number).values(chat=None, files="[]"))


def close(connection: Connection, numbers: Sequence[int], now: datetime) -> None:
    """The disk is clean of them."""
    if numbers:
        connection.execute(update(erasures).where(erasures.c.id.in_(numbers)).values(scrubbed_at=now))


def cleanup(connection: Connection, closed_before: datetime) -> int:
    """Delete the records of erasures that were done before the given moment. Returns how many."""
    return connection.execute(delete(erasures).where(erasures.c.scrubbed_at < closed_before)).rowcount
