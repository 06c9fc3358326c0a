"""What is known before a word is compared: the asker's place and crop, the day, and the state of each entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from knowledge.entries import Entry, Payee, Status
from knowledge.matching import Adjustment, MatchIndex
from knowledge.vocabulary import COUNTIES

CALM = 1.2  # log-odds a warning loses when nobody speaks of a doubt
CLOSED = (Status.DRAFT, Status.EXPIRED, Status.SUPERSEDED)
ASKERS = frozenset({Payee.FARMER, Payee.FIRM})
KEPT = 512


@dataclass(frozen=True, slots=True)
class Asker:
    """What counts of a person: the county of Wenzhou, the words for the crop, and whether it is a place elsewhere."""

    county: str | None
    crops: frozenset[str]
    is_elsewhere: bool


class Priors:
    """The priors of one publication; what they come to for an asker and a day is worked out once."""

    def __init__(self, entries: Iterable[Entry], index: MatchIndex) -> None:
        self._entries, self._index = tuple(entries), index
        self._worked_out = lru_cache(maxsize=KEPT)(self._work_out)

    def of(self, asker: Asker, day: date, *, doubts: bool) -> Adjustment:
        """What is added to the score of each entry; without `doubts` a warning loses `CALM`."""
        return self._worked_out(asker, day, doubts)

    def _work_out(self, asker: Asker, day: date, doubts: bool) -> Adjustment:
        return self._index.adjustment(
            {
                entry.code: prior(entry, asker, day) - (0.0 if doubts or "fraud" not in entry.subjects else CALM)
                for entry in self._entries
            }
        )


def prior(entry: Entry, asker: Asker, day: date) -> float:
    """Log-odds: an entry of the asker's own county or crop gains, one bound to another loses, none is dropped;
    what is closed, or pays neither farmer nor firm, comes after what is open to the asker."""
    score = 0.0
    bound = [region for region in entry.regions if region in COUNTIES]
    if asker.county is not None and bound:
        score += 0.7 if asker.county in bound else -1.5
    if asker.is_elsewhere and bound:
        score -= 0.3
    if asker.crops and entry.crops:
        score += 0.5 if asker.crops & set(entry.crops) else -1.2
    if entry.validity.historic or entry.status_on(day) in CLOSED:
        score -= 0.3
    if not ASKERS & set(entry.payee):
        score -= 0.3
    return score
