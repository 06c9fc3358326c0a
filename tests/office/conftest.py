"""The office's tests run on a real SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from office.ledger import Ledger
from office.privacy import FieldCipher, generate_field_key
from tests.postgres import PostgresServer

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Wenzhou


@pytest.fixture(scope="session")
def knowledge(shipped: KnowledgeBase) -> KnowledgeBase:
    """Everything in data/, as a program serves it."""
    return shipped


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the session; without it the tests that need it are skipped, and say why."""
    try:
        server = PostgresServer()
    except Exception as error:  # whatever keeps it from starting is the reason shown
        pytest.skip(f"no PostgreSQL: pgserver could not start it ({type(error).__name__}: {error})")
    yield server
    server.stop()


ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=ENGINES)
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a ledger with nothing in it, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.lend_ledger()
    yield url
    server.take_back(url)


@pytest.fixture(params=ENGINES)
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a single table, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tableless.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """An open, migrated, empty ledger, once on each engine."""
    opened = Ledger.open(ledger_url)
    yield opened
    opened.close()


@pytest.fixture
def cipher() -> FieldCipher:
    """A cipher with one fresh key."""
    return FieldCipher([generate_field_key()])


@pytest.fixture
def now() -> datetime:
    """The moment the tests of the ledger take place."""
    return NOON
