"""An entry told to somebody who asked: the reply, its buttons, and what was sure about the choice."""

from __future__ import annotations

from knowledge.answers import Answer, Line, LineKind, Outcome
from knowledge.base import KnowledgeBase
from knowledge.entries import Entry
from knowledge.matching import Ranking
from knowledge.notes import notes_on
from knowledge.question import Question
from knowledge.replies import Reply, entry_buttons

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
    reply = Reply(entry, question.day, question.facet, base.titles, notes, today=question.today, brief=brief)
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
