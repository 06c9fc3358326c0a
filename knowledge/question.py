"""One question made ready: folded for the matcher, with its facet, its facts, and the day it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from knowledge.answers import Answer
from knowledge.base import KnowledgeBase
from knowledge.dates import DateSpan, find_dates
from knowledge.entries import Facet
from knowledge.hearing import HeardFact, hear, to_json
from knowledge.text import simplified_table

LONGEST_QUESTION = 500
_NOW = re.compile("现在|今年|目前|眼下|如今|还能|还有|还可以|还办|还发|以后|明年")
_THEN = re.compile("那年|当年|当时|那时|那会|时候|行不行|能不能|能办|能贷|可以|有没有|有效|多少|怎么|吗")
_THIS_YEAR = re.compile("今年|明年")
_OWN_DOING = re.compile(
    "[^，,。；;？?！!]{0,6}(?:开|办|成立|注册|登记|毕业|买|建|造|搬|嫁|生|回来|回乡|回家|入伍|退伍|承包|包|租)"
)
WHOLE_YEAR = 364
STORY_DAYS = 31
CLAUSE = re.compile(r"[，,。；;？?！!\n]|(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")  # who dictates leaves a gap


@dataclass(frozen=True, slots=True)
class Memory:
    """What a chat was talking about; `facts` are JSON values as in `Answer.facts`."""

    entry: str | None = None
    facet: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    offered: tuple[str, ...] = ()
    asked: str | None = None


@dataclass(frozen=True)
class Question:
    """One question made ready; `asked_day` is set when it is about another day than `today`."""

    said: str
    plain: str
    facet: Facet | None
    heard: dict[str, HeardFact]
    facts: dict[str, Any]
    today: date
    asked_day: date | None = None
    asked_year: int | None = None
    also: tuple[Facet, ...] = ()

    @property
    def day(self) -> date:
        """The day whose rules are told."""
        return self.asked_day or self.today

    def dressed(self, said: Answer, version: str) -> Answer:
        """`said` with the facts known, the day and the publication it was answered from."""
        return replace(said, facts=dict(self.facts), version=version, on=self.today)


def read_question(base: KnowledgeBase, text: str, memory: Memory, today: date) -> Question:
    """`text` made ready, its facts added to those the chat already knows."""
    text = text[:LONGEST_QUESTION]
    simple = base.dialect.translate(base.places.corrected(text.translate(simplified_table())))
    facet, facets = base.asking.facet(simple.lower()), base.asking.facets_of(simple)
    heard = hear(simple, base.places, base.crops, today)
    facts = _merged(memory.facts, to_json(heard))
    return Question(
        text,
        fold(base, text),
        facet,
        heard,
        facts,
        today,
        day_asked(simple, heard, today),
        year_asked(simple, today),
        tuple(other for other in facets if other is not facet) if facet is not None else (),
    )


def fold(base: KnowledgeBase, text: str) -> str:
    """The question as the matcher sees it: simplified, dialect words in common speech, fillers off."""
    return base.folded(text)


def day_asked(text: str, heard: Mapping[str, HeardFact], today: date) -> date | None:
    """The other day a question asks about (2023年秋天行不行), or None.

    A date that only tells a story (去年生病了，…) or a fact of the person, or beside a word for now, moves nothing.
    """
    if _NOW.search(text) or any(key.endswith(("_on", "_year")) for key in heard):
        return None
    clauses = [clause for clause in CLAUSE.split(text) if clause.strip()]
    spans = [span for span in find_dates(clauses[-1], today) if _is_a_period(span)] if clauses else []
    if len(spans) == 1 and spans[0].start == spans[0].end and abs((today - spans[0].end).days) <= STORY_DAYS:
        return None  # 前天死了 tells what happened, the rules are those of today
    if len(spans) != 1 or spans[0].start <= today <= spans[0].end or not _THEN.search(clauses[-1]):
        return None
    return spans[0].end


def year_asked(text: str, today: date) -> int | None:
    """The one past year a question names for the rules themselves (22年那个种粮补贴), or None.

    A year in which the person did something else (2019年开的店) is not meant, nor is any year beside 今年."""
    if _THIS_YEAR.search(text):
        return None
    years = {
        span.start.year
        for span in find_dates(text, today)
        if span.start.year == span.end.year and (span.end - span.start).days >= WHOLE_YEAR
        if not _OWN_DOING.match(text[span.span[1] :])
    }
    return years.pop() if len(years) == 1 and today.year not in years else None


def _is_a_period(span: DateSpan) -> bool:
    return (span.end - span.start).days <= 366


def _merged(known: Mapping[str, Any], heard: Mapping[str, Any]) -> dict[str, Any]:
    """A new county makes the old town and village untrue."""
    kept = dict(known)
    if "county" in heard and heard["county"] != kept.get("county"):
        for key in ("town", "village", "location"):
            kept.pop(key, None)
    return {**kept, **heard}
