"""Copies of the ledger: out of a running SQLite file or PostgreSQL into one SQLite file, and from such a file back.

The copy of either engine is a SQLite file of the newest schema, so a backup can also move a ledger to the other engine.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, func, insert, inspect, make_url, select, text

from office.ledger.engines import make_engine
from office.ledger.errors import LedgerBusy
from office.ledger.ledger import Ledger
from office.ledger.migrations import MIGRATIONS, apply

_ROWS_AT_ONCE = 500
RUNNING = "程序好像还开着（账本正在被使用）：请先停下程序，再来一次"


def copy_out(url: str, path: Path) -> dict[str, int]:
    """Write a consistent copy of the ledger at `url`, which may be in use, to the new file `path`; its row counts."""
    if is_sqlite(url):
        with closing(sqlite3.connect(file_of(url))) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
            target.execute("VACUUM")  # pages that held deleted rows do not leave the machine
        return counts(f"sqlite:///{path}")
    engine = make_engine(url, 1)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as busy, busy.begin():
            _fill(busy, path)
    finally:
        engine.dispose()
    return counts(f"sqlite:///{path}")


def copy_in(path: Path, url: str, *, replace: bool) -> None:
    """Put the copy at `path`, already of the newest schema, into the PostgreSQL at `url`: all of it or nothing."""
    engine, source_engine = make_engine(url, 1), make_engine(f"sqlite:///{path}", 1)
    try:
        with source_engine.connect() as source, engine.connect() as target, target.begin():
            if replace:
                _drop(target, inspect(source).get_table_names())
            apply(lambda: _same(target), MIGRATIONS)
            _copy_rows(source, target)
            _continue_numbers(target)
    finally:
        source_engine.dispose()
        engine.dispose()


def counts(url: str) -> dict[str, int]:
    """How many rows each table of a ledger holds."""
    engine = make_engine(url, 1)
    try:
        with engine.connect() as connection:
            tables = {name: _table(connection, name) for name in inspect(connection).get_table_names()}
            tables.pop("sqlite_sequence", None)
            return {
                name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
                for name, table in sorted(tables.items())
            }
    finally:
        engine.dispose()


def exists(url: str) -> bool:
    """Whether a ledger is there already; nothing is made by asking."""
    if is_sqlite(url):
        path = file_of(url)
        return path.exists() and path.stat().st_size > 0
    engine = make_engine(url, 1)
    try:
        with engine.connect() as connection:
            return inspect(connection).has_table("migrations")
    finally:
        engine.dispose()


def refuse_in_use(url: str) -> None:
    """`LedgerBusy` while another program has the ledger open."""
    if is_sqlite(url):
        with closing(sqlite3.connect(file_of(url), timeout=0.2)) as connection:
            try:
                connection.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError as error:
                raise LedgerBusy(RUNNING) from error
        return
    engine = make_engine(url, 1)
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    try:
        with engine.connect() as connection:
            if connection.execute(text(others)).scalar_one():
                raise LedgerBusy(RUNNING)
    finally:
        engine.dispose()


def is_sqlite(url: str) -> bool:
    """Whether the ledger is one file on this machine."""
    return url.startswith("sqlite:")


def file_of(url: str) -> Path:
    """The file of a SQLite ledger."""
    return Path(str(make_url(url).database))


def _fill(source: Connection, path: Path) -> None:
    Ledger.open(f"sqlite:///{path}").close()
    engine = make_engine(f"sqlite:///{path}", 1)
    try:
        with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as target, target.begin():
            _copy_rows(source, target)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _copy_rows(source: Connection, target: Connection) -> None:
    """Every row of every table of the ledger, parents before children; other tables of the database are not ours."""
    there = set(inspect(source).get_table_names())
    order = [name for name, _ in inspect(target).get_sorted_table_and_fkc_names() if name in there]
    target.execute(text("DELETE FROM migrations"))
    for name in order:
        into = insert(_table(target, name))
        chosen = select(_table(source, name))
        rows = source.execute(chosen, execution_options={"yield_per": _ROWS_AT_ONCE})
        for some in rows.mappings().partitions(_ROWS_AT_ONCE):
            target.execute(into, [dict(row) for row in some])


def _table(connection: Connection, name: str) -> Table:
    """The table with its columns alone, as this engine types them."""
    described: list[Mapping[str, Any]] = [*inspect(connection).get_columns(name)]
    return Table(name, MetaData(), *(Column(one["name"], one["type"]) for one in described))


def _drop(target: Connection, tables: list[str]) -> None:
    for name in tables:
        target.execute(text(f'DROP TABLE IF EXISTS "{name}" CASCADE'))
    target.execute(text("DROP FUNCTION IF EXISTS audit_refuse() CASCADE"))


def _continue_numbers(target: Connection) -> None:
    """Numbers that PostgreSQL gives itself go on after the highest one that is there."""
    for name in inspect(target).get_table_names():
        for column in inspect(target).get_columns(name):
            if column.get("identity"):
                key = column["name"]
                highest = f'(SELECT COALESCE(MAX("{key}"), 0) + 1 FROM "{name}")'  # noqa: S608 - names of our schema
                target.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', '{key}'), {highest}, false)"))


@contextmanager
def _same(connection: Connection) -> Iterator[Connection]:
    """Migrations inside the transaction at hand."""
    yield connection
