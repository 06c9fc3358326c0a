"""Rank the entries of the knowledge base for a question, and say how sure the best one is."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.channels import MAX_BODY_CHARS, MAX_CHARS, prepare
from knowledge.evidence import FEATURES, gather_evidence, read_query, shortlist
from knowledge.lexicon import Lexicon
from knowledge.model import Model
from knowledge.postings import KINDS, Longs, Postings, build_postings
from knowledge.vectors import Floats

__all__ = ["Adjustment", "Candidate", "Document", "MatchIndex", "Model", "Ranking"]

CACHED_QUESTIONS = 2000
PRIOR_IN_SHORTLIST = 0.1  # one unit of final score is worth about this much of the first stage's


@dataclass(frozen=True)
class Document:
    """One entry as the matcher sees it: its id and the strings a question may resemble."""

    id: str
    strings: tuple[tuple[str, str], ...]  # (kind, text); kind is title, alias, example, key or body


@dataclass(frozen=True)
class Candidate:
    """One ranked entry with what spoke for it."""

    id: str
    score: float
    matched: str  # the entry's string that resembles the question most, normalised
    values: tuple[float, ...]

    @property
    def evidence(self) -> dict[str, float]:
        """The evidence by name."""
        return dict(zip(FEATURES, self.values, strict=True))


@dataclass(frozen=True)
class Ranking:
    """Best first. Confidence is absolute; the margin compares the first two entries whatever k was asked."""

    candidates: tuple[Candidate, ...]
    confidence: float
    margin: float


NOTHING = Ranking((), 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Adjustment:
    """What is added to the score of every entry of one index, in its order; the same object is the same adjustment."""

    scores: NDArray[np.float64]

    @cached_property
    def in_shortlist(self) -> Floats:
        """The same in the first stage's measure."""
        return (self.scores * PRIOR_IN_SHORTLIST).astype(np.float32)


class MatchIndex:
    """An immutable index; build a new one when entries change and swap the reference."""

    def __init__(self, ids: tuple[str, ...], postings: Postings, lexicon: Lexicon, model: Model) -> None:
        self._ids = ids
        self._position = {id_: position for position, id_ in enumerate(ids)}
        self._postings = postings
        self._lexicon = lexicon
        self._model = model
        self._rank_vector = model.rank_vector()
        self._confidence_vector = model.confidence_vector()
        self._compute_once = lru_cache(maxsize=CACHED_QUESTIONS)(self._compute)

    @classmethod
    def build(cls, documents: Iterable[Document], lexicon: Lexicon, model: Model) -> "MatchIndex":
        """Index the documents; their order settles ties."""
        ids: list[str] = []
        entries: list[list[tuple[str, str]]] = []
        for document in documents:
            _check_kinds(document)
            ids.append(document.id)
            entries.append(
                [
                    (kind, prepare(text, model.fillers, MAX_BODY_CHARS if kind == "body" else MAX_CHARS))
                    for kind, text in document.strings
                ]
            )
        if len(set(ids)) != len(ids):
            twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
            raise ValueError(f"The same id stands for two documents: {', '.join(twice)}.")
        return cls(tuple(ids), build_postings(entries, lexicon, model.vectors), lexicon, model)

    def with_model(self, model: Model) -> "MatchIndex":
        """Return the same index under other weights."""
        return MatchIndex(self._ids, self._postings, self._lexicon, model)

    @property
    def ids(self) -> tuple[str, ...]:
        """All indexed ids."""
        return self._ids

    @property
    def model(self) -> Model:
        """The weights and thresholds in use."""
        return self._model

    def adjustment(self, by_id: Mapping[str, float]) -> Adjustment:
        """What `rank` adds to the scores: to keep where the same is added for many questions. Unknown ids count nothing."""
        scores = np.zeros(len(self._ids))
        for id_, value in by_id.items():
            position = self._position.get(id_)
            if position is not None:
                scores[position] = value
        scores.flags.writeable = False
        return Adjustment(scores)

    def rank(self, question: str, k: int = 10, adjust: Adjustment | Mapping[str, float] | None = None) -> Ranking:
        """Rank entries for a question; `adjust` adds to the score of an entry by id, -inf takes it out."""
        text = prepare(question, self._model.fillers)
        if not text:
            return NOTHING
        if adjust is not None and not isinstance(adjust, Adjustment):
            adjust = self.adjustment(adjust)
        entries, features, strings = self._compute_once(text, adjust)
        if not len(entries):
            return NOTHING
        scores = (features @ self._rank_vector).astype(np.float64)
        if adjust is not None:
            scores += adjust.scores[entries]
        order = np.lexsort((entries, -scores))
        order = order[scores[order] > -math.inf]
        if not len(order):
            return NOTHING
        best = order[0]
        second = scores[order[1]] if len(order) > 1 else min(0.0, float(scores[best]))
        return Ranking(
            tuple(self._candidate(entries, features, strings, scores, row) for row in order[:k].tolist()),
            confidence=self._confidence(features[best]),
            margin=float(scores[best] - second),
        )

    def features(self, question: str, adjust: Mapping[str, float] | None = None) -> tuple[tuple[str, ...], Floats]:
        """Return the shortlisted ids and their evidence rows, unranked: what fitting learns from."""
        text = prepare(question, self._model.fillers)
        if not text:
            return (), np.zeros((0, len(FEATURES)), np.float32)
        entries, features, _ = self._compute(text, self.adjustment(adjust) if adjust else None)
        return tuple(self._ids[entry] for entry in entries.tolist()), features

    def _compute(self, text: str, adjust: Adjustment | None = None) -> tuple[Longs, Floats, Longs]:
        query = read_query(text, self._postings, self._lexicon, self._model.vectors)
        prior = adjust.in_shortlist if adjust is not None else None
        entries = shortlist(query, self._postings, self._model.shortlist, prior)
        if not len(entries):
            return entries, np.zeros((0, len(FEATURES)), np.float32), entries
        features, strings = gather_evidence(query, entries, self._postings)
        return entries, features, strings

    def _confidence(self, row: Floats) -> float:
        logit = float(row @ self._confidence_vector) + self._model.confidence_bias
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))

    def _candidate(
        self, entries: Longs, features: Floats, strings: Longs, scores: NDArray[np.float64], row: int
    ) -> Candidate:
        return Candidate(
            id=self._ids[int(entries[row])],
            score=float(scores[row]),
            matched=self._postings.string_text[int(strings[row])],
            values=tuple(features[row].tolist()),
        )


def _check_kinds(document: Document) -> None:
    for kind, _ in document.strings:
        if kind not in KINDS[:-1]:
            raise ValueError(f"{document.id}: unknown kind of string '{kind}'. Kinds are {', '.join(KINDS[:-1])}.")
