"""Whether somebody may qualify: conditions judged one by one, and a verdict (初步判断) that never promises.

Order: CLOSED (outside the printed dates) > UNLIKELY (a printed condition is known to fail) > UNDETERMINED > LIKELY.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from knowledge.entries import Condition, Entry, Stage, Status
from knowledge.rules import Parameters, RuleError, evaluate, fact_keys, no_parameters
from knowledge.vocabulary import COUNTIES, URBAN

log = logging.getLogger(__name__)


class VerdictOutcome(StrEnum):
    LIKELY = "LIKELY"
    UNLIKELY = "UNLIKELY"
    UNDETERMINED = "UNDETERMINED"
    CLOSED = "CLOSED"


class Judgement(StrEnum):
    """How one condition came out; ASK_STAFF has no rule, BROKEN has a rule that raised."""

    MET = "met"
    UNMET = "unmet"
    MISSING = "missing"
    ASK_STAFF = "ask_staff"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Judged:
    """One condition with its judgement and the facts it needs."""

    condition: Condition
    judgement: Judgement
    facts: tuple[str, ...]
    is_exclusion: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The first estimate for one entry on one day; `text_conditions` is the verdict on the wording alone."""

    code: str
    on: date
    outcome: VerdictOutcome
    judged: tuple[Judged, ...]
    text_conditions: str

    def of(self, judgement: Judgement) -> tuple[Judged, ...]:
        return tuple(item for item in self.judged if item.judgement is judgement)


def derive(facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts` with what follows from them with certainty (市区 from the county; an individual is no legal person)."""
    known = dict(facts)
    county = known.get("county")
    if county in COUNTIES:
        known.setdefault("registered_in_wenzhou_urban", county in URBAN)
    if known.get("applicant") == "个人农户" or known.get("applicant_type") in ("普通农户", "种养大户"):
        known.setdefault("independent_legal_person", False)
    return known


def estimate(entry: Entry, facts: Mapping[str, Any], day: date, parameters: Parameters = no_parameters) -> Verdict:
    """The verdict for `entry` on `day`; a rule that raises is BROKEN, is logged, and leaves the rest as it is."""
    known = derive(facts)
    judged = tuple(
        _judge(condition, known, parameters, is_exclusion=is_exclusion)
        for is_exclusion, conditions in ((False, entry.conditions), (True, entry.exclusions))
        for condition in conditions
    )
    text = _text_conditions(judged)
    return Verdict(entry.code, day, _outcome(entry, day, text), judged, text)


def _judge(condition: Condition, facts: Mapping[str, Any], parameters: Parameters, *, is_exclusion: bool) -> Judged:
    if condition.rule is None:
        return Judged(condition, Judgement.ASK_STAFF, (), is_exclusion)
    keys = fact_keys(condition.rule)
    try:
        holds = evaluate(condition.rule, facts, parameters)
    except RuleError as error:
        log.warning("rule cannot be judged: %s (%s)", condition.text, error)
        return Judged(condition, Judgement.BROKEN, keys, is_exclusion)
    if holds is None:
        return Judged(condition, Judgement.MISSING, keys, is_exclusion)
    met = holds != is_exclusion
    return Judged(condition, Judgement.MET if met else Judgement.UNMET, keys, is_exclusion)


def _text_conditions(judged: tuple[Judged, ...]) -> str:
    found = {item.judgement for item in judged}
    if Judgement.UNMET in found:
        return "FAILED"
    return "MET" if found <= {Judgement.MET} and judged else "UNKNOWN"


def _outcome(entry: Entry, day: date, text: str) -> VerdictOutcome:
    status = entry.status_on(day)
    if status in (Status.EXPIRED, Status.SUPERSEDED, Status.NOT_YET):
        return VerdictOutcome.CLOSED
    if text == "FAILED":
        return VerdictOutcome.UNLIKELY
    if text == "UNKNOWN" or status is Status.DRAFT:
        return VerdictOutcome.UNDETERMINED
    if status is Status.UNKNOWN and not _counts_in_force(entry, day):
        return VerdictOutcome.UNDETERMINED
    return VerdictOutcome.LIKELY


def _counts_in_force(entry: Entry, day: date) -> bool:
    """National documents without a printed end count as in force, for verdicts only."""
    validity = entry.validity
    if entry.level != "national" or validity.historic or validity.stage is Stage.CONSULTATION:
        return False
    return validity.valid_to is None and (validity.valid_from is None or validity.valid_from <= day)
