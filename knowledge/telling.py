"""An entry told to somebody who asked: the reply, its buttons, and what was sure about the choice."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.ahead import ahead_text, asks_whether_ahead, year_ahead
from knowledge.answers import Answer, Line, LineKind, Outcome
from knowledge.base import KnowledgeBase
from knowledge.entries import Entry, Facet, Payee
from knowledge.focus import Focus, focus_of
from knowledge.leading import Asked, year_of
from knowledge.local import of_elsewhere
from knowledge.matching import Ranking
from knowledge.notes import notes_on, place_notes, time_notes
from knowledge.other_crops import other_crops
from knowledge.parts import asks_may, may_line, part_lines
from knowledge.question import Question
from knowledge.replies import Reply, entry_buttons
from knowledge.sums import MONEY, sum_text
from knowledge.thresholds import asks_whether, measured, threshold_in
from knowledge.vocabulary import PAYEES
from knowledge.weighing import beside_cap
from knowledge.worked_out import worked_out

PLACES = frozenset({"county", "town", "village", "location"})
AMOUNTS = frozenset({"amount_yuan", "loan_amount_yuan", "area_mu"})
_USURY = re.compile("高利贷|合法|违法|犯法|太高|过高|超")
_DAYS = re.compile(r"\d+ 月 \d+ 日")
_FIRST = re.compile("^(.)(?:之前|以前)先?")
_TO_WHOM = re.compile("(?:贴息|补贴|补助|奖励|钱|补|贴|发|打)给(?:谁|啥人|哪个)")
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
    question = _what_is_said_first(entry, question)
    capped = beside_cap(entry, question)
    notes = notes_on(entry, question, rates=capped is None)
    if word is not None:
        notes = [Line(LineKind.NOTE, f"{word}：{base.glossary[word]}"), *notes]
    asked = _asked(base, question, entry, capped, brief=brief)
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
    return question.dressed(_answer(question, entry, reply, ranking), base.version)


def _answer(question: Question, entry: Entry, reply: Reply, ranking: Ranking) -> Answer:
    """The reply with its buttons, and what the choice of the entry rests on."""
    others = tuple(candidate.id for candidate in ranking.candidates if candidate.id != entry.code)[:2]
    return Answer(
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


def _is_done(entry: Entry, question: Question) -> bool:
    """Whether what the entry's next step comes before (买之前先去问) is told as done (买了台插秧机)."""
    step = _FIRST.match(entry.next_step)
    done = f"{step[1]}(?:了|好|下|过|完)(?!没|冇|再|之?后)|已经?{step[1]}|今年新?{step[1]}" if step is not None else ""
    return bool(done) and re.search(done, question.plain) is not None


def _what_is_said_first(entry: Entry, question: Question) -> Question:
    """Of several facets asked in one breath the first that the entry says something on."""
    asks_when = question.facet is Facet.DEADLINE and not entry.facets.get(Facet.DEADLINE)
    if asks_when and any(_DAYS.search(text) for text in entry.facets.get(Facet.TERM, ())):
        question = replace(
            question, also=(*question.also, Facet.TERM)
        )  # the days a claim runs, where none is for buying
    said = [each for each in question.also if entry.facets.get(each)]
    if question.facet is None or question.facet is Facet.STATUS or entry.facets.get(question.facet) or not said:
        return question
    rest = tuple(each for each in (*question.also, question.facet) if each is not said[0])
    return replace(question, facet=said[0], also=rest)


def _total(entry: Entry, question: Question, focus: Focus, *, brief: bool) -> str | None:
    """What the amounts said come to by the entry's figures of the year asked about."""
    named, asks_money = AMOUNTS & question.heard.keys(), question.facet in MONEY
    wants_sum = asks_money or (bool(named) and question.facet in (None, Facet.WHO) and not brief)
    is_other_year = year_of(entry) not in (None, question.asked_year or question.day.year)
    facts = question.facts if asks_money else {key: question.facts[key] for key in named}
    total = sum_text(entry, facts, question.day, focus) if wants_sum and not is_other_year else None
    return total or (worked_out(entry, question.said, question.today) if asks_money else None)


def _asked(base: KnowledgeBase, question: Question, entry: Entry, capped: str | None, *, brief: bool) -> Asked:
    """What the question dwells on in `entry`, the printed line it asks about, and what its amount comes to."""
    day = entry.validity.reading_day(question.day)
    places = [fact.text for key, fact in question.heard.items() if key in PLACES]
    focus = focus_of(question.plain, base.lexicon, base.rarity, places, question.asked_year)
    whether = question.facet in (None, Facet.WHO) and asks_whether(question.plain)
    threshold = threshold_in(entry, measured(question.said), focus, day) if whether else None
    total = _total(entry, question, focus, brief=brief)
    others = other_crops(base, entry, question.facts.get("crop"))
    lead_is_told = threshold is not None or question.asked_day is not None or (brief and not question.heard)
    may = may_line(base, question, entry) if not lead_is_told and asks_may(base, question) else None
    year = year_ahead(question)
    ahead = ahead_text(entry, year, question.today) if year is not None and "fraud" not in entry.subjects else None
    goes_on = brief and question.facet in (None, Facet.WHO)
    parts = part_lines(base, question, entry, alone=goes_on and focus.best(entry) is None)
    parts = tuple(part for part in parts if capped is None or not _USURY.search(part))
    if _TO_WHOM.search(question.plain) and Payee.FARMER in entry.payee:
        parts = (*parts, f"钱给谁：{'、'.join(PAYEES[each] for each in entry.payee)}。")
    instead, parts = (parts[0], parts[1:]) if goes_on and parts else (None, parts)
    if ahead is not None and asks_whether_ahead(question):
        instead, parts, may, threshold = ahead, (), None, None
    elif ahead is not None:
        may = ahead
    instead = capped or instead
    return Asked(
        focus,
        threshold,
        total,
        question.also,
        others,
        may,
        parts,
        of_elsewhere(entry, question.facts.get("county")),
        instead,
        _is_done(entry, question),
    )
