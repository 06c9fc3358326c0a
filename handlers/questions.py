"""Somebody typed something: a question, a word that stands for a command, or a correction of an earlier question."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from handlers import applying, asking, calculating, caring, commands, words
from handlers.groups import without_mention
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from office.ledger import outbox_upkeep

WENZHOU = ZoneInfo("Asia/Shanghai")


def on_question(visit: Visit) -> tuple[Outgoing, ...]:
    """A typed message, or the words below a picture."""
    text = without_mention(visit.message.text or visit.message.caption or "", visit.bot_name)
    command = words.command_of(text)
    if command is not None:
        return commands.run(command, "", visit)
    call = caring.called_for(text)
    if call is not None:
        return caring.on_call(call, visit)
    forms = (calculating, applying) if calculating.is_foremost(visit) else (applying, calculating)
    for form in forms:
        taken = form.on_typed(text, visit)
        if taken is not None:
            return _within_limits(taken, visit)
    return applying.reminded(calculating.reminded(answered(text, visit), visit), visit)


def _within_limits(replies: tuple[Outgoing, ...], visit: Visit) -> tuple[Outgoing, ...]:
    return asking.within_limits(visit, lambda: replies)


def answered(text: str, visit: Visit, note: str = "") -> tuple[Outgoing, ...]:
    """The office's reply to `text`."""
    return asking.within_limits(
        visit,
        lambda: asking.reply(visit, visit.office.ask(text, visit.key, connection=visit.connection), note=note),
    )


def on_edited(visit: Visit) -> tuple[Outgoing, ...]:
    """The person corrected their message: our reply to it is replaced, or a new one sent if there is none."""
    text = without_mention(visit.message.text or visit.message.caption or "", visit.bot_name)
    if not text or words.command_of(text) is not None or text.startswith("/"):
        return ()
    moment = (visit.message.edit_date or visit.now).astimezone(WENZHOU)
    replies = answered(text, visit, words.EDITED.format(moment=f"{moment:%H:%M:%S}"))
    earlier = outbox_upkeep.state_of(visit.connection, reply_key(visit.where.id, visit.message.message_id, 1))
    if not replies or earlier is None or earlier.message_id is None:
        return replies
    return (replace(replies[0], edit=earlier.message_id), *replies[1:])


def reply_key(chat: int, message_id: int, part: int) -> str:
    """Names the reply to one message of one chat, so that it exists once and can be found when that is edited."""
    return f"reply:{chat}:{message_id}:{part}"
