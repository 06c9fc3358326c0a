"""Applies migrations: each step and its record in one transaction, one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from office.ledger.columns import to_microseconds
from office.ledger.errors import LedgerTooNew
from office.ledger.migrations.steps import Migration

_ADVISORY_LOCK = 7_330_300_001  # any number no other program of the database uses

Begin = Callable[[], AbstractContextManager[Connection]]


def apply(begin: Begin, migrations: Sequence[Migration]) -> list[str]:
    """Bring the schema up to the last migration; return the names applied now (none when it already is)."""
    known = [migration.name for migration in migrations]
    with begin() as connection:
        _take_turn(connection)
        connection.execute(text("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at BIGINT)"))
        done = _applied(connection)
    if unknown := sorted(done - set(known)):
        raise LedgerTooNew(f"账本里有本程序不认识的改动（{'、'.join(unknown)}）：它由更新的版本写过，请换用新版程序")
    return [migration.name for migration in migrations if migration.name not in done and _apply_one(begin, migration)]


def _apply_one(begin: Begin, migration: Migration) -> bool:
    with begin() as connection:
        _take_turn(connection)
        if migration.name in _applied(connection):  # another process was faster
            return False
        for statement in migration.for_dialect(connection.dialect.name):
            connection.exec_driver_sql(statement)
        connection.execute(
            text("INSERT INTO migrations (name, applied_at) VALUES (:name, :at)"),
            {"name": migration.name, "at": to_microseconds(datetime.now(UTC))},
        )
        return True


def _take_turn(connection: Connection) -> None:
    """PostgreSQL waits here; on SQLite the transaction was begun IMMEDIATE and has waited already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})


def _applied(connection: Connection) -> set[str]:
    return set(connection.execute(text("SELECT name FROM migrations")).scalars())
