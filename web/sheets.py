"""An entry as its page shows it on one day, and the sheets shown lately, kept ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from knowledge.answers import Answer, LineKind
from knowledge.calculators import CALCULATORS
from knowledge.calculators.entry_route import may_be_compared
from knowledge.entries import Entry, Facet
from knowledge.rendering import PLACEHOLDER, facet_sentences, fill, status_text, summary_text
from knowledge.vocabulary import FACET_WORDS, LEVELS
from office.office import Office
from web.pages import Pages

MOST_KEPT = 512


@dataclass(frozen=True, slots=True)
class Section:
    """One side of an entry under its heading."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntrySheet:
    """Everything the page shows, as of one day."""

    entry: Entry
    said: Answer
    day: date
    status: str
    is_warned: bool
    summary: str
    sections: tuple[Section, ...]
    conditions: tuple[str, ...]
    exclusions: tuple[str, ...]
    silent: tuple[str, ...]
    time: str
    decides: str
    level: str
    successor: Entry | None
    related: tuple[tuple[Entry, str], ...]
    calculator: str
    is_borrowing: bool

    def line(self, kind: str) -> str:
        """The sheet's first line of a kind, or nothing."""
        return next((line.text for line in self.said.lines if line.kind.value == kind), "")

    @property
    def social(self) -> str:
        """One sentence for a forwarded card: status, day, what it is about."""
        banner = self.line(LineKind.STATUS.value) or f"【{self.status}】"
        return f"{banner}{self.day} 查看，版本 {self.said.version}。{self.summary}"[:200]


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """A sheet with its main part ready for the page."""

    sheet: EntrySheet
    article: Markup
    is_today: bool


class Sheets:
    """The sheets shown lately: an entry says the same to everybody until the day or the publication changes."""

    def __init__(self, office: Office, pages: Pages) -> None:
        self._office, self._pages = office, pages
        self._kept: dict[tuple[str, str, date, date], ShownSheet] = {}

    def of(self, code: str, day: date) -> ShownSheet:
        """The sheet of an entry as of a day; `LookupError` for an unknown code."""
        office, today = self._office, self._office.today()
        key = (office.knowledge.version, code, day, today)
        shown = self._kept.get(key)
        if shown is None:
            sheet = entry_sheet(office, code, day)
            article = self._pages.part("entry_article.html", sheet=sheet, is_today=day == today)
            shown = ShownSheet(sheet, article, day == today)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = shown
        return shown


def entry_sheet(office: Office, code: str, day: date) -> EntrySheet:
    """The sheet of an entry; `LookupError` for an unknown code."""
    said = office.sheet(code, day)
    entries = office.knowledge.entries
    entry = entries[code]
    validity = entry.validity
    reading_day = validity.reading_day(day)
    stated = [facet for facet in FACET_WORDS if entry.facets.get(facet)]
    return EntrySheet(
        entry=entry,
        said=said,
        day=day,
        status=status_text(entry, day),
        is_warned=any(line.kind is LineKind.STATUS for line in said.lines),
        summary=summary_text(entry, day),
        sections=tuple(Section(FACET_WORDS[facet], facet_sentences(entry, facet, day)) for facet in stated),
        conditions=tuple(_filled(entry, condition.text, reading_day) for condition in entry.conditions),
        exclusions=tuple(_filled(entry, condition.text, reading_day) for condition in entry.exclusions),
        silent=tuple(
            word for facet, word in FACET_WORDS.items() if facet is not Facet.STATUS and not entry.facets.get(facet)
        ),
        time=_filled(entry, entry.time, reading_day),
        decides=_filled(entry, entry.decides, reading_day),
        level=LEVELS[entry.level],
        successor=entries.get(validity.superseded_by or ""),
        related=tuple(
            (other, status_text(other, day)) for name in entry.related if (other := entries.get(name)) is not None
        ),
        calculator=next((each.name for each in CALCULATORS.values() if each.entry == entry.code), ""),
        is_borrowing=may_be_compared(entry),
    )


def _filled(entry: Entry, sentence: str, day: date) -> str:
    """`sentence` with its figures; where one has no value on that day the gap is said, never a neighbour's number."""
    return fill(entry, sentence, day) or PLACEHOLDER.sub("（这个时间没有可用的数字）", sentence)
