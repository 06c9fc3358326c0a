"""Which handler an update goes to. Every kind in KINDS has its line here; nothing else is asked for."""

from __future__ import annotations

from telegram.ext import filters

from handlers import chat_members, commands, groups, inline, other_messages, presses, questions, staff
from handlers.outgoing import Handled
from handlers.visits import Visit

KINDS = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")


def handle(visit: Visit, bot_id: int) -> Handled:
    """The effects of an update: what is to be said. An update that asks nothing of us gives nothing."""
    update = visit.update
    if update.callback_query is not None:
        return presses.on_press(visit)
    if update.inline_query is not None:
        return inline.on_inline(visit)
    if update.my_chat_member is not None:
        return chat_members.on_member_change(visit)
    if update.message is None and update.edited_message is None:
        return ()
    if filters.StatusUpdate.ALL.check_update(update):
        return ()
    if visit.is_group and not groups.is_addressed(visit.message, bot_id, visit.bot_name):
        return ()
    if update.edited_message is not None:
        return questions.on_edited(visit)
    if visit.message.text and visit.message.text.startswith(("/", "／")):
        return (*commands.on_command(visit), *staff.menus(visit))
    if visit.message.text or visit.message.caption:
        return questions.on_question(visit)
    return other_messages.on_other(visit)
