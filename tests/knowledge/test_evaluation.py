"""Promises of measuring: the contract's corpus command and the golden questions."""

import json
from pathlib import Path

import pytest

from knowledge.corpus_evaluation import CorpusError, evaluate_corpus, main, read_entries, read_queries
from knowledge.evaluation import (
    GoldenError,
    GoldenQuestion,
    Reply,
    ablate,
    ask_all,
    by_style,
    histogram,
    read_golden,
    report_lines,
    score,
    select,
)
from knowledge.evidence import FEATURES, KINDS_OF_EVIDENCE
from knowledge.lexicon import Lexicon
from knowledge.matching import Document, MatchIndex, Model

ENTRIES = [
    {"id": "a", "text": "怎么申请农机补贴", "aliases": ["买拖拉机补多少钱", "收割机补贴找谁"]},
    {"id": "b", "text": "创业担保贷款能贷多少"},
    {"id": "b", "text": "回乡创业贷款"},
    {"id": "c", "text": "水稻保险怎么赔", "body": "台风、暴雨、洪水造成的损失都赔。"},
    {"id": "d", "text": "家庭农场怎么登记"},
]
QUERIES = [
    {"qid": "q1", "text": "拖拉机补贴多少钱", "relevant": ["a"], "split": "test"},
    {"id": "q2", "text": "回家创业想贷款", "relevant": ["b"], "split": "test"},
    {"id": "q3", "text": "稻子淹了保险赔不赔", "relevant": ["c", "d"]},
    {"id": "q4", "text": "农场登记", "relevant": ["d"], "split": "train"},
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon()


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load(Path("data/matching.yaml"))


def write_lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_corpus_is_ranked_and_written(tmp_path: Path, lexicon: Lexicon, model: Model) -> None:
    """The report counts test rows only, and the ranks file holds at most ten ids a query, best first."""
    entries, queries = write_lines(tmp_path / "e", ENTRIES), write_lines(tmp_path / "q", QUERIES)
    ranks = tmp_path / "ranks.jsonl"
    report = evaluate_corpus(entries, queries, ranks, lexicon=lexicon, model=model)

    assert (report.entries, report.strings, report.queries) == (4, 8, 3)
    assert report.top_1 == report.recall_at_3 == report.mrr_at_10 == 1.0
    written = [json.loads(line) for line in ranks.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["ranked"][0]) for row in written] == [("q1", "a"), ("q2", "b"), ("q3", "c")]
    assert all(len(set(row["ranked"])) == len(row["ranked"]) <= 10 for row in written)


def test_a_miss_is_counted(tmp_path: Path, lexicon: Lexicon, model: Model) -> None:
    """A query whose label is not what it asks for lowers every figure."""
    wrong = [*QUERIES[:1], {"id": "q9", "text": "买拖拉机补多少钱", "relevant": ["nowhere"]}]
    report = evaluate_corpus(
        write_lines(tmp_path / "e", ENTRIES), write_lines(tmp_path / "q", wrong), lexicon=lexicon, model=model
    )

    assert report.top_1 == report.recall_at_3 == report.mrr_at_10 == 0.5


def test_every_split_can_be_asked_for(tmp_path: Path) -> None:
    """Rows of other splits count when asked for."""
    queries = write_lines(tmp_path / "q", QUERIES)

    assert [query.id for query in read_queries(queries)] == ["q1", "q2", "q3"]
    assert [query.id for query in read_queries(queries, every_split=True)] == ["q1", "q2", "q3", "q4"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "e:2: not a JSON object"),
        ("[1]", "e:2: not a JSON object but list"),
        ('{"text": "补贴"}', "e:2: 'id' is missing"),
        ('{"id": "x", "text": " "}', "e:2: 'text' is missing"),
        ('{"id": "x", "text": "补贴", "aliases": "贷款"}', "e:2: 'aliases' must be a list"),
        ('{"id": "x", "text": "补贴", "body": 3}', "e:2: 'body' must be a string"),
    ],
)
def test_malformed_entry_is_named_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    """The first bad line stops the run and is named by file and number."""
    path = tmp_path / "e"
    path.write_text(json.dumps(ENTRIES[0]) + "\n" + line + "\n", encoding="utf-8")

    with pytest.raises(CorpusError, match=said):
        read_entries(path)


def test_malformed_query_is_named_with_its_line(tmp_path: Path) -> None:
    """A query without a list of relevant ids is reported."""
    path = write_lines(tmp_path / "q", [QUERIES[0], {"id": "q", "text": "补贴"}])

    with pytest.raises(CorpusError, match="q:2: 'relevant'"):
        read_queries(path)


