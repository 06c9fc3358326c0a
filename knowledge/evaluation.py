"""Measure the whole answering path on the project's golden questions, through whatever callables it is given."""

import hashlib
import unicodedata
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
NAME_WIDTH, CELL_WIDTH = 24, 10
COLUMNS = ("归我们", "不归", "top-1", "top-3", "MRR", "误推走", "直接答", "直接答错", "外事误答")
MEANINGS = "误推走：归我们的却说没有或推给别处；直接答错：直接答了的里头条目不对的；外事误答：不归我们的却给了条目。"
STYLES = {
    "dialect": "方言", "dictated": "语音", "foreign-place": "外地", "long": "长故事", "misspelt": "错字",
    "oral": "口语", "short": "短句", "staff": "工作人员", "traditional": "繁体", "typed": "打字",
}  # fmt: skip


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
    answered_in_scope: float = 0.0
    wrong_of_answered: float = 0.0


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
        answered_in_scope=_share([reply.outcome == "answer" for _, reply in ours]),
        wrong_of_answered=_share(
            [
                reply.codes[:1] not in [(code,) for code in question.codes]
                for question, reply in ours
                if reply.outcome == "answer"
            ]
        ),
    )


def histogram(asked: Sequence[tuple[GoldenQuestion, Reply]], bins: int = 10) -> list[str]:
    """Draw how confidence spreads over questions that are ours and over those that are not."""
    lines = []
    for title, wanted in (("归我们答的", True), ("不归我们的", False)):
        values = [reply.confidence for question, reply in asked if question.in_scope == wanted]
        counts = [0] * bins
        for value in values:
            counts[min(int(value * bins), bins - 1)] += 1
        lines.append(f"把握有多大，{title}（{len(values)} 句）")
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
    lines = [_row("", COLUMNS), _score_line("全部", score(asked))]
    lines += [_score_line(_style_name(style), part) for style, part in by_style(asked).items()]
    lines += [MEANINGS, ""]
    lines += histogram(asked)
    if ablation:
        lines += ["", "拿掉一种依据以后的 top-1（everything：都用上）"]
        lines += [f"  {_padded(name, 36)}{value:7.1%}" for name, value in ablation.items()]
    return lines


def _style_name(style: str) -> str:
    return f"{STYLES[style]} {style}" if style in STYLES else style


def _score_line(name: str, part: Score) -> str:
    shares = (part.refused_in_scope, part.answered_in_scope, part.wrong_of_answered, part.answered_out_of_scope)
    cells = (f"{part.in_scope}", f"{part.out_of_scope}", f"{part.top_1:.1%}", f"{part.top_3:.1%}", f"{part.mrr:.3f}")
    return _row(name, (*cells, *(f"{share:.1%}" for share in shares)))


def _row(name: str, cells: Sequence[str]) -> str:
    return _padded(name, NAME_WIDTH) + "".join(" " * (CELL_WIDTH - _width(cell)) + cell for cell in cells)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """How many columns a terminal gives a text: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


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
