"""Promises of fitting: it learns, it repeats itself, and confidence never falls with evidence."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.evaluation import GoldenQuestion
from knowledge.fit_command import refit
from knowledge.fitting import (
    LabelledQuestion,
    adapt,
    choose_confidence_thresholds,
    choose_margin,
    fit,
    fit_confidence,
    split_wordings,
)
from knowledge.lexicon import Lexicon
from knowledge.matching import Candidate, Document, MatchIndex, Model, Ranking

THINGS = ("水稻", "杨梅", "石斛", "茶叶", "生猪", "渔船", "大棚", "农机")
DOCUMENTS = [
    Document(
        f"{thing}-{about}",
        (
            ("title", f"{thing}{about}政策"),
            ("alias", f"{thing}{about}多少钱"),
            ("alias", f"种养{thing}有没有{about}"),
            ("example", f"我家{thing}想办{about}找谁"),
        ),
    )
    for thing in THINGS
    for about in ("补贴", "贷款", "保险")
]
QUESTIONS = [
    LabelledQuestion(f"家里弄{thing}的{about}怎么办", frozenset({f"{thing}-{about}"}))
    for thing in THINGS
    for about in ("补贴", "贷款", "保险")
] + [LabelledQuestion(text, frozenset()) for text in ("今天下雨吗", "讲个笑话", "去北京的火车几点", "你叫什么名字")]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon()


@pytest.fixture(scope="module")
def model() -> Model:
    return replace(Model.load(Path("data/matching.yaml")), vectors=None)


def test_fitting_learns_and_repeats_itself(lexicon: Lexicon, model: Model) -> None:
    """Fitting twice gives the same numbers, and the result ranks its questions right and refuses the foreign ones."""

    def build(documents: Sequence[Document], weights: Model) -> MatchIndex:
        return MatchIndex.build(documents, lexicon, weights)

    fitted = fit(DOCUMENTS, QUESTIONS, model, build, {"on": "2026-11-25"})
    index = build(DOCUMENTS, fitted)

    assert fitted == fit(DOCUMENTS, QUESTIONS, model, build, {"on": "2026-11-25"})
    assert all(weight >= 0 for weight in fitted.confidence_weights.values())
    assert 0 < fitted.suggest_at <= fitted.answer_at < 1
    for question in QUESTIONS:
        ranking = index.rank(question.text)
        if question.relevant:
            assert ranking.candidates[0].id in question.relevant
            assert ranking.confidence >= fitted.suggest_at
        else:
            assert ranking.confidence < fitted.answer_at


def test_adapting_needs_no_questions(lexicon: Lexicon, model: Model) -> None:
    """Adapting moves the ranking weights and nothing else; without wordings to learn from it changes nothing."""

    def build(documents: Sequence[Document], weights: Model) -> MatchIndex:
        return MatchIndex.build(documents, lexicon, weights)

    adapted = adapt(DOCUMENTS, model, build)
    titles = [Document(document.id, document.strings[:1]) for document in DOCUMENTS]

    assert adapted.rank_weights != model.base_weights
    assert adapted.confidence_weights == model.confidence_weights
    assert adapt(titles, model, build).rank_weights == pytest.approx(model.base_weights)


def test_every_wording_is_left_out_exactly_once() -> None:
    """The folds together leave out every alias and example once, and never a title."""
    left_out = [pair for fold in range(4) for pair in split_wordings(DOCUMENTS, fold, 4)[1]]
    wordings = [(d.id, text) for d in DOCUMENTS for kind, text in d.strings if kind != "title"]

    assert sorted(left_out) == sorted(wordings)
    kept, gone = split_wordings(DOCUMENTS, 0, 4)
    assert sum(len(d.strings) for d in kept) + len(gone) == sum(len(d.strings) for d in DOCUMENTS)


def test_misleading_evidence_gets_no_weight_rather_than_a_negative_one() -> None:
    """A feature that speaks against being right is ignored, one that speaks for it counts."""
    good = np.linspace(0, 1, 200)
    weights, bias = fit_confidence(np.column_stack([good, 1 - good]), good > 0.5)

    assert weights[0] > 1
    assert weights[1] == 0
    assert bias < 0


def ranking(id_: str, confidence: float, margin: float = 1.0) -> Ranking:
    return Ranking((Candidate(id_, 1.0, "", ()),), confidence, margin)


def test_thresholds_answer_few_foreign_questions(model: Model) -> None:
    """The answer threshold lies above the foreign questions' confidence, the suggestion threshold under ours."""
    ours = [(ranking("a", 0.5 + place / 250), frozenset({"a"})) for place in range(100)]
    foreign = [(ranking("a", place / 200), frozenset[str]()) for place in range(100)]
    suggest_at, answer_at = choose_confidence_thresholds(ours + foreign, model)

    assert sum(case.confidence < suggest_at for case, _ in ours) <= 2
    assert sum(case.confidence >= answer_at for case, _ in foreign) <= 1


def test_margin_stops_where_wrong_answers_begin() -> None:
    """Answers are given down to the margin below which wrong ones cost more than right ones gain."""
    right = [(ranking("a", 0.9, margin), frozenset({"a"})) for margin in (5.0, 4.0, 3.0, 2.0)]
    wrong = [(ranking("b", 0.9, margin), frozenset({"a"})) for margin in (1.5, 1.0, 0.5)]

    assert choose_margin(right + wrong) == 2.0
    assert choose_margin(right) == 2.0
    assert choose_margin([]) == 0.0


def test_refitting_writes_the_model_without_looking_at_held_back_questions(tmp_path: Path, lexicon: Lexicon) -> None:
    """The file is rewritten with day and set, and changing a held-back question's label changes no number."""
    golden = [
        GoldenQuestion(f"{thing}想弄点{about}咋办", (f"{thing}-{about}",), "oral")
        for thing in THINGS
        for about in ("补贴", "贷款", "保险")
    ] + [GoldenQuestion(text, (), "typed", outcome="no_match") for text in ("火车几点", "今天下雨吗", "高考多少分")]
    mislabelled = [replace(question, codes=("茶叶-补贴",)) if question.held_back else question for question in golden]

    written = []
    for questions in (golden, mislabelled):
        (tmp_path / "lexicon").mkdir(exist_ok=True)
        for name in ("lexicon/fillers.txt", "lexicon/small_talk.txt", "matching.yaml"):
            (tmp_path / name).write_text((Path("data") / name).read_text(encoding="utf-8"), encoding="utf-8")
        text = (tmp_path / "matching.yaml").read_text(encoding="utf-8").replace("vectors: vectors.npz", "vectors: ''")
        (tmp_path / "matching.yaml").write_text(text, encoding="utf-8")
        refit(tmp_path, DOCUMENTS, questions, lexicon, "2026-11-25")
        written.append((tmp_path / "matching.yaml").read_text(encoding="utf-8"))

    assert any(question.held_back for question in golden)
    assert written[0] == written[1]
    assert Model.load(tmp_path / "matching.yaml").fitted_on["on"] == "2026-11-25"
