"""Guarantee applications (担保申请): the states of a case, who may move it where, and what a move must say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from office.masking import mask
from office.people import Role

LONGEST_SENTENCE = 200
SHORTEST_SENTENCE = 4
LONGEST_PAPER = 40
SHORTEST_SOURCE, LONGEST_SOURCE = 2, 20
MOST_MISSING = 12
CHANGED = "这张单子刚刚被别人改过，请刷新看一眼再改。"


class State(StrEnum):
    """Where a case stands; the last three are final."""

    REGISTERED = "registered"
    CONTACTED = "contacted"
    PAPERS_NEEDED = "papers_needed"
    ACCEPTED = "accepted"
    WITH_GUARANTOR = "with_guarantor"
    WITH_BANK = "with_bank"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Somebody still has something to do."""
        return bool(MOVES[self])


STATE_WORDS: Mapping[State, str] = {
    State.REGISTERED: "已登记",
    State.CONTACTED: "已联系",
    State.PAPERS_NEEDED: "待补材料",
    State.ACCEPTED: "已受理",
    State.WITH_GUARANTOR: "已转担保",
    State.WITH_BANK: "已转银行",
    State.APPROVED: "通过",
    State.DECLINED: "未通过",
    State.WITHDRAWN: "撤回",
}

MOVES: Mapping[State, frozenset[State]] = {
    State.REGISTERED: frozenset({State.CONTACTED, State.WITHDRAWN}),
    State.CONTACTED: frozenset({State.PAPERS_NEEDED, State.ACCEPTED, State.WITHDRAWN}),
    State.PAPERS_NEEDED: frozenset({State.ACCEPTED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.PAPERS_NEEDED, State.WITH_GUARANTOR, State.WITH_BANK, State.WITHDRAWN}),
    State.WITH_GUARANTOR: frozenset(
        {State.PAPERS_NEEDED, State.WITH_BANK, State.APPROVED, State.DECLINED, State.WITHDRAWN}
    ),
    State.WITH_BANK: frozenset({State.PAPERS_NEEDED, State.APPROVED, State.DECLINED, State.WITHDRAWN}),
    State.APPROVED: frozenset(),
    State.DECLINED: frozenset(),
    State.WITHDRAWN: frozenset(),
}

_DESK = frozenset({Role.OFFICER, Role.STAFF, Role.ADMIN})
_MOVERS: Mapping[State, frozenset[Role]] = {
    State.REGISTERED: _DESK,
    State.CONTACTED: _DESK,
    State.PAPERS_NEEDED: _DESK,
    State.ACCEPTED: _DESK,
    State.WITH_GUARANTOR: frozenset({Role.GUARANTOR, Role.STAFF, Role.ADMIN}),
    State.WITH_BANK: frozenset({Role.BANK, Role.STAFF, Role.ADMIN}),
}
_WRITERS = frozenset({Role.STAFF, Role.ADMIN})  # they write down what a guarantor or a bank said (代记)
DECIDER_WORDS: Mapping[State, str] = {State.WITH_GUARANTOR: "担保公司", State.WITH_BANK: "银行"}
_WITHDRAWERS = _DESK | {Role.FARMER}


class Reason(StrEnum):
    """Why a case was returned or refused."""

    PAPER_MISSING = "paper_missing"
    PAPER_UNCLEAR = "paper_unclear"
    PAPER_EXPIRED = "paper_expired"
    DETAILS_DIFFER = "details_differ"
    CONDITIONS_NOT_MET = "conditions_not_met"
    NOT_OPEN = "not_open"
    NO_QUOTA = "no_quota"
    REPAYMENT_DOUBTED = "repayment_doubted"
    HAS_ANOTHER = "has_another"
    UNREACHABLE = "unreachable"
    OTHER = "other"


