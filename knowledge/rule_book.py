"""All entries' rules made ready once per publication: read, and with the answers worth trying for every question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from knowledge.candidates import Candidate, candidates, comparisons_by_fact, values_of
from knowledge.eligibility import Clause, EntryRules, Judgement, is_closed, read_rules
from knowledge.entries import Entry
from knowledge.facts import FactTable, shipped_facts
from knowledge.rules import Parameters, no_parameters
from knowledge.values import RuleError, is_unknown

NOTHING: frozenset[str] = frozenset()
MOST_STANDINGS = 50_000  # some 100 MB at most; emptied when full


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
    """An entry whose result can still change: the outlook of each clause, and the questions that may change it.

    `scores` is what each question is worth to the entry; it is worked out once for all who have said the same.
    """

    index: int
    clauses: tuple[Outlook, ...]
    facts: frozenset[str]
    scores: dict[str, float] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one entry stands for all whose answers are the same as far as it is concerned."""

    clauses: tuple[Outlook, ...]
    facts: frozenset[str]
    scores: dict[str, float] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One entry's rules with its candidates by question, the clauses each question touches, and the facts that matter."""

    rules: EntryRules
    candidates: Mapping[str, tuple[Candidate, ...]]
    touched: Mapping[str, tuple[int, ...]]
    relevant: frozenset[str]


@dataclass(frozen=True)
class RuleBook:
    """The rules of a set of entries over one table of facts; immutable.

    `answers` are the answers to each question that some rule tells apart, in an order that a publication never
    changes; `asks` are the questions that rules ask for by name. `standings` only saves work: what was found out for
    one person serves everybody who has said the same.
    """

    entries: tuple[Prepared, ...]
    declared: FactTable
    parameters: Parameters = no_parameters
    answers: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, repr=False)
    asks: frozenset[str] = NOTHING
    standings: dict[object, Standing] = field(default_factory=dict, repr=False, compare=False)

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
            prepared.append(_prepare(rules, questions, consequences, table))
        answers = {key: tuple(value for value, _ in tried) for key, tried in consequences.items()}
        return cls(tuple(prepared), table, parameters, answers, _asked_by(prepared, table))

    def only(self, *codes: str) -> RuleBook:
        """The book of some entries."""
        chosen = tuple(prepared for prepared in self.entries if prepared.rules.entry.code in codes)
        return RuleBook(chosen, self.declared, self.parameters, self.answers, _asked_by(chosen, self.declared))

    def without(self, codes: Iterable[str]) -> RuleBook:
        """The book without some entries."""
        left_out = frozenset(codes)
        kept = tuple(prepared for prepared in self.entries if prepared.rules.entry.code not in left_out)
        return replace(self, entries=kept)

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
            standing = self._standing(prepared, known, skipped)
            if standing.facts:
                found.append(OpenEntry(index, standing.clauses, standing.facts, standing.scores))
        return found

    def _standing(self, prepared: Prepared, known: Mapping[str, Any], skipped: frozenset[str]) -> Standing:
        said = frozenset(item for item in known.items() if item[0] in prepared.relevant)
        state = (prepared.rules.entry.code, said, skipped & prepared.relevant)
        standing = self.standings.get(state)
        if standing is None:
            clauses = tuple(self._prospect(prepared, clause, known, skipped) for clause in prepared.rules.clauses)
            standing = Standing(clauses, worth_asking(clauses))
            if len(self.standings) >= MOST_STANDINGS:
                self.standings.clear()
            self.standings[state] = standing
        return standing

    def words(self, key: str) -> tuple[str, ...]:
        """The words that answer the question `key`: the declared choices and those that rules name."""
        return tuple(value for value in self.answers.get(key, ()) if isinstance(value, str))

    def askable(
        self, key: str, known: Mapping[str, Any], skipped: frozenset[str], passed: frozenset[str] = NOTHING
    ) -> frozenset[str]:
        """The questions under which the unknown fact `key` can still be learned.

        A fact that was skipped, or is never asked, may yet follow from another one that these entries ask for.
        """
        question = self.declared.asked_as(key)
        fact = self.declared.get(question)
        if fact is None or key in passed:
            return NOTHING
        if fact.asked and question not in skipped:
            return NOTHING if question in known else frozenset((question,))
        sources = {self.declared.asked_as(name): name for name in self.declared.sources.get(key, ())}
        wanted = [name for asked, name in sources.items() if name not in known and asked in self.asks]
        return NOTHING.union(*(self.askable(name, known, skipped, passed | {key}) for name in wanted))

    def _prospect(
        self, prepared: Prepared, clause: Clause, known: Mapping[str, Any], skipped: frozenset[str]
    ) -> Outlook:
        """The outlook of a clause; one that every answer settles alike does not count as open both ways."""
        outlook = self.outlook(clause, known, skipped)
        answers = [prepared.candidates.get(key, ()) for key in outlook.facts]
        if not answers or any(len(candidates) != 1 for candidates in answers):
            return outlook
        known = {**{key: value for (candidate,) in answers for key, value in candidate.known.items()}, **known}
        settled = self.outlook(clause, known, skipped)
        return Outlook(settled.can_be_met, settled.can_fail, outlook.facts)

    def outlook(self, clause: Clause, known: Mapping[str, Any], skipped: frozenset[str]) -> Outlook:
        """What may still become of a clause."""
        try:
            judgement = clause.judge(known, self.parameters)
            if judgement is not Judgement.MISSING or clause.rule is None:
                return _SETTLED.get(judgement, STAYS_UNKNOWN)
            questions = {key: self.askable(key, known, skipped) for key in clause.rule.missing(known, self.parameters)}
            facts = NOTHING.union(*questions.values())
            if all(questions.values()):
                return Outlook(can_be_met=True, can_fail=True, facts=facts)
            never = {key for key, asked in questions.items() if not asked}
            prospects = clause.rule.prospects(known, self.parameters, lambda key: key in never)
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
    """The questions that may bear on an entry: its facts as asked, and all those they can be derived from."""
    keys = [declared.asked_as(key) for key in rules.keys]
    for key in keys:  # grows while it is walked: what a source is derived from counts too
        keys += [asked for name in declared.sources.get(key, ()) if (asked := declared.asked_as(name)) not in keys]
    return [key for key in dict.fromkeys(keys) if key in declared and declared[key].asked]


