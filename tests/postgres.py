"""A real PostgreSQL for the suite, started once and thrown away: every ledger gets a database to itself."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
import uuid
from typing import Any

from sqlalchemy import URL, create_engine, inspect, make_url, text

from office.ledger import Ledger

STEPS_DONE = "migrations"


class PostgresServer:
    """The server of pgserver, in a temporary folder."""

    def __init__(self) -> None:
        self._runtime = tempfile.mkdtemp(prefix="huinong-run-")  # mode 700, as its importer demands
        os.environ["XDG_RUNTIME_DIR"] = self._runtime  # read while pgserver is imported
        pgserver: Any = importlib.import_module("pgserver")
        self._server = pgserver.get_server(tempfile.mkdtemp(prefix="huinong-pg-"), cleanup_mode="delete")
        # tests kill clients, never the machine: without flushing, a hundred databases stop in a second
        for setting in ("fsync = off", "full_page_writes = off"):
            self._administer(f"ALTER SYSTEM SET {setting}")
        self._administer("SELECT pg_reload_conf()")
        self._idle: list[str] = []

    def create_database(self) -> str:
        """A fresh, empty database; returns the address the ledger opens."""
        name = f"ledger_{uuid.uuid4().hex}"
        self._administer(f"CREATE DATABASE {name}")
        return self._url(name).render_as_string(hide_password=False)

    def lend_ledger(self) -> str:
        """A ledger in the present schema with nothing in it, to be given back; making a new one takes half a second."""
        if self._idle:
            return self._idle.pop()
        url = self.create_database()
        Ledger.open(url).close()
        return url

    def take_back(self, url: str) -> None:
        """Cut off whoever is still connected, and empty the ledger for the next to borrow it."""
        name = make_url(url).database
        self._administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name", name=name)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            tables = ", ".join(table for table in inspect(connection).get_table_names() if table != STEPS_DONE)
            connection.execute(text("SET session_replication_role = replica"))  # the audit refuses to be emptied
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        engine.dispose()
        self._idle.append(url)

    def drop_database(self, url: str) -> None:
        """Throw a database away, with whoever is still connected to it."""
        self._administer(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def shut_out(self, url: str) -> None:
        """Cut everybody off from a database, and let nobody in."""
        name = make_url(url).database
        self._administer(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        self._administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name", name=name)

    def let_in(self, url: str) -> None:
        """After `shut_out`: open to all again."""
        self._administer(f"ALTER DATABASE {make_url(url).database} ALLOW_CONNECTIONS true")

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self._server.cleanup()
        shutil.rmtree(self._runtime)

    def _administer(self, statement: str, **values: str | None) -> None:
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    def _url(self, database: str) -> URL:
        return make_url(self._server.get_uri(database)).set(drivername="postgresql+psycopg")
