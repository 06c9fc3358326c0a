"""Where one person's interview stands: answers, what is being asked, what the person already has; kept as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.check_rendering import Subject
from knowledge.checkup import BROAD_QUESTIONS
from knowledge.facts import FactError, FactTable
from knowledge.profile import Answer, Profile, plain_json


@dataclass(frozen=True, slots=True)
class CheckState:
    """Where an interview stands. `scope` is an entry's code, or empty for the check-up over all entries.

    One set of answers serves all scopes; `limits` says for each scope begun how many answers are asked for before
    its result is shown. `asking` is a question asked out of turn (an answer to be changed); `readings` are those of
    the last answer that could be read in several ways; `reported` is the reference of 结果不对 for these very answers.
    """

    scope: str = ""
    profile: Profile = field(default_factory=Profile)
    limits: Mapping[str, int] = field(default_factory=lambda: {"": BROAD_QUESTIONS})
    unlimited: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    asking: str | None = None
    trouble: str = ""
    readings: tuple[tuple[str, Any], ...] = ()
    notices: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    chosen: tuple[str, ...] | None = None
    reported: str = ""

    @property
    def limit(self) -> int | None:
        """How many answers end the questions of this scope; None after 继续问."""
        return None if self.scope in self.unlimited else self.limits.get(self.scope, BROAD_QUESTIONS)

    @property
    def is_paused(self) -> bool:
        """Whether the person stopped here (先不答了)."""
        return self.scope in self.paused

    def settled(self, *notices: str) -> CheckState:
        """The state with no question out of turn and no trouble, saying `notices` next."""
        return replace(self, asking=None, trouble="", readings=(), notices=notices)

    def entering(self, scope: str) -> CheckState:
        """The same answers looked at for another scope, which may ask ten questions of its own."""
        begun = {scope: self.profile.asked + BROAD_QUESTIONS, **self.limits}
        return replace(self.settled(), scope=scope, limits=begun, chosen=None, reported="")

    def pausing(self) -> CheckState:
        return replace(self.settled(), paused=tuple({*self.paused, self.scope}))

    def resuming(self) -> CheckState:
        return replace(self, paused=tuple(scope for scope in self.paused if scope != self.scope))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; figures and days as text."""
        return {
            "scope": self.scope,
            "answers": self.profile.to_json(),
            "limits": dict(self.limits),
            "unlimited": list(self.unlimited),
            "paused": sorted(self.paused),
            "asking": self.asking,
            "trouble": self.trouble,
            "readings": [[word, plain_json(value)] for word, value in self.readings],
            "notices": list(self.notices),
            "owned": list(self.owned),
            "chosen": None if self.chosen is None else list(self.chosen),
            "reported": self.reported,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], declared: FactTable) -> CheckState:
        """What `to_json` wrote, without answers that the facts of today no longer take."""
        profile = Profile.from_json(kept["answers"])
        chosen = kept["chosen"]
        return cls(
            scope=kept["scope"],
            profile=Profile(tuple(answer for answer in profile if is_usable(declared, answer))),
            limits=kept["limits"],
            unlimited=tuple(kept["unlimited"]),
            paused=tuple(kept["paused"]),
            asking=kept["asking"] if kept["asking"] in declared else None,
            trouble=kept["trouble"],
            readings=tuple((word, value) for word, value in kept["readings"]),
            notices=tuple(kept["notices"]),
            owned=tuple(kept["owned"]),
            chosen=None if chosen is None else tuple(chosen),
            reported=kept["reported"],
        )


def is_usable(declared: FactTable, answer: Answer) -> bool:
    """Whether the publication of today still knows the fact and takes the value."""
    fact = declared.get(answer.key)
    if fact is None:
        return False
    try:
        fact.parse(answer.value)
    except FactError:
        return False
    return True


def subject_of(knowledge: KnowledgeBase, scope: str, day: date, owned: tuple[str, ...] = ()) -> Subject:
    """What an interview over `scope` is judged by on `day`; the check-up leaves out what the person has already."""
    whole = knowledge.check_up_book
    book = knowledge.rule_book.only(scope) if scope else whole.without(owned) if owned else whole
    return Subject(scope, knowledge.entries, book, day, knowledge.version)
