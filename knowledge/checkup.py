"""政策体检: one interview over all entries, and what came of it, grouped; every window shows this one result."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.coverage import covers
from knowledge.eligibility import EntryRules, Judged, Judgement, Verdict, VerdictOutcome, sweep
from knowledge.entries import Entry
from knowledge.near_miss import NearMiss, near_misses
from knowledge.profile import Profile
from knowledge.rule_book import RuleBook
from knowledge.vocabulary import COUNTIES

BROAD_QUESTIONS = 10


class Group(StrEnum):
    """Where an entry stands in the result; the order is that of showing."""

    LIKELY = "likely"
    ASK = "ask"
    OPEN = "open"
    NEARLY = "nearly"
    NOT = "not"
    CLOSED = "closed"


GROUP_WORDS: dict[Group, str] = {
    Group.LIKELY: "可能符合",
    Group.ASK: "条件对得上，办之前要问一声",
    Group.OPEN: "还差几项信息",
    Group.NEARLY: "差一点",
    Group.NOT: "可能不符合",
    Group.CLOSED: "现在不在有效期",
}
NOT_A_DECISION = "这是初步判断，不是决定，以办理单位认定为准。"


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry's place in the result: why, what is missing, what one change would do; `is_outside` its area or not."""

    entry: Entry
    group: Group
    verdict: Verdict
    missing: tuple[str, ...]
    near: tuple[NearMiss, ...]
    is_outside: bool

    @property
    def code(self) -> str:
        return self.entry.code

    @property
    def broken(self) -> tuple[Judged, ...]:
        """The conditions whose rule raised: 这一项暂时判断不了, and staff must be told."""
        return self.verdict.of(Judgement.BROKEN)


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an interview as of a day; `missing` are the facts that could still change something."""

    on: date
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]

    def of(self, group: Group) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.group is group)

    @property
    def missing_text(self) -> str:
        """还差 N 项, or an empty string when nothing can change any more."""
        return f"还差 {len(self.missing)} 项没问，答了可能会变。" if self.missing else ""

    @property
    def broken(self) -> tuple[tuple[str, Judged], ...]:
        """Entry codes with conditions whose rule raised, for the staff's alert."""
        return tuple((finding.code, item) for finding in self.findings for item in finding.broken)


def check_up(book: RuleBook, profile: Profile, day: date, owned: Collection[str] = ()) -> Result:
    """Where all entries of `book` stand; what a person already has (`owned`) is left out everywhere."""
    wanted = book.without(owned) if owned else book
    facts = profile.facts
    known, skipped = wanted.declared.known(facts, day), wanted.skipped(facts)
    still_open = {entry.index: entry.facts for entry in wanted.open_entries(known, skipped, day)}
    rules = [prepared.rules for prepared in wanted.entries]
    verdicts = sweep(rules, facts, known, day, wanted.parameters)
    findings = [
        _finding(wanted, rules[index], verdict, still_open.get(index, frozenset()))
        for index, verdict in enumerate(verdicts)
    ]
    order = list(Group)
    missing = sorted(frozenset[str]().union(*still_open.values()))
    findings.sort(key=lambda item: (order.index(item.group), item.is_outside, -_closeness(item.entry, known)))
    return Result(day, tuple(findings), tuple(missing))


def _closeness(entry: Entry, known: Mapping[str, object]) -> int:
    """Made for the asker's own crop, or for his own county alone: such an entry stands before the others."""
    return 2 * (known.get("crop") in entry.crops) + (known.get("county") in entry.regions)


def is_outside(entry: Entry, county: object) -> bool:
    """Whether a known county lies outside the entry's area; such an entry is marked, not dropped."""
    return isinstance(county, str) and county in COUNTIES and not covers(entry, county)


def _finding(book: RuleBook, rules: EntryRules, verdict: Verdict, open_facts: frozenset[str]) -> Finding:
    near = near_misses(rules, verdict, book.declared, book.parameters)
    missing = open_facts | _skipped(book, verdict)
    return Finding(
        entry=rules.entry,
        group=_group(verdict, has_missing=bool(missing), has_near=bool(near)),
        verdict=verdict,
        missing=tuple(sorted(missing)),
        near=near,
        is_outside=is_outside(rules.entry, verdict.known.get("county")),
    )


def _skipped(book: RuleBook, verdict: Verdict) -> frozenset[str]:
    """Facts that are still unknown because they were not answered or are never asked."""
    if verdict.outcome is not VerdictOutcome.UNDETERMINED:
        return frozenset()
    return frozenset(book.declared.asked_as(key) for item in verdict.of(Judgement.MISSING) for key in item.unknown)


def _group(verdict: Verdict, *, has_missing: bool, has_near: bool) -> Group:
    if verdict.outcome is VerdictOutcome.CLOSED:
        return Group.CLOSED
    if verdict.outcome is VerdictOutcome.LIKELY:
        return Group.LIKELY
    if verdict.outcome is VerdictOutcome.UNLIKELY:
        return Group.NEARLY if has_near else Group.NOT
    return Group.OPEN if has_missing else Group.ASK
