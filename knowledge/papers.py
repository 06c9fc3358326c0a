"""一户一张材料单: the papers of all chosen entries, each once, with the office that issues it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from knowledge.entries import NOT_STATED, Entry, Paper
from knowledge.text import normalise


@dataclass(frozen=True, slots=True)
class NeededPaper:
    """One paper of the list: where to get it, in which form, and which entries take it."""

    name: str
    issuers: tuple[str, ...]
    forms: tuple[str, ...]
    valid: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def copies(self) -> int:
        """How many to bring: one for each entry that takes it."""
        return len(self.codes)

    @property
    def note(self) -> str:
        """交两份 when two entries take it; empty for one."""
        return f"要用 {self.copies} 次，多备几份" if self.copies > 1 else ""


@dataclass(frozen=True, slots=True)
class PaperList:
    """The merged list by issuing office; `unstated` are the entries whose document names no papers (文件没写)."""

    papers: tuple[NeededPaper, ...]
    unstated: tuple[str, ...]


def merged_papers(entries: Iterable[Entry], owned: Collection[str] = ()) -> PaperList:
    """The union of the papers of `entries`; papers whose names stand in `owned` (已有) are left out."""
    have = {normalise(name) for name in owned}
    found: dict[str, list[tuple[Entry, Paper]]] = {}
    unstated = []
    for entry in {entry.code: entry for entry in entries}.values():
        if entry.papers is None:
            unstated.append(entry.code)
        for paper in entry.papers or ():
            if normalise(paper.name) not in have:
                found.setdefault(normalise(paper.name), []).append((entry, paper))
    papers = [_merged(uses) for uses in found.values()]
    return PaperList(tuple(sorted(papers, key=_by_office)), tuple(unstated))


def _merged(uses: list[tuple[Entry, Paper]]) -> NeededPaper:
    papers = [paper for _, paper in uses]
    return NeededPaper(
        name=papers[0].name,
        issuers=_stated(paper.issuer for paper in papers),
        forms=_stated(paper.form for paper in papers),
        valid=_stated(paper.valid for paper in papers),
        codes=tuple(dict.fromkeys(entry.code for entry, _ in uses)),
    )


def _stated(words: Iterable[str]) -> tuple[str, ...]:
    """What the documents say, each once; 文件没写 only when none says anything."""
    said = tuple(dict.fromkeys(words))
    return tuple(word for word in said if word != NOT_STATED) or (NOT_STATED,)


def _by_office(paper: NeededPaper) -> tuple[bool, str, str]:
    return (paper.issuers == (NOT_STATED,), paper.issuers[0], paper.name)
