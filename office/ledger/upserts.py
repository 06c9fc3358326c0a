"""INSERT … ON CONFLICT for both engines: SQLAlchemy keeps it in the dialects, with one and the same interface."""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: Connection, table: Table) -> sqlite.Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update` on the connection's engine."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]  # both classes spell these methods alike
    return sqlite.insert(table)
