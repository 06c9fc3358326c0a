"""Ways in (登录): single-use tickets and the devices they open, kept as digests only."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, Text, delete, select, update

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert

sign_in_tickets = Table(
    "sign_in_tickets",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

devices = Table(
    "devices",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
)


class TicketKind(StrEnum):
    """How a ticket reached its person."""

    LINK = "link"
    CODE = "code"
    BOT = "bot"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that is signed in."""

    id: str
    person: str
    label: str
    began_at: datetime
    expires_at: datetime


def issue(
    connection: Connection, digest: str, kind: TicketKind, person: str, *, by: str, now: datetime, expires_at: datetime
) -> None:
    """Keep a new ticket."""
    row = {
        "digest": digest,
        "kind": kind.value,
        "person": person,
        "issued_by": by,
        "issued_at": now,
        "expires_at": expires_at,
    }
    connection.execute(insert(connection, sign_in_tickets), row)


def holder(connection: Connection, digests: Sequence[str], now: datetime) -> str | None:
    """Whose ticket it is, while it can be used; nothing is used up."""
    statement = select(sign_in_tickets.c.person).where(
        sign_in_tickets.c.digest.in_(digests),
        sign_in_tickets.c.used_at.is_(None),
        sign_in_tickets.c.expires_at > now,
    )
    return connection.execute(statement).scalar_one_or_none()


def take(connection: Connection, digests: Sequence[str], now: datetime) -> str | None:
    """Use a ticket up and return its person; the person's other open tickets end with it."""
    statement = (
        update(sign_in_tickets)
        .where(
            sign_in_tickets.c.digest.in_(digests),
            sign_in_tickets.c.used_at.is_(None),
            sign_in_tickets.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(sign_in_tickets.c.person)
    )
    person = connection.execute(statement).scalar_one_or_none()
    if person is not None:
        void(connection, person, now)
    return person


def void(connection: Connection, person: str, now: datetime) -> int:
    """End every open ticket of a person. Returns how many."""
    statement = (
        update(sign_in_tickets)
        .where(sign_in_tickets.c.person == person, sign_in_tickets.c.used_at.is_(None))
        .values(used_at=now)
    )
    return connection.execute(statement).rowcount


def begin_device(
    connection: Connection, digest: str, person: str, label: str, *, now: datetime, expires_at: datetime
) -> Device:
    """A browser is signed in from now on."""
    device = Device(secrets.token_hex(6), person, label, now, expires_at)
    row = {
        "digest": digest,
        "id": device.id,
        "person": person,
        "label": label,
        "began_at": now,
        "expires_at": expires_at,
    }
    connection.execute(insert(connection, devices), row)
    return device


def device_of(connection: Connection, digest: str, now: datetime) -> Device | None:
    """The signed-in browser with that token's digest."""
    statement = _devices().where(devices.c.digest == digest, devices.c.ended_at.is_(None), devices.c.expires_at > now)
    row = connection.execute(statement).one_or_none()
    return None if row is None else Device(*row)


def devices_of(connection: Connection, person: str, now: datetime) -> list[Device]:
    """The person's signed-in browsers, newest first."""
    statement = _devices().where(devices.c.person == person, devices.c.ended_at.is_(None), devices.c.expires_at > now)
    return [Device(*row) for row in connection.execute(statement.order_by(devices.c.began_at.desc(), devices.c.id))]


def end_device(connection: Connection, person: str, device_id: str, now: datetime) -> bool:
    """Sign one browser of a person out; False when there is none such."""
    statement = (
        update(devices)
        .where(devices.c.person == person, devices.c.id == device_id, devices.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    return connection.execute(statement).rowcount > 0


def end_all_devices(connection: Connection, person: str, now: datetime) -> int:
    """Sign every browser of a person out. Returns how many."""
    statement = update(devices).where(devices.c.person == person, devices.c.ended_at.is_(None)).values(ended_at=now)
    return connection.execute(statement).rowcount


def has_ever_signed_in(connection: Connection, person: str) -> bool:
    """Whether the person ever opened the desk on any browser."""
    return connection.execute(select(devices.c.id).where(devices.c.person == person).limit(1)).first() is not None


def cleanup(connection: Connection, before: datetime) -> int:
    """Delete tickets and devices that ran out before the given moment. Returns how many."""
    tickets = connection.execute(delete(sign_in_tickets).where(sign_in_tickets.c.expires_at < before)).rowcount
    return tickets + connection.execute(delete(devices).where(devices.c.expires_at < before)).rowcount


def _devices() -> Select[Any]:
    return select(devices.c.id, devices.c.person, devices.c.label, devices.c.began_at, devices.c.expires_at)
