"""Leases (值班): one process at a time polls Telegram or runs a scheduled job."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, Connection, Table, Text, delete, select, update

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Instant, nullable=False),
    Column("fence", BigInteger, nullable=False),
)


def acquire(connection: Connection, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Become or remain the holder until `now + seconds`; False while someone else holds the lease."""
    until = now + timedelta(seconds=seconds)
    statement = insert(connection, leases).on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": holder, "until": until, "fence": leases.c.fence + 1},
        where=(leases.c.holder == holder) | (leases.c.until <= now),
    )
    row = {"name": name, "holder": holder, "until": until, "fence": 1}
    return connection.execute(statement.values(row).returning(leases.c.fence)).one_or_none() is not None


def renew(connection: Connection, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Hold on longer; False when the lease ran out or passed on, and then the work must stop."""
    statement = (
        update(leases)
        .where(leases.c.name == name, leases.c.holder == holder, leases.c.until > now)
        .values(until=now + timedelta(seconds=seconds))
    )
    return connection.execute(statement).rowcount > 0


def release(connection: Connection, name: str, holder: str) -> bool:
    """Let go, so that another need not wait; False when it was not ours."""
    statement = delete(leases).where(leases.c.name == name, leases.c.holder == holder)
    return connection.execute(statement).rowcount > 0


def holder_of(connection: Connection, name: str, now: datetime) -> str | None:
    """Who holds the lease now, if anyone."""
    statement = select(leases.c.holder).where(leases.c.name == name, leases.c.until > now)
    return connection.execute(statement).scalar_one_or_none()
