"""Nothing matches, but who wants what is clear (30 亩杨梅，在永嘉，想贷 20 万): what of that kind is open to him."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.eligibility import Judged, Judgement, VerdictOutcome, estimate
from knowledge.entries import Entry, Kind, Status
from knowledge.facts import NEITHER, shipped_facts
from knowledge.matching import Ranking
from knowledge.question import Question
from knowledge.ranking import crop_kinds, rank
from knowledge.vocabulary import COUNTIES, HILL_COUNTIES, SUBJECTS, URBAN

SAID = ("crop", "county", "area_mu", "amount_yuan", "livestock_count")  # one of these shows that a farmer is speaking
FARMER = "farmer"
MOST = 3
OPEN = (Status.IN_FORCE, Status.UNKNOWN)
# what any farm may have; every other subject of an entry (民宿, 助学, 林权 …) narrows whom it is for
COMMON = frozenset({"loan", "guarantee", "discount", "insurance", "subsidy", "credit", "grain"})
# a loan is wanted, not a paper about loans; a subsidy is always a paper
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "loan": (Kind.PRODUCT,),
    "guarantee": (Kind.PRODUCT,),
    "insurance": (Kind.PRODUCT, Kind.POLICY),
    "subsidy": (Kind.PRODUCT, Kind.POLICY),
}
AREAS: Mapping[str, tuple[str, ...]] = {"市区": URBAN, "山区5县": HILL_COUNTIES}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted, and the entries of that kind that do not exclude the asker, best first."""

    subject: str
    crop: str | None
    entries: tuple[Entry, ...]

    @property
    def head(self) -> str:
        """The sentence above the choices."""
        word = SUBJECTS[self.subject]
        if self.crop is None or any(self.crop in entry.crops for entry in self.entries):
            return f"您要找的是{word}，这几样可以先问问："
        return f"没查到专门给{self.crop}的{word}。这几样不限{self.crop}，可以先问问："


def wish_of(base: KnowledgeBase, question: Question) -> Wish | None:
    """What a question wants although no entry fits it, or None when it does not say enough."""
    subject = base.asking.wish(question.plain)
    if subject is None or not any(key in question.heard for key in SAID):
        return None
    crop = question.facts.get("crop")
    kinds = crop_kinds(base, crop)
    fitting = [
        entry
        for entry in base.entries.values()
        if subject in entry.subjects
        and entry.audience == FARMER
        and entry.kind in KINDS[subject]
        and entry.status_on(question.day) in OPEN
        and _may_be_there(entry, question.facts.get("county"))
        and (not entry.crops or bool(kinds & set(entry.crops)))
        and estimate(entry, question.facts, question.day).outcome is not VerdictOutcome.UNLIKELY
    ]
    if not fitting:
        return None
    ranking = rank(base, question.plain, question.facts, question.today, k=len(base.entries))
    order = _order(ranking)
    fitting.sort(key=lambda entry: (-_closeness(entry, question, kinds), order.get(entry.code, len(order))))
    return Wish(subject, crop if isinstance(crop, str) else None, tuple(fitting[:MOST]))


def _may_be_there(entry: Entry, county: Any) -> bool:
    bound = {name for region in entry.regions for name in AREAS.get(region, (region,)) if name in COUNTIES}
    if county is None:
        return not bound
    return (not bound or county in bound) and county not in entry.excluded_places


def _closeness(entry: Entry, question: Question, kinds: frozenset[str]) -> int:
    """One of the asker's own crop or county, and one known to be open, comes first; a narrower one last."""
    own_place = any(region in COUNTIES for region in entry.regions)
    own_crop = bool(kinds & set(entry.crops))
    narrow = len(set(entry.subjects) - COMMON)
    narrow += len(_for_a_group(entry, question))
    is_open = entry.status_on(question.day) is Status.IN_FORCE
    return 2 * own_crop + own_place + is_open - 2 * narrow


def _for_a_group(entry: Entry, question: Question) -> list[Judged]:
    """Conditions on belonging to a group the asker has not named (低收入农户, 脱贫户): such a fact has a word for all others."""
    declared = shipped_facts()
    missing = estimate(entry, question.facts, question.day).of(Judgement.MISSING)
    return [
        item for item in missing if any(key in declared and declared[key].neither != NEITHER for key in item.unknown)
    ]


def _order(ranking: Ranking) -> dict[str, int]:
    return {candidate.id: place for place, candidate in enumerate(ranking.candidates)}
