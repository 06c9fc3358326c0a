"""Promises of ranking: what is found, how sure, and what never changes it."""

import math
import threading
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.evidence import FEATURES
from knowledge.lexicon import Lexicon
from knowledge.matching import Document, MatchIndex, Model, Ranking
from knowledge.model import ModelError

MODEL = Path("data/matching.yaml")
DOCUMENTS = (
    Document("grain", (("title", "规模种粮补贴"), ("alias", "种粮大户一亩补多少"), ("alias", "种稻谷有什么补贴"))),
    Document(
        "machine", (("title", "农机购置与应用补贴"), ("alias", "买拖拉机补多少钱"), ("alias", "收割机补贴怎么领"))
    ),
    Document("startup", (("title", "创业担保贷款"), ("alias", "返乡创业贷款"), ("alias", "回家创业能贷多少钱"))),
    Document(
        "insurance", (("title", "政策性水稻保险"), ("alias", "稻谷被台风吹倒了赔不赔"), ("alias", "水稻保险交多少钱"))
    ),
    Document(
        "dendrobium", (("title", "石斛贷"), ("alias", "种铁皮石斛贷款"), ("body", "用于石斛种植和加工，最高三十万元。"))
    ),
    Document("waxberry", (("title", "杨梅采摘险"), ("alias", "杨梅下雨没人摘怎么赔"))),
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(["石斛贷", "铁皮石斛", "种粮大户"])


@pytest.fixture(scope="module")
def index(lexicon: Lexicon) -> MatchIndex:
    return MatchIndex.build(DOCUMENTS, lexicon, Model.load(MODEL))


def ids(ranking: Ranking) -> list[str]:
    return [candidate.id for candidate in ranking.candidates]


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("种粮大户一亩补多少", "grain"),
        ("種糧大戶一畝補多少", "grain"),
        ("你好我想问一下买台拖拉机国家补多少钱呀", "machine"),
        ("稻谷让台风吹倒了保险赔吗", "insurance"),
        ("种 铁 皮 石 斛 想 贷 款", "dendrobium"),
        ("石胡贷利息", "dendrobium"),
        ("杨梅", "waxberry"),
        ("回乡创业贷款", "startup"),
    ],
)
def test_question_finds_its_entry(index: MatchIndex, question: str, entry: str) -> None:
    """Spelling, script, fillers, spaces and a homophone do not hide the entry."""
    assert ids(index.rank(question))[0] == entry


def test_every_string_of_an_entry_finds_it_first(index: MatchIndex) -> None:
    """Titles and aliases asked word for word come back first, and surer than small talk."""
    small_talk = index.rank("给我讲个笑话").confidence
    for document in DOCUMENTS:
        for kind, text in document.strings:
            if kind != "body":
                ranking = index.rank(text)
                assert ids(ranking)[0] == document.id, text
                assert ranking.confidence > small_talk


def test_confidence_is_absolute(index: MatchIndex, lexicon: Lexicon) -> None:
    """Confidence falls for a foreign question even when only one entry is there to win."""
    alone = MatchIndex.build(DOCUMENTS[:1], lexicon, index.model)

    assert alone.rank("周末去哪里看电影").confidence < 0.1
    assert index.rank("种粮大户一亩补多少").confidence > 0.5


def test_margin_needs_two_entries_whatever_k(index: MatchIndex) -> None:
    """Asking for one entry gives the same margin and confidence as asking for ten."""
    one, ten = index.rank("水稻补贴多少钱", k=1), index.rank("水稻补贴多少钱", k=10)

    assert len(one.candidates) == 1 < len(ten.candidates)
    assert (one.margin, one.confidence) == (ten.margin, ten.confidence)
    assert ten.margin == pytest.approx(ten.candidates[0].score - ten.candidates[1].score)


def test_prior_lifts_and_minus_infinity_removes(index: MatchIndex) -> None:
    """An additive prior reorders, minus infinity takes an entry out, unknown ids are ignored."""
    plain = index.rank("水稻补贴多少钱")
    second = plain.candidates[1]
    lifted = index.rank("水稻补贴多少钱", adjust={second.id: plain.margin + 0.5, "elsewhere": 9.0})
    removed = index.rank("水稻补贴多少钱", adjust={plain.candidates[0].id: -math.inf})

    assert ids(lifted)[0] == second.id
    assert lifted.margin == pytest.approx(0.5, abs=1e-4)
    assert ids(removed)[0] == second.id
    assert plain.candidates[0].id not in ids(removed)


def test_removing_every_entry_leaves_nothing(index: MatchIndex) -> None:
    """With all entries taken out the ranking is empty and sure of nothing."""
    ranking = index.rank("水稻补贴多少钱", adjust=dict.fromkeys(index.ids, -math.inf))

    assert ranking == Ranking((), 0.0, 0.0)


@pytest.mark.parametrize("question", ["", "   ", "？？？", "😀", "\u200b"])
def test_question_without_a_word_finds_nothing(index: MatchIndex, question: str) -> None:
    """Silence, punctuation and pictures are no question."""
    assert index.rank(question) == Ranking((), 0.0, 0.0)


