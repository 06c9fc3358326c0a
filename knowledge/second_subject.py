"""A question with two subjects (网贷 36% 合法吗，欠私人的最高多少): the first is answered, the second offered."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from knowledge.base import KnowledgeBase
from knowledge.entries import Entry, Status
from knowledge.following import names
from knowledge.matching import Ranking
from knowledge.question import Question, fold
from knowledge.ranking import is_far_ahead
from knowledge.rendering import status_text

SHORTEST_PART = 5  # characters: less is no question of its own
ASKED_TOO = "您还问了另一件"
MOST_LINES, MOST_BUTTONS = 12, 4
_PART = re.compile(r"[，,。；;？?！!\n]+|另外|还有|顺便")


def two_subjects(base: KnowledgeBase, question: Question) -> tuple[Entry, Entry] | None:
    """The entries of the first two parts that each ask of another one and are each sure of it, in the order said."""
    found: list[Entry] = []
    parts = [part for part in _PART.split(question.said) if part.strip()]
    for part in parts if len(parts) > 1 else ():
        plain = fold(base, part)
        if len(plain) < SHORTEST_PART or base.asking.facet(plain) is None:
            continue
        entry = _sure(base, plain, base.index.rank(plain, 2))
        if entry is not None and entry not in found:
            found.append(entry)
    return (found[0], found[1]) if len(found) == 2 else None


def offering(said: Answer, other: Entry, why: str = ASKED_TOO) -> Answer:
    """`said` with a word on another entry, that its subject was heard or `why` else, and a button that leads to it."""
    if said.outcome is not Outcome.ANSWER or other.code == said.entries[0]:
        return said
    is_open = said.on is None or other.status_on(said.on) is Status.IN_FORCE
    state = "" if said.on is None or is_open else f"【{status_text(other, said.on)}】"
    note = Line(LineKind.NOTE, f"{why}：{other.title}{state}，点下面的按钮看。")
    place = next((place for place, line in enumerate(said.lines) if line.kind is LineKind.NEXT), len(said.lines) - 1)
    lines = [*said.lines[:place], note, *said.lines[place:]]
    if len(lines) > MOST_LINES:
        last_detail = max((n for n, line in enumerate(lines) if line.kind is LineKind.DETAIL), default=None)
        moved = lines.pop(last_detail) if last_detail is not None else None
        said = replace(said, more=(moved, *said.more)) if moved is not None else said
    button = Button(other.title, Action(Verb.ENTRY, other.code))
    buttons = (*said.buttons[:1], button, *said.buttons[1 : MOST_BUTTONS - 1])
    return replace(said, lines=tuple(lines), buttons=buttons)


def _sure(base: KnowledgeBase, plain: str, ranking: Ranking) -> Entry | None:
    if not ranking.candidates:
        return None
    entry = base.entries[ranking.candidates[0].id]
    is_named = names(entry, plain) and ranking.confidence >= base.model.suggest_at
    return entry if is_named or is_far_ahead(ranking) or ranking.confidence >= base.model.answer_at else None
