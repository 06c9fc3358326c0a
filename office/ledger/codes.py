"""Codes (政策码、农贷码) in the ledger: batches, the codes themselves, and every change of one with actor and reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Executable, Table, Text, bindparam, select, update

from office.ledger.columns import Instant, lies_in, metadata
from office.ledger.upserts import insert

batches = Table(
    "code_batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("officer", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)

codes = Table(
    "codes",
    metadata,
    Column("code", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("village", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    Column("made_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("withdrawn_why", Text),
)

changes = Table(
    "code_changes",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("code", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)


class CodeKind(StrEnum):
    """What a code opens: an entry (政策码), or the guarantee application of one (农贷码)."""

    POLICY = "policy"
    LOAN = "loan"


class CodeState(StrEnum):
    """What a code is at a moment; the last three are dead."""

    LIVE = "live"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Batch:
    """Codes made in one go by one person for one officer; `note` says what for."""

    id: str
    officer: str
    note: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Code:
    """One code: whose it is, where it hangs, what it opens and how long."""

    code: str
    kind: CodeKind
    entry: str
    officer: str
    village: str
    batch: str
    valid_from: datetime
    valid_to: datetime | None
    made_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_why: str | None = None

    def state_at(self, moment: datetime) -> CodeState:
        """Withdrawal beats everything; the last moment of the validity still counts."""
        if self.withdrawn_at is not None and self.withdrawn_at <= moment:
            return CodeState.WITHDRAWN
        if moment < self.valid_from:
            return CodeState.NOT_YET
        if self.valid_to is not None and moment > self.valid_to:
            return CodeState.EXPIRED
        return CodeState.LIVE


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a code: `what` is target, withdrawal or validity; `before` and `after` as they were written."""

    code: str
    what: str
    before: str
    after: str
    actor: str
    reason: str
    at: datetime


def add(connection: Connection, batch: Batch, made: Iterable[Code]) -> None:
    """A batch with its codes."""
    row = {field: getattr(batch, field) for field in ("id", "officer", "note", "made_by", "made_at")}
    connection.execute(insert(connection, batches), row)
    rows = [_to_row(code) for code in made]
    if rows:
        connection.execute(insert(connection, codes), rows)


def find(connection: Connection, text: str) -> Code | None:
    """The code of these ten characters."""
    row = connection.execute(_find(), {"text": text}).one_or_none()
    return None if row is None else from_row(row)


@cache  # building a statement costs more than running it: this one is run for every scan
def _find() -> Executable:
    return select(codes).where(codes.c.code == bindparam("text"))


def find_batch(connection: Connection, batch_id: str) -> Batch | None:
    """The batch of that id."""
    row = connection.execute(select(batches).where(batches.c.id == batch_id)).one_or_none()
    return None if row is None else Batch(*row)


def notes(connection: Connection, batch_ids: Iterable[str]) -> dict[str, str]:
    """What each of these batches was made for, where somebody wrote it down."""
    wanted = set(batch_ids)
    found = connection.execute(select(batches.c.id, batches.c.note).where(batches.c.note != ""))
    return {row.id: row.note for row in found if row.id in wanted}


def of_batch(connection: Connection, batch_id: str) -> list[Code]:
    """The codes of a batch by village and entry."""
    statement = select(codes).where(codes.c.batch == batch_id).order_by(codes.c.village, codes.c.entry, codes.c.code)
    return [from_row(row) for row in connection.execute(statement)]


def of_officer(connection: Connection, officer: str) -> list[Code]:
    """An officer's codes, newest first."""
    statement = select(codes).where(codes.c.officer == officer).order_by(codes.c.made_at.desc(), codes.c.code)
    return [from_row(row) for row in connection.execute(statement)]


def in_places(connection: Connection, places: Sequence[str] | None, limit: int | None = None) -> list[Code]:
    """The codes that hang in these villages, towns or counties (None: everywhere), newest first."""
    order = (codes.c.made_at.desc(), codes.c.village, codes.c.entry, codes.c.code)
    statement = select(codes).order_by(*order).limit(limit)
    if places is not None:
        statement = statement.where(lies_in(codes.c.village, places))
    return [from_row(row) for row in connection.execute(statement)]


def latest(
    connection: Connection, officer: str, village: str, entry: str, kind: CodeKind, now: datetime
) -> Code | None:
    """The newest live code of an officer for a village and an entry."""
    statement = (
        select(codes)
        .where(
            codes.c.officer == officer,
            codes.c.village == village,
            codes.c.entry == entry,
            codes.c.kind == kind.value,
            codes.c.withdrawn_at.is_(None),
            codes.c.valid_from <= now,
            codes.c.valid_to.is_(None) | (codes.c.valid_to >= now),
        )
        .order_by(codes.c.made_at.desc(), codes.c.code)
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else from_row(row)


def repoint(connection: Connection, text: str, entry: str, actor: str, reason: str, now: datetime) -> bool:
    """The code opens `entry` from now on; False when it does already, is withdrawn or unknown."""
    before = find(connection, text)
    if before is None or before.entry == entry or before.withdrawn_at is not None:
        return False
    statement = update(codes).where(codes.c.code == text, codes.c.entry == before.entry).values(entry=entry)
    if not connection.execute(statement).rowcount:
        return False
    _write_down(connection, Change(text, "target", before.entry, entry, actor, reason, now))
    return True


def withdraw(connection: Connection, text: str, actor: str, reason: str, now: datetime) -> bool:
    """The code is dead from now on, for good; False when it was before or is unknown."""
    statement = (
        update(codes)
        .where(codes.c.code == text, codes.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_why=reason)
    )
    if not connection.execute(statement).rowcount:
        return False
    _write_down(connection, Change(text, "withdrawal", CodeState.LIVE, CodeState.WITHDRAWN, actor, reason, now))
    return True


def set_end(connection: Connection, text: str, end: datetime | None, actor: str, reason: str, now: datetime) -> bool:
    """The code holds until `end` (None: without end); False when it does already, is withdrawn or unknown."""
    before = find(connection, text)
    if before is None or before.valid_to == end or before.withdrawn_at is not None:
        return False
    connection.execute(update(codes).where(codes.c.code == text).values(valid_to=end))
    change = Change(text, "validity", _moment(before.valid_to), _moment(end), actor, reason, now)
    _write_down(connection, change)
    return True


def history(connection: Connection, text: str) -> list[Change]:
    """Everything that was changed about a code, oldest first."""
    columns = [column for column in changes.c if column.name != "id"]
    statement = select(*columns).where(changes.c.code == text).order_by(changes.c.id)
    return [Change(*row) for row in connection.execute(statement)]


def _write_down(connection: Connection, change: Change) -> None:
    row = {field: getattr(change, field) for field in ("code", "what", "before", "after", "actor", "reason", "at")}
    connection.execute(insert(connection, changes), row)


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else "without end"


def _to_row(code: Code) -> dict[str, Any]:
    return {
        "code": code.code,
        "kind": code.kind.value,
        "entry": code.entry,
        "officer": code.officer,
        "village": code.village,
        "batch": code.batch,
        "valid_from": code.valid_from,
        "valid_to": code.valid_to,
        "made_at": code.made_at,
    }


def from_row(row: Sequence[Any]) -> Code:
    """The code of a row with the table's columns in their order."""
    values = dict(zip((column.name for column in codes.c), row, strict=True))
    return Code(**{**values, "kind": CodeKind(values["kind"])})
