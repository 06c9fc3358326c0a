"""Nothing matches, but who wants what is clear (30 亩杨梅，在永嘉，想贷 20 万): what of that kind is open to him."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.coverage import counties_of, may_hold
from knowledge.eligibility import Judgement, Verdict, VerdictOutcome, sweep
from knowledge.entries import Entry, Kind, Status
from knowledge.facts import NEITHER
from knowledge.focus import focus_of
from knowledge.following import SHORT, kinds_of, wish_at_last
from knowledge.identities import STARTING, entries_for_identity
from knowledge.matching import Ranking
from knowledge.notes import place_note
from knowledge.question import Question, fold
from knowledge.ranking import NEARLY_SURE, crop_kinds, is_far_ahead, rank
from knowledge.vocabulary import COMMON_SUBJECTS, COUNTIES, SUBJECTS

SAID = ("crop", "county", "area_mu", "amount_yuan", "livestock_count")  # one of these shows that a farmer is speaking
SAID_FOR_SUBSIDY = ("crop", "area_mu", "livestock_count")  # subsidies are for a trade: a county alone tells none
HOW_MUCH = frozenset({"amount_yuan", "loan_amount_yuan", "term_months"})
FARMER = "farmer"
MOST = 3
WHAT_IS_THERE = re.compile("政策|创业|扶持|优惠|帮助|支持")
GRAIN = "粮油"  # the category of the crops that a grain subsidy is for
OPEN = (Status.IN_FORCE, Status.UNKNOWN)
OF_LAND = frozenset({"grain", "land"})
# a loan is wanted, not a paper about loans; a subsidy is always a paper
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "loan": (Kind.PRODUCT,),
    "guarantee": (Kind.PRODUCT,),
    "insurance": (Kind.PRODUCT, Kind.POLICY),
    "subsidy": (Kind.PRODUCT, Kind.POLICY),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted, and the entries of that kind that do not exclude the asker, best first."""

    subject: str
    crop: str | None
    entries: tuple[Entry, ...]
    for_person: bool = False  # found by the kind of person the asker is, whatever he grows

    @property
    def head(self) -> str:
        """The sentence above the choices."""
        word = SUBJECTS[self.subject]
        if self.for_person:
            return "您多半可以问第 1 样，种什么养什么都不限：" if self.crop else "您多半可以问第 1 样："
        if self.crop is None or any(self.crop in entry.crops for entry in self.entries):
            return f"您要找的是{word}，这几样可以先问问："
        return f"没查到专门给{self.crop}的{word}。这几样不限{self.crop}，可以先问问："


def is_bare_wish(base: KnowledgeBase, question: Question) -> bool:
    """Whether a short question says only what kind of help is wanted (那贷款呢): the rest was said before."""
    own = base.asking.pronouns.sub("", question.plain)
    if len(own) > SHORT or base.asking.wish(own) not in ("loan", "insurance", "guarantee"):
        return False
    return question.heard.keys() <= HOW_MUCH and not focus_of(own, base.lexicon, base.rarity).words


def wish_of(base: KnowledgeBase, question: Question, before: str | None = None) -> Wish | None:
    """What a question wants although no entry fits it, or None when it does not say enough.

    With `before`, what was said before, the question says no more than the wish, and who he is was told there."""
    opening = base.first_words.opening(question.plain)
    subject = wish_at_last(base, question) or base.asking.wish(question.plain)
    subject = subject or (opening.wants if opening is not None else None)
    subject = subject or (base.asking.wish(fold(base, before)) if before else None)
    if opening is not None and subject is not None and opening.unsuited == subject:
        return None
    by_person = _by_person(base, question, before)
    if by_person is not None:
        return by_person
    told = question.heard if before is None else question.facts
    if subject is None or not any(key in told for key in (SAID_FOR_SUBSIDY if subject == "subsidy" else SAID)):
        return None
    fitting = _fitting(base, question, subject)
    return Wish(subject, _crop(question), tuple(fitting[:MOST])) if fitting else None


def _fitting(base: KnowledgeBase, question: Question, subject: str) -> list[Entry]:
    """The entries of the subject that may be for the asker, the closest first."""
    kinds = crop_kinds(base, question.facts.get("crop"))
    suited = [
        entry
        for entry in base.entries.values()
        if subject in entry.subjects
        and entry.audience == FARMER
        and entry.kind in KINDS[subject]
        and (entry.status_on(question.day) in OPEN or _was_his(base, entry, question))
        and _may_be_there(entry, question.facts.get("county"), kinds)
        and (not entry.crops or bool(kinds & set(entry.crops)))
        and place_note(entry, question.facts) is None
        and not ("grain" in entry.subjects and kinds and GRAIN not in kinds)
    ]
    verdicts = _verdicts(base, question, frozenset(entry.code for entry in suited))
    excluded = {code for code, verdict in verdicts.items() if verdict.outcome is VerdictOutcome.UNLIKELY}
    fitting = [entry for entry in suited if entry.code not in excluded]
    narrow = {code: _for_a_group(base, verdict) for code, verdict in verdicts.items()}
    ranking = rank(base, question.plain, question.facts, question.today, k=len(base.entries))
    order = _order(ranking)
    closeness = {entry.code: _closeness(entry, question, kinds) - 2 * narrow.get(entry.code, 0) for entry in fitting}
    return sorted(fitting, key=lambda entry: (-closeness[entry.code], order.get(entry.code, len(order))))