def test_command_prints_the_figures_and_fails_with_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lexicon: Lexicon
) -> None:
    """The command prints every figure of the contract; a missing file gives exit 1 and a sentence."""
    entries, queries = write_lines(tmp_path / "e", ENTRIES), write_lines(tmp_path / "q", QUERIES)

    assert main(["--entries", str(entries), "--queries", str(queries)], Path("data"), lexicon) == 0
    printed = capsys.readouterr().out
    for word in ("top-1", "recall@3", "MRR@10", "p50", "p99", "build", "memory"):
        assert word in printed
    assert main(["--entries", str(tmp_path / "none"), "--queries", str(queries)], Path("data"), lexicon) == 1
    assert "none" in capsys.readouterr().err


GOLDEN = [
    GoldenQuestion("拖拉机补贴多少钱", ("a",), "oral"),
    GoldenQuestion("买台收割机国家给补钱不", ("a",), "oral"),
    GoldenQuestion("回乡创业贷款", ("b",), "typed"),
    GoldenQuestion("社保卡丢了", (), "typed", outcome="refer", topic="social-insurance"),
]


def test_scores_tell_ranking_from_refusing() -> None:
    """Top-1 looks at the ranking with thresholds off; refusing and answering look at the outcome."""
    replies = {
        GOLDEN[0].text: Reply("answer", ("a",), 0.9, ("a", "b")),
        GOLDEN[1].text: Reply("no_match", (), 0.1, ("b", "a")),
        GOLDEN[2].text: Reply("suggest", ("a", "c", "b"), 0.4),
        GOLDEN[3].text: Reply("answer", ("a",), 0.7),
    }
    asked = ask_all(GOLDEN, replies.__getitem__)
    whole = score(asked)

    assert (whole.in_scope, whole.out_of_scope) == (3, 1)
    assert whole.top_1 == pytest.approx(1 / 3)
    assert whole.top_3 == 1.0
    assert whole.mrr == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert whole.refused_in_scope == pytest.approx(1 / 3)
    assert whole.answered_out_of_scope == 1.0
    assert by_style(asked)["oral"].refused_in_scope == 0.5
    assert sum(line.count("█") > 0 for line in histogram(asked)) == 4
    assert any("typed" in line for line in report_lines(asked))


def test_split_is_stable_and_ignores_spelling() -> None:
    """A question is in one split for good, however it is punctuated; both splits and their union fit together."""
    many = [GoldenQuestion(f"第{number}个问题", ("a",), "plain") for number in range(500)]
    tune, held_back = select(many, "tune"), select(many, "held-back")

    assert sorted(q.text for q in tune + held_back) == sorted(q.text for q in select(many, "all"))
    assert 0.2 < len(held_back) / len(many) < 0.4
    assert GoldenQuestion("水稻補貼？", (), "x").held_back == GoldenQuestion("水稻补贴", ("a",), "y").held_back
    with pytest.raises(GoldenError, match="test"):
        select(many, "test")


def test_ablation_removes_evidence_and_aliases(lexicon: Lexicon, model: Model) -> None:
    """Each kind of evidence is switched off once; leaving out an alias hurts the question that needs it."""
    documents = [
        Document("a", (("title", "农机购置补贴"), ("alias", "拖拉机"))),
        Document("b", (("title", "贷款"), ("alias", "拖拉"))),
    ]

    def build(kept: list[Document]) -> MatchIndex:
        return MatchIndex.build(kept, lexicon, model)

    result = ablate(
        build(documents), documents, [GoldenQuestion("拖拉机", ("a",), "oral")], lambda kept: build([*kept])
    )

    assert set().union(*KINDS_OF_EVIDENCE.values()) == set(FEATURES)
    assert result["everything"] == 1.0
    assert set(result) == {
        "everything", "one alias of each entry left out", *(f"without {name}" for name in KINDS_OF_EVIDENCE),
    }  # fmt: skip
    assert all(0.0 <= value <= 1.0 for value in result.values())


def test_golden_files_are_read_and_faults_named(tmp_path: Path) -> None:
    """A good row becomes a question; a bad one is named by file, number and text."""
    good, bad = tmp_path / "a.yaml", tmp_path / "b.yaml"
    good.write_text("- {text: 水稻补贴, codes: [grain], style: oral, facet: subsidy}\n", encoding="utf-8")

    assert read_golden([good]) == [GoldenQuestion("水稻补贴", ("grain",), "oral", "subsidy")]
    for row, said in (
        ("- {codes: [grain]}", "question 1: 'text' is missing"),
        ("- {text: 补贴, code: grain}", "unknown key 'code'"),
        ("- {text: 补贴, codes: grain}", "'codes' must be a list"),
        ("- {text: 补贴, outcome: refuse}", "unknown outcome 'refuse'"),
        ("- 补贴", "expected a mapping"),
    ):
        bad.write_text(row + "\n", encoding="utf-8")
        with pytest.raises(GoldenError, match=said):
            read_golden([bad])
