"""Compare the matcher side by side with ordinary peers: accuracy clean and spoilt, speed by size, time and memory.

python benchmarks/matching.py                                   # the project's entries and golden questions
python benchmarks/matching.py --entries E.jsonl --queries Q.jsonl
"""

import argparse
import gc
import os
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everybody
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bm25s
import jieba
import numpy as np
import tantivy
from rapidfuzz import fuzz, process

from benchmarks.corrupt import WAYS, corrupt
from knowledge.corpus_evaluation import CorpusQuery, read_entries, read_queries, resident_mb
from knowledge.documents import document_of
from knowledge.evaluation import read_golden
from knowledge.fitting import adapt
from knowledge.lexicon import Lexicon
from knowledge.loading import load_entries
from knowledge.matching import Document, MatchIndex, Model

SIZES = (1_000, 10_000, 100_000)
SPEED_QUERIES = 300
SLOW_QUERIES = 40  # for peers that need tens of milliseconds
Rank = Callable[[str], list[str]]


def ours(documents: Sequence[Document], lexicon: Lexicon) -> Rank:
    """The project's matcher, weights as shipped."""
    index = MatchIndex.build(documents, lexicon, Model.load(Path("data/matching.yaml")))
    return lambda question: [candidate.id for candidate in index.rank(question, 10).candidates]


def ours_adapted(documents: Sequence[Document], lexicon: Lexicon) -> Rank:
    """The project's matcher, weights adapted to the entries' own wordings."""

    def build(kept: Sequence[Document], model: Model) -> MatchIndex:
        return MatchIndex.build(kept, lexicon, model)

    index = build(documents, adapt(documents, Model.load(Path("data/matching.yaml")), build))
    return lambda question: [candidate.id for candidate in index.rank(question, 10).candidates]


def bm25s_jieba(documents: Sequence[Document], lexicon: Lexicon) -> Rank:
    """bm25s over jieba words, one row a string."""
    owners, texts = _strings(documents)
    index = bm25s.BM25()
    index.index([lexicon.cut(text.lower()) for text in texts], show_progress=False)

    def rank(question: str) -> list[str]:
        tokens = [lexicon.cut(question.lower())]
        found, scores = index.retrieve(tokens, k=min(40, len(texts)), show_progress=False)
        return _first_ids([owners[row] for row, score in zip(found[0], scores[0], strict=True) if score > 0])

    return rank


def fts5_jieba(documents: Sequence[Document], lexicon: Lexicon) -> Rank:
    """SQLite FTS5 over jieba words, any word may match, ordered by its bm25."""
    owners, texts = _strings(documents)
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE strings USING fts5(text)")
    rows = [(row + 1, " ".join(lexicon.cut(text.lower()))) for row, text in enumerate(texts)]
    database.executemany("INSERT INTO strings(rowid, text) VALUES (?, ?)", rows)
    query = "SELECT rowid FROM strings WHERE strings MATCH ? ORDER BY rank LIMIT 40"

    def rank(question: str) -> list[str]:
        words = " OR ".join('"' + word.replace('"', "") + '"' for word in lexicon.cut(question.lower()) if word != '"')
        return _first_ids([owners[row - 1] for (row,) in database.execute(query, (words,))]) if words else []

    return rank


def tantivy_jieba(documents: Sequence[Document], lexicon: Lexicon) -> Rank:
    """tantivy over jieba words, default scoring."""
    owners, texts = _strings(documents)
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("text", stored=False, tokenizer_name="whitespace")
    schema.add_unsigned_field("row", stored=True)
    index = tantivy.Index(schema.build())
    writer = index.writer(num_threads=1)
    for row, text in enumerate(texts):
        writer.add_document(tantivy.Document(text=" ".join(lexicon.cut(text.lower())), row=row))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def rank(question: str) -> list[str]:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(index.schema, "text", token))
            for token in lexicon.cut(question.lower())
        ]
        hits = searcher.search(tantivy.Query.boolean_query(terms), 40).hits
        return _first_ids([owners[searcher.doc(address)["row"][0]] for _, address in hits])

    return rank


def wratio(documents: Sequence[Document], lexicon: Lexicon) -> Rank:  # noqa: ARG001 - one shape for all
    """RapidFuzz WRatio over all strings."""
    owners, texts = _strings(documents)

    def rank(question: str) -> list[str]:
        return _first_ids([owners[row] for _, _, row in process.extract(question, texts, scorer=fuzz.WRatio, limit=40)])

    return rank


METHODS: dict[str, Callable[[Sequence[Document], Lexicon], Rank]] = {
    "ours": ours,
    "ours, adapted": ours_adapted,
    "bm25s + jieba": bm25s_jieba,
    "FTS5 + jieba": fts5_jieba,
    "tantivy + jieba": tantivy_jieba,
    "WRatio": wratio,
}


