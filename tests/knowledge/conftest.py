"""One knowledge base for all tests of the package: loading takes two seconds, and nothing changes it."""

from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="session")
def base() -> KnowledgeBase:
    """The knowledge base of data/."""
    return KnowledgeBase.load(DATA)
