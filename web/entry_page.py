"""An entry's own page: what a printed code leads to, what is forwarded, what is printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from knowledge.answers import Answer, LineKind
from knowledge.calculators import CALCULATORS
from knowledge.calculators.entry_route import may_be_compared
from knowledge.entries import Entry, Facet
from knowledge.rendering import PLACEHOLDER, facet_sentences, fill, status_text, summary_text
from knowledge.vocabulary import FACET_WORDS, LEVELS
from office.office import Office
from web.window import off_loop, window_of

FIRST_YEAR, LAST_YEAR = 2000, 2100


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


async def entry_page(request: Request) -> Response:
    """The page of `/e/CODE`, as of today or of `?on=DATE`."""
    window = window_of(request)
    day = _day(request.query_params.get("on"), window.office.today())
    try:
        sheet = await off_loop(entry_sheet, window.office, request.path_params["code"], day)
    except LookupError as error:
        raise HTTPException(
            404, "没有这一条。可能是编号印错了，或者这一条已经撤下来了。请在首页直接问，或者按类别找。"
        ) from error
    is_today = day == window.office.today()
    return window.pages.render(request, "entry.html", sheet=sheet, is_today=is_today)


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


def _day(text: str | None, today: date) -> date:
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(400, "日期要写成 2026-11-25 这样。") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise HTTPException(400, f"日期要在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间。")
    return day
