"""A case of guarantee application (担保申请) as the office reads it back: the applicant, the events, the consents. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from office.application_timeline import Turn
from office.applications import Actor, ConsentKind, Reason, Source, Standing, State
from office.pinned_entries import PinnedEntry


@dataclass(frozen=True, slots=True)
class Applicant:
    """What the form asks: five things about the person, no identity or card number. Absent amount: not said."""

    name: str
    phone: str
    village: str
    amount_yuan: int | None = None
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A form handed in: who, for which entry, what they agree to, through which printed code."""

    applicant: Applicant
    entry: PinnedEntry
    consents: frozenset[ConsentKind]
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent given or taken back, with the wording it was asked in."""

    kind: ConsentKind
    is_given: bool
    wording: str
    by: Actor
    at: datetime


class Told(StrEnum):
    """How the farmer hears of an event."""

    SHOWN = "shown"  # it was their own deed, and the page showed its effect
    NOTICE = "notice"  # a message to their chat
    CALL = "call"  # 打电话告诉他
    CALLED = "called"  # the officer has rung up


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a case. `number` counts from 1; `sentence` and `missing` are what the step said.

    `source` is who said it, where the actor wrote it down for a guarantor or a bank (代记).
    """

    number: int
    state: State
    actor: Actor
    at: datetime
    turn: Turn
    due: date
    told: Told
    reason: Reason | None = None
    sentence: str = ""
    missing: tuple[str, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class GuaranteeApplication:
    """One case. `version` counts its steps, so that two people never change the same state of it unawares."""

    id: int
    receipt: str
    entry: PinnedEntry
    applicant: Applicant
    state: State
    version: int
    turn: Turn
    due: date
    officer: str | None
    guarantor: str | None
    bank: str | None
    filled_by: Actor
    confirmed_at: datetime | None
    signature_seen_by: str | None
    registered_at: datetime
    changed_at: datetime
    code: str | None
    chat: tuple[str, str] | None

    @property
    def village(self) -> str:
        """Where the applicant lives: 县市区/镇街/村."""
        return self.applicant.village

    @property
    def is_confirmed(self) -> bool:
        """The farmer wrote it themselves, or has looked over what was written for them."""
        return self.confirmed_at is not None

    def is_overdue(self, today: date) -> bool:
        """Somebody should have acted before today."""
        return self.state.is_open and self.due < today

    def standing(self, consents: Mapping[ConsentKind, Consent]) -> Standing:
        """What the guards of a step look at."""
        passing = consents.get(ConsentKind.PASS_ON)
        may_be_passed_on = passing is not None and passing.is_given
        return Standing(self.state, self.guarantor, self.bank, self.is_confirmed, may_be_passed_on)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about one case, for those who may read it."""

    case: GuaranteeApplication
    events: tuple[Event, ...]
    consents: Mapping[ConsentKind, Consent]

    @property
    def missing(self) -> tuple[str, ...]:
        """The papers wanting now."""
        return self.events[-1].missing if self.case.state is State.PAPERS_NEEDED else ()
