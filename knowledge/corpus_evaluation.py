"""Measure the matcher on any corpus: entries and labelled queries as JSON lines, thresholds off."""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.fitting import adapt
from knowledge.lexicon import Lexicon
from knowledge.matching import Document, MatchIndex, Model

DEPTH = 10


class CorpusError(ValueError):
    """A line of a corpus file cannot be read."""


@dataclass(frozen=True)
class CorpusQuery:
    """One labelled question of a corpus."""

    id: str
    text: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class CorpusReport:
    """What one run measured; shares are between 0 and 1."""

    entries: int
    strings: int
    queries: int
    top_1: float
    recall_at_3: float
    mrr_at_10: float
    p50_ms: float
    p99_ms: float
    build_seconds: float
    memory_mb: float

    def lines(self) -> list[str]:
        """The report as printed."""
        return [
            f"entries      {self.entries} ({self.strings} strings)",
            f"queries      {self.queries}",
            f"top-1        {self.top_1:.1%}",
            f"recall@3     {self.recall_at_3:.1%}",
            f"MRR@10       {self.mrr_at_10:.3f}",
            f"per query    p50 {self.p50_ms:.2f} ms, p99 {self.p99_ms:.2f} ms",
            f"build        {self.build_seconds:.2f} s (weights adapted to the entries included)",
            f"memory       {self.memory_mb:.0f} MB above the start",
        ]


def evaluate_corpus(
    entries_path: Path,
    queries_path: Path,
    ranks_path: Path | None = None,
    *,
    lexicon: Lexicon,
    model: Model,
    every_split: bool = False,
    adapted: bool = True,
) -> CorpusReport:
    """Index the entries, rank every query and compare; with `ranks_path` write the ten best ids of each.

    Unless told otherwise the ranking weights are first adapted to the entries' own wordings, without any query.
    """
    documents = read_entries(entries_path)
    queries = read_queries(queries_path, every_split=every_split)
    memory_before, started = resident_mb(), time.perf_counter()
    if adapted:
        model = adapt(documents, model, lambda kept, weights: MatchIndex.build(kept, lexicon, weights))
    index = MatchIndex.build(documents, lexicon, model)
    build_seconds, memory_mb = time.perf_counter() - started, resident_mb() - memory_before
    ranked, seconds = _rank_all(index, queries)
    if ranks_path is not None:
        _write_ranks(ranks_path, queries, ranked)
    places = [_place(ids, query.relevant) for ids, query in zip(ranked, queries, strict=True)]
    return CorpusReport(
        entries=len(documents),
        strings=sum(len(document.strings) for document in documents),
        queries=len(queries),
        top_1=_share(places, 1),
        recall_at_3=_share(places, 3),
        mrr_at_10=sum(1 / place for place in places if place) / len(places),
        p50_ms=float(np.percentile(seconds, 50)) * 1000,
        p99_ms=float(np.percentile(seconds, 99)) * 1000,
        build_seconds=build_seconds,
        memory_mb=memory_mb,
    )


def _rank_all(index: MatchIndex, queries: Sequence[CorpusQuery]) -> tuple[list[list[str]], list[float]]:
    """The best ids for each query, and the seconds each took."""
    ranked, seconds = [], []
    for query in queries:
        started = time.perf_counter()
        ranking = index.rank(query.text, DEPTH)
        seconds.append(time.perf_counter() - started)
        ranked.append([candidate.id for candidate in ranking.candidates])
    return ranked, seconds


def _write_ranks(path: Path, queries: Sequence[CorpusQuery], ranked: Sequence[list[str]]) -> None:
    rows = (
        json.dumps({"id": query.id, "ranked": ids}, ensure_ascii=False)
        for query, ids in zip(queries, ranked, strict=True)
    )
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")


def read_entries(path: Path) -> list[Document]:
    """Read {"id","text","aliases"?,"body"?} lines; lines that share an id are one entry."""
    strings: dict[str, list[tuple[str, str]]] = {}
    for place, row in _rows(path):
        id_, text = _string(row, "id", place), _string(row, "text", place)
        aliases, body = row.get("aliases") or [], row.get("body") or ""
        if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
            raise CorpusError(f"{place}: 'aliases' must be a list of strings.")
        if not isinstance(body, str):
            raise CorpusError(f"{place}: 'body' must be a string.")
        own = strings.setdefault(id_, [])
        own.append(("alias" if own else "title", text))
        own += [("alias", alias) for alias in aliases]
        if body:
            own.append(("body", body))
    if not strings:
        raise CorpusError(f"{path}: no entry in it. Give at least one line with 'id' and 'text'.")
    return [Document(id_, tuple(own)) for id_, own in strings.items()]


def read_queries(path: Path, *, every_split: bool = False) -> list[CorpusQuery]:
    """Read {"id"|"qid","text","relevant"} lines; where a split is named, only "test" counts unless all is asked."""
    queries = []
    for number, (place, row) in enumerate(_rows(path), 1):
        if not every_split and row.get("split", "test") != "test":
            continue
        relevant = row.get("relevant")
        if not isinstance(relevant, list) or not all(isinstance(id_, str) for id_ in relevant):
            raise CorpusError(f"{place}: 'relevant' must be a list of entry ids.")
        id_ = row.get("id", row.get("qid", str(number)))
        queries.append(CorpusQuery(str(id_), _string(row, "text", place), frozenset(relevant)))
    if not queries:
        raise CorpusError(f"{path}: no query in it to evaluate. Rows with a 'split' other than \"test\" are left out.")
    return queries


def main(argv: Sequence[str], data: Path, lexicon: Lexicon | None = None) -> int:
    """Run `python -m knowledge evaluate --entries E --queries Q [--ranks OUT] [--all-splits]`."""
    parser = argparse.ArgumentParser(prog="python -m knowledge evaluate", description=__doc__)
    parser.add_argument("--entries", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--ranks", type=Path)
    parser.add_argument("--all-splits", action="store_true", help="also rows whose split is not test")
    parser.add_argument("--as-shipped", action="store_true", help="do not adapt the weights to the entries' wordings")
    arguments = parser.parse_args(argv)
    try:
        report = evaluate_corpus(
            arguments.entries,
            arguments.queries,
            arguments.ranks,
            lexicon=lexicon or Lexicon(),
            model=Model.load(data / "matching.yaml"),
            every_split=arguments.all_splits,
            adapted=not arguments.as_shipped,
        )
    except (CorpusError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(report.lines()))
    return 0


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = f"{path}:{number}"
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise CorpusError(f"{place}: not a JSON object: {error.msg}.") from error
            if not isinstance(row, dict):
                raise CorpusError(f"{place}: not a JSON object but {type(row).__name__}.")
            yield place, row


def _string(row: dict[str, Any], key: str, place: str) -> str:
    value = row.get(key)
    if isinstance(value, int) and key == "id" and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise CorpusError(f"{place}: '{key}' is missing or not a string.")
    return value


def _place(ids: Sequence[str], relevant: frozenset[str]) -> int:
    """Return the rank of the first relevant id, 0 when none is there."""
    return next((place for place, id_ in enumerate(ids, 1) if id_ in relevant), 0)


def _share(places: Sequence[int], depth: int) -> float:
    return sum(0 < place <= depth for place in places) / len(places)


def resident_mb() -> float:
    """Return the memory this process holds now, in megabytes."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # no /proc: the peak is the best there is
