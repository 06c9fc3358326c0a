"""A chat with the knowledge base, for tests that look at its last reply."""

from __future__ import annotations

from datetime import date

from knowledge.answering import Memory, answer
from knowledge.answers import Answer
from knowledge.base import KnowledgeBase

DAY = date(2026, 11, 25)


def ask(base: KnowledgeBase, *texts: str) -> Answer:
    """The reply to the last of some questions of one chat."""
    memory = Memory()
    for text in texts:
        said, memory = answer(base, text, memory, DAY)
    return said