REASON_WORDS: Mapping[Reason, str] = {
    Reason.PAPER_MISSING: "缺材料",
    Reason.PAPER_UNCLEAR: "材料看不清",
    Reason.PAPER_EXPIRED: "材料过期了",
    Reason.DETAILS_DIFFER: "材料和登记的对不上",
    Reason.CONDITIONS_NOT_MET: "条件不符合",
    Reason.NOT_OPEN: "这一条现在不开放办理",
    Reason.NO_QUOTA: "今年的额度用完了",
    Reason.REPAYMENT_DOUBTED: "还款能力没审过",
    Reason.HAS_ANOTHER: "已有同类贷款或担保",
    Reason.UNREACHABLE: "多次联系不上",
    Reason.OTHER: "别的原因",
}
RETURN_REASONS = (Reason.PAPER_MISSING, Reason.PAPER_UNCLEAR, Reason.PAPER_EXPIRED, Reason.DETAILS_DIFFER)
REFUSAL_REASONS = tuple(reason for reason in Reason if reason not in RETURN_REASONS)


class Opening(StrEnum):
    """Whether the entry was open on the day of the form; only what is in force is."""

    OPEN = "open"
    UNCHECKED = "unchecked"  # 有效期未核到: somebody must ask first
    CLOSED = "closed"  # a draft, not yet, over or replaced: no application, only a request to be called back


class ConsentKind(StrEnum):
    """What an applicant may agree to, each by itself."""

    FOLLOW_UP = "follow_up"
    PUSH = "push"
    PASS_ON = "pass_on"  # noqa: S105 - no secret, but passing a case on


class ApplicationError(Exception):
    """A case cannot be changed like this; the message is one Chinese sentence for whoever tried.

    ApplicationError
    ├── IllegalMove    there is no such step from where the case stands
    ├── NotAllowed     this person may not take it
    ├── Incomplete     a reason, a sentence, a paper, a receiver or a consent is wanting
    ├── CaseChanged    somebody else changed the case meanwhile: load again
    └── UnknownCase    there is no such case
    """


class IllegalMove(ApplicationError):  # noqa: N818 - names say what happened
    """There is no such step from where the case stands."""


class NotAllowed(ApplicationError):  # noqa: N818
    """This person may not take the step."""


class Incomplete(ApplicationError):  # noqa: N818
    """Something the step must say is wanting."""


class CaseChanged(ApplicationError):  # noqa: N818
    """Somebody else changed the case since it was read."""


class UnknownCase(ApplicationError):  # noqa: N818
    """There is no such case."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step: a person's id and role. A farmer's id is `farmer`."""

    id: str
    role: Role


FARMER = Actor("farmer", Role.FARMER)


@dataclass(frozen=True, slots=True)
class Source:
    """Whose word a step written down for somebody else (代记) goes back to: a name, and the day it was said.

    `decider` is the person of the office, a guarantor or a bank, whom the case had been passed to.
    """

    name: str
    day: date
    decider: Actor | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One step: where to, why, in plain words, which papers are wanting, and to whom the case is passed.

    `source` is who said it, of what staff write down for a guarantor or a bank; `is_told` when the farmer heard it
    as it was taken, so that nobody needs to ring them up.
    """

    to: State
    reason: Reason | None = None
    sentence: str = ""
    missing: tuple[str, ...] = ()
    receiver: str | None = None
    source: Source | None = None
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the guards look at: the case's state, whom it was passed to, and what the applicant has agreed to."""

    state: State
    guarantor: str | None = None
    bank: str | None = None
    is_confirmed: bool = True
    may_be_passed_on: bool = False


