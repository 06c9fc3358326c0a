"""Guarantee applications (担保申请): the cases. Name, phone, purpose and chat sealed; one form makes one case."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    select,
    update,
)

from office.application_case import Applicant, GuaranteeApplication, Wish
from office.application_timeline import Turn
from office.applications import CHANGED, Actor, CaseChanged, State
from office.ledger import person_keys
from office.ledger.columns import Instant, lies_in, metadata
from office.ledger.upserts import insert
from office.people import Role
from office.pinned_entries import PinnedEntry
from office.privacy import FieldCipher, Sealed

applications = Table(
    "applications",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("receipt", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("same_wish", Text),
    Column("entry", Text, nullable=False),
    Column("pinned", Text, nullable=False),
    Column("village", Text, nullable=False),
    Column("officer", Text),
    Column("guarantor", Text),
    Column("bank", Text),
    Column("code", Text),
    Column("sealed", Text, nullable=False),
    Column("amount_yuan", BigInteger),
    Column("tail", Text, nullable=False),
    Column("chat_hash", Text),
    Column("state", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("turn", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("filled_by", Text, nullable=False),
    Column("filled_role", Text, nullable=False),
    Column("confirmed_at", Instant),
    Column("signature_seen_by", Text),
    Column("registered_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

ERASED = ""  # what stands in place of a person who was forgotten
NOBODY: Mapping[str, Any] = {"name": "", "phone": "", "purpose": "", "chat": None}


@dataclass(frozen=True)
class Registration:
    """A case to be: `form` names the form handed in, `same_wish` the person, chat and entry; both exist once."""

    wish: Wish
    receipt: str
    form: str
    same_wish: str | None
    tail: str
    chat: tuple[str, str] | None
    chat_hash: str | None
    officer: str | None
    filled_by: Actor
    confirmed_at: datetime | None
    turn: Turn
    due: date


def register(connection: Connection, cipher: FieldCipher, new: Registration, now: datetime) -> int | None:
    """Write the case down and return its id; None when its form, wish or receipt number is there already."""
    applicant, entry = new.wish.applicant, new.wish.entry
    row = {
        "receipt": new.receipt,
        "form": new.form,
        "same_wish": new.same_wish,
        "entry": entry.code,
        "pinned": entry.to_json(),
        "village": applicant.village,
        "officer": new.officer,
        "code": new.wish.code,
        "sealed": _seal(connection, cipher, new.receipt, applicant, new.chat),
        "amount_yuan": applicant.amount_yuan,
        "tail": new.tail,
        "chat_hash": new.chat_hash,
        "state": State.REGISTERED.value,
        "is_open": True,
        "version": 1,
        "turn": new.turn.value,
        "due": new.due.isoformat(),
        "filled_by": new.filled_by.id,
        "filled_role": new.filled_by.role.value,
        "confirmed_at": new.confirmed_at,
        "registered_at": now,
        "changed_at": now,
    }
    statement = insert(connection, applications).on_conflict_do_nothing().returning(applications.c.id)
    case_id: int | None = connection.execute(statement, row).scalar_one_or_none()
    return case_id


def same(connection: Connection, cipher: FieldCipher, form: str, same_wish: str | None) -> GuaranteeApplication | None:
    """The case this form made, or else the open one of the same person, chat and entry."""
    return _one(connection, cipher, applications.c.form == form) or (
        _one(connection, cipher, (applications.c.same_wish == same_wish) & applications.c.is_open)
        if same_wish
        else None
    )


def find(
    connection: Connection, cipher: FieldCipher, receipt: str, *, to_change: bool = False
) -> GuaranteeApplication | None:
    """The case of a receipt number; `to_change` keeps others from changing it before this transaction ends."""
    return _one(connection, cipher, applications.c.receipt == receipt, to_change=to_change)


def tail_of(connection: Connection, receipt: str) -> str | None:
    """The keyed hash of the last four digits of the applicant's phone."""
    statement = select(applications.c.tail).where(applications.c.receipt == receipt)
    return connection.execute(statement).scalar_one_or_none()


def of_chat(connection: Connection, cipher: FieldCipher, chat_hashes: Sequence[str]) -> list[GuaranteeApplication]:
    """The cases linked to a chat, newest first."""
    return _many(connection, cipher, applications.c.chat_hash.in_(chat_hashes))


def of_officer(
    connection: Connection, cipher: FieldCipher, officer: str, villages: Sequence[str], *, only_open: bool = True
) -> list[GuaranteeApplication]:
    """The cases of an officer: given to them, or of one of their villages, towns or counties; due ones first."""
    mine = (applications.c.officer == officer) | lies_in(applications.c.village, villages)
    return _many(connection, cipher, mine & applications.c.is_open if only_open else mine, by_due=True)


