"""Open forms (没填完的): one half-filled form per chat and kind, sealed, kept seven days across restarts.

Kinds in use: `interview` (我能办吗、政策体检), `calculation` (算一算), `application` (担保申请).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Executable, Table, Text, bindparam, delete, select

from office.ledger import person_keys
from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert
from office.privacy import FieldCipher

KEPT_DAYS = 7
TIME_TO_LIVE = timedelta(days=KEPT_DAYS)

open_forms = Table(
    "open_forms",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
)


def load(
    connection: Connection, cipher: FieldCipher, channel: str, chat: str, kind: str, now: datetime
) -> dict[str, Any] | None:
    """The chat's open form of this kind as it was saved, or None when there is none or seven days have passed."""
    values = {"channel": channel, "chat": chat, "kind": kind, "since": now - TIME_TO_LIVE}
    sealed = connection.execute(_find(), values).scalar_one_or_none()
    if sealed is None:
        return None
    state: dict[str, Any] = json.loads(person_keys.open_one(connection, cipher, sealed))
    return state


def save(
    connection: Connection,
    cipher: FieldCipher,
    channel: str,
    chat: str,
    kind: str,
    state: dict[str, Any],
    now: datetime,
) -> None:
    """Keep `state` (plain JSON; figures as text) in place of what was kept; the seven days start anew."""
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    payload = person_keys.seal(connection, cipher, f"form:{channel}:{chat}", text)
    statement = insert(connection, open_forms)
    statement = statement.on_conflict_do_update(
        index_elements=["channel", "chat", "kind"],
        set_={"payload": statement.excluded.payload, "updated_at": statement.excluded.updated_at},
    )
    row = {"channel": channel, "chat": chat, "kind": kind, "payload": payload, "updated_at": now}
    connection.execute(statement, row)


def kinds(connection: Connection, channel: str, chat: str, now: datetime) -> tuple[str, ...]:
    """The kinds of the chat's open forms, the one saved last first: what is typed is meant for that one."""
    values = {"channel": channel, "chat": chat, "since": now - TIME_TO_LIVE}
    return tuple(connection.execute(_kinds(), values).scalars())


@cache  # building a statement costs more than running it: these are run for every message
def _kinds() -> Executable:
    own = (open_forms.c.channel == bindparam("channel"), open_forms.c.chat == bindparam("chat"))
    statement = select(open_forms.c.kind).where(*own, open_forms.c.updated_at > bindparam("since"))
    return statement.order_by(open_forms.c.updated_at.desc(), open_forms.c.kind)


@cache
def _find() -> Executable:
    return select(open_forms.c.payload).where(
        open_forms.c.channel == bindparam("channel"),
        open_forms.c.chat == bindparam("chat"),
        open_forms.c.kind == bindparam("kind"),
        open_forms.c.updated_at > bindparam("since"),
    )


def drop(connection: Connection, channel: str, chat: str, kind: str) -> bool:
    """The form was handed in or given up; False when there was none."""
    return connection.execute(delete(open_forms).where(*_is(channel, chat, kind))).rowcount > 0


def forget(connection: Connection, channel: str, chat: str) -> int:
    """Drop every open form of the chat; part of 删除我的信息. Returns how many."""
    statement = delete(open_forms).where(open_forms.c.channel == channel, open_forms.c.chat == chat)
    return connection.execute(statement).rowcount


def forget_in_groups(connection: Connection, channel: str, person: str) -> int:
    """Drop what a person has begun in groups (chat `GROUP:PERSON`). Returns how many."""
    own = open_forms.c.chat.endswith(f":{person}", autoescape=True)
    return connection.execute(delete(open_forms).where(open_forms.c.channel == channel, own)).rowcount


def cleanup(connection: Connection, now: datetime) -> int:
    """Delete the forms nobody went on with for seven days. Returns how many."""
    return connection.execute(delete(open_forms).where(open_forms.c.updated_at <= now - TIME_TO_LIVE)).rowcount


def _is(channel: str, chat: str, kind: str) -> tuple[Any, ...]:
    return (open_forms.c.channel == channel, open_forms.c.chat == chat, open_forms.c.kind == kind)
