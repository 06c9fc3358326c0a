"""Outbox (发件): everything that is to be sent, kept before it is sent, in order for each chat and kind.

Replies (reply) and case notices (notice) are sent at least once: when the answer to a send was lost, the row is
sent again and `repeats` counts it. Pushes (push) and 回音 (echo) are sent at most once: the row says `sending`
before the call, and a send whose end is not known becomes `uncertain` for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from sqlalchemy import BigInteger, Column, Connection, Executable, Integer, Table, Text, bindparam, func, select, update

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert_for
from office.privacy import Sealed

MAX_ATTEMPTS = 8
_ERROR_LENGTH = 300

outbox = Table(
    "outbox",
    metadata,
    Column("seq", BigInteger, primary_key=True),
    Column("key", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("body", Text),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("not_before", Instant, nullable=False),  # waiting: when it is due; sending: when its sender is given up
    Column("message_id", BigInteger),
    Column("last_error", Text),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
)


class Kind(StrEnum):
    """What a message is; the order is the order of urgency."""

    REPLY = "reply"
    NOTICE = "notice"
    ECHO = "echo"
    PUSH = "push"

    @property
    def may_repeat(self) -> bool:
        """True for the kinds that are sent at least once, False for those sent at most once."""
        return self in (Kind.REPLY, Kind.NOTICE)


class Status(StrEnum):
    """Where a message stands; the last four are final."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class OutgoingMessage:
    """A message to be sent; `key` names the deed it belongs to (`reply:UPDATE_ID:1`), so that it exists once."""

    key: str
    lane: str
    kind: Kind
    body: Sealed
    not_before: datetime


@dataclass(frozen=True)
class Delivery:
    """A message in a sender's hands."""

    seq: int
    key: str
    lane: str
    kind: Kind
    body: Sealed
    attempts: int
    repeats: int


@dataclass(frozen=True)
class Recovered:
    """What became of messages whose sender died."""

    again: int
    uncertain: int
    given_up: int


def enqueue(connection: Connection, messages: Sequence[OutgoingMessage], now: datetime) -> list[int]:
    """Put messages into the queue; a key that is known already is left alone. Returns the rows that are new."""
    return _insert(connection, messages, now, status=Status.WAITING, attempts=0)


def enqueue_sending(
    connection: Connection, messages: Sequence[OutgoingMessage], now: datetime, lease_seconds: float
) -> list[int]:
    """Put messages into the queue already in the hands of the caller, who sends them right after the commit.

    Saves the round trip of `claim_due`; when the caller dies, `recover` treats them like any other.
    """
    until = now + timedelta(seconds=lease_seconds)
    return _insert(connection, messages, now, status=Status.SENDING, attempts=1, not_before=until)


def _insert(connection: Connection, messages: Sequence[OutgoingMessage], now: datetime, **fixed: object) -> list[int]:
    if not messages:
        return []
    rows = [
        {
            "key": one.key,
            "lane": one.lane,
            "kind": one.kind.value,
            "urgency": list(Kind).index(one.kind),
            "body": one.body,
            "repeats": 0,
            "not_before": one.not_before,
            "created_at": now,
            **fixed,
        }
        for one in messages
    ]
    return sorted(connection.execute(_insert_new(connection.dialect.name), rows).scalars())


@cache  # building a statement costs more than running it: those of every message are built once
def _insert_new(dialect: str) -> Executable:
    statement = insert_for(dialect, outbox).on_conflict_do_nothing(index_elements=["key"])
    return statement.returning(outbox.c.seq)


def claim_due(connection: Connection, now: datetime, limit: int, lease_seconds: float) -> list[Delivery]:
    """Take up to `limit` due messages and mark them `sending`: commit before the first call to Telegram.

    Urgent kinds come first. Of one chat and kind only the oldest unsent message is given out, so order is kept.
    """
    values = {"now": now, "until": now + timedelta(seconds=lease_seconds), "most": limit}
    rows = sorted(connection.execute(_take_due(), values).all(), key=lambda row: (row.urgency, row.seq))
    return [Delivery(r.seq, r.key, r.lane, Kind(r.kind), r.body, r.attempts, r.repeats) for r in rows]


@cache
def _take_due() -> Executable:
    earlier = outbox.alias("earlier")
    behind_another = (
        select(earlier.c.seq)
        .where(
            earlier.c.lane == outbox.c.lane,
            earlier.c.kind == outbox.c.kind,
            earlier.c.seq < outbox.c.seq,
            earlier.c.status.in_(("waiting", "sending")),
        )
        .exists()
    )
    due = (
        select(outbox.c.seq)
        .where(outbox.c.status == "waiting", outbox.c.not_before <= bindparam("now"), ~behind_another)
        .order_by(outbox.c.urgency, outbox.c.seq)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True, of=outbox)
    )
    columns = (outbox.c[name] for name in ("seq", "key", "lane", "kind", "body", "attempts", "repeats", "urgency"))
    return (
        update(outbox)
        .where(outbox.c.seq.in_(due))
        .values(status="sending", attempts=outbox.c.attempts + 1, not_before=bindparam("until"))
        .returning(*columns)
    )


