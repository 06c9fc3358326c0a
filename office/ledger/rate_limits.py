"""Rate limits (限流) shared by all processes: at most so many in a window that starts with the first."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Column, Connection, Executable, Integer, Table, Text, bindparam, case, delete, select, update

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert_for

rate_limits = Table(
    "rate_limits",
    metadata,
    Column("key", Text, primary_key=True),
    Column("window_ends", Instant, nullable=False),
    Column("used", Integer, nullable=False),
)


def allow(connection: Connection, key: str, limit: int, window_seconds: float, now: datetime) -> bool:
    """Count one use under `key`; False, and nothing counted, when the window's `limit` is used up.

    One statement, so two processes never both get the last place. A limit below 1 allows nothing.
    """
    if limit < 1:
        return False
    values = {
        "key": key,
        "window_ends": now + timedelta(seconds=window_seconds),
        "used": 1,
        "now": now,
        "most": limit,
    }
    return connection.execute(_count_one(connection.dialect.name), values).one_or_none() is not None


def is_used_up(connection: Connection, key: str, limit: int, now: datetime) -> bool:
    """Whether `allow` would refuse now; counts nothing."""
    full = (rate_limits.c.key == key) & (rate_limits.c.window_ends > now) & (rate_limits.c.used >= limit)
    return connection.execute(select(rate_limits.c.key).where(full)).first() is not None


@cache
def _count_one(dialect: str) -> Executable:
    statement = insert_for(dialect, rate_limits).values(
        key=bindparam("key"), window_ends=bindparam("window_ends"), used=bindparam("used")
    )
    over = rate_limits.c.window_ends <= bindparam("now")
    fresh = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "used": case((over, fresh.used), else_=rate_limits.c.used + 1),
            "window_ends": case((over, fresh.window_ends), else_=rate_limits.c.window_ends),
        },
        where=over | (rate_limits.c.used < bindparam("most")),
    ).returning(rate_limits.c.used)


def give_back(connection: Connection, key: str) -> None:
    """Take one counted use back, in the transaction that counted it: what was tried turned out right."""
    statement = update(rate_limits).where(rate_limits.c.key == key, rate_limits.c.used > 0)
    connection.execute(statement.values(used=rate_limits.c.used - 1))


def cleanup(connection: Connection, now: datetime) -> int:
    """Delete windows that are over. Returns how many."""
    return connection.execute(delete(rate_limits).where(rate_limits.c.window_ends <= now)).rowcount
