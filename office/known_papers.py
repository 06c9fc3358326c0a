"""What 查真假 knows without a code: documents by their number, and the warning that is about the very thing named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.answering import fold
from knowledge.base import KnowledgeBase
from knowledge.entries import Entry, Source
from knowledge.fraud import FraudHit

NUMBER = re.compile(r"([一-龥]{2,12})[〔\[【(（]?((?:19|20)\d\d)年?[〕\]】)）]?第?(\d{1,4})号")
MOST = 5
MOST_WARNINGS = 2
SHORTEST_NAME = 4
CLEARLY_SHARED = 3
_WARNING_SUBJECT = "fraud"


@dataclass(frozen=True, slots=True)
class Document:
    """A number found in a text, with the source that bears it and the entries that rest on it, the most exact first."""

    number: str
    source: Source | None
    entries: tuple[Entry, ...]


def documents_in(knowledge: KnowledgeBase, text: str) -> list[Document]:
    """Every document number in `text`; one that no entry cites has no source."""
    found = list(dict.fromkeys(match.groups() for match in NUMBER.finditer(text)))[:MOST]
    return [_document(knowledge, *parts) for parts in found]


def _document(knowledge: KnowledgeBase, issuer: str, year: str, number: str) -> Document:
    bearers = sorted(
        (
            (_distance(entry, place, own, (year, number)), source, entry, own)
            for entry in knowledge.entries.values()
            for place, source in enumerate(entry.sources)
            for own in _numbers_of(source.document_no)
            if own[1:] == (year, number) and issuer.endswith(own[0])
        ),
        key=lambda bearer: bearer[0],
    )
    if not bearers:
        return Document(f"{issuer}〔{year}〕{number}号", None, ())
    _, source, _, own = bearers[0]
    entries = dict.fromkeys(entry.code for _, _, entry, _ in bearers)
    return Document(f"{own[0]}〔{year}〕{number}号", source, tuple(knowledge.entries[code] for code in entries))


def _distance(entry: Entry, place: int, own: tuple[str, str, str], wanted: tuple[str, str]) -> tuple[bool, int, int]:
    """How far an entry is from being about the document: it is called by the number, it cites it early, it cites little."""
    is_called_so = any(
        name[1:] == wanted and name[0] == own[0] for alias in entry.aliases for name in _numbers_of(alias)
    )
    return not is_called_so, place, len(entry.sources)


def _numbers_of(text: str | None) -> Iterator[tuple[str, str, str]]:
    for match in NUMBER.finditer(unicodedata.normalize("NFKC", text or "")):
        yield match[1], match[2], match[3]


def named_warnings(knowledge: KnowledgeBase, text: str) -> tuple[Entry, ...]:
    """The warnings whose own names stand in `text`, the longest name first."""
    folded = fold(knowledge, text)
    named = [
        (max(lengths), entry)
        for entry in _warnings(knowledge)
        if (
            lengths := [len(name) for name in _names(knowledge, entry) if len(name) >= SHORTEST_NAME and name in folded]
        )
    ]
    return tuple(entry for _, entry in sorted(named, key=lambda each: -each[0]))


def warnings_for(knowledge: KnowledgeBase, hit: FraudHit | None, text: str) -> tuple[str, ...]:
    """The entries to show: those named in the text; else the one whose names share most with it; else the pattern's own."""
    named = named_warnings(knowledge, text)
    if named or hit is None:
        return tuple(entry.code for entry in named[:MOST_WARNINGS])
    shared = _shared(knowledge, text)
    closest = max(shared, key=lambda code: (shared[code], code in hit.entries), default="")
    if shared.get(closest, 0) >= CLEARLY_SHARED:
        return (closest,)
    return tuple(sorted(hit.entries, key=lambda code: -shared.get(code, 0))[:1])  # a stable sort: the pattern's order


def _shared(knowledge: KnowledgeBase, text: str) -> dict[str, int]:
    """How many pairs of characters each warning has in common with the text that no other warning has."""
    pairs = {
        entry.code: {pair for name in _names(knowledge, entry) for pair in _pairs(name)}
        for entry in _warnings(knowledge)
    }
    wanted = _pairs(fold(knowledge, text))
    return {
        code: len(wanted & own - set().union(*(other for each, other in pairs.items() if each != code)))
        for code, own in pairs.items()
    }


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _names(knowledge: KnowledgeBase, entry: Entry) -> list[str]:
    return [fold(knowledge, name) for name in (entry.title, *entry.aliases)]


def _warnings(knowledge: KnowledgeBase) -> list[Entry]:
    return [entry for entry in knowledge.entries.values() if _WARNING_SUBJECT in entry.subjects]
