"""What happened to a case (时间线), and what its applicant has agreed to; rows are added, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Table,
    Text,
    cast,
    delete,
    literal,
    select,
    update,
)

from office.application_case import Consent, Event, Told
from office.application_timeline import Turn
from office.applications import Actor, ConsentKind, Reason, Source, State
from office.ledger import person_keys
from office.ledger.applications import applications
from office.ledger.columns import Instant, metadata
from office.ledger.outbox import outbox
from office.ledger.resealing import rotate_column
from office.ledger.upserts import insert
from office.people import Role
from office.privacy import FieldCipher

application_events = Table(
    "application_events",
    metadata,
    Column("application", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("turn", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

NOTHING_SAID: Mapping[str, Any] = {"sentence": "", "missing": ()}

application_consents = Table(
    "application_consents",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("application", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("is_given", Boolean, nullable=False),
    Column("wording", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("at", Instant, nullable=False),
)


def add(connection: Connection, cipher: FieldCipher, case_id: int, event: Event) -> None:
    """Write one step down; what people wrote is sealed."""
    words: dict[str, Any] = {"sentence": event.sentence, "missing": event.missing}
    if event.source is not None:
        words["source"] = _kept(event.source)
    detail = None
    if event.sentence or event.missing or event.source:
        receipt = connection.execute(select(applications.c.receipt).where(applications.c.id == case_id)).scalar_one()
        detail = person_keys.seal(connection, cipher, f"case:{receipt}", json.dumps(words, ensure_ascii=False))
    row = {
        "application": case_id,
        "number": event.number,
        "state": event.state.value,
        "actor": event.actor.id,
        "role": event.actor.role.value,
        "reason": event.reason.value if event.reason else None,
        "detail": detail,
        "turn": event.turn.value,
        "due": event.due.isoformat(),
        "told": event.told.value,
        "at": event.at,
    }
    connection.execute(insert(connection, application_events), row)


def of_case(connection: Connection, cipher: FieldCipher, case_id: int) -> tuple[Event, ...]:
    """The steps of a case, oldest first."""
    statement = select(application_events).where(application_events.c.application == case_id)
    rows = connection.execute(statement.order_by(application_events.c.number)).all()
    texts = person_keys.open_all(connection, cipher, [row.detail for row in rows if row.detail])
    said = dict(zip((row.number for row in rows if row.detail), map(json.loads, texts), strict=True))
    return tuple(_from_row(row, said.get(row.number, NOTHING_SAID)) for row in rows)


def calls_due(connection: Connection, officer: str | None = None) -> list[tuple[str, int]]:
    """打电话告诉他: receipt number and step of what a farmer without a chat has not heard yet, oldest first."""
    condition: ColumnElement[bool] = application_events.c.told == Told.CALL.value
    if officer is not None:
        condition &= applications.c.officer == officer
    statement = (
        select(applications.c.receipt, application_events.c.number)
        .join(applications, applications.c.id == application_events.c.application)
        .where(condition)
        .order_by(application_events.c.at)
    )
    return [(receipt, number) for receipt, number in connection.execute(statement)]


def fall_back_to_calls(connection: Connection) -> int:
    """A notice that could not be delivered becomes a call to make. Returns how many."""
    key = literal("case:") + applications.c.receipt + ":" + cast(application_events.c.number, Text)
    of_this = (applications.c.id == application_events.c.application, outbox.c.key == key)
    lost = select(outbox.c.seq).where(*of_this, outbox.c.status.in_(("blocked", "failed"))).exists()
    statement = update(application_events).where(application_events.c.told == Told.NOTICE.value, lost)
    return connection.execute(statement.values(told=Told.CALL.value)).rowcount


def mark_called(connection: Connection, case_id: int, number: int) -> bool:
    """The farmer has been told this step and the earlier ones; False when no call was due."""
    statement = update(application_events).where(
        application_events.c.application == case_id,
        application_events.c.number <= number,
        application_events.c.told == Told.CALL.value,
    )
    return connection.execute(statement.values(told=Told.CALLED.value)).rowcount > 0


def add_consents(connection: Connection, case_id: int, consents: Sequence[Consent]) -> None:
    """Write down what was agreed to or not, each with its wording and time."""
    rows = [
        {
            "application": case_id,
            "kind": one.kind.value,
            "is_given": one.is_given,
            "wording": one.wording,
            "actor": one.by.id,
            "role": one.by.role.value,
            "at": one.at,
        }
        for one in consents
    ]
    if rows:
        connection.execute(insert(connection, application_consents), rows)


def consents_of(connection: Connection, case_id: int) -> dict[ConsentKind, Consent]:
    """The last word on each consent."""
    statement = select(application_consents).where(application_consents.c.application == case_id)
    rows = connection.execute(statement.order_by(application_consents.c.id)).all()
    return {ConsentKind(row.kind): _consent(row) for row in rows}


def erase(connection: Connection, case_id: int) -> None:
    """Forget what people wrote about the person of a case; the steps themselves stay."""
    connection.execute(
        update(application_events).where(application_events.c.application == case_id).values(detail=None)
    )


def rotate(connection: Connection, cipher: FieldCipher) -> int:
    """Seal everything written again with the newest key. Returns how many rows."""
    return rotate_column(connection, cipher, application_events.c.detail)


def forget_consents(connection: Connection, case_id: int) -> None:
    """Delete the consents of a case whose person was erased."""
    connection.execute(delete(application_consents).where(application_consents.c.application == case_id))


def _from_row(row: Row[Any], words: Mapping[str, Any]) -> Event:
    return Event(
        row.number,
        State(row.state),
        Actor(row.actor, Role(row.role)),
        row.at,
        Turn(row.turn),
        date.fromisoformat(row.due),
        Told(row.told),
        Reason(row.reason) if row.reason else None,
        words["sentence"],
        tuple(words["missing"]),
        _source(words.get("source")),
    )


def _kept(source: Source) -> dict[str, Any]:
    decider = source.decider and [source.decider.id, source.decider.role.value]
    return {"name": source.name, "day": source.day.isoformat(), "decider": decider}


def _source(kept: Mapping[str, Any] | None) -> Source | None:
    if kept is None:
        return None
    decider = kept["decider"] and Actor(kept["decider"][0], Role(kept["decider"][1]))
    return Source(kept["name"], date.fromisoformat(kept["day"]), decider)


def _consent(row: Row[Any]) -> Consent:
    when: datetime = row.at
    return Consent(ConsentKind(row.kind), bool(row.is_given), row.wording, Actor(row.actor, Role(row.role)), when)
