"""How a person of the tests goes through an interview in a chat: reads questions, taps, types, answers as somebody would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from knowledge.answers import Action, Verb
from knowledge.base import KnowledgeBase
from knowledge.fact_words import value_words
from tests.check_people import answer_to
from tests.telegram_api import Message, Person

WENZHOU = ZoneInfo("Asia/Shanghai")
TALKS = 30  # taps and messages a minute that one chat may send


def today() -> date:
    """The day in Wenzhou, which is the program's."""
    return datetime.now(WENZHOU).date()


def tap(person: Person, message: Message, label: str) -> Message:
    """Tap a button of a message; returns the first reply."""
    person.tap(message, label)
    return person.chat.wait_for_reply()


def press(person: Person, label: str) -> Message:
    """Tap a button of the last reply."""
    return tap(person, person.chat.last, label)


def actions(message: Message) -> list[Action]:
    """What the buttons of a message stand for."""
    found = [Action.parse(button.callback_data or "") for button in message.buttons]
    return [action for action in found if action is not None]


def key_of(message: Message) -> str | None:
    """The fact a message asks about; None when it is no question."""
    return next((each.target for each in actions(message) if each.verb is Verb.CHECK_ANSWER), None)


def labels(message: Message) -> list[str]:
    """The labels of a message's buttons."""
    return [button.text for button in message.buttons]


def lines(message: Message) -> list[str]:
    """The lines of a message that say something."""
    return [line for line in message.text.splitlines() if line]


def as_the_person_of(facts: Mapping[str, Any], person: Person, message: Message, base: KnowledgeBase) -> Message:
    """Answer every question as the person of `facts` would, tapping where there is a button, until the result."""
    for _ in range(TALKS):
        key = key_of(message)
        if key is None:
            return message
        value = answer_to(facts, key, base.rule_book, today())
        word = "不清楚" if value is None else value_words(base.rule_book.declared[key], value)
        message = tap(person, message, word) if word in labels(message) else person.ask(word)
        if key_of(message) == key:  # a word that no rule names
            message = tap(person, message, "都不是")
    raise AssertionError("asked without end")
