"""Codes (码): made for an officer, a village and an entry; opened, re-pointed, withdrawn, with the officer of today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from knowledge.applying import can_apply
from knowledge.base import KnowledgeBase
from knowledge.entries import Entry
from office import code_text
from office.ledger import audit, people
from office.ledger import codes as rows
from office.ledger.audit import Deed
from office.ledger.codes import Batch, Code, CodeKind, CodeState
from office.masking import mask
from office.people import Person
from office.privacy import FieldCipher

LONGEST_CHAIN = 5  # successors of successors; more is a circle


class CodeRefused(Exception):  # noqa: N818 - names say what happened
    """A code cannot be made or changed as asked; the message says in one Chinese sentence what to do instead."""


class Found(StrEnum):
    """What became of ten characters somebody scanned or typed."""

    LIVE = "live"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    UNKNOWN = "unknown"
    MISTYPED = "mistyped"


DEAD = frozenset({Found.EXPIRED, Found.WITHDRAWN, Found.GONE})


@dataclass(frozen=True, slots=True)
class Opened:
    """A code as it is now: `issuer` made it, `officer` answers for it today, `entry` is what it opens."""

    found: Found
    text: str
    code: Code | None = None
    entry: Entry | None = None
    issuer: Person | None = None
    officer: Person | None = None
    batch: Batch | None = None


def open_code(
    connection: Connection, cipher: FieldCipher, knowledge: KnowledgeBase, text: str, now: datetime
) -> Opened:
    """What a scanned or typed text leads to; nothing is counted and nothing written."""
    read = code_text.plain(text)
    if not code_text.is_code(read):
        return Opened(Found.MISTYPED, read)
    code = rows.find(connection, read)
    if code is None:
        return Opened(Found.UNKNOWN, read)
    entry = knowledge.entries.get(code.entry)
    state = code.state_at(now)
    found = Found.GONE if state is CodeState.LIVE and entry is None else Found(state.value)
    issuer = people.find(connection, cipher, code.officer)
    return Opened(found, read, code, entry, issuer, responsible(connection, cipher, code, issuer))


def responsible(connection: Connection, cipher: FieldCipher, code: Code, issuer: Person | None) -> Person | None:
    """Who answers for a code today: its officer, the successor of one who left, or whoever has the village now."""
    person = issuer
    for _ in range(LONGEST_CHAIN):
        if person is None or person.is_active:
            break
        person = people.find(connection, cipher, person.successor) if person.successor else None
    if person is not None and person.is_active:
        return person
    return people.officer_of(connection, cipher, code.village)


def issue(
    connection: Connection,
    knowledge: KnowledgeBase,
    officer: Person,
    villages: Sequence[str],
    entries: Sequence[str],
    *,
    kind: CodeKind = CodeKind.POLICY,
    note: str = "",
    by: str,
    now: datetime,
    valid_to: datetime | None = None,
) -> tuple[Batch, tuple[Code, ...]]:
    """One code for each village and entry, as one batch. Raises `CodeRefused`."""
    _check(knowledge, officer, villages, entries, kind)
    if valid_to is not None and valid_to <= now:
        raise CodeRefused("截止日期已经过了，请写一个以后的日子。")
    batch = Batch(code_text.new_code(), officer.id, note.strip(), by, now)
    made = tuple(
        Code(code_text.new_code(), kind, entry, officer.id, village, batch.id, now, valid_to, now)
        for village in dict.fromkeys(villages)
        for entry in dict.fromkeys(entries)
    )
    rows.add(connection, batch, made)
    audit.record(connection, Deed(by, "issue_codes", batch.id, f"{len(made)} codes for {officer.id}", now))
    return batch, made


def repoint(
    connection: Connection, knowledge: KnowledgeBase, text: str, entry: str, *, by: str, reason: str, now: datetime
) -> Code:
    """The code opens another entry from now on; the old one, the reason and who did it are kept."""
    code, why = _known(connection, text), _given(reason)
    if entry not in knowledge.entries:
        raise CodeRefused(f"没有 {entry} 这一条，请先查一下条目编号。")
    if code.kind is CodeKind.LOAN and not can_apply(knowledge.entries[entry]):
        raise CodeRefused(f"{entry} 不是农户自己申请的贷款或担保，农贷码不能指过去。")
    if not rows.repoint(connection, code.code, entry, by, why, now):
        raise CodeRefused(
            "这个码本来就指向这一条。" if code.withdrawn_at is None else "这个码已经停用，停用的码不能再改。"
        )
    audit.record(connection, Deed(by, "repoint_code", code.code, why, now))
    return _known(connection, code.code)


def withdraw(connection: Connection, text: str, *, by: str, reason: str, now: datetime) -> Code:
    """The code is dead from now on; who scans it is told so, and whom to ask."""
    code, why = _known(connection, text), _given(reason)
    if not rows.withdraw(connection, code.code, by, why, now):
        raise CodeRefused("这个码早就停用了。")
    audit.record(connection, Deed(by, "withdraw_code", code.code, why, now))
    return _known(connection, code.code)


def set_end(connection: Connection, text: str, end: datetime | None, *, by: str, reason: str, now: datetime) -> Code:
    """The code holds until `end`; None: without end."""
    code, why = _known(connection, text), _given(reason)
    if not rows.set_end(connection, code.code, end, by, why, now):
        raise CodeRefused("这个码本来就到这一天，或者已经停用。")
    audit.record(connection, Deed(by, "set_code_end", code.code, why, now))
    return _known(connection, code.code)


def _check(
    knowledge: KnowledgeBase, officer: Person, villages: Sequence[str], entries: Sequence[str], kind: CodeKind
) -> None:
    if not officer.is_active:
        raise CodeRefused(f"{officer.name} 已经不在岗，请换接手的人。")
    if not villages or not entries:
        raise CodeRefused("至少要有一个村、一个条目。")
    for village in villages:
        if village.count("/") != 2 or not all(village.split("/")):
            raise CodeRefused(f"村要写全，例如 乐清市/大荆镇/下山头村；现在写的是“{village}”。")
        if officer.villages and not officer.covers(village):
            raise CodeRefused(f"{village} 不归 {officer.name} 管，请换人或先把村分给他。")
    for entry in entries:
        if entry not in knowledge.entries:
            raise CodeRefused(f"没有 {entry} 这一条，请先查一下条目编号。")
        if kind is CodeKind.LOAN and not can_apply(knowledge.entries[entry]):
            raise CodeRefused(f"{entry} 不是农户自己申请的贷款或担保，不能做农贷码。")


def _known(connection: Connection, text: str) -> Code:
    code = rows.find(connection, code_text.plain(text))
    if code is None:
        raise CodeRefused(f"没有 {text} 这个码，请对着卡再看一遍。")
    return code


def _given(reason: str) -> str:
    """Masked: it is shown to whoever scans the code, and nothing is ever taken out of the audit."""
    if not reason.strip():
        raise CodeRefused("请写明原因。")
    return mask(reason.strip())


__all__ = [
    "DEAD",
    "Batch",
    "Code",
    "CodeKind",
    "CodeRefused",
    "CodeState",
    "Found",
    "Opened",
    "issue",
    "open_code",
    "repoint",
    "responsible",
    "set_end",
    "withdraw",
]
