"""Dialogues (对话): what each chat was talking about, sealed, for ten minutes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Executable, Table, Text, bindparam, delete, select, update

from office.ledger.columns import Instant, metadata
from office.ledger.errors import DialogueChanged
from office.ledger.upserts import insert_for
from office.privacy import FieldCipher, Sealed

TIME_TO_LIVE = timedelta(minutes=10)

dialogues = Table(
    "dialogues",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("updated_at", Instant, nullable=False),
)


@dataclass(frozen=True)
class Dialogue:
    """One chat's memory. `facts` are JSON values (figures as strings); `awaiting` names what was asked last."""

    channel: str
    chat: str
    entry: str | None = None
    facet: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    offered: tuple[str, ...] = ()
    awaiting: str | None = None
    version: int = 0
    updated_at: datetime | None = None


def load(
    connection: Connection,
    cipher: FieldCipher,
    channel: str,
    chat: str,
    now: datetime,
    *,
    ttl: timedelta = TIME_TO_LIVE,
) -> Dialogue | None:
    """The chat's dialogue, or None when there is none or it has gone stale."""
    row = connection.execute(_find(), {"channel": channel, "chat": chat, "since": now - ttl}).one_or_none()
    if row is None:
        return None
    content = json.loads(cipher.decrypt(Sealed(row.payload)))
    return Dialogue(
        channel,
        chat,
        entry=content["entry"],
        facet=content["facet"],
        facts=content["facts"],
        offered=tuple(content["offered"]),
        awaiting=content["awaiting"],
        version=row.version,
        updated_at=row.updated_at,
    )


def save(
    connection: Connection, cipher: FieldCipher, dialogue: Dialogue, now: datetime, *, ttl: timedelta = TIME_TO_LIVE
) -> Dialogue:
    """Keep a dialogue that was loaded (or is new, version 0) and return it as kept.

    Raises `DialogueChanged` when someone else saved it since; a new dialogue replaces a stale one only.
    """
    payload = _seal(cipher, dialogue)
    if dialogue.version == 0:
        version = _create(connection, dialogue, payload, now, ttl)
    else:
        version = _replace(connection, dialogue, payload, now)
    if version is None:
        raise DialogueChanged(f"dialogue of {dialogue.channel} changed since version {dialogue.version}")
    return replace(dialogue, version=version, updated_at=now)


def overwrite(connection: Connection, cipher: FieldCipher, dialogue: Dialogue, now: datetime) -> None:
    """Keep a dialogue whatever somebody else saved meanwhile: one statement, so that it cannot lose the race again."""
    _create(
        connection, dialogue, _seal(cipher, dialogue), now, -TIME_TO_LIVE
    )  # then nothing that is there is too young


def _seal(cipher: FieldCipher, dialogue: Dialogue) -> Sealed:
    content = {
        "entry": dialogue.entry,
        "facet": dialogue.facet,
        "facts": dict(dialogue.facts),
        "offered": dialogue.offered,
        "awaiting": dialogue.awaiting,
    }
    return cipher.encrypt(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def _create(connection: Connection, dialogue: Dialogue, payload: Sealed, now: datetime, ttl: timedelta) -> int | None:
    values = {
        "channel": dialogue.channel,
        "chat": dialogue.chat,
        "payload": payload,
        "version": 1,
        "updated_at": now,
        "since": now - ttl,
    }
    return connection.execute(_insert_or_replace_stale(connection.dialect.name), values).scalar_one_or_none()


def _replace(connection: Connection, dialogue: Dialogue, payload: Sealed, now: datetime) -> int | None:
    values = {
        "of_channel": dialogue.channel,
        "of_chat": dialogue.chat,
        "of_version": dialogue.version,
        "text": payload,
        "now": now,
    }
    return connection.execute(_replace_version(), values).scalar_one_or_none()


@cache  # building a statement costs more than running it: those of every update are built once
def _find() -> Executable:
    return select(dialogues.c.payload, dialogues.c.version, dialogues.c.updated_at).where(
        dialogues.c.channel == bindparam("channel"),
        dialogues.c.chat == bindparam("chat"),
        dialogues.c.updated_at > bindparam("since"),
    )


@cache
def _insert_or_replace_stale(dialect: str) -> Executable:
    statement = insert_for(dialect, dialogues).values({column.name: bindparam(column.name) for column in dialogues.c})
    fresh = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["channel", "chat"],
        set_={"payload": fresh.payload, "version": dialogues.c.version + 1, "updated_at": fresh.updated_at},
        where=dialogues.c.updated_at <= bindparam("since"),
    ).returning(dialogues.c.version)


@cache
def _replace_version() -> Executable:
    return (
        update(dialogues)
        .where(
            dialogues.c.channel == bindparam("of_channel"),
            dialogues.c.chat == bindparam("of_chat"),
            dialogues.c.version == bindparam("of_version"),
        )
        .values(payload=bindparam("text"), version=dialogues.c.version + 1, updated_at=bindparam("now"))
        .returning(dialogues.c.version)
    )


def forget(connection: Connection, channel: str, chat: str) -> bool:
    """Drop the chat's dialogue; False when there was none."""
    statement = delete(dialogues).where(dialogues.c.channel == channel, dialogues.c.chat == chat)
    return connection.execute(statement).rowcount > 0


def forget_in_groups(connection: Connection, channel: str, person: str) -> int:
    """Drop what a person was talking about in groups (chat `GROUP:PERSON`). Returns how many."""
    own = dialogues.c.chat.endswith(f":{person}", autoescape=True)
    return connection.execute(delete(dialogues).where(dialogues.c.channel == channel, own)).rowcount


def cleanup(connection: Connection, now: datetime, days: float = 1) -> int:
    """Delete dialogues that nobody continued for `days`. Returns how many."""
    return connection.execute(delete(dialogues).where(dialogues.c.updated_at < now - timedelta(days=days))).rowcount
