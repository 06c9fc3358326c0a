"""The steps that somebody at the desk may take with a case, as its page offers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from office.application_case import CaseFile
from office.applications import (
    DECIDER_WORDS,
    REASON_WORDS,
    REFUSAL_REASONS,
    RETURN_REASONS,
    Incomplete,
    Reason,
    Source,
    State,
    is_written_for_another,
)
from office.applications_desk import Applications, actor_of
from office.people import Person

PASSING_ON = (State.WITH_GUARANTOR, State.WITH_BANK)
REASONS_OF = {State.PAPERS_NEEDED: RETURN_REASONS, State.DECLINED: REFUSAL_REASONS}
STEP_WORDS = {
    State.CONTACTED: "记下：已经联系过他",
    State.PAPERS_NEEDED: "退回，要补材料",
    State.ACCEPTED: "受理：材料齐了",
    State.WITH_GUARANTOR: "转给担保公司",
    State.WITH_BANK: "转给银行",
    State.APPROVED: "通过",
    State.DECLINED: "不通过",
    State.WITHDRAWN: "撤回：他不办了",
}
NO_DAY = "哪天说的也要写，像 2026-11-25 这样。"


@dataclass(frozen=True, slots=True)
class Step:
    """A step offered: the button's word, what it must say; `decider` is whose step it is when it is only written down."""

    to: State
    word: str
    reasons: tuple[tuple[Reason, str], ...]
    receivers: tuple[Person, ...]
    asks_receiver: bool
    decider: str


def steps_for(desk: Applications, file: CaseFile, person: Person, connection: Connection) -> tuple[Step, ...]:
    """What `person` may do next, in the order of the way."""
    state, actor = file.case.state, actor_of(person)
    return tuple(
        Step(
            to,
            STEP_WORDS[to],
            tuple((reason, REASON_WORDS[reason]) for reason in REASONS_OF.get(to, ())),
            tuple(desk.receivers(to, connection=connection)),
            to in PASSING_ON,
            DECIDER_WORDS[state] if is_written_for_another(state, to, actor) else "",
        )
        for to in desk.steps(file, person)
        if to in STEP_WORDS
    )


def source_in(form: Mapping[str, str]) -> Source | None:
    """Who said it, and when, of a step written down for somebody else."""
    name, day = form.get("source", "").strip(), form.get("said_on", "").strip()
    if not name and not day:
        return None
    try:
        return Source(name, date.fromisoformat(day))
    except ValueError as error:
        raise Incomplete(NO_DAY) from error
