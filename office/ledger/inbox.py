"""Inbox (收件): every update is kept here before it is acknowledged, and worked off in order, chat by chat.

A lane is one chat. A lane's rows are handed out one at a time, oldest first, to one worker at a time; lanes take
turns, so that a chat that floods does not hold up the others. A claim is a lease: when it runs out the lane goes
to the next worker, and the late worker's `finish` raises `LeaseLost`, which rolls its transaction back.

An update is set aside for one of two reasons, counted apart: it failed, which says something about the update; or it was
handed out very often and never came to an end, which may only say that the process was killed with it in hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    CursorResult,
    Executable,
    Integer,
    Table,
    Text,
    Update,
    bindparam,
    case,
    func,
    select,
    update,
)

from office.ledger.columns import Instant, metadata
from office.ledger.errors import LeaseLost
from office.ledger.upserts import insert_for
from office.privacy import Sealed

MOST_FAILURES = 3
MOST_HAND_OUTS = 20  # who kills the process hands out all that is in hand: bystanders must outlast a bad hour
_ERROR_LENGTH = 300

inbox = Table(
    "inbox",
    metadata,
    Column("seq", BigInteger, primary_key=True),
    Column("update_id", BigInteger, nullable=False),
    Column("lane", Text, nullable=False),
    Column("body", Text),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),  # how often it was handed out
    Column("failures", Integer, nullable=False),  # how often that ended in an error of its own
    Column("last_error", Text),
    Column("received_at", Instant, nullable=False),
    Column("finished_at", Instant),
)
lanes = Table(
    "inbox_lanes",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("open_count", Integer, nullable=False),
    Column("free_at", Instant, nullable=False),  # a worker may take the lane from this moment on
    Column("holder", Text),
    Column("fence", BigInteger, nullable=False),  # counts claims, so that a late worker can be told apart
)


@dataclass(frozen=True)
class IncomingUpdate:
    """One update as it came, its body sealed."""

    update_id: int
    lane: str
    body: Sealed
    received_at: datetime


@dataclass(frozen=True)
class Arrival:
    """How many new updates a lane got, and when the first came."""

    count: int
    first_at: datetime


@dataclass(frozen=True)
class Claim:
    """One update in a worker's hands until `until`."""

    update_id: int
    lane: str
    body: Sealed
    attempt: int
    failures: int
    received_at: datetime
    until: datetime
    fence: int


def store_updates(connection: Connection, updates: Sequence[IncomingUpdate]) -> int:
    """Keep a batch; an update id that is known already is left alone. Returns how many were new."""
    if not updates:
        return 0
    rows = [
        {
            "update_id": one.update_id,
            "lane": one.lane,
            "body": one.body,
            "status": "open",
            "attempts": 0,
            "received_at": one.received_at,
        }
        for one in updates
    ]
    new = connection.execute(_insert_updates(connection.dialect.name), rows).all()
    arrivals: dict[str, Arrival] = {}
    for lane, received_at in new:
        earlier = arrivals.get(lane, Arrival(0, received_at))
        arrivals[lane] = Arrival(earlier.count + 1, min(earlier.first_at, received_at))
    open_lanes(connection, arrivals)
    return len(new)


def open_lanes(connection: Connection, arrivals: Mapping[str, Arrival]) -> None:
    """Make lanes known that have work; a lane that had none queues up from its first arrival."""
    if not arrivals:
        return
    rows = [
        {"lane": lane, "open_count": arrivals[lane].count, "free_at": arrivals[lane].first_at, "fence": 0}
        for lane in sorted(arrivals)  # one order for all writers: no deadlock
    ]
    connection.execute(_insert_lanes(connection.dialect.name), rows)


@cache  # building a statement costs more than running it: those of every update are built once
def _insert_updates(dialect: str) -> Executable:
    statement = insert_for(dialect, inbox).on_conflict_do_nothing(index_elements=["update_id"])
    return statement.returning(inbox.c.lane, inbox.c.received_at)


@cache
def _insert_lanes(dialect: str) -> Executable:
    statement = insert_for(dialect, lanes)
    return statement.on_conflict_do_update(
        index_elements=["lane"],
        set_={
            "open_count": lanes.c.open_count + statement.excluded.open_count,
            "free_at": case((lanes.c.open_count == 0, statement.excluded.free_at), else_=lanes.c.free_at),
        },
    )


