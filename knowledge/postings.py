"""The immutable arrays behind the matcher: an inverted index over entries and a forward store of their strings."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.channels import CHANNELS, cut_channels
from knowledge.lexicon import Lexicon
from knowledge.vectors import Floats, VectorTable, unit

K1, B = 1.2, 0.5  # BM25; b is low because all strings are short
N_CHANNELS = len(CHANNELS)
COMPARED_WHOLE = 20_000  # above this many entries vectors only re-rank

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

KINDS = ("title", "alias", "example", "key", "body", "bag")
BODY, BAG = KINDS.index("body"), KINDS.index("bag")


@dataclass(frozen=True)
class Postings:
    """Arrays only. An entry's strings lie side by side and end with its bag, the union of all of them.

    A segment is one channel of one string; term 0 stands for nothing and opens every segment, so none is empty.
    """

    vocabularies: tuple[dict[str, int], ...]
    idf: Floats  # by term; 0 for term 0
    term_channel: NDArray[np.int8]
    unseen_idf: float
    entry_start: Longs  # by term: where its postings begin
    entry_of: Ints  # postings: entry
    entry_impact: Floats  # postings: best BM25 term weight among the entry's strings, without idf
    string_start: Longs  # by entry: its first string
    segment_start: Longs  # by segment (3 a string): its first item
    item_term: Ints
    item_impact: Floats
    segment_idf: Floats  # idf mass of a segment
    string_kind: NDArray[np.int8]
    string_text: tuple[str, ...]
    string_vectors: Floats | None = None  # unit vectors by string; a bag's is the mean of its short strings
    entry_vectors: Floats | None = None  # the bags' alone, when there are few enough entries to compare with all

    @property
    def n_entries(self) -> int:
        """How many entries are indexed."""
        return len(self.string_start) - 1


def build_postings(
    entries: Sequence[Sequence[tuple[str, str]]], lexicon: Lexicon, vectors: VectorTable | None = None
) -> Postings:
    """Index entries given as (kind, prepared text) strings."""
    reader = _Reader(lexicon, vectors)
    for strings in entries:
        reader.read(strings)
    kinds = np.asarray(reader.kinds, np.int8)
    terms, segments = np.asarray(reader.terms, np.int64), np.asarray(reader.segments, np.int64)
    forward = _forward(terms, segments, kinds, reader.n_terms)
    string_start = np.asarray(reader.string_start, np.int64)
    postings = _assemble(reader.vocabularies, string_start, kinds, reader.texts, forward)
    return _with_vectors(postings, reader.meanings) if reader.meanings else postings


class _Reader:
    """Collects the terms of all strings, numbering terms as they come."""

    def __init__(self, lexicon: Lexicon, vectors: VectorTable | None) -> None:
        self._lexicon, self._vectors = lexicon, vectors
        self.vocabularies: tuple[dict[str, int], ...] = tuple({} for _ in CHANNELS)
        self.n_terms = 1
        self.kinds: list[int] = []
        self.texts: list[str] = []
        self.string_start = [0]
        self.meanings: list[Floats] = []
        self.terms, self.segments = array("i"), array("q")

    def read(self, strings: Sequence[tuple[str, str]]) -> None:
        """Read one entry: its strings, then its bag."""
        bag = len(self.kinds) + len(strings)
        for kind, text in strings:
            cut = cut_channels(text, self._lexicon)
            for channel, tokens in enumerate(cut):
                self._add(tokens, channel, len(self.kinds), bag)
            self.kinds.append(KINDS.index(kind))
            self.texts.append(text)
            if self._vectors:
                self.meanings.append(self._vectors.embed(cut))
        if self._vectors:
            own = slice(len(self.meanings) - len(strings), None)
            self.meanings.append(_mean_vector(self.meanings[own], self.kinds[own], self._vectors))
        self.kinds.append(BAG)
        self.texts.append("")
        self.string_start.append(len(self.kinds))

    def _add(self, tokens: Sequence[str], channel: int, string: int, bag: int) -> None:
        vocabulary = self.vocabularies[channel]
        terms: list[int] = []
        for token in tokens:
            term = vocabulary.setdefault(token, self.n_terms)
            self.n_terms += term == self.n_terms
            terms.append(term)
        for owner in (string, bag):
            self.terms.extend(terms)
            self.segments.extend(repeat(owner * N_CHANNELS + channel, len(terms)))


def _mean_vector(meanings: Sequence[Floats], kinds: Sequence[int], vectors: VectorTable) -> Floats:
    short = [meaning for meaning, kind in zip(meanings, kinds, strict=True) if kind != BODY] or list(meanings)
    if not short:
        return np.zeros(vectors.dimensions, np.float32)
    return unit(np.sum(short, axis=0, dtype=np.float32))


def _with_vectors(postings: Postings, meanings: Sequence[Floats]) -> Postings:
    string_vectors = np.stack(meanings)
    bags = string_vectors[postings.string_start[1:] - 1] if postings.n_entries <= COMPARED_WHOLE else None
    return replace(postings, string_vectors=string_vectors, entry_vectors=bags)


@dataclass(frozen=True)
class _Forward:
    n_terms: int
    segment_start: Longs
    term: Ints
    impact: Floats


def _forward(terms: Longs, segments: Longs, kinds: NDArray[np.int8], n_terms: int) -> _Forward:
    n_segments = len(kinds) * N_CHANNELS
    lengths = np.bincount(segments, minlength=n_segments).astype(np.float64)
    openers = np.arange(n_segments, dtype=np.int64) * n_terms  # term 0 of every segment
    keys, counts = np.unique(np.concatenate([openers, segments * n_terms + terms]), return_counts=True)
    owner, term = keys // n_terms, keys % n_terms
    relative = lengths / _usual_lengths(lengths, kinds)
    tf = counts.astype(np.float64)
    impact = tf * (K1 + 1) / (tf + K1 * (1 - B + B * relative[owner]))
    impact[term == 0] = 0.0
    starts = np.searchsorted(owner, np.arange(n_segments + 1))
    return _Forward(n_terms, starts.astype(np.int64), term.astype(np.int32), impact.astype(np.float32))


def _usual_lengths(lengths: NDArray[np.float64], kinds: NDArray[np.int8]) -> NDArray[np.float64]:
    """Return for every segment the mean length of its channel among strings of its sort: short, body or bag."""
    channel = np.tile(np.arange(N_CHANNELS), len(kinds))
    sort = np.repeat(np.where(kinds == BAG, 2, np.where(kinds == BODY, 1, 0)), N_CHANNELS)
    group = sort * N_CHANNELS + channel
    sizes = np.bincount(group, minlength=3 * N_CHANNELS)
    means = np.bincount(group, weights=lengths, minlength=3 * N_CHANNELS) / np.maximum(sizes, 1)
    usual: NDArray[np.float64] = np.maximum(means, 1e-9)[group]
    return usual


def _assemble(
    vocabularies: tuple[dict[str, int], ...],
    string_start: Longs,
    kinds: NDArray[np.int8],
    texts: list[str],
    forward: _Forward,
) -> Postings:
    n_entries, n_terms = len(string_start) - 1, forward.n_terms
    item_string = np.repeat(np.arange(len(kinds) * N_CHANNELS) // N_CHANNELS, np.diff(forward.segment_start))
    entry_of_string = np.repeat(np.arange(n_entries), np.diff(string_start))
    real = (forward.term > 0) & (kinds[item_string] != BAG)
    keys = forward.term[real].astype(np.int64) * max(n_entries, 1) + entry_of_string[item_string[real]]
    order = np.argsort(keys, kind="stable")
    keys, impacts = keys[order], forward.impact[real][order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.zeros(0, np.int64)
    pair_term = keys[first] // max(n_entries, 1)
    best = np.maximum.reduceat(impacts, first) if len(first) else np.zeros(0, np.float32)
    df = np.bincount(pair_term, minlength=n_terms).astype(np.float64)
    idf = _idf(df, n_entries)
    idf[0] = 0.0
    return Postings(
        vocabularies=vocabularies,
        idf=idf.astype(np.float32),
        term_channel=_term_channels(vocabularies, n_terms),
        unseen_idf=float(_idf(np.zeros(1), n_entries)[0]),
        entry_start=np.searchsorted(pair_term, np.arange(n_terms + 1)).astype(np.int64),
        entry_of=(keys[first] % max(n_entries, 1)).astype(np.int32),
        entry_impact=best.astype(np.float32),
        string_start=string_start,
        segment_start=forward.segment_start,
        item_term=forward.term,
        item_impact=forward.impact,
        segment_idf=np.add.reduceat(idf[forward.term], forward.segment_start[:-1]).astype(np.float32)
        if len(kinds)
        else np.zeros(0, np.float32),
        string_kind=kinds,
        string_text=tuple(texts),
    )


def _term_channels(vocabularies: tuple[dict[str, int], ...], n_terms: int) -> NDArray[np.int8]:
    channels = np.zeros(n_terms, np.int8)
    for channel, vocabulary in enumerate(vocabularies):
        channels[np.fromiter(vocabulary.values(), np.int64, len(vocabulary))] = channel
    return channels


def _idf(df: NDArray[np.float64], n_entries: int) -> NDArray[Any]:
    return np.log1p((n_entries - df + 0.5) / (df + 0.5))
