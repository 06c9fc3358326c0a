"""Makes SQLAlchemy engines for the ledger: SQLite in WAL mode, or PostgreSQL through psycopg."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from office.ledger.errors import LedgerBusy, LedgerError

BUSY_SECONDS = 30
_OUTRUN = ("40001", "40P01", "55P03")  # PostgreSQL ended the transaction in another's favour: it can be done again
_SCHEMES = "sqlite:///文件 或 postgresql+psycopg://用户:密码@主机/库名"


def make_engine(url: str, connections: int) -> Engine:
    """An engine for one of the two kinds of database; nothing is read or written yet."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise LedgerError(f"DATABASE_URL 看不懂，应写成 {_SCHEMES}") from error
    if parsed.drivername == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return _sqlite_engine(parsed, connections)
    if parsed.drivername == "postgresql+psycopg":
        return _postgresql_engine(parsed, connections)
    raise LedgerError(f"DATABASE_URL 不支持 {parsed.drivername} 的这种写法，应写成 {_SCHEMES}")


def is_busy(error: DBAPIError) -> bool:
    """Whether the transaction was only outrun by others, so that the same again may well succeed."""
    return getattr(error.orig, "sqlstate", None) in _OUTRUN or "database is locked" in str(error.orig)


def _postgresql_engine(url: URL, connections: int) -> Engine:
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,  # an error that is logged must not quote what people wrote
        pool_pre_ping=True,  # a restarted server costs a new connection, not an error
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": 10},
    )


def _sqlite_engine(url: URL, connections: int) -> Engine:
    path = Path(str(url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # the log files beside it take the same mode
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,  # an error that is logged must not quote what people wrote
        connect_args={"timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ARG001 - fixed by SQLAlchemy
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not guessed by the driver
    _enter_wal(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -16000")


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL; two first openers may collide, and SQLite then refuses without waiting."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
                return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    """Begin in the mode the ledger asked for; how safely the commit is written must be said before it begins."""
    options = connection.get_execution_options()
    driver = connection.connection.driver_connection
    if driver is None:
        raise LedgerError("the connection was closed before its transaction began")
    if synchronous := options.get("sqlite_synchronous"):
        driver.execute(f"PRAGMA synchronous = {synchronous}")
    if mode := options.get("sqlite_begin", "DEFERRED"):
        try:
            driver.execute(f"BEGIN {mode}")
        except sqlite3.OperationalError as error:  # the driver's own: SQLAlchemy has not seen it
            if "locked" not in str(error):
                raise
            raise LedgerBusy(f"等了 {BUSY_SECONDS} 秒，另一个程序还在写账本") from error
