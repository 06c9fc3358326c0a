"""Fit the matcher's numbers from labelled questions: ranking weights, confidence and thresholds. Deterministic."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.evidence import FEATURES
from knowledge.matching import Document, MatchIndex, Model, Ranking
from knowledge.model import CONFIDENCE_FEATURES

Array = NDArray[np.float64]

Build = Callable[[Sequence[Document], Model], MatchIndex]

FOLDS = 4  # own wordings are learned from by leaving a quarter out of the index at a time
OWN_QUESTIONS = 1000
MANY_STRINGS = 10_000  # above this one fold is enough
RIDGE = 2.0
ADAPTING_HOLD = 4.0  # the ridge that holds the ranking weights near the pooled ones
FITTING_HOLD = 15.0  # tighter: labelled questions come with their own flavour
SWEEPS = 300
IN_SCOPE_REFUSED_AT_MOST = 0.02
OUT_OF_SCOPE_ANSWERED_AT_MOST = 0.015
WRONG_COSTS = 3.0  # right answers; below the margin the three best are offered instead


@dataclass(frozen=True)
class LabelledQuestion:
    """A question and the entries that answer it; none means that it must be refused."""

    text: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class _Ranked:
    """One question's shortlist: which rows are right, and their evidence."""

    features: Array
    right: NDArray[np.bool_]


def fit(
    documents: Sequence[Document],
    questions: Iterable[LabelledQuestion],
    model: Model,
    build: Build,
    fitted_on: Mapping[str, Any],
) -> Model:
    """Return the model refitted on labelled questions, the entries' own wordings and questions without their entry."""
    asked = list(questions)
    index = build(documents, model)
    shortlists = [_shortlist(index, question) for question in asked if question.relevant]
    own, left_out = _own_wordings(documents, model, build)
    rank_weights = fit_ranking(shortlists + own, FITTING_HOLD, model.base_vector())
    model = replace(model, rank_weights=_named(rank_weights, FEATURES), fitted_on=fitted_on)
    index = index.with_model(model)
    cases = [_confidence_case(index, question, masked=False) for question in asked]
    cases += [_confidence_case(index, question, masked=True) for question in asked if question.relevant]
    cases += [
        _confidence_case(thinner.with_model(model), question, masked=masked)
        for thinner, question in left_out
        for masked in (False, True)
    ]
    known = [case for case in cases if case is not None]
    columns = [FEATURES.index(name) for name in CONFIDENCE_FEATURES]
    evidence = np.array([values for values, _ in known], np.float64).reshape(-1, len(FEATURES))
    weights, bias = fit_confidence(evidence[:, columns], np.array([right for _, right in known], bool))
    fitted = replace(model, confidence_weights=_named(weights, CONFIDENCE_FEATURES), confidence_bias=bias)
    return _with_thresholds(index.with_model(fitted), asked)


def adapt(documents: Sequence[Document], model: Model, build: Build) -> Model:
    """Return the model with ranking weights moved towards what the documents' own wordings teach; needs no labels."""
    own, _ = _own_wordings(documents, model, build)
    return replace(model, rank_weights=_named(fit_ranking(own, ADAPTING_HOLD, model.base_vector()), FEATURES))


def fit_ranking(shortlists: Sequence["_Ranked"], ridge: float = RIDGE, start: Array | None = None) -> Array:
    """Maximise the probability of the right entry within its shortlist, held near `start` (zero) by the ridge."""
    useful = [case for case in shortlists if case.right.any() and not case.right.all()]
    origin = np.zeros(len(FEATURES)) if start is None else start
    weights = origin.copy()
    for _ in range(25):
        gradient, curvature = -ridge * (weights - origin), ridge * np.eye(len(weights))
        for case in useful:
            chance = _softmax(case.features @ weights)
            wanted = np.where(case.right, chance, 0.0)
            wanted /= wanted.sum()
            gradient += case.features.T @ (wanted - chance)
            centred = case.features - chance @ case.features
            curvature += (centred * chance[:, None]).T @ centred
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-4:
            break
    return weights


def fit_confidence(evidence: Array, right: NDArray[np.bool_], ridge: float = RIDGE) -> tuple[Array, float]:
    """Fit a logistic whose weights are never negative, one coordinate Newton step at a time."""
    rows = np.column_stack([evidence, np.ones(len(evidence))])
    target = right.astype(np.float64)
    weights = np.zeros(rows.shape[1])
    logits = rows @ weights
    for _ in range(SWEEPS):
        before = weights.copy()
        for column in range(len(weights)):
            chance = 1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))
            penalty = 0.0 if column == len(weights) - 1 else ridge
            gradient = rows[:, column] @ (target - chance) - penalty * weights[column]
            curvature = (rows[:, column] ** 2) @ (chance * (1 - chance)) + penalty + 1e-6
            moved = weights[column] + gradient / curvature
            moved = moved if column == len(weights) - 1 else max(moved, 0.0)
            logits += rows[:, column] * (moved - weights[column])
            weights[column] = moved
        if np.abs(weights - before).max() < 1e-4:
            break
    return weights[:-1], float(weights[-1])


