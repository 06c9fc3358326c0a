"""Keeping, forgetting and bringing back: one publication for all these tests, an office of its own for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.revisions import Revisions
from tests.office.clocked import ClockedOffice, clocked_office


@pytest.fixture
def office(ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[ClockedOffice]:
    """An office with a clock and a state folder of its own over a fresh ledger, once on each engine."""
    state = tmp_path / "state"
    Revisions(state)  # makes knowledge.db
    office = clocked_office(ledger_url, knowledge, state)
    yield office
    office.ledger.close()
