"""What speaks for each shortlisted entry: about twenty numbers, all between 0 and roughly 1, all absolute."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from knowledge.channels import cut_channels, distinct, is_figure
from knowledge.lexicon import Lexicon
from knowledge.postings import BAG, BODY, KINDS, N_CHANNELS, Longs, Postings
from knowledge.vectors import Floats, VectorTable

FEATURES = (
    "best_words",
    "best_pairs",
    "best_characters",
    "second_string",
    "bag_words",
    "bag_pairs",
    "bag_characters",
    "asked_words",
    "asked_pairs",
    "asked_characters",
    "string_share",
    "contained",
    "matched_mass",
    "ratio",
    "ratio_second",
    "is_body",
    "is_title",
    "meaning_best",
    "meaning_second",
    "meaning_bag",
)
KINDS_OF_EVIDENCE = {
    "words": ("best_words", "bag_words", "asked_words", "matched_mass"),
    "character pairs": ("best_pairs", "bag_pairs", "asked_pairs"),
    "single characters": ("best_characters", "bag_characters", "asked_characters"),
    "best string": ("best_words", "best_pairs", "best_characters", "string_share", "contained"),
    "second string": ("second_string", "ratio_second", "meaning_second"),
    "entry as a whole": ("bag_words", "bag_pairs", "bag_characters", "matched_mass", "meaning_bag"),
    "edit similarity": ("ratio", "ratio_second"),
    "vectors": ("meaning_best", "meaning_second", "meaning_bag"),
    "kind of string": ("is_body", "is_title"),
}
MIX = np.array([1.0, 1.0, 0.5], np.float32)  # of the channels, where strings of one entry compete
HALF_MASS = 20.0  # idf mass at which half of what mass can prove is proved
HALF_STRING = 20.0  # the same for a string wholly contained in the question
MEANING_MIX = 0.5  # of the vectors, in the shortlist
TITLE = KINDS.index("title")


@dataclass(frozen=True)
class Query:
    """A question turned into weighted terms; the weights of one channel sum to 1, unseen terms included."""

    text: str
    terms: NDArray[np.int32]
    weights: Floats
    mass: Floats  # by channel: the idf mass the weights are shares of
    vector: Floats | None  # what it means as a whole, when a vector table is at hand


def read_query(text: str, postings: Postings, lexicon: Lexicon, vectors: VectorTable | None = None) -> Query:
    """Weigh the terms of a prepared question. Figures the entries never mention count for nothing."""
    terms: list[int] = []
    channels: list[int] = []
    unseen = [0.0] * N_CHANNELS
    cut = cut_channels(text, lexicon)
    for channel, tokens in enumerate(cut):
        vocabulary = postings.vocabularies[channel]
        for token in distinct(tokens):
            term = vocabulary.get(token)
            if term is not None:
                terms.append(term)
                channels.append(channel)
            elif not is_figure(token):
                unseen[channel] += postings.unseen_idf
    ids, owner = np.array(terms, np.int32), np.array(channels, np.int64)
    idf = postings.idf[ids]
    mass = np.bincount(owner, weights=idf, minlength=N_CHANNELS) + unseen
    weights = (idf / np.maximum(mass, 1e-9)[owner]).astype(np.float32)
    return Query(text, ids, weights, mass.astype(np.float32), vectors.embed(cut) if vectors else None)


def shortlist(query: Query, postings: Postings, depth: int, prior: Floats | None = None) -> Longs:
    """Return the entries that share most with the question, best first; only entries that share anything."""
    totals = _entry_totals(query, postings)
    if query.vector is not None and postings.entry_vectors is not None:
        totals += MEANING_MIX * np.maximum(postings.entry_vectors @ query.vector, 0.0)
    touched = totals > 0
    if prior is not None:
        totals = totals + prior
    n_touched = int(np.count_nonzero(touched))
    if n_touched == 0:
        return np.zeros(0, np.int64)
    totals = np.where(touched, totals, -np.inf)
    depth = min(depth, n_touched)
    best = np.argpartition(-totals, depth - 1)[:depth]
    return best[np.lexsort((best, -totals[best]))]


def _entry_totals(query: Query, postings: Postings) -> NDArray[np.float64]:
    starts, ends = postings.entry_start[query.terms], postings.entry_start[query.terms + 1]
    too_common = max(2000, postings.n_entries // 4)
    kept = ends - starts <= too_common
    starts, lengths = starts[kept], (ends - starts)[kept]
    channel_mix = MIX[postings.term_channel[query.terms]][kept]
    where = _spans(starts, lengths)
    weights = np.repeat(query.weights[kept] * channel_mix, lengths) * postings.entry_impact[where]
    totals = np.bincount(postings.entry_of[where], weights=weights, minlength=postings.n_entries)
    return totals.astype(np.float64)  # counts are whole numbers when nothing was found


def _spans(starts: Longs, lengths: Longs) -> Longs:
    """Return all positions start, start+1, … of every span, one after another."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    positions: Longs = np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - lengths), lengths)
    return positions


@dataclass(frozen=True)
class _Layout:
    """All strings of the shortlisted entries, one after another, and their places in a table of one row an entry."""

    strings: Longs
    rows: Longs
    columns: Longs
    shape: tuple[int, int]
    bags: Longs  # place of each entry's bag among the strings