def accuracy(documents: Sequence[Document], queries: Sequence[CorpusQuery], lexicon: Lexicon) -> None:
    """Print top-1 and recall@3 clean, and top-1 spoilt in every way."""
    print(f"\naccuracy: {len(documents)} entries, {len(queries)} questions, per cent")
    print(f"{'':18}{'top-1':>7}{'R@3':>7}" + "".join(f"{way:>7}" for way in WAYS) + f"{'build s':>9}{'MB':>6}")
    for name, make in METHODS.items():
        gc.collect()
        memory, started = resident_mb(), time.perf_counter()
        rank = make(documents, lexicon)
        build, memory = time.perf_counter() - started, resident_mb() - memory
        cells = [_share(rank, queries, None, 1), _share(rank, queries, None, 3)]
        cells += [_share(rank, queries, way, 1) for way in WAYS]
        print(f"{name:18}" + "".join(f"{cell:7.1f}" for cell in cells) + f"{build:9.2f}{memory:6.0f}", flush=True)


def speed(documents: Sequence[Document], questions: Sequence[str], lexicon: Lexicon) -> None:
    """Print processor time a query by number of entries, and how many times ours each peer takes."""
    for size in (len(documents), *SIZES):
        grown = grow(documents, size)
        print(f"\nspeed: {size} entries, {sum(len(d.strings) for d in grown)} strings, processor ms a query")
        print(f"{'':18}{'p50':>8}{'p99':>8}{'p50 ratio':>11}{'build s':>9}{'MB':>7}")
        base = 0.0
        for name, make in METHODS.items():
            if name == "ours, adapted":
                continue  # the same code under other weights
            gc.collect()
            memory, started = resident_mb(), time.perf_counter()
            rank = make(grown, lexicon)
            build, memory = time.perf_counter() - started, resident_mb() - memory
            slow = name in {"WRatio", "FTS5 + jieba"} and size >= SIZES[1]
            p50, p99 = _times(rank, questions[: SLOW_QUERIES if slow else SPEED_QUERIES])
            base = base or p50
            print(f"{name:18}{p50:8.2f}{p99:8.2f}{p50 / base:11.1f}{build:9.1f}{memory:7.0f}", flush=True)
            del rank


def grow(documents: Sequence[Document], size: int) -> list[Document]:
    """Return the documents, filled up to `size` with entries of five made-up strings of dictionary words."""
    chance = random.Random(7)
    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    words = [line.split(" ") for line in lines]
    pool = [word for word, _, _ in words]
    weights = np.cumsum([int(count) ** 0.7 for _, count, _ in words]).tolist()
    n_strings = 5 if size <= SIZES[1] else 1
    made_up = [
        Document(
            f"made-up-{number}",
            tuple(
                ("alias", "".join(chance.choices(pool, cum_weights=weights, k=chance.randint(3, 7))))
                for _ in range(n_strings)
            ),
        )
        for number in range(size - len(documents))
    ]
    return [*documents[:size], *made_up]


def _strings(documents: Sequence[Document]) -> tuple[list[str], list[str]]:
    pairs = [(document.id, text) for document in documents for _, text in document.strings]
    return [id_ for id_, _ in pairs], [text for _, text in pairs]


def _first_ids(ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(ids))[:10]


def _share(rank: Rank, queries: Sequence[CorpusQuery], way: str | None, depth: int) -> float:
    texts = [corrupt(query.text, way) if way else query.text for query in queries]
    hits = [bool(query.relevant.intersection(rank(text)[:depth])) for text, query in zip(texts, queries, strict=True)]
    return 100 * sum(hits) / len(hits)


def _times(rank: Rank, questions: Sequence[str]) -> tuple[float, float]:
    rank("热身")
    spent = []
    for question in questions:
        started = time.process_time()
        rank(question)
        spent.append(time.process_time() - started)
    return float(np.percentile(spent, 50)) * 1000, float(np.percentile(spent, 99)) * 1000


def own_corpus() -> tuple[list[Document], list[CorpusQuery]]:
    """Return the project's entries and the golden questions they answer, held-back ones only."""
    faults: list = []  # type: ignore[type-arg]
    documents = [document_of(entry) for entry in load_entries(Path("data/entries"), faults)]
    known = {document.id for document in documents}
    golden = read_golden(Path("tests/cases").glob("questions*.yaml"))
    held_back = [question for question in golden if question.held_back and known.intersection(question.codes)]
    return documents, [CorpusQuery(q.text, q.text, frozenset(q.codes)) for q in held_back]


def main() -> None:
    """Run accuracy and speed on one corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=Path)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--most", type=int, default=500, help="questions used for accuracy")
    parser.add_argument("--no-speed", action="store_true")
    arguments = parser.parse_args()
    if arguments.entries and arguments.queries:
        documents, queries = read_entries(arguments.entries), read_queries(arguments.queries)
    else:
        documents, queries = own_corpus()
    lexicon = Lexicon(text for document in documents for kind, text in document.strings if len(text) <= 8)
    accuracy(documents, queries[: arguments.most], lexicon)
    if not arguments.no_speed:
        speed(documents, list(dict.fromkeys(query.text for query in queries))[:SPEED_QUERIES], lexicon)


if __name__ == "__main__":
    main()
