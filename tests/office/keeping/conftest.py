"""Keeping, forgetting and bringing back: one publication for all these tests, an office of its own for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.base import SHIPPED, KnowledgeBase
from knowledge.revisions import Revisions
from office.office import open_knowledge
from tests.office.clocked import ClockedOffice, clocked_office


@pytest.fixture(scope="package")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The publication made from data/, loaded once."""
    return open_knowledge(tmp_path_factory.mktemp("state"), SHIPPED)


@pytest.fixture
def office(ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[ClockedOffice]:
    """An office with a clock and a state folder of its own over a fresh ledger, once on each engine."""
    state = tmp_path / "state"
    Revisions(state)  # makes knowledge.db
    office = clocked_office(ledger_url, knowledge, state)
    yield office
    office.ledger.close()
