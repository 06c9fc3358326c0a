"""What an entry of the knowledge base is: its figures, conditions, papers, validity and sources.

An entry (条目) is one policy (政策), product (担保或信贷产品) or guide (办事、防骗、常识).
Nothing here reads a file or a clock; the day asked is always a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

NOT_STATED = "文件没写"


class Kind(StrEnum):
    POLICY = "policy"
    PRODUCT = "product"
    GUIDE = "guide"


class Payee(StrEnum):
    """Who receives the money (钱给谁)."""

    FARMER = "farmer"
    FIRM = "firm"
    GUARANTOR = "guarantor"
    BANK = "bank"
    INSURER = "insurer"
    OTHER = "other"


class Stage(StrEnum):
    """How far the document got: a draft for comment never becomes law by the passing of time."""

    CONSULTATION = "征求意见稿"
    ISSUED = "issued"


class Status(StrEnum):
    """What an entry is on a day, computed and never written down."""

    DRAFT = "draft"
    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


class Facet(StrEnum):
    """What can be asked of an entry."""

    AMOUNT = "amount"
    RATE = "rate"
    FEE = "fee"
    SUBSIDY = "subsidy"
    TERM = "term"
    WHO = "who"
    DOCUMENTS = "documents"
    HOW = "how"
    WHERE = "where"
    DEADLINE = "deadline"
    CONTACT = "contact"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Validity:
    """From when to when an entry holds; both ends inclusive.

    `confirmed_on` is the day on which a source said that an entry without a printed end is in force; that word is
    trusted until `review_by`. Without it an entry with no end date is UNKNOWN (有效期未核到).
    """

    stage: Stage
    valid_from: date | None
    valid_to: date | None
    review_by: date
    owner: str
    confirmed_on: date | None = None
    historic: bool = False
    repealed_on: date | None = None
    repealed_by_then: bool = False  # `repealed_on` is the day the repeal was seen; on which day it was, is not written
    superseded_by: str | None = None
    superseded_on: date | None = None
    note: str | None = None

    def status_on(self, day: date) -> Status:
        """The status on `day`; order of tests as in the staff guide (状态怎么算)."""
        ended = self._ended(day)
        if ended is not None:
            return ended
        if self.stage is Stage.CONSULTATION:
            return Status.DRAFT
        if self.valid_from is not None and day < self.valid_from:
            return Status.NOT_YET
        if self.valid_to is not None:
            return Status.IN_FORCE
        return Status.IN_FORCE if self._confirmed(day) else Status.UNKNOWN

    def _ended(self, day: date) -> Status | None:
        if self.superseded_by is not None and self.superseded_on is not None and day >= self.superseded_on:
            return Status.SUPERSEDED
        if self.repealed_on is not None and day >= self.repealed_on:
            return Status.SUPERSEDED if self.superseded_by else Status.EXPIRED
        if self.valid_to is not None and day > self.valid_to:
            return Status.EXPIRED
        if self.historic and (self.valid_from is None or day >= self.valid_from):
            return Status.SUPERSEDED if self.superseded_by and self.superseded_on is None else Status.UNKNOWN
        return None

    def _confirmed(self, day: date) -> bool:
        if self.confirmed_on is None:
            return False
        start = self.valid_from or self.confirmed_on
        return start <= day <= max(self.confirmed_on, self.review_by)

    def reading_day(self, day: date) -> date:
        """The day whose figures are shown: `day` itself, or the entry's last (first) day when it is over (not begun)."""
        if self.valid_to is not None and day > self.valid_to:
            return self.valid_to
        if self.valid_from is not None and day < self.valid_from:
            return self.valid_from
        return day


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a document: an exact value, or a range low–high, with its unit, period and clause.

    Rates and shares are in percent, money in yuan, land in mu; `bound` says whether the number is a ceiling or a floor.
    """

    key: str
    name: str
    unit: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    per: str | None = None
    bound: str | None = None
    cap_yuan: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    clause: str | None = None
    quote: str | None = None
    payee: Payee | None = None
    source: int = 0

    def covers(self, day: date) -> bool:
        """Whether the figure may be shown for `day`."""
        return not (
            (self.valid_from is not None and day < self.valid_from)
            or (self.valid_to is not None and day > self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of eligibility: a sentence with its rule over facts, or `ask_staff` when no rule can say it."""

    text: str
    rule: dict[str, Any] | None = None
    ask_staff: bool = False
    clause: str | None = None
    source: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the checklist; `issuer`, `form` and `valid` read 文件没写 where the document is silent."""

    name: str
    issuer: str = NOT_STATED
    form: str = NOT_STATED
    valid: str = NOT_STATED


@dataclass(frozen=True, slots=True)
class Contact:
    """An official contact and the day it was seen."""

    name: str
    seen: date
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry comes from; `seen` is original | copy | press | page."""

    title: str
    issuer: str
    seen: str
    document_no: str | None = None
    date: str | None = None
    clause: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One person with the verdict the entry's author expects."""

    name: str
    facts: dict[str, Any]
    outcome: str
    on: date


@dataclass(frozen=True, slots=True)
class Entry:
    """One policy, product or guide, as staff wrote it."""

    code: str
    title: str
    kind: Kind
    audience: str
    level: str
    subjects: tuple[str, ...]
    crops: tuple[str, ...]
    regions: tuple[str, ...]
    excluded_places: tuple[str, ...]
    payee: tuple[Payee, ...]
    payee_note: str | None
    aliases: tuple[str, ...]
    summary: str
    figures: tuple[Figure, ...]
    facets: dict[Facet, tuple[str, ...]]
    conditions: tuple[Condition, ...]
    exclusions: tuple[Condition, ...]
    papers: tuple[Paper, ...] | None
    time: str
    decides: str
    contacts: tuple[Contact, ...]
    next_step: str
    validity: Validity
    sources: tuple[Source, ...]
    examples: tuple[str, ...]
    cases: tuple[Case, ...]
    checked: date
    related: tuple[str, ...] = ()
    path: str = ""
    lines: dict[str, int] = field(default_factory=dict, compare=False)

    def status_on(self, day: date) -> Status:
        """The computed status on `day`."""
        return self.validity.status_on(day)

    def figure_on(self, key: str, day: date) -> Figure | None:
        """The figure `key` as of `day`, or None when no row covers the day; never the nearest row."""
        return next((figure for figure in self.figures if figure.key == key and figure.covers(day)), None)

    def figures_on(self, day: date) -> tuple[Figure, ...]:
        """All figures that may be shown for `day`."""
        return tuple(figure for figure in self.figures if figure.covers(day))
