"""What an entry said on the day a case was registered, kept with the case: later changes of the entry leave it alone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from knowledge.applying import may_be_open
from knowledge.entries import NOT_STATED, Entry, Paper, Status
from knowledge.rendering import payee_line, source_text, status_lines, status_text
from office.applications import Opening


@dataclass(frozen=True, slots=True)
class PinnedEntry:
    """An entry as it was read: its status words and payee line as shown, its papers, what it says of time and decision.

    `status` is the banner, empty only when the entry was plainly in force; `papers` is None where the document names none.
    """

    code: str
    title: str
    publication: str
    day: date
    opening: Opening
    status: str
    status_words: str
    payee: str
    papers: tuple[Paper, ...] | None
    time: str
    decides: str
    source: str

    @classmethod
    def of(cls, entry: Entry, day: date, publication: str, titles: dict[str, str]) -> Self:
        """The entry as of `day`."""
        banner, payee = status_lines(entry, day, titles), payee_line(entry, day)
        return cls(
            entry.code,
            entry.title,
            publication,
            day,
            _opening(entry, day),
            banner[0].text if banner else "",
            status_text(entry, day),
            payee[0].text if payee else "",
            entry.papers,
            entry.time,
            entry.decides,
            source_text(entry),
        )

    @property
    def fingerprint(self) -> str:
        """Changes when what the entry says changes; the day and the publication's name do not count."""
        said = {**asdict(self), "day": "", "publication": "", "status_words": ""}
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]

    def paper(self, name: str) -> Paper:
        """The entry's own paper of that name; one staff wrote themselves has nothing from the document."""
        return next((paper for paper in self.papers or () if paper.name == name), Paper(name))

    def names_paper(self, name: str) -> bool:
        """Whether the document itself asks for this paper."""
        return any(paper.name == name for paper in self.papers or ())

    def to_json(self) -> str:
        """As the ledger keeps it."""
        return json.dumps({**asdict(self), "day": self.day.isoformat()}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """As it was kept."""
        content: dict[str, Any] = json.loads(text)
        papers = content["papers"]
        content["papers"] = None if papers is None else tuple(Paper(**paper) for paper in papers)
        content["opening"] = Opening(content["opening"])
        content["day"] = date.fromisoformat(content["day"])
        return cls(**content)


def _opening(entry: Entry, day: date) -> Opening:
    if entry.status_on(day) is Status.IN_FORCE:
        return Opening.OPEN
    return Opening.UNCHECKED if may_be_open(entry, day) else Opening.CLOSED


def where_to_get(paper: Paper) -> str:
    """Where a paper is issued and in which form, as far as the document says."""
    if paper.issuer == NOT_STATED and paper.form == NOT_STATED:
        return f"在哪里开：{NOT_STATED}，问经办的人"
    parts = [f"在哪里开：{paper.issuer}"]
    parts += [f"要{paper.form}" if not paper.form.startswith("要") else paper.form] if paper.form != NOT_STATED else []
    parts += [f"有效期：{paper.valid}"] if paper.valid != NOT_STATED else []
    return "；".join(parts)
