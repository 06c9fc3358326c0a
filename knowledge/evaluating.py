"""`python -m knowledge evaluate`: the whole answering path on the golden questions, beside the floor it must keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from knowledge.answering import Memory, answer, fold, rank
from knowledge.base import KnowledgeBase
from knowledge.documents import document_of
from knowledge.evaluation import GoldenQuestion, Reply, Score, ablate, ask_all, read_golden, report_lines, score, select
from knowledge.hearing import hear, to_json
from knowledge.matching import MatchIndex

# why these: docs/decisions/0001-floors-of-the-golden-questions.md
FLOOR_TOP_1, FLOOR_TOP_3, CEILING_ANSWERED, CEILING_REFUSED = 0.92, 0.98, 0.03, 0.04


def evaluate(
    base: KnowledgeBase, cases: Path, split: str, day: date, *, require: bool = False, ablation: bool = False
) -> int:
    """Print the report; with `require`, 1 when a figure is beyond its floor."""
    questions = select(read_golden(cases.glob("questions*.yaml")), split)
    known = [question for question in questions if not question.in_scope or set(question.codes) & base.entries.keys()]
    asked = ask_all(known, lambda text: _reply(base, text, day))
    for line in report_lines(asked, _without_each(base, known) if ablation else None):
        print(line)
    figures = score(asked)
    return 1 if require and not _holds(figures) else 0


def _without_each(base: KnowledgeBase, questions: Sequence[GoldenQuestion]) -> dict[str, float]:
    documents = [document_of(entry) for entry in base.entries.values()]
    return ablate(base.index, documents, questions, lambda kept: MatchIndex.build(kept, base.lexicon, base.index.model))


def _reply(base: KnowledgeBase, text: str, day: date) -> Reply:
    said, _ = answer(base, text, Memory(), day)
    facts = to_json(hear(text, base.places, base.crops, day))
    ranked = tuple(candidate.id for candidate in rank(base, fold(base, text), facts, day).candidates)
    return Reply(said.outcome.value, said.entries, said.confidence, ranked)


def _holds(figures: Score) -> bool:
    return (
        figures.top_1 >= FLOOR_TOP_1
        and figures.top_3 >= FLOOR_TOP_3
        and figures.answered_out_of_scope <= CEILING_ANSWERED
        and figures.refused_in_scope <= CEILING_REFUSED
    )
