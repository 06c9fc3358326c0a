"""Interviews filled in for a farmer (代填体检): who filled in, for whom, what came of it, and how the farmer confirmed.

The farmer's name and phone, and the result with its answers, are sealed with a key of the farmer's own.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Table, Text, delete, select, update

from office.ledger import person_keys
from office.ledger.columns import Instant, lies_in, metadata
from office.ledger.upserts import insert
from office.privacy import FieldCipher

LETTER = "T"
DIGITS = "23456789"
_LENGTH = 7

assisted_checks = Table(
    "assisted_checks",
    metadata,
    Column("number", Text, primary_key=True),
    Column("form", Text, nullable=False),
    Column("village", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("filled_by", Text, nullable=False),
    Column("farmer", Text, nullable=False),
    Column("result", Text),
    Column("began_at", Instant, nullable=False),
    Column("recorded_at", Instant),
    Column("confirmed_at", Instant),
    Column("confirmed_by", Text),
)


class Confirmed(StrEnum):
    """How the farmer confirmed: with the number and the own phone's last digits, or by signing the sheet."""

    CODE = "code"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class AssistedCheck:
    """One interview: `filled_by` asked and typed, the farmer answered; `result` is None until it is recorded."""

    number: str
    village: str
    scope: str
    filled_by: str
    name: str
    phone: str
    result: Mapping[str, Any] | None
    began_at: datetime
    recorded_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: Confirmed | None


@dataclass(frozen=True, slots=True)
class Beginning:
    """An interview to begin; `form` names what was handed in, so that the same twice is one."""

    form: str
    village: str
    scope: str
    filled_by: str
    name: str
    phone: str


def begin(connection: Connection, cipher: FieldCipher, beginning: Beginning, now: datetime) -> tuple[str, bool]:
    """Its number, and whether it is new."""
    farmer = json.dumps({"name": beginning.name, "phone": beginning.phone}, ensure_ascii=False)
    row = {field: getattr(beginning, field) for field in ("form", "village", "scope", "filled_by")}
    while (known := _number_of(connection, beginning.form)) is None:
        number = LETTER + "".join(secrets.choice(DIGITS) for _ in range(_LENGTH))
        sealed = person_keys.seal(connection, cipher, _subject(number), farmer)
        fresh = insert(connection, assisted_checks).values(number=number, farmer=sealed, began_at=now, **row)
        made = fresh.on_conflict_do_nothing().returning(assisted_checks.c.number)
        if connection.execute(made).scalar_one_or_none() is not None:
            return number, True
    return known, False


def find(connection: Connection, cipher: FieldCipher, number: str, *, to_change: bool = False) -> AssistedCheck | None:
    """The interview of that number; with `to_change` nobody else changes it until the commit."""
    found = _read(connection, cipher, assisted_checks.c.number == number, to_change=to_change)
    return found[0] if found else None


def of_places(
    connection: Connection, cipher: FieldCipher, places: Sequence[str] | None, limit: int
) -> list[AssistedCheck]:
    """The latest interviews in these villages, towns or counties (None: everywhere), newest first."""
    everywhere = assisted_checks.c.number.is_not(None)
    condition = everywhere if places is None else lies_in(assisted_checks.c.village, places)
    return _read(connection, cipher, condition, limit=limit)


def unconfirmed(
    connection: Connection, cipher: FieldCipher, places: Sequence[str] | None, filled_by: str, limit: int
) -> list[AssistedCheck]:
    """Recorded results that wait for the farmer's word: of these places, or (None) those that this person filled in."""
    table = assisted_checks.c
    own = table.filled_by == filled_by if places is None else lies_in(table.village, places)
    return _read(connection, cipher, own & table.recorded_at.is_not(None) & table.confirmed_at.is_(None), limit=limit)


def record(connection: Connection, cipher: FieldCipher, number: str, result: Mapping[str, Any], now: datetime) -> None:
    """What came of it, as shown on that day; it waits for the farmer's confirmation."""
    sealed = person_keys.seal(connection, cipher, _subject(number), json.dumps(result, ensure_ascii=False))
    _change(connection, number, result=sealed, recorded_at=now)


def reopen(connection: Connection, number: str) -> None:
    """The result is to be changed before it is confirmed."""
    _change(connection, number, result=None, recorded_at=None)


def confirm(connection: Connection, number: str, how: Confirmed, now: datetime) -> bool:
    """The farmer has looked over a recorded result; False when there is none or it was confirmed before."""
    waiting = assisted_checks.c.recorded_at.is_not(None) & assisted_checks.c.confirmed_at.is_(None)
    statement = update(assisted_checks).where(assisted_checks.c.number == number, waiting)
    return connection.execute(statement.values(confirmed_at=now, confirmed_by=how.value)).rowcount > 0


def forget(connection: Connection, number: str) -> int:
    """Delete one interview; part of 删除我的信息. Returns how many."""
    return connection.execute(delete(assisted_checks).where(assisted_checks.c.number == number)).rowcount


def cleanup(connection: Connection, unfinished_before: datetime, recorded_before: datetime) -> int:
    """Delete what nobody went on with since the one moment, and what was recorded before the other. Returns how many."""
    table = assisted_checks.c
    old: ColumnElement[bool] = table.recorded_at.is_(None) & (table.began_at < unfinished_before)
    old |= table.recorded_at < recorded_before
    return connection.execute(delete(assisted_checks).where(old)).rowcount


def _change(connection: Connection, number: str, **values: object) -> None:
    unconfirmed = assisted_checks.c.confirmed_at.is_(None)
    connection.execute(update(assisted_checks).where(assisted_checks.c.number == number, unconfirmed).values(**values))


def _number_of(connection: Connection, form: str) -> str | None:
    statement = select(assisted_checks.c.number).where(assisted_checks.c.form == form)
    return connection.execute(statement).scalar_one_or_none()


def _subject(number: str) -> str:
    return f"assisted:{number}"


def _read(
    connection: Connection,
    cipher: FieldCipher,
    condition: ColumnElement[bool],
    *,
    limit: int | None = None,
    to_change: bool = False,
) -> list[AssistedCheck]:
    order = (assisted_checks.c.began_at.desc(), assisted_checks.c.number)
    statement = select(assisted_checks).where(condition).order_by(*order).limit(limit)
    rows = connection.execute(statement.with_for_update() if to_change else statement).all()
    sealed = [value for row in rows for value in (row.farmer, row.result) if value]
    opened = dict(zip(sealed, person_keys.open_all(connection, cipher, sealed), strict=True))
    return [_from_row(row, opened) for row in rows]


def _from_row(row: Row[Any], opened: Mapping[str, str]) -> AssistedCheck:
    values = row._asdict()
    values.pop("form")
    farmer = json.loads(opened[values.pop("farmer")])
    result, how = values.pop("result"), values.pop("confirmed_by")
    return AssistedCheck(
        **values,
        **farmer,
        result=json.loads(opened[result]) if result else None,
        confirmed_by=Confirmed(how) if how else None,
    )