def is_wanted(base: KnowledgeBase, question: Question, ranking: Ranking, shown: Sequence[Entry]) -> bool:
    """Whether what comes nearest is of the kind that the asker says he wants (a loan, an insurance), or that the
    question's opening calls for (农业保险 where damage is told); where little speaks for it, it must be open too, or
    of his own crop or county."""
    last = wish_at_last(base, question)
    opening = base.first_words.opening(question.plain)
    if last is None and opening is not None and opening.wants is not None:
        return opening.wants in base.entries[ranking.candidates[0].id].subjects
    kinds = kinds_of(last or base.asking.wish(question.plain))
    is_likely = ranking.confidence >= NEARLY_SURE
    return not kinds or any(
        kinds & set(entry.subjects)
        and (is_likely or entry.status_on(question.today) in OPEN or _is_his(base, entry, question))
        for entry in shown[: MOST if is_likely else 1]
    )


def _is_his(base: KnowledgeBase, entry: Entry, question: Question) -> bool:
    own_crop = crop_kinds(base, question.facts.get("crop")) & set(entry.crops)
    return bool(own_crop) or (_is_of_his_county(entry, question) and not entry.validity.historic)


def _is_of_his_county(entry: Entry, question: Question) -> bool:
    county = question.facts.get("county")
    return isinstance(county, str) and county in counties_of(entry)


def _was_his(base: KnowledgeBase, entry: Entry, question: Question) -> bool:
    """Whether an entry that is over was his own county's for his own crop: whom to ask is known there."""
    own_crop = crop_kinds(base, question.facts.get("crop")) & set(entry.crops)
    return bool(own_crop) and _is_of_his_county(entry, question)


def is_unsuited(base: KnowledgeBase, question: Question, ranking: Ranking) -> bool:
    """Whether the best entry is of the kind that the opening says helps nobody here (保险 to who has none)."""
    opening = base.first_words.opening(question.plain)
    best = base.entries[ranking.candidates[0].id]
    return opening is not None and opening.unsuited is not None and opening.unsuited in best.subjects


def overlooked(base: KnowledgeBase, question: Question, ranking: Ranking) -> Wish | None:
    """What is for the kind of person the asker is, when none of it is among the best three."""
    wish = None if is_far_ahead(ranking) else _by_person(base, question)
    shown = {candidate.id for candidate in ranking.candidates[:MOST]}
    return wish if wish is not None and not any(entry.code in shown for entry in wish.entries) else None


def _by_person(base: KnowledgeBase, question: Question, before: str | None = None) -> Wish | None:
    subject = base.asking.wish(question.plain)
    if subject == "insurance" or (subject is None and not WHAT_IS_THERE.search(question.plain)):
        return None
    whole = question if before is None else replace(question, plain=f"{fold(base, before)} {question.plain}")
    entries = entries_for_identity(base, whole)
    return Wish(STARTING, _crop(question), entries[:MOST], for_person=True) if entries else None


def _crop(question: Question) -> str | None:
    crop = question.facts.get("crop")
    return crop if isinstance(crop, str) else None


def _may_be_there(entry: Entry, county: Any, kinds: frozenset[str]) -> bool:
    """Where the county is not known, one county's own product for the very crop is shown too: its title says where."""
    own_crop = bool(kinds & set(entry.crops)) and bool(counties_of(entry)) and not isinstance(county, str)
    return own_crop or may_hold(entry, county)


def _closeness(entry: Entry, question: Question, kinds: frozenset[str]) -> int:
    """One of the asker's own crop or county, and one known to be open, comes first; a narrower or an old one last."""
    own_place = any(region in COUNTIES for region in entry.regions)
    own_crop = bool(kinds & set(entry.crops))
    narrow = len(set(entry.subjects) - COMMON_SUBJECTS)
    is_open = entry.status_on(question.day) is Status.IN_FORCE
    by_land = "area_mu" in question.heard and bool(OF_LAND & set(entry.subjects))
    return 2 * own_crop + own_place + by_land + is_open - 2 * narrow - 3 * entry.validity.historic


def _verdicts(base: KnowledgeBase, question: Question, codes: frozenset[str]) -> dict[str, Verdict]:
    """How the asker stands with those of the entries that have conditions."""
    rules = [prepared.rules for prepared in base.rule_book.entries if prepared.rules.entry.code in codes]
    known = base.facts.known(question.facts, question.day)
    return {verdict.code: verdict for verdict in sweep(rules, question.facts, known, question.day)}


def _for_a_group(base: KnowledgeBase, verdict: Verdict) -> int:
    """How many conditions ask for a group nobody named (低收入农户, 脱贫户): such a fact has a word for all others."""
    return sum(
        any(key in base.facts and base.facts[key].neither != NEITHER for key in item.unknown)
        for item in verdict.of(Judgement.MISSING)
    )


def _order(ranking: Ranking) -> dict[str, int]:
    return {candidate.id: place for place, candidate in enumerate(ranking.candidates)}
