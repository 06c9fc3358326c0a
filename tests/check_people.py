"""Random people for the check-up, the same in every run, and their answers laid where a chat's interview is kept."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from knowledge.facts import FactError
from knowledge.interview_state import CheckState
from knowledge.profile import Answer, Profile
from knowledge.rule_book import RuleBook
from office.check_ups import KIND
from office.ledger import open_forms
from office.office import ChatKey, Office

MOST_ANSWERS = 14


def people(book: RuleBook, count: int, seed: int = 200) -> Iterator[dict[str, Any]]:
    """`count` people with up to fourteen answers each; every tenth answer is 不清楚."""
    chance = random.Random(seed)
    keys = [key for key in book.answers if book.declared[key].asked]
    for _ in range(count):
        said = chance.sample(keys, chance.randint(0, MOST_ANSWERS))
        yield {key: None if chance.random() < 0.1 else chance.choice(book.answers[key]) for key in said}


def stopped(facts: Mapping[str, Any]) -> CheckState:
    """A check-up with `facts` as its answers, stopped so that the result is shown."""
    profile = Profile(tuple(Answer(key, value) for key, value in facts.items()))
    return CheckState(profile=profile).entering("").pausing()


def answered(office: Office, chat: ChatKey, facts: Mapping[str, Any]) -> None:
    """Lay `facts` down as the chat's answers, stopped so that the result is shown."""
    state = stopped(facts).to_json()
    with office.ledger.begin() as connection:
        open_forms.save(connection, office.cipher, chat.channel, chat.id, KIND, state, office.now())


def answer_to(facts: Mapping[str, Any], key: str, book: RuleBook, day: date) -> Any:
    """What the person of `facts` says when asked about `key`; None for 不清楚."""
    try:
        return book.declared.known(facts, day).get(key)
    except FactError as error:
        raise AssertionError(f"case facts cannot be used: {error}") from error
