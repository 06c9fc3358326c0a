"""The next best question (最值得先答的一问): the one expected to settle most of what is still open; then stop early."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.candidates import buttons
from knowledge.entries import Entry
from knowledge.facts import FactTable
from knowledge.profile import Profile
from knowledge.rule_book import FAILED, OpenEntry, Prepared, RuleBook, as_book, worth_asking

BUTTONS = 8
SKIPS = ("不清楚", "不想说")
NEITHER = "都不是"
YES_NO = ("是", "否")
NARROW_SHARE = 0.02  # a question that makes sense only beside its entry waits until broad ones are asked
PROGRESS_SHARE = 0.5  # an answer that settles nothing counts at most this much, for the facts it makes needless


@dataclass(frozen=True, slots=True)
class FactQuestion:
    """One question as a window shows it; typing is as good as `choices`, and `SKIPS` are always offered.

    `about` are the codes of the entries it may settle, `remaining` the most questions that can follow; `is_open` says
    that 都不是 is offered.
    """

    key: str
    text: str
    label: str
    type: str
    unit: str
    choices: tuple[str, ...]
    is_open: bool
    sensitive: bool
    about: tuple[str, ...]
    remaining: int

    @property
    def entries(self) -> int:
        """How many entries it may settle."""
        return len(self.about)


def next_question(entries: RuleBook | Iterable[Entry], facts: Mapping[str, Any], day: date) -> FactQuestion | None:
    """The fact expected to settle most still-open entries, or None when no answer can change a result.

    `facts` holds the answers so far; one whose value is None or 不知道 was skipped and is not asked again.
    """
    book = as_book(entries)
    known, skipped = book.declared.known(facts, day), book.skipped(facts)
    still_open = book.open_entries(known, skipped, day)
    if not still_open:
        return None
    scores: dict[str, float] = {}
    is_alone = len(still_open) == 1
    for entry in still_open:
        for key, score in _scores(book, entry, known, skipped).items():
            if not is_alone or key in entry.facts:
                share = NARROW_SHARE if book.declared[key].narrow and not is_alone else 1.0
                scores[key] = scores.get(key, 0.0) + share * score
    best = max(scores, key=lambda key: (round(scores[key], 6), not book.declared[key].sensitive))
    return _question(book, best, still_open)


def question_about(entries: RuleBook | Iterable[Entry], key: str, facts: Mapping[str, Any], day: date) -> FactQuestion:
    """The question about `key`, asked anew to correct its answer. Raises `LookupError` for an undeclared fact."""
    book = as_book(entries)
    without = {name: value for name, value in facts.items() if name != key}
    known, skipped = book.declared.known(without, day), book.skipped(without)
    still_open = book.open_entries(known, skipped, day)
    concerned = [entry for entry in still_open if key in entry.facts]
    return _question(book, key, concerned or still_open)


def change_answer(
    entries: RuleBook | Iterable[Entry], profile: Profile, key: str, value: Any, day: date
) -> tuple[Profile, tuple[str, ...]]:
    """The profile with `key` answered anew and only what depended on it cleared, and the keys that were cleared."""
    book = as_book(entries)
    changed = profile.with_answer(key, value)
    if profile.facts.get(key) == value and key in profile:
        return changed, ()
    cleared = tuple(
        answer.key
        for answer in profile
        if answer.key != key
        and (key in book.declared.sources.get(answer.key, ()) or _depended(book, profile, changed, answer.key, day))
    )
    return changed.without(*cleared), cleared


def _scores(book: RuleBook, entry: OpenEntry, known: Mapping[str, Any], skipped: frozenset[str]) -> dict[str, float]:
    """What each question is worth to the entry: its open ones, and those they can be derived from."""
    if not entry.scores:
        prepared = book.entries[entry.index]
        wanted = _worth_asking(book, prepared, entry, known, skipped)
        entry.scores.update({key: _gain(book, prepared, entry, key, known, skipped) for key in wanted})
    return entry.scores


def _worth_asking(
    book: RuleBook, prepared: Prepared, entry: OpenEntry, known: Mapping[str, Any], skipped: frozenset[str]
) -> list[str]:
    questions = [key for key in prepared.candidates if key in entry.facts]
    sources = [
        source
        for key in questions
        for source in _sources(book.declared, key)
        if source in prepared.candidates and source not in known and source not in skipped
    ]
    return list(dict.fromkeys((*questions, *sources)))


def _sources(declared: FactTable, key: str) -> list[str]:
    return [declared.asked_as(source) for source in declared.sources.get(key, ())]


def _gain(
    book: RuleBook, prepared: Prepared, entry: OpenEntry, key: str, known: Mapping[str, Any], skipped: frozenset[str]
) -> float:
    """How far the answer to `key` is expected to bring the entry: 1 settles it for every answer."""
    total = len(entry.facts)
    touched = prepared.touched[key]
    clauses = prepared.rules.clauses
    gain = 0.0
    for candidate in prepared.candidates[key]:
        answered = {**candidate.known, **known}
        outlooks = list(entry.clauses)
        for index in touched:
            outlooks[index] = book.outlook(clauses[index], answered, skipped)
            if outlooks[index] is FAILED:
                break
        left = worth_asking(outlooks)
        gain += candidate.weight * (PROGRESS_SHARE * max(0.0, 1 - len(left) / total) if left else 1.0)
    return gain


def _question(book: RuleBook, key: str, still_open: list[OpenEntry]) -> FactQuestion:
    fact = book.declared[key]
    concerned = [book.entries[entry.index].rules for entry in still_open]
    remaining = frozenset[str]().union(*(entry.facts for entry in still_open)) - {key}
    choices: tuple[str, ...] = ()
    if fact.type == "yes_no":
        choices = YES_NO
    elif fact.type == "choice":
        choices = buttons(fact, concerned, BUTTONS)
    return FactQuestion(
        key=key,
        text=fact.question or f"{fact.label or key}？",
        label=fact.label or key,
        type=fact.type,
        unit=fact.unit,
        choices=choices,
        is_open=fact.type == "choice" and not fact.closed,
        sensitive=fact.sensitive,
        about=tuple(book.entries[entry.index].rules.entry.code for entry in still_open if key in entry.facts),
        remaining=len(remaining),
    )


def _depended(book: RuleBook, before: Profile, after: Profile, key: str, day: date) -> bool:
    """Whether `key` bore on some condition before the change and bears on none after it."""
    return _bears(book, before, key, day) and not _bears(book, after, key, day)


def _bears(book: RuleBook, profile: Profile, key: str, day: date) -> bool:
    """Whether the answer to `key` can decide a condition, given the other answers."""
    facts = profile.without(key).facts
    known, skipped = book.declared.known(facts, day), book.skipped(facts)
    question = book.declared.asked_as(key)
    return any(
        question in book.outlook(clause, known, skipped).facts
        for prepared in book.entries
        for clause in prepared.rules.clauses
    )