def passed_to(
    connection: Connection, cipher: FieldCipher, role: Role, person: str, *, only_open: bool = False
) -> list[GuaranteeApplication]:
    """The cases passed to a guarantor's or a bank's person, due ones first."""
    column = applications.c.guarantor if role is Role.GUARANTOR else applications.c.bank
    mine: ColumnElement[bool] = column == person
    return _many(connection, cipher, mine & applications.c.is_open if only_open else mine, by_due=True)


def everything(connection: Connection, cipher: FieldCipher, *, only_open: bool = True) -> list[GuaranteeApplication]:
    """All cases, due ones first."""
    return _many(connection, cipher, applications.c.is_open if only_open else None, by_due=True)


def move(
    connection: Connection,
    case: GuaranteeApplication,
    to: State,
    turn: Turn,
    due: date,
    now: datetime,
    **receivers: str | None,
) -> None:
    """Put the case into its next state; `CaseChanged` when somebody moved it since `case` was read."""
    statement = (
        update(applications)
        .where(applications.c.id == case.id, applications.c.version == case.version)
        .values(
            state=to.value,
            is_open=to.is_open,
            version=applications.c.version + 1,
            turn=turn.value,
            due=due.isoformat(),
            changed_at=now,
            **receivers,
        )
    )
    if not connection.execute(statement).rowcount:
        raise CaseChanged(CHANGED)


def confirm(connection: Connection, case_id: int, now: datetime, signature_seen_by: str | None = None) -> bool:
    """The farmer has looked over what was written for them; False when they had before.

    `signature_seen_by` is the person who saw it signed on paper; None when the farmer did it with the receipt number.
    """
    statement = update(applications).where(applications.c.id == case_id, applications.c.confirmed_at.is_(None))
    return connection.execute(statement.values(confirmed_at=now, signature_seen_by=signature_seen_by)).rowcount > 0


def unlink_chat(connection: Connection, cipher: FieldCipher, case: GuaranteeApplication) -> None:
    """Send no more notices of the case."""
    sealed = _seal(connection, cipher, case.receipt, case.applicant, None)
    connection.execute(
        update(applications).where(applications.c.id == case.id).values(sealed=sealed, chat_hash=None, same_wish=None)
    )


def _seal(
    connection: Connection, cipher: FieldCipher, receipt: str, applicant: Applicant, chat: tuple[str, str] | None
) -> Sealed:
    content = {"name": applicant.name, "phone": applicant.phone, "purpose": applicant.purpose, "chat": chat}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return person_keys.seal(connection, cipher, f"case:{receipt}", text)


def _one(
    connection: Connection, cipher: FieldCipher, condition: ColumnElement[bool], *, to_change: bool = False
) -> GuaranteeApplication | None:
    statement = select(applications).where(condition)
    row = connection.execute(statement.with_for_update() if to_change else statement).one_or_none()
    return None if row is None else _from_rows(connection, cipher, [row])[0]


def _many(
    connection: Connection, cipher: FieldCipher, condition: ColumnElement[bool] | None, *, by_due: bool = False
) -> list[GuaranteeApplication]:
    order = (applications.c.due, applications.c.id) if by_due else (applications.c.id.desc(),)
    statement = select(applications).order_by(*order)
    rows = connection.execute(statement if condition is None else statement.where(condition)).all()
    return _from_rows(connection, cipher, rows)


def _from_rows(connection: Connection, cipher: FieldCipher, rows: Sequence[Row[Any]]) -> list[GuaranteeApplication]:
    known = [row.id for row in rows if row.sealed != ERASED]
    texts = person_keys.open_all(connection, cipher, [row.sealed for row in rows if row.sealed != ERASED])
    private = dict(zip(known, map(json.loads, texts), strict=True))
    return [_from_row(row, private.get(row.id, NOBODY)) for row in rows]


def _from_row(row: Row[Any], private: Mapping[str, Any]) -> GuaranteeApplication:
    chat = private["chat"]
    return GuaranteeApplication(
        id=row.id,
        receipt=row.receipt,
        entry=PinnedEntry.from_json(row.pinned),
        applicant=Applicant(private["name"], private["phone"], row.village, row.amount_yuan, private["purpose"]),
        state=State(row.state),
        version=row.version,
        turn=Turn(row.turn),
        due=date.fromisoformat(row.due),
        officer=row.officer,
        guarantor=row.guarantor,
        bank=row.bank,
        filled_by=Actor(row.filled_by, Role(row.filled_role)),
        confirmed_at=row.confirmed_at,
        signature_seen_by=row.signature_seen_by,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
        code=row.code,
        chat=(chat[0], chat[1]) if chat else None,
    )
