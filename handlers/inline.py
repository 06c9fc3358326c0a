"""Inline mode: @bot and some words in any chat offer entries to put there; nothing is remembered of it."""

from __future__ import annotations

from telegram import InlineQueryResultArticle, InputTextMessageContent
from telegram.constants import ParseMode

from handlers.outgoing import InlineReply
from handlers.visits import Visit
from handlers.wrapping import wrapped
from knowledge import answering
from knowledge.answering import Memory

MOST_RESULTS = 5
LONGEST_DESCRIPTION = 80


def on_inline(visit: Visit) -> tuple[InlineReply, ...]:
    """Up to five entries that fit what is typed so far."""
    query = visit.update.inline_query
    if query is None:
        return ()
    base, today = visit.office.knowledge, visit.office.today()
    codes: tuple[str, ...] = ()
    if query.query.strip():
        said, _ = answering.answer(base, query.query, Memory(), today)
        codes = tuple(dict.fromkeys(said.entries))[:MOST_RESULTS]
    return (InlineReply(query.id, tuple(_result(visit, code) for code in codes)),)


def _result(visit: Visit, code: str) -> InlineQueryResultArticle:
    said = visit.office.sheet(code)
    first = wrapped(said, 0)[0]
    return InlineQueryResultArticle(
        id=code[:64],
        title=visit.office.knowledge.entries[code].title,
        description=said.short_text.replace("\n", " ")[:LONGEST_DESCRIPTION],
        input_message_content=InputTextMessageContent(first.text, parse_mode=ParseMode.HTML),
    )