def _lay_out(entries: Longs, postings: Postings) -> _Layout:
    first, counts = postings.string_start[entries], np.diff(postings.string_start)[entries]
    ends = np.cumsum(counts)
    columns = np.arange(int(ends[-1])) - np.repeat(ends - counts, counts)
    shape = (len(entries), int(counts.max()))
    return _Layout(_spans(first, counts), np.repeat(np.arange(len(entries)), counts), columns, shape, ends - 1)


def gather_evidence(query: Query, entries: Longs, postings: Postings) -> tuple[Floats, Longs]:
    """Return one row of FEATURES per entry, and each entry's best matching string."""
    layout = _lay_out(entries, postings)
    scores, matched, idf = _string_scores(query, entries, layout.strings, postings)
    mixed = scores @ MIX
    mixed[layout.bags] = -1.0  # the bag is no string
    table = np.full(layout.shape, -1.0, np.float32)
    table[layout.rows, layout.columns] = mixed
    best_column = table.argmax(axis=1)
    every = np.arange(len(entries))
    table[every, best_column] = 0.0
    best = layout.bags - layout.columns[layout.bags] + best_column
    best_strings = layout.strings[best]
    kinds = postings.string_kind[best_strings]
    string_share, contained = _string_shares(idf.sum(axis=1), best, layout, postings)
    matched_mass = (matched[layout.bags] * query.mass)[:, 0]
    features = np.column_stack(
        [
            scores[best],
            np.maximum(table.max(axis=1), 0.0) / MIX.sum(),
            scores[layout.bags],
            matched[layout.bags],
            string_share,
            contained,
            matched_mass / (matched_mass + HALF_MASS),
            _ratios(query, layout, postings),
            kinds == BODY,
            kinds == TITLE,
            _meanings(query, layout, postings),
        ]
    )
    return features.astype(np.float32), best_strings


def _string_scores(query: Query, entries: Longs, strings: Longs, postings: Postings) -> tuple[Floats, Floats, Floats]:
    """Return BM25 by string and channel, and by string and channel the matched share of the question and idf."""
    first = postings.segment_start[postings.string_start[entries] * N_CHANNELS]
    last = postings.segment_start[postings.string_start[entries + 1] * N_CHANNELS]
    items = _spans(first, last - first)
    weight_of = np.zeros(len(postings.idf), np.float32)
    weight_of[query.terms] = query.weights
    terms = postings.item_term[items]
    weights = weight_of[terms]
    idf = postings.idf[terms]
    idf[weights == 0] = 0.0
    segments = (strings[:, None] * N_CHANNELS + np.arange(N_CHANNELS)).ravel()
    lengths = postings.segment_start[segments + 1] - postings.segment_start[segments]
    bounds = np.cumsum(lengths) - lengths
    sums = np.add.reduceat(np.stack([weights * postings.item_impact[items], weights, idf]), bounds, axis=1)
    scores, shares, masses = (row.reshape(-1, N_CHANNELS) for row in sums)
    return scores, shares, masses


def _string_shares(matched_idf: Floats, best: Longs, layout: _Layout, postings: Postings) -> tuple[Floats, Floats]:
    """Return how much of its best string, and of any string weighed by its length, the question contains."""
    segments = layout.strings[:, None] * N_CHANNELS + np.arange(N_CHANNELS)
    whole = postings.segment_idf[segments].sum(axis=1)
    share = matched_idf / np.maximum(whole, 1e-9)
    kinds = postings.string_kind[layout.strings]
    weighed = np.where((kinds == BAG) | (kinds == BODY), 0.0, share * whole / (whole + HALF_STRING))
    return share[best], np.maximum.reduceat(weighed, layout.bags - layout.columns[layout.bags])


def _ratios(query: Query, layout: _Layout, postings: Postings) -> Floats:
    """Return the best and second best edit similarity of the question to each entry's short strings."""
    kinds = postings.string_kind[layout.strings]
    short = np.flatnonzero((kinds != BAG) & (kinds != BODY))
    table = np.zeros((layout.shape[0], layout.shape[1] + 1), np.float32)
    if len(short):
        texts = [postings.string_text[index] for index in layout.strings[short].tolist()]
        table[layout.rows[short], layout.columns[short]] = process.cdist(
            [query.text], texts, scorer=fuzz.ratio, dtype=np.float32
        )[0]
    top = -np.partition(-table, 1, axis=1)[:, :2]
    return (top / 100.0).astype(np.float32)


def _meanings(query: Query, layout: _Layout, postings: Postings) -> Floats:
    """Return the best, second best and whole-entry cosine of the question's vector; zeros without vectors."""
    if query.vector is None or postings.string_vectors is None:
        return np.zeros((layout.shape[0], 3), np.float32)
    cosines = postings.string_vectors[layout.strings] @ query.vector
    short = np.maximum(cosines, 0.0)
    whole = short[layout.bags]
    short[layout.bags] = 0.0
    table = np.zeros((layout.shape[0], layout.shape[1] + 1), np.float32)
    table[layout.rows, layout.columns] = short
    top = -np.partition(-table, 1, axis=1)[:, :2]
    return np.column_stack([top, whole]).astype(np.float32)
