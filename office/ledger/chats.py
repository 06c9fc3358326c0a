"""Chats (会话): the chats the bot may write to, and how their people like it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Boolean, Column, Connection, Executable, Table, Text, bindparam, delete, select, update

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert

chats = Table(
    "chats",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("blocked_at", Instant),
    Column("elder_mode", Boolean, nullable=False),
    Column("language", Text, nullable=False),
)


@dataclass(frozen=True)
class Chat:
    """One known chat; `blocked_at` is set while its person has blocked the bot."""

    channel: str
    chat: str
    started_at: datetime
    blocked_at: datetime | None
    elder_mode: bool
    language: str


def start(connection: Connection, channel: str, chat: str, now: datetime) -> Chat:
    """The person started the bot, or spoke to it again: known from now on, and no longer blocked."""
    statement = insert(connection, chats).on_conflict_do_update(
        index_elements=["channel", "chat"], set_={"blocked_at": None}
    )
    row = {"channel": channel, "chat": chat, "started_at": now, "elder_mode": False, "language": "zh"}
    return Chat(*connection.execute(statement.returning(*chats.c), row).one())


def get(connection: Connection, channel: str, chat: str) -> Chat | None:
    """The chat, or None when it never started the bot."""
    row = connection.execute(_find(), {"channel": channel, "chat": chat}).one_or_none()
    return None if row is None else Chat(*row)


@cache  # building a statement costs more than running it: this one is run for every message
def _find() -> Executable:
    return select(chats).where(chats.c.channel == bindparam("channel"), chats.c.chat == bindparam("chat"))


def block(connection: Connection, channel: str, chat: str, now: datetime) -> None:
    """The person has blocked the bot; the first time is kept."""
    connection.execute(
        update(chats)
        .where(chats.c.channel == channel, chats.c.chat == chat, chats.c.blocked_at.is_(None))
        .values(blocked_at=now)
    )


def set_preferences(
    connection: Connection, channel: str, chat: str, *, elder_mode: bool | None = None, language: str | None = None
) -> bool:
    """Change what is given, leave the rest; False when the chat is not known."""
    wishes = {"elder_mode": elder_mode, "language": language}
    given = {name: value for name, value in wishes.items() if value is not None}
    if not given:
        return get(connection, channel, chat) is not None
    statement = update(chats).where(chats.c.channel == channel, chats.c.chat == chat).values(**given)
    return connection.execute(statement).rowcount > 0


def reachable(connection: Connection, channel: str) -> list[str]:
    """Chats of a channel that can be written to now."""
    statement = select(chats.c.chat).where(chats.c.channel == channel, chats.c.blocked_at.is_(None))
    return list(connection.execute(statement.order_by(chats.c.chat)).scalars())


def groups(connection: Connection, channel: str) -> list[str]:
    """The groups the bot has been in: their numbers are negative."""
    statement = select(chats.c.chat).where(chats.c.channel == channel, chats.c.chat.startswith("-"))
    return list(connection.execute(statement).scalars())


def forget(connection: Connection, channel: str, chat: str) -> bool:
    """Delete the chat; part of 删除我的信息. False when it was not known."""
    return connection.execute(delete(chats).where(chats.c.channel == channel, chats.c.chat == chat)).rowcount > 0


def cleanup(connection: Connection, blocked_before: datetime) -> int:
    """Delete chats that have been blocked since before the given moment. Returns how many."""
    return connection.execute(delete(chats).where(chats.c.blocked_at < blocked_before)).rowcount
