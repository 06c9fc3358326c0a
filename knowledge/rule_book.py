"""All entries' rules made ready once per publication: read, and with the answers worth trying for every question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.candidates import Candidate, candidates, comparisons_by_fact, values_of
from knowledge.eligibility import Clause, EntryRules, Judgement, is_closed, read_rules
from knowledge.entries import Entry
from knowledge.facts import FactTable, shipped_facts
from knowledge.rules import Parameters, RuleError, is_unknown, no_parameters

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What may still become of one clause, and the questions that may decide it."""

    can_be_met: bool
    can_fail: bool
    facts: frozenset[str] = NOTHING


MET = Outlook(can_be_met=True, can_fail=False)
FAILED = Outlook(can_be_met=False, can_fail=True)
STAYS_UNKNOWN = Outlook(can_be_met=False, can_fail=False)


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """An entry whose result can still change: the outlook of each clause, and the questions that may change it."""

    index: int
    clauses: tuple[Outlook, ...]
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """One entry's rules with its candidates by question and the clauses each question touches."""

    rules: EntryRules
    candidates: Mapping[str, tuple[Candidate, ...]]
    touched: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class RuleBook:
    """The rules of a set of entries over one table of facts; immutable."""

    entries: tuple[Prepared, ...]
    declared: FactTable
    parameters: Parameters = no_parameters

    @classmethod
    def of(
        cls, entries: Iterable[Entry], declared: FactTable | None = None, parameters: Parameters = no_parameters
    ) -> RuleBook:
        """Read the rules of all `entries` that have conditions; others cannot be judged and are left out."""
        table = declared or shipped_facts()
        read = [rules for rules in map(read_rules, entries) if rules.clauses]
        tests = comparisons_by_fact(read)
        consequences: dict[str, list[tuple[Any, Mapping[str, Any]]]] = {}
        prepared = []
        for rules in read:
            questions = _questions(rules, table)
            for key in questions:
                if key not in consequences:
                    consequences[key] = [
                        (value, table.derive({key: value}) if key in table.is_source else {key: value})
                        for value in values_of(key, table, tests)
                    ]
            prepared.append(_prepare(rules, questions, consequences))
        return cls(tuple(prepared), table, parameters)

    def only(self, *codes: str) -> RuleBook:
        """The book of some entries."""
        chosen = tuple(prepared for prepared in self.entries if prepared.rules.entry.code in codes)
        return RuleBook(chosen, self.declared, self.parameters)

    def without(self, codes: Iterable[str]) -> RuleBook:
        """The book without some entries."""
        left_out = frozenset(codes)
        kept = tuple(prepared for prepared in self.entries if prepared.rules.entry.code not in left_out)
        return RuleBook(kept, self.declared, self.parameters)

    def skipped(self, facts: Mapping[str, Any]) -> frozenset[str]:
        """The facts that were asked and not answered; they are not asked again."""
        return frozenset(
            self.declared.asked_as(key)
            for key, value in facts.items()
            if is_unknown(value) and not isinstance(value, Mapping)
        )

    def open_entries(self, known: Mapping[str, Any], skipped: frozenset[str], day: date) -> list[OpenEntry]:
        """The entries whose result can still change on `day`, with what may change it."""
        found = []
        for index, prepared in enumerate(self.entries):
            if is_closed(prepared.rules.entry, day):
                continue
            clauses = tuple(self.outlook(clause, known, skipped) for clause in prepared.rules.clauses)
            facts = worth_asking(clauses)
            if facts:
                found.append(OpenEntry(index, clauses, facts))
        return found

    def askable(self, key: str, skipped: frozenset[str]) -> str | None:
        """The question under which the fact `key` is still to be asked, or None."""
        question = self.declared.asked_as(key)
        fact = self.declared.get(question)
        return question if fact is not None and fact.asked and question not in skipped else None

    def outlook(self, clause: Clause, known: Mapping[str, Any], skipped: frozenset[str]) -> Outlook:
        """What may still become of a clause."""
        try:
            judgement = clause.judge(known, self.parameters)
            if judgement is not Judgement.MISSING or clause.rule is None:
                return _SETTLED.get(judgement, STAYS_UNKNOWN)
            questions = {key: self.askable(key, skipped) for key in clause.rule.missing(known, self.parameters)}
            facts = frozenset(question for question in questions.values() if question is not None)
            if None not in questions.values():
                return Outlook(can_be_met=True, can_fail=True, facts=facts)
            prospects = clause.rule.prospects(known, self.parameters, lambda key: self.askable(key, skipped) is None)
        except (RuleError, ArithmeticError, TypeError, LookupError):
            return STAYS_UNKNOWN  # shown and reported as BROKEN by the verdict; no answer mends it
        is_met, fails = (True, False) if not clause.is_exclusion else (False, True)
        return Outlook(is_met in prospects, fails in prospects, facts)


_SETTLED = {Judgement.MET: MET, Judgement.UNMET: FAILED}


def worth_asking(clauses: Iterable[Outlook]) -> frozenset[str]:
    """The questions that can still change an entry's result: all when every clause may come to be met, otherwise
    those of the clauses that may fail; none once one has failed."""
    outlooks = tuple(clauses)
    if FAILED in outlooks:
        return NOTHING
    can_all_be_met = all(outlook.can_be_met for outlook in outlooks)
    return NOTHING.union(*(outlook.facts for outlook in outlooks if can_all_be_met or outlook.can_fail))


def _questions(rules: EntryRules, declared: FactTable) -> list[str]:
    """The questions that may bear on an entry: its facts as asked, and those they are derived from."""
    keys = [declared.asked_as(key) for key in rules.keys]
    keys += [declared.asked_as(source) for key in rules.keys for source in declared.sources.get(key, ())]
    return [key for key in dict.fromkeys(keys) if key in declared and declared[key].asked]


def _prepare(
    rules: EntryRules, questions: list[str], consequences: Mapping[str, list[tuple[Any, Mapping[str, Any]]]]
) -> Prepared:
    tried = {key: candidates(key, rules, consequences[key]) for key in questions}
    touched = {}
    for key in questions:
        reached = {name for candidate in tried[key] for name in candidate.known}
        touched[key] = tuple(index for index, clause in enumerate(rules.clauses) if reached.intersection(clause.keys))
    return Prepared(rules, tried, touched)


def as_book(entries: RuleBook | Iterable[Entry]) -> RuleBook:
    """A rule book as it is; entries made into one."""
    return entries if isinstance(entries, RuleBook) else RuleBook.of(entries)
