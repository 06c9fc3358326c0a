"""The answers a question offers as buttons, each with a short token that means the same after a restart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from knowledge.answers import Action, Button, Verb
from knowledge.check_views import Choice
from knowledge.facts import Fact
from knowledge.interview import NEITHER, SKIPS, YES_NO, FactQuestion
from knowledge.rule_book import RuleBook

_YES_NO_TOKENS = dict(zip(YES_NO, ("y", "n"), strict=True))
_SKIP_TOKENS = dict(zip(SKIPS, ("u", "v"), strict=True))
_NEITHER_TOKEN = "o"  # noqa: S105 - no secret: the token of 都不是
_READING, _WORD = "r", "w"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a pressed answer stands for; `value` None is 不清楚 or 不想说."""

    value: Any


def choices_of(book: RuleBook, question: FactQuestion, readings: Iterable[tuple[str, Any]] = ()) -> tuple[Choice, ...]:
    """The buttons of a question; after an answer that could be read in several ways, those readings alone."""
    fact = book.declared[question.key]
    offered = [(word, f"{_READING}{number}") for number, (word, _) in enumerate(readings)]
    words = book.words(question.key)
    if not offered and fact.type == "yes_no":
        offered = list(_YES_NO_TOKENS.items())
    elif not offered:
        offered = [(word, f"{_WORD}{words.index(word)}") for word in question.choices if word in words]
        if question.is_open and question.choices:
            offered.append((NEITHER, _NEITHER_TOKEN))
    plain = tuple(Choice(word, _button(question.key, word, token)) for word, token in offered)
    skips = (Choice(word, _button(question.key, word, token), is_skip=True) for word, token in _SKIP_TOKENS.items())
    return (*plain, *skips)


def pressed(book: RuleBook, fact: Fact, token: str, readings: Iterable[tuple[str, Any]] = ()) -> Pressed | None:
    """What `token` answers to the question about `fact`; None when it means nothing any more."""
    if token in _SKIP_TOKENS.values():
        return Pressed(None)
    if fact.type == "yes_no" and token in _YES_NO_TOKENS.values():
        return Pressed(token == _YES_NO_TOKENS[YES_NO[0]])
    if token == _NEITHER_TOKEN and fact.type == "choice" and not fact.closed:
        return Pressed(fact.neither)
    kind, number = token[:1], token[1:]
    options: list[Any] = []
    if kind == _READING:
        options = [value for _, value in readings]
    elif kind == _WORD:
        options = list(book.words(fact.key))
    if number.isdecimal() and int(number) < len(options):
        return Pressed(options[int(number)])
    return None


def _button(key: str, word: str, token: str) -> Button:
    return Button(word, Action(Verb.CHECK_ANSWER, key, token))
