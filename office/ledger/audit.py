"""Audit (留痕): who did what to what, when and why. Triggers refuse every change, so there is no clean-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Table, Text, select

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("at", Instant, nullable=False),
)


@dataclass(frozen=True)
class Deed:
    """One deed. Actor and target are ids or receipt numbers, never names or numbers of persons."""

    actor: str
    verb: str
    target: str
    purpose: str
    at: datetime


def record(connection: Connection, deed: Deed) -> None:
    """Write the deed down, in the transaction of the deed itself."""
    row = {"actor": deed.actor, "verb": deed.verb, "target": deed.target, "purpose": deed.purpose, "at": deed.at}
    connection.execute(insert(connection, audit), row)


def latest_at(connection: Connection, verb: str, target: str, purpose: str) -> datetime | None:
    """When this was last done to the target for that purpose; None when it never was."""
    same = (audit.c.target == target) & (audit.c.verb == verb) & (audit.c.purpose == purpose)
    found: datetime | None = connection.execute(
        select(audit.c.at).where(same).order_by(audit.c.id.desc()).limit(1)
    ).scalar_one_or_none()
    return found


def recent(connection: Connection, limit: int = 100, *, target: str | None = None) -> list[Deed]:
    """The latest deeds, newest first, of one target or of all."""
    statement = select(audit.c.actor, audit.c.verb, audit.c.target, audit.c.purpose, audit.c.at)
    if target is not None:
        statement = statement.where(audit.c.target == target)
    return [Deed(*row) for row in connection.execute(statement.order_by(audit.c.id.desc()).limit(limit))]