def test_evidence_is_named(index: MatchIndex) -> None:
    """A candidate says what spoke for it, by name, and which string it was."""
    best = index.rank("买拖拉机补多少钱").candidates[0]

    assert tuple(best.evidence) == FEATURES
    assert best.evidence["ratio"] == pytest.approx(1.0)
    assert best.matched == "买拖拉机补多少钱"
    assert best.score == pytest.approx(
        sum(index.model.rank_weights[name] * value for name, value in best.evidence.items()), abs=1e-3
    )


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.text("补贴贷款稻谷杨梅保险多少钱怎么领30万%. ", max_size=300))
def test_any_text_is_ranked_soundly(index: MatchIndex, text: str) -> None:
    """No text breaks ranking: scores are finite and falling, confidence a probability, the answer repeatable."""
    ranking = index.rank(text)

    scores = [candidate.score for candidate in ranking.candidates]
    assert all(map(math.isfinite, scores))
    assert scores == sorted(scores, reverse=True)
    assert 0.0 <= ranking.confidence <= 1.0
    assert ranking.margin >= 0.0
    assert index.rank(text) == ranking


def test_only_the_first_two_hundred_characters_count(index: MatchIndex) -> None:
    """A pasted essay costs no more than its head."""
    head = "买拖拉机补多少钱" * 25

    assert index.rank(head + "石斛贷" * 5000) == index.rank(head)


def test_order_of_building_does_not_matter(lexicon: Lexicon, index: MatchIndex) -> None:
    """Scores depend on what is indexed, not on the order it came in."""
    backwards = MatchIndex.build(DOCUMENTS[::-1], lexicon, index.model)
    forward, backward = index.rank("水稻补贴多少钱"), backwards.rank("水稻补贴多少钱")

    assert ids(forward) == ids(backward)
    assert [c.score for c in forward.candidates] == pytest.approx([c.score for c in backward.candidates], abs=1e-4)


def test_threads_get_the_answers_of_one_thread(index: MatchIndex) -> None:
    """Eight threads ranking at once see exactly what one sees."""
    questions = [text for document in DOCUMENTS for _, text in document.strings] * 20
    alone = [index.rank(question) for question in questions]
    seen: list[list[Ranking]] = []
    threads = [threading.Thread(target=lambda: seen.append([index.rank(q) for q in questions])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [alone] * 8


def test_an_empty_index_answers_nothing(lexicon: Lexicon, index: MatchIndex) -> None:
    """No entries, or entries without a string, are no reason to fail."""
    assert MatchIndex.build((), lexicon, index.model).rank("补贴") == Ranking((), 0.0, 0.0)
    assert MatchIndex.build([Document("bare", ())], lexicon, index.model).rank("补贴").candidates == ()


def test_the_same_id_twice_is_refused(lexicon: Lexicon, index: MatchIndex) -> None:
    """Two documents under one id would shadow each other."""
    with pytest.raises(ValueError, match="grain"):
        MatchIndex.build([DOCUMENTS[0], DOCUMENTS[0]], lexicon, index.model)


def test_unknown_kind_of_string_is_refused(lexicon: Lexicon, index: MatchIndex) -> None:
    """A misspelt kind is named with its document."""
    with pytest.raises(ValueError, match=r"grain.*headline"):
        MatchIndex.build([Document("grain", (("headline", "补贴"),))], lexicon, index.model)


def test_documents_cannot_change_after_indexing() -> None:
    """What was indexed stays as it was."""
    with pytest.raises(FrozenInstanceError):
        DOCUMENTS[0].id = "other"  # type: ignore[misc]


def test_model_survives_being_written_and_read(tmp_path: Path, index: MatchIndex) -> None:
    """Dumping and loading gives the same numbers."""
    model = replace(Model.load(MODEL), vectors_name="", vectors=None)
    path = tmp_path / "matching.yaml"
    model.dump(path)

    assert Model.load(path, Path("data/lexicon/fillers.txt")) == model


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  ratio:", "  ration:", "unknown.*ration"),
        ("  answer_at:", "  answer:", "answer_at"),
        ("  bias:", "  biass:", "bias"),
    ],
)
def test_damaged_model_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A misspelt number in the model file is reported with the file and the name."""
    path = tmp_path / "matching.yaml"
    path.write_text(MODEL.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    with pytest.raises(ModelError, match=rf"matching\.yaml.*{said}"):
        Model.load(path, Path("data/lexicon/fillers.txt"))


def test_negative_confidence_weight_is_refused(tmp_path: Path, index: MatchIndex) -> None:
    """More evidence must never lower confidence."""
    path = tmp_path / "matching.yaml"
    weights = {**index.model.confidence_weights, "ratio": -1.0}
    replace(index.model, confidence_weights=weights, vectors_name="").dump(path)

    with pytest.raises(ModelError, match="negative"):
        Model.load(path, Path("data/lexicon/fillers.txt"))