def _with_sources(keys: list[str], declared: FactTable) -> list[str]:
    """`keys` and everything they can be derived from, under every name."""
    found = list(dict.fromkeys(keys))
    for key in found:  # grows while it is walked
        near = (declared.asked_as(key), *declared.sources.get(key, ()))
        found += [name for name in near if name not in found]
    return found


def _asked_by(entries: Iterable[Prepared], declared: FactTable) -> frozenset[str]:
    """The questions that the rules of `entries` ask for by name."""
    return frozenset(declared.asked_as(key) for prepared in entries for key in prepared.rules.keys)


def _prepare(
    rules: EntryRules,
    questions: list[str],
    consequences: Mapping[str, list[tuple[Any, Mapping[str, Any]]]],
    declared: FactTable,
) -> Prepared:
    tried = {key: candidates(key, rules, consequences[key]) for key in questions}
    touched = {}
    for key in questions:
        reached = {name for candidate in tried[key] for name in candidate.known}
        touched[key] = tuple(index for index, clause in enumerate(rules.clauses) if reached.intersection(clause.keys))
    names = {name for candidates in tried.values() for candidate in candidates for name in candidate.known}
    sources = _with_sources([*rules.keys, *questions], declared)
    return Prepared(rules, tried, touched, frozenset((*rules.keys, *questions, *names, *sources)))


def as_book(entries: RuleBook | Iterable[Entry]) -> RuleBook:
    """A rule book as it is; entries made into one."""
    return entries if isinstance(entries, RuleBook) else RuleBook.of(entries)
