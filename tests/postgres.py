"""A real PostgreSQL for the suite, started once and thrown away: every ledger gets a database of its own."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
import uuid
from typing import Any

from sqlalchemy import URL, create_engine, make_url, text


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

    def create_database(self) -> str:
        """A fresh, empty database; returns the address the ledger opens."""
        name = f"ledger_{uuid.uuid4().hex}"
        self._administer(f"CREATE DATABASE {name}")
        return self._url(name).render_as_string(hide_password=False)

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self._server.cleanup()
        shutil.rmtree(self._runtime)

    def _administer(self, statement: str) -> None:
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _url(self, database: str) -> URL:
        return make_url(self._server.get_uri(database)).set(drivername="postgresql+psycopg")
