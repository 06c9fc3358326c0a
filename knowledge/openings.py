"""The first words put before a reply: 别做 instead of one, 先报案 or 先别转 in front of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from knowledge.base import KnowledgeBase
from knowledge.entries import Entry
from knowledge.first_words import Opening, Wrong
from knowledge.following import names
from knowledge.leading import year_of
from knowledge.matching import Ranking
from knowledge.question import CLAUSE, Question, fold
from knowledge.rendering import fill_or_say, source_text, status_text
from knowledge.replies import suggestion_buttons, suggestion_lines

MOST_LINES = 12
DAMAGE = "damage"
_PAST = re.compile("去年|前年|上一年|那年|上次|上回|往年|(?:早|前)[几两]年")
NO_OPENING = (Outcome.WARN, Outcome.REFER)


def refused(base: KnowledgeBase, question: Question, wrong: Wrong, ranking: Ranking) -> Answer:
    """别做, what comes of it and the right way; of a product named in the question how it stands and whom to ask."""
    first, *rest = wrong.say
    lines = [Line(LineKind.WARNING, first), *(Line(LineKind.DETAIL, text) for text in rest)]
    best = base.entries[ranking.candidates[0].id] if ranking.candidates else None
    named = best if best is not None and names(best, question.plain) else None
    if named is not None:
        step = fill_or_say(named, named.next_step, named.validity.reading_day(question.day))
        lines.append(Line(LineKind.DETAIL, f"{named.title}：{status_text(named, question.today)}。"))
        lines.append(Line(LineKind.NEXT, f"下一步：{step}"))
    codes = tuple(code for code in wrong.entries if code in base.entries)
    if codes:
        lines.append(Line(LineKind.SOURCE, source_text(base.entries[codes[0]])))
    shown = (*((named.code,) if named is not None else ()), *codes)
    buttons = tuple(Button(base.entries[code].title, Action(Verb.ENTRY, code)) for code in shown)
    status = base.entries[codes[0]].status_on(question.day) if codes else None
    return Answer(Outcome.WARN, tuple(lines), entries=codes, status=status, buttons=buttons, confidence=1.0)


def opened(base: KnowledgeBase, question: Question, said: Answer) -> Answer:
    """`said` with the opening its question calls for, or as it is."""
    opening = base.first_words.opening(question.plain)
    if (
        opening is None
        or said.outcome in NO_OPENING
        or question.asked_year is not None
        or _is_long_past(base, question)
    ):
        return said
    if said.outcome is Outcome.NO_MATCH:
        return _alone(base, question, said, opening)
    if said.outcome is Outcome.ANSWER and opening.is_said_by(said.short_text):
        return said
    first = [Line(LineKind.LEAD, opening.say)]
    told = base.entries.get(said.entries[0]) if said.entries and said.outcome is Outcome.ANSWER else None
    if told is not None and "fraud" in told.subjects:
        return said
    if told is None or "insurance" in told.subjects or opening.key != DAMAGE:
        first += _more(opening)
    if told is not None and opening.key == DAMAGE:
        first += _of_old(told, question)
    return with_room(said, (*first, *said.lines))


def _is_long_past(base: KnowledgeBase, question: Question) -> bool:
    """Whether the damage told is of last year or before: without the clauses that say so no opening is left."""
    clauses = [fold(base, clause) for clause in CLAUSE.split(question.said) if clause.strip()]
    past = [clause for clause in clauses if _PAST.search(clause)]
    first, rest = "，".join(past), "，".join(clause for clause in clauses if clause not in past)
    told, left = base.first_words.opening(first), base.first_words.opening(rest)
    return bool(past) and told is not None and told.key.startswith(DAMAGE) and left is None


def with_room(said: Answer, lines: Sequence[Line]) -> Answer:
    """`said` with `lines`, the last details moved behind 展开 until twelve are left."""
    kept: list[Line] = list(lines)
    moved: list[Line] = []
    while len(kept) > MOST_LINES:
        place = max((n for n, line in enumerate(kept) if line.kind in (LineKind.DETAIL, LineKind.NOTE)), default=None)
        if place is None:
            break
        moved.insert(0, kept.pop(place))
    return replace(said, lines=tuple(kept), more=(*moved, *said.more))


def _alone(base: KnowledgeBase, question: Question, said: Answer, opening: Opening) -> Answer:
    """Nothing was found: the opening's own words, and what it has to show."""
    first = [Line(LineKind.LEAD, opening.alone or opening.say), *_more(opening)]
    first += [Line(LineKind.NEXT, f"下一步：{opening.step}")] if opening.step is not None else []
    entries = [base.entries[code] for code in opening.entries if code in base.entries]
    if not entries:
        rest = said.lines if opening.step is None else [line for line in said.lines if line.kind is not LineKind.NOTE]
        return replace(said, lines=(*first, *rest))
    lines = (*first, *suggestion_lines(entries, question.day, "这几样可以看："))
    codes = tuple(entry.code for entry in entries)
    status, buttons = entries[0].status_on(question.day), suggestion_buttons(entries, question.day)
    return replace(said, outcome=Outcome.SUGGEST, lines=lines, entries=codes, status=status, buttons=buttons)


def _more(opening: Opening) -> list[Line]:
    return [Line(LineKind.DETAIL, opening.more)] if opening.more is not None else []


def _of_old(entry: Entry, question: Question) -> list[Line]:
    """That the figures below are those of another year, and this year's are not known."""
    year = year_of(entry)
    if year is None or year == question.day.year:
        return []
    return [Line(LineKind.NOTE, f"今年保多少、赔多少没核到；下面是 {year} 年的。")]
