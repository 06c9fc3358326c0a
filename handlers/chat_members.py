"""The bot's own place in a chat changed: blocked, unblocked, taken into a group, put out of it."""

from __future__ import annotations

from telegram import ChatMember

from handlers import words
from handlers.outgoing import Outgoing
from handlers.visits import CHANNEL, Visit
from handlers.wrapping import HOME, notice
from office.ledger import chats, outbox

GONE = (ChatMember.BANNED, ChatMember.LEFT)


def on_member_change(visit: Visit) -> tuple[Outgoing, ...]:
    """Notes whether the chat may be written to; a group that takes the bot in is told how to ask it."""
    change = visit.update.my_chat_member
    if change is None:
        return ()
    chat = str(visit.where.id)
    if change.new_chat_member.status in GONE:
        chats.block(visit.connection, CHANNEL, chat, visit.now)
        outbox.mark_blocked(visit.connection, chat, visit.now)
        return ()
    chats.start(visit.connection, CHANNEL, chat, visit.now)
    if not visit.is_group or change.old_chat_member.status not in GONE:
        return ()
    return (notice(words.IN_GROUP.format(name=visit.bot_name), visit.where.id, buttons=(HOME,)),)
