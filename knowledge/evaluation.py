"""Measure the whole answering path on the project's golden questions, through whatever callables it is given."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge.evidence import KINDS_OF_EVIDENCE
from knowledge.fitting import LabelledQuestion
from knowledge.matching import Document, MatchIndex
from knowledge.text import normalise

HELD_BACK_PERCENT = 30
OUTCOMES = ("answer", "suggest", "refer", "warn", "no_match")
KEYS = {"text", "codes", "facet", "style", "outcome", "topic"}
BAR_WIDTH = 40


class GoldenError(ValueError):
    """A golden question file has a malformed row."""


@dataclass(frozen=True)
class GoldenQuestion:
    """One question people ask, and what must come of it."""

    text: str
    codes: tuple[str, ...]
    style: str
    facet: str | None = None
    outcome: str | None = None
    topic: str | None = None

    @property
    def in_scope(self) -> bool:
        """Whether an entry of ours answers it."""
        return bool(self.codes)

    @property
    def held_back(self) -> bool:
        """Whether it is kept for measuring: three in ten, by a hash of the text, never used for fitting."""
        digest = hashlib.sha256(normalise(self.text).encode("utf-8")).digest()
        return int.from_bytes(digest[:4], "big") % 100 < HELD_BACK_PERCENT


@dataclass(frozen=True)
class Reply:
    """What the answering path made of one question."""

    outcome: str
    codes: tuple[str, ...]  # best first
    confidence: float
    ranked: tuple[str, ...] = ()  # the matcher's ids with thresholds off; codes when empty


@dataclass(frozen=True)
class Score:
    """Shares between 0 and 1 over some questions."""

    in_scope: int
    out_of_scope: int
    top_1: float
    top_3: float
    mrr: float
    refused_in_scope: float
    answered_out_of_scope: float


def read_golden(paths: Iterable[Path]) -> list[GoldenQuestion]:
    """Read lists of {text, codes, style, facet?, outcome?, topic?}; a fault is named with file and row."""
    questions = []
    for path in sorted(paths):
        rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        if not isinstance(rows, list):
            raise GoldenError(f"{path}: expected a list of questions.")
        for number, row in enumerate(rows, 1):
            questions.append(_golden(row, f"{path}: question {number}"))
    return questions


def select(questions: Iterable[GoldenQuestion], split: str) -> list[GoldenQuestion]:
    """Return the questions of a split: tune, held-back or all."""
    if split not in {"tune", "held-back", "all"}:
        raise GoldenError(f"Unknown split '{split}'. Splits are tune, held-back, all.")
    return [question for question in questions if split == "all" or question.held_back == (split == "held-back")]


def labelled(questions: Iterable[GoldenQuestion]) -> list[LabelledQuestion]:
    """Return golden questions in the form fitting takes. Out-of-scope ones have no relevant entry."""
    return [LabelledQuestion(question.text, frozenset(question.codes)) for question in questions]


def ask_all(questions: Sequence[GoldenQuestion], reply: Callable[[str], Reply]) -> list[tuple[GoldenQuestion, Reply]]:
    """Ask every question once."""
    return [(question, reply(question.text)) for question in questions]


def score(asked: Sequence[tuple[GoldenQuestion, Reply]]) -> Score:
    """Sum up: ranking with thresholds off, refusal with thresholds on."""
    ours = [(question, reply) for question, reply in asked if question.in_scope]
    foreign = [reply for question, reply in asked if not question.in_scope]
    places = [_place(reply.ranked or reply.codes, question.codes) for question, reply in ours]
    return Score(
        in_scope=len(ours),
        out_of_scope=len(foreign),
        top_1=_share([place == 1 for place in places]),
        top_3=_share([0 < place <= 3 for place in places]),
        mrr=sum(1 / place for place in places if place) / max(len(places), 1),
        refused_in_scope=_share([reply.outcome in {"no_match", "refer"} for _, reply in ours]),
        answered_out_of_scope=_share([reply.outcome == "answer" for reply in foreign]),
    )


def histogram(asked: Sequence[tuple[GoldenQuestion, Reply]], bins: int = 10) -> list[str]:
    """Draw how confidence spreads over questions that are ours and over those that are not."""
    lines = []
    for title, wanted in (("in scope", True), ("out of scope", False)):
        values = [reply.confidence for question, reply in asked if question.in_scope == wanted]
        counts = [0] * bins
        for value in values:
            counts[min(int(value * bins), bins - 1)] += 1
        lines.append(f"confidence, {title} ({len(values)} questions)")
        most = max(counts, default=0) or 1
        for place, count in enumerate(counts):
            bar = "█" * round(BAR_WIDTH * count / most)
            lines.append(f"  {place / bins:.1f}–{(place + 1) / bins:.1f} {count:5d} {bar}")
    return lines


def by_style(asked: Sequence[tuple[GoldenQuestion, Reply]]) -> dict[str, Score]:
    """Score every style of asking by itself."""
    groups: dict[str, list[tuple[GoldenQuestion, Reply]]] = defaultdict(list)
    for question, reply in asked:
        groups[question.style].append((question, reply))
    return {style: score(groups[style]) for style in sorted(groups)}


def ablate(
    index: MatchIndex,
    documents: Sequence[Document],
    questions: Sequence[GoldenQuestion],
    build: Callable[[Sequence[Document]], MatchIndex],
) -> dict[str, float]:
    """Return top-1 with each kind of evidence switched off, and with one alias of every entry left out."""
    ours = [question for question in questions if question.in_scope]
    result = {"everything": _top_1(index, ours)}
    for name, features in KINDS_OF_EVIDENCE.items():
        result[f"without {name}"] = _top_1(index.with_model(index.model.without(features)), ours)
    result["one alias of each entry left out"] = _top_1(
        build([_without_alias(document) for document in documents]), ours
    )
    return result


def report_lines(
    asked: Sequence[tuple[GoldenQuestion, Reply]], ablation: Mapping[str, float] | None = None
) -> list[str]:
    """Return the whole report as printed."""
    head = f"{'':24}{'ours':>6}{'other':>7}{'top-1':>8}{'top-3':>8}{'MRR':>7}{'refused':>9}{'answered':>10}"
    lines = [head, _score_line("all", score(asked))]
    lines += [_score_line(style, part) for style, part in by_style(asked).items()]
    lines += ["refused: in-scope questions sent away; answered: out-of-scope questions given an entry", ""]
    lines += histogram(asked)
    if ablation:
        lines += ["", "top-1 with kinds of evidence removed"]
        lines += [f"  {name:36}{value:7.1%}" for name, value in ablation.items()]
    return lines


def _score_line(name: str, part: Score) -> str:
    ranking = f"{part.top_1:8.1%}{part.top_3:8.1%}{part.mrr:7.3f}{part.refused_in_scope:9.1%}"
    return f"{name:24}{part.in_scope:6d}{part.out_of_scope:7d}{ranking}{part.answered_out_of_scope:10.1%}"


def _golden(row: object, place: str) -> GoldenQuestion:
    if not isinstance(row, dict):
        raise GoldenError(f"{place}: expected a mapping with 'text' and 'codes'.")
    unknown = sorted(set(row) - KEYS)
    if unknown:
        raise GoldenError(f"{place}: unknown key {', '.join(map(repr, unknown))}. Keys are {', '.join(sorted(KEYS))}.")
    text, codes, outcome = row.get("text"), row.get("codes", []), row.get("outcome")
    if not isinstance(text, str) or not text.strip():
        raise GoldenError(f"{place}: 'text' is missing.")
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise GoldenError(f"{place} ({text}): 'codes' must be a list of entry codes, empty when out of scope.")
    if outcome is not None and outcome not in OUTCOMES:
        raise GoldenError(f"{place} ({text}): unknown outcome '{outcome}'. Outcomes are {', '.join(OUTCOMES)}.")
    return GoldenQuestion(
        text, tuple(codes), str(row.get("style", "plain")), row.get("facet"), outcome, row.get("topic")
    )


def _without_alias(document: Document) -> Document:
    place = next((i for i, (kind, _) in enumerate(document.strings) if kind in {"alias", "example"}), None)
    if place is None:
        return document
    return Document(document.id, document.strings[:place] + document.strings[place + 1 :])


def _top_1(index: MatchIndex, ours: Sequence[GoldenQuestion]) -> float:
    hits = 0
    for question in ours:
        candidates = index.rank(question.text, 1).candidates
        hits += bool(candidates) and candidates[0].id in question.codes
    return hits / max(len(ours), 1)


def _place(ids: Sequence[str], codes: Sequence[str]) -> int:
    return next((place for place, id_ in enumerate(ids, 1) if id_ in codes), 0)


def _share(claims: Sequence[bool]) -> float:
    return sum(claims) / max(len(claims), 1)
