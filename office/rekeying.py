"""Changing keys (换密钥): everything sealed takes the newest FIELD_KEY, every keyed hash the newest SECRET_KEY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, select, update

from office.applicants import TAIL_DIGITS
from office.case_book import hash_of
from office.ledger import (
    application_events,
    applications,
    assisted_checks,
    code_prints,
    dialogues,
    erasures,
    follow_ups,
    help_requests,
    inbox,
    open_forms,
    outbox,
    people,
    person_keys,
    wrong_results,
)
from office.ledger.resealing import rotate_column
from office.office import Office
from office.papers_store import PapersStore
from office.people import Role
from office.privacy import FieldCipher, PrivacyError


def sealed_columns() -> tuple[Column[Any], ...]:
    """Every column of the ledger that holds sealed text; the persons' keys last."""
    return (
        inbox.inbox.c.body,
        outbox.outbox.c.body,
        dialogues.dialogues.c.payload,
        open_forms.open_forms.c.payload,
        wrong_results.wrong_results.c.payload,
        people.people.c.name,
        people.people.c.phone,
        code_prints.prints.c.bearer,
        follow_ups.follow_ups.c.contact,
        help_requests.help_requests.c.contact,
        assisted_checks.assisted_checks.c.farmer,
        assisted_checks.assisted_checks.c.result,
        applications.applications.c.sealed,
        application_events.application_events.c.detail,
        erasures.erasures.c.chat,
        person_keys.person_keys.c.sealed,
    )


def rekey(office: Office) -> tuple[int, int]:
    """Seal everything again; how many fields and how many files. Safe while the program runs, and to repeat.

    Raises `PrivacyError`, before anything of that column is changed, where a field cannot be opened.
    """
    fields = 0
    for column in sealed_columns():
        with office.ledger.begin() as connection:
            fields += rotate_column(connection, office.cipher, column)
    with office.ledger.begin() as connection:
        _hash_again(office, connection)
    files = PapersStore(office.settings.state_dir, office.cipher).rotate()
    newest = FieldCipher([office.settings.field_keys[0].reveal()])
    with office.ledger.read() as connection:
        if closed := count_closed(connection, newest):
            raise PrivacyError(f"还有 {closed} 处没换成新密钥（刚刚有人在写），请再运行一次 rekey")
    return fields, files


def count_closed(connection: Connection, cipher: FieldCipher) -> int:
    """How many sealed fields this cipher cannot open."""
    closed = 0
    for column in sealed_columns():
        for value in connection.execute(select(column).where(column.is_not(None), column != "")).scalars():
            try:
                person_keys.open_one(connection, cipher, value)
            except PrivacyError:
                closed += 1
    return closed


def _hash_again(office: Office, connection: Connection) -> None:
    """Cases are found by keyed hashes of chat, phone digits and wish: make them anew from what is sealed."""
    key, table = office.settings.secret_keys[0].reveal(), applications.applications
    for case in applications.everything(connection, office.cipher, only_open=False):
        phone = case.applicant.phone
        if not phone:
            continue
        fresh = {"tail": hash_of(key, "tail", case.receipt, phone[-TAIL_DIGITS:])}
        if case.chat is not None:
            fresh["chat_hash"] = office.pseudonyms.of(*case.chat)
        who = case.chat or (None if case.filled_by.role is Role.FARMER else ("person", case.filled_by.id))
        if who is not None:
            fresh |= _wish_again(office, connection, case.id, (*who, case.entry.code, phone))
        connection.execute(update(table).where(table.c.id == case.id).values(**fresh))


def _wish_again(office: Office, connection: Connection, case_id: int, parts: Sequence[str]) -> dict[str, str]:
    """The wish's new hash, if the old one was of these parts and no newer open case has it already."""
    table, keys = applications.applications, [key.reveal() for key in office.settings.secret_keys]
    newest, *older = (hash_of(key, "wish", *parts) for key in keys)
    kept = connection.execute(select(table.c.same_wish).where(table.c.id == case_id)).scalar_one()
    taken = select(table.c.id).where(table.c.same_wish == newest, table.c.is_open)
    return {"same_wish": newest} if kept in older and connection.execute(taken).first() is None else {}