def hold(connection: Connection, seq: int, until: datetime) -> None:
    """What a sender has in hand takes longer: nobody else sends it before `until`."""
    under_way = (outbox.c.seq == seq) & (outbox.c.status == "sending")
    connection.execute(update(outbox).where(under_way).values(not_before=until))


def mark_sent(connection: Connection, sent: Sequence[tuple[int, int | None]], now: datetime) -> None:
    """Telegram has them: (row, message id) each. Texts are emptied.

    A row whose sender was given up meanwhile is marked as well, because it did arrive.
    """
    if sent:
        rows = [{"of_seq": seq, "message": message_id, "now": now} for seq, message_id in sent]
        connection.execute(_mark_sent(), rows)


@cache
def _mark_sent() -> Executable:
    unsent = update(outbox).where(outbox.c.seq == bindparam("of_seq"), outbox.c.status != "sent")
    return unsent.values(status="sent", body=None, finished_at=bindparam("now"), message_id=bindparam("message"))


def mark_failed(connection: Connection, seq: int, error: str, now: datetime) -> None:
    """Telegram refused it for good (its text is at fault): never again."""
    connection.execute(_finish(seq, now, Status.FAILED, last_error=error[:_ERROR_LENGTH]))


def mark_blocked(connection: Connection, lane: str, now: datetime) -> int:
    """The person has blocked the bot: nothing that waits for this chat is sent. Returns how many were dropped."""
    statement = (
        update(outbox)
        .where(outbox.c.lane == lane, outbox.c.status.in_(("waiting", "sending")))
        .values(status="blocked", body=None, finished_at=now)
    )
    return connection.execute(statement).rowcount


def retry_at(connection: Connection, seq: int, error: str, when: datetime) -> None:
    """Telegram said it did NOT take it and when to come back (429): no repeat can come of this."""
    connection.execute(
        update(outbox)
        .where(outbox.c.seq == seq, outbox.c.status == "sending")
        .values(status="waiting", not_before=when, last_error=error[:_ERROR_LENGTH])
    )


def mark_uncertain(
    connection: Connection, seq: int, error: str, now: datetime, *, retry: datetime, max_attempts: int = MAX_ATTEMPTS
) -> Status:
    """The answer to the send was lost. Replies and notices wait until `retry`; pushes and echoes end here."""
    row = connection.execute(select(outbox.c.kind, outbox.c.attempts).where(outbox.c.seq == seq)).one_or_none()
    if row is None:  # deleted while it was being sent: its person wants to be forgotten
        return Status.FAILED
    if not Kind(row.kind).may_repeat:
        connection.execute(_finish(seq, now, Status.UNCERTAIN, last_error=error[:_ERROR_LENGTH]))
        return Status.UNCERTAIN
    if row.attempts >= max_attempts:
        connection.execute(_finish(seq, now, Status.FAILED, last_error=error[:_ERROR_LENGTH]))
        return Status.FAILED
    again = {"status": "waiting", "not_before": retry, "last_error": error[:_ERROR_LENGTH]}
    connection.execute(
        update(outbox)
        .where(outbox.c.seq == seq, outbox.c.status == "sending")
        .values(repeats=outbox.c.repeats + 1, **again)
    )
    return Status.WAITING


def _finish(seq: int, now: datetime, status: Status, **values: object) -> Executable:
    return (
        update(outbox)
        .where(outbox.c.seq == seq, outbox.c.status != "sent")
        .values(status=status.value, body=None, finished_at=now, **values)
    )


def recover(connection: Connection, now: datetime, max_attempts: int = MAX_ATTEMPTS) -> Recovered:
    """Deal with messages whose sender died while sending, by the rule of their kind."""
    stranded = (outbox.c.status == "sending") & (outbox.c.not_before <= now)
    repeatable = stranded & outbox.c.kind.in_([kind.value for kind in Kind if kind.may_repeat])
    worn_out = (
        update(outbox)
        .where(repeatable, outbox.c.attempts >= max_attempts)
        .values(status="failed", body=None, finished_at=now, last_error="发送者多次中断")
    )
    again = update(outbox).where(repeatable).values(status="waiting", not_before=now, repeats=outbox.c.repeats + 1)
    uncertain = update(outbox).where(stranded).values(status="uncertain", body=None, finished_at=now)
    given_up = connection.execute(worn_out).rowcount
    sent_again = connection.execute(again).rowcount
    return Recovered(sent_again, connection.execute(uncertain).rowcount, given_up)


def count_by_status(connection: Connection) -> dict[tuple[Kind, Status], int]:
    """How many messages stand where, by kind."""
    statement = select(outbox.c.kind, outbox.c.status, func.count()).group_by(outbox.c.kind, outbox.c.status)
    return {(Kind(kind), Status(status)): number for kind, status, number in connection.execute(statement)}
