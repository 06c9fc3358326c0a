"""Upkeep of the outbox: what was repeated or left uncertain, the way of one message, retention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from office.ledger.outbox import Kind, Status, outbox


@dataclass(frozen=True)
class MessageState:
    """Where a message stands, without its text."""

    key: str
    lane: str
    kind: Kind
    status: Status
    attempts: int
    repeats: int
    not_before: datetime
    message_id: int | None
    last_error: str | None


_STATE = tuple(outbox.c[name] for name in MessageState.__dataclass_fields__)


def state_of(connection: Connection, key: str) -> MessageState | None:
    """The state of the message of this business key; None when there is none."""
    row = connection.execute(select(*_STATE).where(outbox.c.key == key)).one_or_none()
    return None if row is None else _state(tuple(row))


def repeated(connection: Connection, limit: int = 50) -> list[MessageState]:
    """Messages that may have reached the person twice, newest first."""
    statement = select(*_STATE).where(outbox.c.repeats > 0).order_by(outbox.c.seq.desc()).limit(limit)
    return [_state(tuple(row)) for row in connection.execute(statement)]


def uncertain(connection: Connection, limit: int = 50) -> list[MessageState]:
    """Pushes and echoes of which nobody knows whether they arrived, newest first."""
    statement = select(*_STATE).where(outbox.c.status == "uncertain").order_by(outbox.c.seq.desc()).limit(limit)
    return [_state(tuple(row)) for row in connection.execute(statement)]


def count_repeats(connection: Connection) -> int:
    """How many sends may have been doubled, over all messages kept."""
    total: int = connection.execute(select(func.coalesce(func.sum(outbox.c.repeats), 0))).scalar_one()
    return int(total)


def next_due(connection: Connection) -> datetime | None:
    """When the next waiting message is due; None when none waits."""
    due: datetime | None = connection.execute(
        select(func.min(outbox.c.not_before)).where(outbox.c.status == "waiting")
    ).scalar_one()
    return due


def forget_lane(connection: Connection, lane: str) -> int:
    """Delete all messages of one chat, sent or not; part of 删除我的信息. Returns how many."""
    return connection.execute(delete(outbox).where(outbox.c.lane == lane)).rowcount


def forget_keys(connection: Connection, beginning: str) -> int:
    """Delete the messages of one deed, sent or not (`case:RECEIPT:`); part of 删除我的信息. Returns how many."""
    statement = delete(outbox).where(outbox.c.key.startswith(beginning, autoescape=True))
    return connection.execute(statement).rowcount


def forget_ended(connection: Connection, lane: str) -> bool:
    """Delete the messages of one chat that have come to an end; True when none is left."""
    ended = outbox.c.finished_at.is_not(None)
    connection.execute(delete(outbox).where(outbox.c.lane == lane, ended))
    return connection.execute(select(outbox.c.seq).where(outbox.c.lane == lane).limit(1)).first() is None


def give_up(connection: Connection, due_before: datetime, now: datetime) -> int:
    """What nobody has sent for so long is not sent any more, and its text goes. Returns how many."""
    stale = outbox.c.status.in_(("waiting", "sending")) & (outbox.c.not_before < due_before)
    given_up = {"status": "failed", "body": None, "finished_at": now, "last_error": "一直没有发出去"}
    return connection.execute(update(outbox).where(stale).values(**given_up)).rowcount


def cleanup(connection: Connection, now: datetime, days: int = 31) -> int:
    """Delete messages that ended more than `days` ago. Returns how many."""
    return connection.execute(delete(outbox).where(outbox.c.finished_at < now - timedelta(days=days))).rowcount


def _state(row: tuple[object, ...]) -> MessageState:
    key, lane, kind, status, *rest = row
    return MessageState(key, lane, Kind(kind), Status(status), *rest)  # type: ignore[arg-type]  # columns of _STATE
