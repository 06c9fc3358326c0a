"""The ledger (账本): one SQLite file or one PostgreSQL database, opened, migrated and shared by threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from office.ledger.engines import BUSY_SECONDS, is_busy, make_engine
from office.ledger.errors import LedgerBusy
from office.ledger.migrations import MIGRATIONS, Migration, apply
from office.ledger.turns import Turns

# A clean-up gives way and is tried again; whoever writes meanwhile must not wait for it, nor (PostgreSQL looks for
# deadlocks after one second) be ended in its place.
CLEANING_SECONDS = 0.5


class Ledger:
    """Hands out transactions; the modules beside this one say what is done inside them.

    Every function of the ledger takes the connection of a transaction, so that an update's whole effect
    (inbox, dialogue, question, outbox) is one commit.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # SQLite has one writer: threads queue here instead of polling its file lock
        self._write_turn = Turns() if engine.dialect.name == "sqlite" else None

    @classmethod
    def open(cls, url: str, *, migrations: Sequence[Migration] = MIGRATIONS, connections: int = 8) -> Self:
        """Open the ledger at `url` and bring its schema up to date; several processes may do so at once."""
        ledger = cls(make_engine(url, connections))
        try:
            apply(ledger.begin, migrations)
        except BaseException:
            ledger.close()
            raise
        return ledger

    @property
    def engine_name(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[Connection]:
        """A writing transaction: committed at the end, rolled back if the block raises.

        `durable=False` returns before the disk has confirmed. Such a commit outlives the death of the process
        but not a power cut; it is for what can be done again, such as claiming work, and never for an update,
        an application or a consent that has been acknowledged. `LedgerBusy` when others were in the way too long.
        """
        with self._turn(), self._connected() as connection:
            connection.execution_options(sqlite_begin="IMMEDIATE", sqlite_synchronous="FULL" if durable else "NORMAL")
            with connection.begin():
                if self._write_turn is None and not durable:
                    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                yield connection

    @contextmanager
    def within(self, connection: Connection | None, *, durable: bool = True) -> Iterator[Connection]:
        """The transaction given, whose owner commits it; or one of its own."""
        if connection is not None:
            yield connection
            return
        with self.begin(durable=durable) as fresh:
            yield fresh

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A reading transaction that never waits for writers."""
        with self._connected() as connection, connection.begin():
            yield connection

    def checkpoint(self) -> None:
        """After a deletion: empty SQLite's write-ahead log into the file, so that deleted rows are nowhere on disk.

        On PostgreSQL the table of persons' keys is rewritten, so that destroyed keys are not in its file.
        """
        if self._write_turn is None:
            self._rewrite_keys()
            return
        with self._turn(), self._engine.connect().execution_options(sqlite_begin="") as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {CLEANING_SECONDS * 1000:.0f}")
            try:
                busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        if busy:
            raise LedgerBusy("账本正在被读取，旧日志没有清完，请稍后再清一次")

    def _rewrite_keys(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"SET lock_timeout = '{CLEANING_SECONDS}s'")
            try:
                connection.exec_driver_sql("VACUUM FULL person_keys")
            except OperationalError as error:
                raise LedgerBusy("密钥表正在被使用，没有整理成，请稍后再清一次") from error
            finally:
                connection.exec_driver_sql("RESET lock_timeout")

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection of the pool; that none came free, or that others outran the transaction, is `LedgerBusy`."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except NoConnectionFree as error:
            raise LedgerBusy(f"等了 {BUSY_SECONDS} 秒没有空闲的账本连接") from error
        except DBAPIError as error:
            if not is_busy(error):
                raise
            raise LedgerBusy("别人正在写同一处，这一笔没有记上，可以再来一次") from error

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._write_turn is None:
            yield
            return
        if not self._write_turn.take(BUSY_SECONDS):
            raise LedgerBusy(f"等了 {BUSY_SECONDS} 秒仍轮不到写账本：有一笔写入没有结束")
        try:
            yield
        finally:
            self._write_turn.give_back()
