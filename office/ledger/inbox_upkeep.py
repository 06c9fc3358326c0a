"""Upkeep of the inbox: work left by the dead, updates that were set aside, counts, retention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from office.ledger.inbox import Arrival, inbox, lanes, open_lanes


@dataclass(frozen=True)
class PoisonedUpdate:
    """An update that was given up."""

    update_id: int
    lane: str
    attempts: int
    failures: int
    last_error: str | None
    finished_at: datetime


def reopen_held(connection: Connection, worker: str, now: datetime) -> int:
    """Free what a worker of this name held when it died; for a start under the same name. Returns the lanes freed."""
    return _reopen(connection, now, lanes.c.holder == worker)


def reopen_expired(connection: Connection, now: datetime) -> int:
    """Clear the holder's name from lanes whose lease ran out (they are open to claims already). Returns how many."""
    return _reopen(connection, now, lanes.c.free_at <= now)


def _reopen(connection: Connection, now: datetime, which: ColumnElement[bool]) -> int:
    statement = (
        update(lanes)
        .where(which, lanes.c.holder.is_not(None))
        .values(holder=None, free_at=now, fence=lanes.c.fence + 1)
    )
    return connection.execute(statement).rowcount


def open_count(connection: Connection) -> int:
    """How many updates are not worked off yet."""
    total: int = connection.execute(select(func.coalesce(func.sum(lanes.c.open_count), 0))).scalar_one()
    return int(total)


def oldest_open(connection: Connection) -> datetime | None:
    """When the update that has waited longest came in; None when all is worked off."""
    since: datetime | None = connection.execute(
        select(func.min(inbox.c.received_at)).where(inbox.c.status == "open")
    ).scalar_one()
    return since


def poisoned(connection: Connection, limit: int = 50) -> list[PoisonedUpdate]:
    """Updates that were set aside, newest first."""
    statement = (
        select(
            inbox.c.update_id,
            inbox.c.lane,
            inbox.c.attempts,
            inbox.c.failures,
            inbox.c.last_error,
            inbox.c.finished_at,
        )
        .where(inbox.c.status == "poison", inbox.c.body.is_not(None))
        .order_by(inbox.c.finished_at.desc())
        .limit(limit)
    )
    return [PoisonedUpdate(*row) for row in connection.execute(statement)]


def put_back(connection: Connection, update_id: int, now: datetime) -> bool:
    """Give a set-aside update a fresh start at the end of its lane's work; False when there is none."""
    statement = (
        update(inbox)
        .where(inbox.c.update_id == update_id, inbox.c.status == "poison", inbox.c.body.is_not(None))
        .values(status="open", attempts=0, failures=0, finished_at=None)
        .returning(inbox.c.lane)
    )
    lane = connection.execute(statement).scalar_one_or_none()
    if lane is None:
        return False
    open_lanes(connection, {lane: Arrival(1, now)})
    return True


def forget_lane(connection: Connection, lane: str) -> int:
    """Empty the bodies of one chat's finished and set-aside updates; part of 删除我的信息. Returns how many."""
    statement = (
        update(inbox).where(inbox.c.lane == lane, inbox.c.status != "open", inbox.c.body.is_not(None)).values(body=None)
    )
    return connection.execute(statement).rowcount


def forget_ended(connection: Connection, lane: str) -> bool:
    """Take the chat's number off its finished updates, and the idle lane away; True when nothing names it any more.

    The update's own number stays as long as Telegram may deliver it again.
    """
    connection.execute(update(inbox).where(inbox.c.lane == lane, inbox.c.status != "open").values(lane="", body=None))
    connection.execute(delete(lanes).where(lanes.c.lane == lane, lanes.c.open_count == 0))
    is_busy = select(lanes.c.lane).where(lanes.c.lane == lane)
    return connection.execute(is_busy).first() is None


def cleanup(connection: Connection, now: datetime, id_days: int = 7, poison_days: int = 30) -> int:
    """Forget ids older than a redelivery can be, set-aside bodies after their days, and idle lanes."""
    old = delete(inbox).where(inbox.c.status == "done", inbox.c.finished_at < now - timedelta(days=id_days))
    given_up = delete(inbox).where(inbox.c.status == "poison", inbox.c.finished_at < now - timedelta(days=poison_days))
    idle = delete(lanes).where(lanes.c.open_count == 0, lanes.c.free_at < now - timedelta(days=1))
    connection.execute(idle)
    return connection.execute(old).rowcount + connection.execute(given_up).rowcount
