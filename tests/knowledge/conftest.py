"""One knowledge base for all tests of the package: loading takes two seconds, and nothing changes it."""

import pytest

from knowledge.base import KnowledgeBase


@pytest.fixture(scope="session")
def base(shipped: KnowledgeBase) -> KnowledgeBase:
    """The knowledge base of data/."""
    return shipped
