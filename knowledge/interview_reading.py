"""Words typed to an interview: the answer they give to the question at hand, or a question of their own."""

from __future__ import annotations

import re
from datetime import date

from knowledge.answering import Memory, answer
from knowledge.answers import Outcome
from knowledge.base import KnowledgeBase
from knowledge.fact_answers import AskBack, Reading, Unknown, read_answer

SURE = 0.8
_ASKS = re.compile(r"[?？]|吗|多少|怎么|怎样|什么|哪|几时|啥")
_TRAILS_OFF = re.compile(r"呢$")
_TOLD = (Outcome.ANSWER, Outcome.REFER)


def read(knowledge: KnowledgeBase, key: str, text: str, today: date) -> Reading:
    """What `text` answers to the question about the fact `key`."""
    book = knowledge.rule_book
    return read_answer(book.declared[key], text, today, book.words(key), knowledge.places, knowledge.crops)


def is_own_question(knowledge: KnowledgeBase, text: str, reading: Reading, today: date) -> bool:
    """Whether `text`, read as `reading`, asks something itself and must be answered as any other question.

    What sounds like a fraud is always told. Otherwise words that can be read are an answer unless they plainly ask and
    something can be said about them (杨梅保险多少钱); words that cannot be read ask when they sound so, or name an entry.
    """
    asks = bool(_ASKS.search(text))
    if isinstance(reading, AskBack) and (asks or _TRAILS_OFF.search(text)):
        return True
    said, _ = answer(knowledge, text, Memory(), today)
    if said.outcome is Outcome.WARN:
        return True
    if isinstance(reading, AskBack):
        return said.outcome is Outcome.REFER or (said.outcome is Outcome.ANSWER and said.confidence >= SURE)
    known = _TOLD if isinstance(reading, Unknown) else (*_TOLD, Outcome.SUGGEST)
    return asks and said.outcome in known
