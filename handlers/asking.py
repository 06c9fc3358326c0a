"""Answers to put into a chat: the speed limit first, then the office's reply as the chat likes it."""

from __future__ import annotations

from collections.abc import Callable

from handlers import words
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from handlers.wrapping import notice, wrapped
from knowledge.answers import Answer
from office.ledger import rate_limits

SECONDS_BETWEEN_REMARKS = 20


def reply(visit: Visit, said: Answer, *, note: str = "") -> tuple[Outgoing, ...]:
    """The messages that carry `said` to the chat of the visit."""
    elder = visit.known.elder_mode
    return wrapped(said, visit.where.id, elder=elder, reply_to=visit.reply_to, note=note)


def within_limits(visit: Visit, answer: Callable[[], tuple[Outgoing, ...]]) -> tuple[Outgoing, ...]:
    """`answer()`, unless this person asks too fast; they are told so once in a while, not every time."""
    if not visit.office.too_many(visit.key, connection=visit.connection):
        return answer()
    remark = f"slow:{visit.key.channel}:{visit.key.id}"
    if not rate_limits.allow(visit.connection, remark, 1, SECONDS_BETWEEN_REMARKS, visit.now):
        return ()
    return (notice(words.TOO_FAST, visit.where.id, reply_to=visit.reply_to),)
