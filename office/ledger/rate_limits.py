"""Rate limits (限流) shared by all processes: at most so many in a window that starts with the first."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Integer, Table, Text, case, delete

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert

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
    over = rate_limits.c.window_ends <= now
    fresh_end = now + timedelta(seconds=window_seconds)
    statement = insert(connection, rate_limits).on_conflict_do_update(
        index_elements=["key"],
        set_={
            "used": case((over, 1), else_=rate_limits.c.used + 1),
            "window_ends": case((over, fresh_end), else_=rate_limits.c.window_ends),
        },
        where=over | (rate_limits.c.used < limit),
    )
    row = {"key": key, "window_ends": fresh_end, "used": 1}
    return connection.execute(statement.values(row).returning(rate_limits.c.used)).one_or_none() is not None


def cleanup(connection: Connection, now: datetime) -> int:
    """Delete windows that are over. Returns how many."""
    return connection.execute(delete(rate_limits).where(rate_limits.c.window_ends <= now)).rowcount
