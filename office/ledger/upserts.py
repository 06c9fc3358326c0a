"""INSERT … ON CONFLICT for both engines: SQLAlchemy keeps it in the dialects, with one and the same interface."""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: Connection, table: Table) -> sqlite.Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update` on the connection's engine."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> sqlite.Insert:
    """The same by the engine's name, for statements that are built once and kept."""
    if dialect == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]  # both classes spell these methods alike
    return sqlite.insert(table)
