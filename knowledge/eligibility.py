"""Whether somebody may qualify: conditions judged one by one, and a verdict (初步判断) that never promises.

Order: CLOSED (outside the printed dates) > UNLIKELY (a printed condition is known to fail) > UNDETERMINED > LIKELY.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from knowledge.entries import Condition, Entry, Stage, Status
from knowledge.facts import FactTable, shipped_facts
from knowledge.rules import Comparison, Parameters, Rule, comparisons_of, no_parameters, read_rule
from knowledge.values import RuleError

log = logging.getLogger(__name__)


class VerdictOutcome(StrEnum):
    LIKELY = "LIKELY"
    UNLIKELY = "UNLIKELY"
    UNDETERMINED = "UNDETERMINED"
    CLOSED = "CLOSED"


class Judgement(StrEnum):
    """How one condition came out; ASK_STAFF has no rule, BROKEN has a rule that raised (暂时判断不了)."""

    MET = "met"
    UNMET = "unmet"
    MISSING = "missing"
    ASK_STAFF = "ask_staff"
    BROKEN = "broken"


JUDGEMENT_WORDS: dict[Judgement, str] = {
    Judgement.MET: "✓",
    Judgement.UNMET: "✗",
    Judgement.MISSING: "？",
    Judgement.ASK_STAFF: "？要问办理的人",
    Judgement.BROKEN: "？这一项暂时判断不了",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition or exclusion with its rule read; `rule` is None for ask_staff and for a rule that cannot be read."""

    condition: Condition
    is_exclusion: bool
    rule: Rule | None = None
    fault: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return self.rule.keys if self.rule is not None else ()

    def judge(self, known: Mapping[str, Any], parameters: Parameters) -> Judgement:
        """How the clause comes out. Raises `RuleError` when its rule cannot be judged."""
        if self.fault is not None:
            raise RuleError(self.fault)
        if self.rule is None:
            return Judgement.ASK_STAFF
        holds = self.rule.judge(known, parameters)
        if holds is None:
            return Judgement.MISSING
        return Judgement.MET if holds != self.is_exclusion else Judgement.UNMET


@dataclass(frozen=True, slots=True)
class EntryRules:
    """An entry with its rules read once."""

    entry: Entry
    clauses: tuple[Clause, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """All facts the entry's rules name, in order."""
        return tuple(dict.fromkeys(key for clause in self.clauses for key in clause.keys))

    @property
    def comparisons(self) -> Iterator[Comparison]:
        """Every comparison of the entry's rules, in order."""
        return (test for clause in self.clauses if clause.rule is not None for test in comparisons_of(clause.rule))


@dataclass(frozen=True, slots=True)
class Judged:
    """One condition with its judgement, the facts it names and those of them that are still unknown."""

    condition: Condition
    judgement: Judgement
    facts: tuple[str, ...]
    is_exclusion: bool = False
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The first estimate for one entry on one day; `text_conditions` is the verdict on the wording alone.

    `facts` are those the verdict was given on, kept out of its repr.
    """

    code: str
    on: date
    outcome: VerdictOutcome
    judged: tuple[Judged, ...]
    text_conditions: str
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    known: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def of(self, judgement: Judgement) -> tuple[Judged, ...]:
        return tuple(item for item in self.judged if item.judgement is judgement)


def read_rules(entry: Entry) -> EntryRules:
    """The entry's rules made ready; a rule that cannot be read stays in its place and is judged BROKEN."""
    return EntryRules(entry, tuple(_clauses(entry)))


def estimate(
    entry: Entry,
    facts: Mapping[str, Any],
    day: date,
    parameters: Parameters = no_parameters,
    declared: FactTable | None = None,
) -> Verdict:
    """The verdict for `entry` on `day` from stated `facts`. Raises `FactError` for a fact that cannot be used."""
    table = declared or shipped_facts()
    known = table.known(facts, day)
    return judge(read_rules(entry), known, day, parameters, facts, tuple(table.unused(facts)))


def judge(
    rules: EntryRules,
    known: Mapping[str, Any],
    day: date,
    parameters: Parameters = no_parameters,
    facts: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> Verdict:
    """The verdict from `known` values; a rule that raises is BROKEN, is logged, and leaves the rest as it is."""
    judged = tuple(_judge(rules.entry.code, clause, known, parameters) for clause in rules.clauses)
    text = _text_conditions(judged)
    outcome = _outcome(rules.entry, day, text)
    stated = known if facts is None else facts
    return Verdict(rules.entry.code, day, outcome, judged, text, stated, known, notes)


def sweep(
    entries: Iterable[EntryRules],
    facts: Mapping[str, Any],
    known: Mapping[str, Any],
    day: date,
    parameters: Parameters = no_parameters,
) -> list[Verdict]:
    """One verdict for every entry, in order, from stated `facts` and what is `known` from them."""
    return [judge(rules, known, day, parameters, facts) for rules in entries]


def is_closed(entry: Entry, day: date) -> bool:
    """Whether the printed dates, a repeal or a successor exclude `day`; a draft is bound by its own period too."""
    start = entry.validity.valid_from
    closed = (Status.EXPIRED, Status.SUPERSEDED, Status.NOT_YET)
    return entry.status_on(day) in closed or (start is not None and day < start)


def _clauses(entry: Entry) -> Iterator[Clause]:
    for is_exclusion, conditions in ((False, entry.conditions), (True, entry.exclusions)):
        for condition in conditions:
            if condition.rule is None:
                yield Clause(condition, is_exclusion)
                continue
            try:
                yield Clause(condition, is_exclusion, read_rule(condition.rule))
            except RuleError as error:
                yield Clause(condition, is_exclusion, fault=str(error))


def _judge(code: str, clause: Clause, known: Mapping[str, Any], parameters: Parameters) -> Judged:
    unknown: tuple[str, ...] = ()
    try:
        judgement = clause.judge(known, parameters)
        if judgement is Judgement.MISSING and clause.rule is not None:
            unknown = tuple(dict.fromkeys(clause.rule.missing(known, parameters)))
    except (RuleError, ArithmeticError, TypeError, LookupError) as error:
        log.warning("%s: rule cannot be judged: %s (%s: %s)", code, clause.condition.text, type(error).__name__, error)
        judgement = Judgement.BROKEN
    return Judged(clause.condition, judgement, clause.keys, clause.is_exclusion, unknown)


def _text_conditions(judged: tuple[Judged, ...]) -> str:
    found = {item.judgement for item in judged}
    if Judgement.UNMET in found:
        return "FAILED"
    return "MET" if found <= {Judgement.MET} and judged else "UNKNOWN"


def _outcome(entry: Entry, day: date, text: str) -> VerdictOutcome:
    if is_closed(entry, day):
        return VerdictOutcome.CLOSED
    if text == "FAILED":
        return VerdictOutcome.UNLIKELY
    status = entry.status_on(day)
    if text == "UNKNOWN" or status is Status.DRAFT:
        return VerdictOutcome.UNDETERMINED
    if status is Status.UNKNOWN and not _counts_in_force(entry, day):
        return VerdictOutcome.UNDETERMINED
    return VerdictOutcome.LIKELY


def _counts_in_force(entry: Entry, day: date) -> bool:
    """National documents without a printed end count as in force, for verdicts only."""
    validity = entry.validity
    if entry.level != "national" or validity.historic or validity.stage is Stage.CONSULTATION:
        return False
    return validity.valid_to is None and (validity.valid_from is None or validity.valid_from <= day)