def claim_next(
    connection: Connection,
    worker: str,
    now: datetime,
    lease_seconds: float,
    *,
    max_hand_outs: int = MOST_HAND_OUTS,
    on_given_up: Callable[[Claim], None] | None = None,
) -> Claim | None:
    """Take the oldest open update of the lane that has waited longest; None when no lane is free.

    An update that has been handed out `max_hand_outs` times and never came to an end (it may kill its process) is
    set aside here, and `on_given_up` is told, within this transaction.
    """
    until = now + timedelta(seconds=lease_seconds)
    while lane := connection.execute(_take_lane(), {"by": worker, "now": now, "until": until}).one_or_none():
        row = connection.execute(_take_head(), {"of_lane": lane.lane}).one()
        claim = Claim(
            row.update_id, lane.lane, row.body, row.attempts, row.failures, row.received_at, until, lane.fence
        )
        if row.attempts <= max_hand_outs:
            return claim
        _set_aside(connection, claim, f"没有结果地处理了 {max_hand_outs} 次", now)
        if on_given_up is not None:
            on_given_up(claim)
    return None


@cache
def _take_lane() -> Executable:
    free = (
        select(lanes.c.lane)
        .where(lanes.c.open_count > 0, lanes.c.free_at <= bindparam("now"))
        .order_by(lanes.c.free_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return (
        update(lanes)
        .where(lanes.c.lane == free)
        .values(holder=bindparam("by"), free_at=bindparam("until"), fence=lanes.c.fence + 1)
        .returning(lanes.c.lane, lanes.c.fence)
    )


@cache
def _take_head() -> Executable:
    head = (
        select(func.min(inbox.c.seq))
        .where(inbox.c.lane == bindparam("of_lane"), inbox.c.status == "open")
        .scalar_subquery()
    )
    return (
        update(inbox)
        .where(inbox.c.seq == head)
        .values(attempts=inbox.c.attempts + 1)
        .returning(inbox.c.update_id, inbox.c.body, inbox.c.attempts, inbox.c.failures, inbox.c.received_at)
    )


def renew(connection: Connection, claim: Claim, until: datetime) -> None:
    """Hold the lane longer; raises `LeaseLost` when someone else has it."""
    _check(connection.execute(_hold_lane(), {"of_lane": claim.lane, "of_fence": claim.fence, "until": until}), claim)


def finish(connection: Connection, claim: Claim, now: datetime) -> None:
    """The update is worked off: its body goes, its id stays, the lane is free.

    Call it in the transaction of the update's effects. `LeaseLost` rolls them back, because another worker has
    done the same update or is about to; so each update takes effect once.
    """
    _leave_lane(connection, claim, now, finished=1)
    connection.execute(_mark_done(), {"of_update": claim.update_id, "now": now})


def fail(
    connection: Connection,
    claim: Claim,
    error: str,
    now: datetime,
    *,
    retry_after_seconds: float = 2,
    max_failures: int = MOST_FAILURES,
    is_its_own: bool = True,
) -> bool:
    """The update could not be worked off: try again later, or set it aside when it has failed `max_failures` times.

    Returns True when it was set aside. `error` is kept for staff: give the kind of error, never the content. What is
    not the update's own fault (`is_its_own` False: the ledger was busy) does not count; the hand-outs bound it.
    """
    failures = claim.failures + is_its_own
    if is_its_own and failures >= max_failures:
        _set_aside(connection, claim, error, now, failures)
        return True
    _leave_lane(connection, claim, now + timedelta(seconds=retry_after_seconds), finished=0)
    connection.execute(
        update(inbox)
        .where(inbox.c.update_id == claim.update_id)
        .values(failures=failures, last_error=error[:_ERROR_LENGTH])
    )
    return False


def _set_aside(connection: Connection, claim: Claim, error: str, now: datetime, failures: int | None = None) -> None:
    """Poison: out of the lane's way, body kept sealed so that staff can put it back."""
    _leave_lane(connection, claim, now, finished=1)
    counted = claim.failures if failures is None else failures
    connection.execute(
        update(inbox)
        .where(inbox.c.update_id == claim.update_id)
        .values(status="poison", failures=counted, last_error=error[:_ERROR_LENGTH], finished_at=now)
    )


def _leave_lane(connection: Connection, claim: Claim, free_at: datetime, *, finished: int) -> None:
    """Let go of the lane, provided it is still this claim's."""
    values = {"of_lane": claim.lane, "of_fence": claim.fence, "until": free_at, "finished": finished}
    _check(connection.execute(_free_lane(), values), claim)


def _check(result: CursorResult[Any], claim: Claim) -> None:
    if result.rowcount != 1:
        raise LeaseLost(f"update {claim.update_id} of lane {claim.lane} went to another worker")


@cache
def _hold_lane() -> Update:
    claimed = update(lanes).where(lanes.c.lane == bindparam("of_lane"), lanes.c.fence == bindparam("of_fence"))
    return claimed.values(free_at=bindparam("until"))


@cache
def _free_lane() -> Update:
    return _hold_lane().values(holder=None, open_count=lanes.c.open_count - bindparam("finished"))


@cache
def _mark_done() -> Update:
    finished = update(inbox).where(inbox.c.update_id == bindparam("of_update"))
    return finished.values(status="done", body=None, finished_at=bindparam("now"))
