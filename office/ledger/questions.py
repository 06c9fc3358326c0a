"""Questions (提问): what was asked and what came of it, with the text masked and the chat under a pseudonym."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    Executable,
    Row,
    Table,
    Text,
    delete,
    select,
    update,
)

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert_for
from office.masking import Masked

questions = Table(
    "questions",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("text", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("entry", Text),
    Column("confidence", Double),
    Column("runner_up", Text),
    Column("matched_words", Text, nullable=False),
    Column("status", Text),
    Column("facet", Text),
    Column("channel", Text, nullable=False),
    Column("publication", Text),
    Column("is_test", Boolean, nullable=False),
    Column("chat_hash", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("not_helpful_at", Instant),
)


@dataclass(frozen=True)
class AskedQuestion:
    """One question as it is remembered; `id` and `not_helpful_at` come from the ledger."""

    text: Masked
    outcome: str
    channel: str
    chat_hash: str
    asked_at: datetime
    entry: str | None = None
    confidence: float | None = None
    runner_up: str | None = None
    matched_words: tuple[str, ...] = ()
    status: str | None = None
    facet: str | None = None
    publication: str | None = None
    is_test: bool = False
    id: int | None = None
    not_helpful_at: datetime | None = None


def record(connection: Connection, question: AskedQuestion) -> int:
    """Remember a question; returns its number, which the 没帮到我 button carries."""
    row = {
        "text": question.text,
        "outcome": question.outcome,
        "entry": question.entry,
        "confidence": question.confidence,
        "runner_up": question.runner_up,
        "matched_words": json.dumps(question.matched_words, ensure_ascii=False),
        "status": question.status,
        "facet": question.facet,
        "channel": question.channel,
        "publication": question.publication,
        "is_test": question.is_test,
        "chat_hash": question.chat_hash,
        "asked_at": question.asked_at,
    }
    question_id: int = connection.execute(_insert(connection.dialect.name), row).scalar_one()
    return question_id


@cache  # building a statement costs more than running it: this one is run for every question
def _insert(dialect: str) -> Executable:
    return insert_for(dialect, questions).returning(questions.c.id)


def recent(
    connection: Connection, limit: int = 50, *, since: datetime | None = None, with_tests: bool = False
) -> list[AskedQuestion]:
    """The latest questions, newest first; test questions only when asked for."""
    statement = select(questions).order_by(questions.c.id.desc()).limit(limit)
    if since is not None:
        statement = statement.where(questions.c.asked_at >= since)
    if not with_tests:
        statement = statement.where(questions.c.is_test.is_(False))
    return [_from_row(row) for row in connection.execute(statement)]


def mark_not_helpful(connection: Connection, question_id: int, chat_hash: str, now: datetime) -> bool:
    """The asker says the answer did not help; False when it is not this chat's question. Twice counts once."""
    statement = (
        update(questions)
        .where(
            questions.c.id == question_id,
            questions.c.chat_hash == chat_hash,
            questions.c.not_helpful_at.is_(None),
        )
        .values(not_helpful_at=now)
    )
    if connection.execute(statement).rowcount:
        return True
    known = select(questions.c.id).where(questions.c.id == question_id, questions.c.chat_hash == chat_hash)
    return connection.execute(known).one_or_none() is not None


def forget_chat(connection: Connection, chat_hash: str) -> int:
    """Delete one chat's questions; part of 删除我的信息. Returns how many."""
    return connection.execute(delete(questions).where(questions.c.chat_hash == chat_hash)).rowcount


def blank(connection: Connection, asked_before: datetime) -> int:
    """Of older questions only what came of them stays: no text, no chat. Returns how many."""
    old = (questions.c.asked_at < asked_before) & (questions.c.chat_hash != "")
    statement = update(questions).where(old).values(text="", matched_words="[]", chat_hash="")
    return connection.execute(statement).rowcount


def cleanup(connection: Connection, now: datetime, days: int = 365) -> int:
    """Delete questions older than `days`. Returns how many."""
    return connection.execute(delete(questions).where(questions.c.asked_at < now - timedelta(days=days))).rowcount


def _from_row(row: Row[Any]) -> AskedQuestion:
    return AskedQuestion(**{**row._asdict(), "matched_words": tuple(json.loads(row.matched_words))})
