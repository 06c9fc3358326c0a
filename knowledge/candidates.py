"""The answers worth trying for a fact: one for every way in which an entry's rules can tell answers apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from knowledge.eligibility import EntryRules
from knowledge.facts import NUMBERS, Fact, FactTable
from knowledge.rules import Comparison, comparisons_of, no_parameters
from knowledge.values import RuleError

OPEN_NUMBERS = (Decimal(0), Decimal(1), Decimal(1000))
FAR_DAYS = (date(2015, 1, 1), date(2035, 1, 1))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer with all that follows from it, and the share of answers that come out alike."""

    value: Any
    known: Mapping[str, Any]
    weight: float


def comparisons_by_fact(entries: Iterable[EntryRules]) -> dict[str, list[Comparison]]:
    """Every comparison of the rules by the facts it names."""
    tests: dict[str, list[Comparison]] = {}
    for rules in entries:
        for test in rules.comparisons:
            for key in test.keys:
                tests.setdefault(key, []).append(test)
    return tests


def values_of(key: str, declared: FactTable, tests: Mapping[str, list[Comparison]]) -> list[Any]:
    """Answers to `key` that the rules, or what is derived from `key`, may tell apart; in a fixed order."""
    fact = declared.get(key)
    kind = fact.type if fact is not None else "choice"
    if kind == "yes_no":
        return [True, False]
    mentioned = list(_mentioned(key, declared, tests))
    if kind == "date":
        return _days(mentioned)
    if kind in NUMBERS:
        return _numbers(mentioned, is_combined=any(len(test.keys) > 1 for test in tests.get(key, ())))
    words = [value for value in mentioned if isinstance(value, str)]
    choices = list(fact.choices) if fact is not None else []
    others = [] if fact is None or fact.closed else [fact.neither]
    if fact is not None and fact.closed:
        return choices
    return list(dict.fromkeys((*choices, *words, *others)))


def candidates(key: str, rules: EntryRules, consequences: list[tuple[Any, Mapping[str, Any]]]) -> tuple[Candidate, ...]:
    """One candidate for each group of answers to `key` that the entry's rules cannot tell apart."""
    names = set(rules.keys)
    tests = list(rules.comparisons)
    groups: dict[tuple[Any, ...], list[tuple[Any, dict[str, Any]]]] = {}
    for value, known in consequences:
        relevant = {name: said for name, said in known.items() if name in names or name == key}
        groups.setdefault(_signature(tests, relevant), []).append((value, relevant))
    total = len(consequences)
    return tuple(Candidate(*members[0], weight=len(members) / total) for members in groups.values())


def _signature(tests: list[Comparison], known: Mapping[str, Any]) -> tuple[Any, ...]:
    """How the comparisons come out; one that needs other facts too is told apart by the value itself."""
    signature: list[Any] = []
    for test in tests:
        told = [name for name in test.keys if name in known]
        if not told:
            continue
        try:
            signature.append(test.judge(known, no_parameters) if len(told) == len(test.keys) else known[told[0]])
        except RuleError as error:
            signature.append(str(error))
    return tuple(signature)


def _mentioned(key: str, declared: FactTable, tests: Mapping[str, list[Comparison]]) -> Iterator[Any]:
    """The constants compared with `key` or with what copies it, and those from which something is derived."""
    copies = [rule.target for rule in declared.derivations if rule.copies and rule.sources == (key,)]
    for name in (key, *copies):
        for test in tests.get(name, ()):
            yield from _constants(test)
            if test.fixed is None:  # compared with another fact: what that one is compared with tells apart here too
                for other in test.keys:
                    yield from (constant for near in tests.get(other, ()) for constant in _constants(near))
    for rule in declared.derivations:
        if key in rule.sources:
            yield from rule.values
            for test in comparisons_of(rule.when) if rule.when is not None else ():
                yield from _constants(test)


def _constants(test: Comparison) -> tuple[Any, ...]:
    if test.fixed is None:
        return ()
    return test.fixed if isinstance(test.fixed, tuple) else (test.fixed,)


def _numbers(mentioned: list[Any], *, is_combined: bool) -> list[Any]:
    """Both sides of every mark; what is added up or divided also small, so that the whole can come out either way."""
    marks = {value for value in mentioned if isinstance(value, Decimal)}
    values = {mark + step for mark in marks for step in (Decimal(-1), Decimal(0), Decimal(1))}
    if is_combined or not values:
        values |= set(OPEN_NUMBERS)
    is_signed = Decimal(0) in marks  # who asks whether something is at least 0 thinks of less
    return sorted(value for value in values if value >= 0 or value in marks or is_signed)


def _days(mentioned: list[Any]) -> list[Any]:
    marks = {value for value in mentioned if isinstance(value, date)}
    return sorted({mark + timedelta(days=step) for mark in marks for step in (-1, 0, 1)} | set(FAR_DAYS))


def buttons(fact: Fact, entries: Iterable[EntryRules], limit: int) -> tuple[str, ...]:
    """The choices worth showing for a fact: all of a closed list, else the words most rules name, then the declared."""
    if fact.closed:
        return fact.choices
    counts: dict[str, int] = dict.fromkeys(fact.choices, 0)
    for rules in entries:
        words = [word for test in rules.comparisons if fact.key in test.keys for word in _constants(test)]
        for word in dict.fromkeys(words):  # in the order of the rules, the same in every process
            if isinstance(word, str):
                counts[word] = counts.get(word, 0) + 1
    return tuple(sorted(counts, key=lambda word: -counts[word])[:limit])  # equal ones stay in that order
