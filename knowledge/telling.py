"""An entry told to somebody who asked: the reply, its buttons, and what was sure about the choice."""

from __future__ import annotations

from knowledge.ahead import ahead_text, asks_whether_ahead, year_ahead
from knowledge.answers import Answer, Line, LineKind, Outcome
from knowledge.base import KnowledgeBase
from knowledge.entries import Entry, Facet
from knowledge.focus import focus_of
from knowledge.leading import Asked, year_of
from knowledge.matching import Ranking
from knowledge.notes import notes_on, place_notes, time_notes
from knowledge.other_crops import other_crops
from knowledge.parts import asks_may, may_line, part_lines
from knowledge.question import Question
from knowledge.replies import Reply, entry_buttons
from knowledge.sums import MONEY, sum_text
from knowledge.thresholds import asks_whether, measured, threshold_in

PLACES = frozenset({"county", "town", "village", "location"})
AMOUNTS = frozenset({"amount_yuan", "loan_amount_yuan", "area_mu"})
CHOSEN = Ranking((), 1.0, 1.0)  # the person named or pressed it: nothing was guessed


def tell(
    base: KnowledgeBase,
    question: Question,
    entry: Entry,
    ranking: Ranking = CHOSEN,
    *,
    word: str | None = None,
    brief: bool = False,
) -> Answer:
    """The reply about `entry`; `word` is explained beside it, `brief` leaves out what the chat has just been told."""
    notes = notes_on(entry, question)
    if word is not None:
        notes = [Line(LineKind.NOTE, f"{word}：{base.glossary[word]}"), *notes]
    asked = _asked(base, question, entry, brief=brief)
    reply = Reply(
        entry,
        question.day,
        question.facet,
        base.titles,
        notes,
        first=(*time_notes(entry, question), *place_notes(entry, question)),
        asked=asked,
        today=question.today,
        brief=brief,
    )
    others = tuple(candidate.id for candidate in ranking.candidates if candidate.id != entry.code)[:2]
    said = Answer(
        Outcome.ANSWER,
        reply.lines,
        reply.more,
        entry_buttons(entry, question.facet, question.today),
        (entry.code, *others),
        entry.status_on(question.today),
        question.facet,
        confidence=ranking.confidence,
        runner_up=others[0] if others else None,
        matched=(ranking.candidates[0].matched,) if ranking.candidates else (),
    )
    return question.dressed(said, base.version)


def _asked(base: KnowledgeBase, question: Question, entry: Entry, *, brief: bool) -> Asked:
    """What the question dwells on in `entry`, the printed line it asks about, and what its amount comes to."""
    day = entry.validity.reading_day(question.day)
    places = [fact.text for key, fact in question.heard.items() if key in PLACES]
    focus = focus_of(question.plain, base.lexicon, base.rarity, places, question.asked_year)
    whether = question.facet in (None, Facet.WHO) and asks_whether(question.plain)
    threshold = threshold_in(entry, measured(question.said), focus, day) if whether else None
    named = AMOUNTS & question.heard.keys()
    wants_sum = question.facet in MONEY or (bool(named) and question.facet in (None, Facet.WHO) and not brief)
    is_other_year = year_of(entry) not in (None, question.asked_year or question.day.year)
    facts = question.facts if question.facet in MONEY else {key: question.facts[key] for key in named}
    total = sum_text(entry, facts, question.day, focus) if wants_sum and not is_other_year else None
    others = other_crops(base, entry, question.facts.get("crop"))
    lead_is_told = threshold is not None or question.asked_day is not None or (brief and not question.heard)
    may = may_line(base, question, entry) if not lead_is_told and asks_may(base, question) else None
    year = year_ahead(question)
    ahead = ahead_text(entry, year, question.today) if year is not None else None
    goes_on = brief and question.facet in (None, Facet.WHO)
    parts = part_lines(base, question, entry, alone=goes_on and focus.best(entry) is None)
    instead, parts = (parts[0], parts[1:]) if goes_on and parts else (None, parts)
    if ahead is not None and asks_whether_ahead(question):
        instead, parts, may, threshold = ahead, (), None, None
    elif ahead is not None:
        may = ahead
    return Asked(focus, threshold, total, question.also, others, may, parts, instead)
