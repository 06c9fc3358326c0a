"""His own county first: an entry of the asker's county before one for a wider area that fits hardly better."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import date

from knowledge.coverage import counties_of
from knowledge.entries import Entry, Kind, Status
from knowledge.focus import figures_in
from knowledge.matching import Ranking
from knowledge.vocabulary import COMMON_SUBJECTS, COUNTIES

CLOSE = 2.0  # log-odds: an entry of his own county so little behind is what he is told
LOOKED_AT = 4
_COUNTY = re.compile(f"(?:{'|'.join(name.rstrip('县市区') for name in COUNTIES)})(?!农商|银行)")
WIDER = "上面是您县里的，更大范围的还有一条"
FORMER = "您县里以前的也有一条"
NOT_TOLD = (Status.DRAFT, Status.SUPERSEDED)


def is_of_county(entry: Entry, county: str) -> bool:
    """Whether an entry is one county's own, by its regions or by the place its title names (平阳窗口)."""
    return county in counties_of(entry) or _short(county) in entry.title


def local_first(
    entries: Mapping[str, Entry], ranking: Ranking, county: str, crops: Set[str], day: date, margin: float
) -> Ranking:
    """`ranking` with what the asker's county has of the same kind before what holds for a wider area; what is over
    there goes before nothing that is in force. `margin` counts as clear: between the two it is the place that decides."""
    place = _same_there(entries, ranking, county, crops, day)
    if place is None:
        return ranking
    candidates = ranking.candidates
    best = entries[candidates[0].id]
    if best.status_on(day) is Status.IN_FORCE and _is_over(entries[candidates[place].id], day):
        return ranking
    order = (candidates[place], *candidates[:place], *candidates[place + 1 :])
    return replace(ranking, candidates=order, margin=max(ranking.margin, margin))


def beside(
    entries: Mapping[str, Entry], ranking: Ranking, county: object, crops: Set[str], day: date
) -> tuple[Entry, str] | None:
    """What is offered beside the first of a ranking with what to say of it: the one for a wider area that his county's
    own was put before, or what his county had before what is in force everywhere."""
    if not isinstance(county, str) or len(ranking.candidates) < 2:
        return None
    first, second = ranking.candidates[:2]
    if second.score > first.score and is_of_county(entries[first.id], county):
        return entries[second.id], WIDER
    place = _same_there(entries, ranking, county, crops, day)
    former = entries[ranking.candidates[place].id] if place is not None else None
    return (former, FORMER) if former is not None and _is_over(former, day) else None


def of_elsewhere(entry: Entry, county: object) -> frozenset[str]:
    """The sentences with figures that name another of our counties and not the asker's (平阳陡南村的例子)."""
    if not isinstance(county, str) or county not in COUNTIES:
        return frozenset()
    texts = {text for told in entry.facets.values() for text in told if figures_in(entry, text)}
    return frozenset(text for text in texts if _short(county) not in text and _COUNTY.search(text))


def _short(county: str) -> str:
    return county.rstrip("县市区")


def _same_there(entries: Mapping[str, Entry], ranking: Ranking, county: str, crops: Set[str], day: date) -> int | None:
    """The place of an entry of his county, hardly behind a best of a wider area, that is about the same for his crop."""
    if len(ranking.candidates) < 2:
        return None
    first = ranking.candidates[0]
    best = entries[first.id]
    if is_of_county(best, county) or best.kind is Kind.GUIDE:
        return None
    for place, candidate in enumerate(ranking.candidates[1:LOOKED_AT], 1):
        entry = entries[candidate.id]
        if first.score - candidate.score > CLOSE:
            return None
        is_told = entry.status_on(day) not in NOT_TOLD
        if is_told and is_of_county(entry, county) and _are_alike(entry, best) and _is_for(entry, crops):
            return place
    return None


def _are_alike(one: Entry, other: Entry) -> bool:
    """Whether two entries have a subject in common and the same that narrow whom they are for."""
    ones, others = set(one.subjects), set(other.subjects)
    return bool(ones & others) and ones - COMMON_SUBJECTS == others - COMMON_SUBJECTS


def _is_for(entry: Entry, crops: Set[str]) -> bool:
    return not crops or not entry.crops or bool(crops & set(entry.crops))


def _is_over(entry: Entry, day: date) -> bool:
    return entry.validity.historic or entry.status_on(day) in (Status.EXPIRED, *NOT_TOLD)