def _shortlist(index: MatchIndex, question: LabelledQuestion) -> _Ranked:
    ids, features = index.features(question.text)
    return _Ranked(features.astype(np.float64), np.array([id_ in question.relevant for id_ in ids], bool))


def _own_wordings(
    documents: Sequence[Document], model: Model, build: Build
) -> tuple[list[_Ranked], list[tuple[MatchIndex, LabelledQuestion]]]:
    """Ask the entries' own aliases and examples while a fold of them is left out of the index."""
    cases: list[_Ranked] = []
    asked: list[tuple[MatchIndex, LabelledQuestion]] = []
    folds = FOLDS if sum(len(document.strings) for document in documents) <= MANY_STRINGS else 1
    for fold in range(folds):
        kept, left_out = split_wordings(documents, fold, FOLDS)
        if not left_out:
            continue
        index = build(kept, model)
        step = max(1, -(-len(left_out) * folds // OWN_QUESTIONS))
        for id_, text in left_out[::step]:
            question = LabelledQuestion(text, frozenset({id_}))
            cases.append(_shortlist(index, question))
            asked.append((index, question))
    return cases, asked


def split_wordings(
    documents: Sequence[Document], fold: int, folds: int
) -> tuple[list[Document], list[tuple[str, str]]]:
    """Take every `folds`-th alias or example out of the documents; titles stay."""
    kept: list[Document] = []
    left_out: list[tuple[str, str]] = []
    for place, document in enumerate(documents):
        strings = []
        number = place
        for kind, text in document.strings:
            if kind in {"alias", "example"}:
                number += 1
                if number % folds == fold:
                    left_out.append((document.id, text))
                    continue
            strings.append((kind, text))
        kept.append(Document(document.id, tuple(strings)))
    return kept, left_out


def _confidence_case(
    index: MatchIndex, question: LabelledQuestion, *, masked: bool
) -> tuple[tuple[float, ...], bool] | None:
    """Pair the first entry's evidence with whether it is right; masked, its own entry is not there to be found."""
    ranking = index.rank(question.text, 1, dict.fromkeys(question.relevant, -np.inf) if masked else None)
    if not ranking.candidates:
        return None
    best = ranking.candidates[0]
    return best.values, not masked and best.id in question.relevant


def _with_thresholds(index: MatchIndex, asked: Sequence[LabelledQuestion]) -> Model:
    rankings = [(index.rank(question.text, 1), question.relevant) for question in asked]
    suggest_at, answer_at = choose_confidence_thresholds(rankings, index.model)
    margin_at = choose_margin(
        [(ranking, relevant) for ranking, relevant in rankings if ranking.confidence >= answer_at]
    )
    return replace(index.model, suggest_at=suggest_at, answer_at=answer_at, margin_at=margin_at)


def choose_confidence_thresholds(
    rankings: Sequence[tuple[Ranking, frozenset[str]]], model: Model
) -> tuple[float, float]:
    """Refuse few questions that are ours; answer few that are not."""
    ours = np.sort([ranking.confidence for ranking, relevant in rankings if relevant])
    foreign = np.sort([ranking.confidence for ranking, relevant in rankings if not relevant])
    if not len(ours) or not len(foreign):
        return model.suggest_at, model.answer_at
    suggest_at = float(ours[int(IN_SCOPE_REFUSED_AT_MOST * len(ours))])
    allowed = int(OUT_OF_SCOPE_ANSWERED_AT_MOST * len(foreign))
    answer_at = float(foreign[len(foreign) - 1 - allowed]) + 1e-4
    return min(suggest_at, answer_at), max(answer_at, suggest_at)


def choose_margin(confident: Sequence[tuple[Ranking, frozenset[str]]]) -> float:
    """Return the margin from which answering alone pays: a wrong answer costs as much as some right ones gain."""
    ordered = sorted(confident, key=lambda case: -case[0].margin)
    margin, gain, best = 0.0, 0.0, -np.inf
    for ranking, relevant in ordered:
        right = bool(ranking.candidates) and ranking.candidates[0].id in relevant
        gain += 1.0 if right else -WRONG_COSTS
        if gain >= best:
            best, margin = gain, ranking.margin
    return float(margin)


def _softmax(scores: Array) -> Array:
    chances: Array = np.exp(scores - scores.max())
    chances /= chances.sum()
    return chances


def _named(values: Array, names: tuple[str, ...]) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names, values, strict=True)}
