"""Entries as they stand today, for the lists people of the office choose from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from knowledge.entries import Entry, Status
from knowledge.rendering import status_text
from office.people import Person

ORDER = (Status.IN_FORCE, Status.UNKNOWN, Status.NOT_YET, Status.DRAFT, Status.EXPIRED, Status.SUPERSEDED)
WIDE = frozenset({"全国", "浙江省", "温州市", "市区"})
OWN, ELSEWHERE = "本县的", "别的县的"


class Standing(NamedTuple):
    """One line of such a list; `area` only where it is not for everybody here."""

    code: str
    title: str
    status: str
    area: str


def standings(entries: Iterable[Entry], today: date, counties: Collection[str] = ()) -> list[Standing]:
    """The entries with their status, what is in force first and what is long past last; those of `counties` before others, other counties' last."""

    def key(entry: Entry) -> tuple[object, ...]:
        area = _area(entry, counties)
        rank = ORDER.index(entry.status_on(today))
        return area == ELSEWHERE, rank, entry.validity.historic, area != OWN, status_text(entry, today), entry.title

    return [
        Standing(entry.code, entry.title, status_text(entry, today), _area(entry, counties))
        for entry in sorted(entries, key=key)
    ]


def counties_of(person: Person) -> tuple[str, ...]:
    """The counties in which somebody's villages lie; nothing for who works everywhere."""
    return tuple(dict.fromkeys(village.partition("/")[0] for village in person.villages))


def _area(entry: Entry, counties: Collection[str]) -> str:
    regions = frozenset(entry.regions)
    if not counties or not regions:
        return ""
    if regions & frozenset(counties):
        return OWN
    return "" if regions & WIDE else ELSEWHERE