def check(standing: Standing, move: Move, actor: Actor) -> None:
    """Raise the `ApplicationError` that says in Chinese why the step cannot be taken; return if it can."""
    if move.to not in MOVES[standing.state]:
        raise IllegalMove(f"现在是“{STATE_WORDS[standing.state]}”，不能直接改成“{STATE_WORDS[move.to]}”。")
    _check_actor(standing, move, actor)
    _check_source(standing, move, actor)
    if move.to is State.PAPERS_NEEDED:
        _check_reason(move, RETURN_REASONS, "退回补材料")
        _check_missing(move)
    elif move.missing:
        raise Incomplete("只有退回补材料时才列缺哪几样。")
    if move.to is State.DECLINED:
        _check_reason(move, REFUSAL_REASONS, "不通过")
    if move.to in (State.WITH_GUARANTOR, State.WITH_BANK):
        _check_passing_on(standing, move)
    if len(move.sentence) > LONGEST_SENTENCE:
        raise Incomplete(f"说明写短一点，{LONGEST_SENTENCE} 个字以内。")


def may_move(standing: Standing, to: State, actor: Actor) -> bool:
    """Whether the actor may take the step at all, whatever else it must say; for offering buttons."""
    try:
        _check_actor(standing, Move(to), actor)
    except NotAllowed:
        return False
    return to in MOVES[standing.state]


def is_written_for_another(state: State, to: State, actor: Actor) -> bool:
    """Whether the step is the guarantor's or the bank's own, and the actor only writes it down (代记)."""
    return state in DECIDER_WORDS and to is not State.WITHDRAWN and actor.role in _WRITERS


def _check_actor(standing: Standing, move: Move, actor: Actor) -> None:
    allowed = _WITHDRAWERS if move.to is State.WITHDRAWN else _MOVERS.get(standing.state, frozenset())
    is_foreign = (actor.role is Role.GUARANTOR and actor.id != standing.guarantor) or (
        actor.role is Role.BANK and actor.id != standing.bank
    )
    if actor.role not in allowed or is_foreign:
        raise NotAllowed(f"现在是“{STATE_WORDS[standing.state]}”，这一步不归您办。")


def _check_source(standing: Standing, move: Move, actor: Actor) -> None:
    if not is_written_for_another(standing.state, move.to, actor):
        if move.source is not None:
            raise Incomplete("这一步是您自己办的，不用写谁说的。")
        return
    decider = DECIDER_WORDS[standing.state]
    if move.source is None or not SHORTEST_SOURCE <= len(move.source.name.strip()) <= LONGEST_SOURCE:
        raise Incomplete(
            f"这是替{decider}记的，要写清楚{decider}哪一位说的（{SHORTEST_SOURCE} 到 {LONGEST_SOURCE} 个字）、哪天说的。"
        )


def _check_reason(move: Move, allowed: tuple[Reason, ...], deed: str) -> None:
    if move.reason not in allowed:
        raise Incomplete(f"{deed}要选一个原因：{'、'.join(REASON_WORDS[reason] for reason in allowed)}。")
    if len(move.sentence.strip()) < SHORTEST_SENTENCE:
        raise Incomplete(f"{deed}要用大白话写一句为什么，农户看得懂的。")


def _check_missing(move: Move) -> None:
    if not 1 <= len(move.missing) <= MOST_MISSING:
        raise Incomplete(f"要写明缺哪几样材料，1 到 {MOST_MISSING} 样。")
    for name in move.missing:
        if not name.strip() or len(name) > LONGEST_PAPER:
            raise Incomplete(f"材料的名字要写，{LONGEST_PAPER} 个字以内。")


def _check_passing_on(standing: Standing, move: Move) -> None:
    if not standing.is_confirmed:
        raise Incomplete("这张单子是替农户填的，农户还没点“核对过了”，先请他核对。")
    if not standing.may_be_passed_on:
        raise Incomplete("农户还没同意把单子转给担保公司或银行。先问他，同意了记一笔再转。")
    if not move.receiver:
        raise Incomplete("要选转给哪一家。")


def cleaned(move: Move) -> Move:
    """The step with personal numbers masked in what was typed."""
    return replace(
        move,
        sentence=mask(move.sentence.strip()),
        missing=tuple(dict.fromkeys(mask(name.strip()) for name in move.missing)),
        source=move.source and replace(move.source, name=mask(move.source.name.strip())),
    )
