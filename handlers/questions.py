"""Somebody typed something: a question, a word that stands for a command, or a correction of an earlier question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from handlers import applying, asking, assisting, calculating, cards, caring, checking, commands, confirming, words
from handlers.groups import without_mention
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from office import application_dialogue, calculations, check_ups
from office.ledger import open_forms, outbox_upkeep
from office.working_days import WENZHOU

FORMS: Mapping[str, Callable[[str, Visit], tuple[Outgoing, ...] | None]] = {
    check_ups.KIND: checking.on_typed,
    calculations.KIND: calculating.on_typed,
    application_dialogue.KIND: applying.on_typed,
    cards.KIND: cards.on_typed,
    assisting.KIND: assisting.on_typed,
}

REMINDERS: Mapping[str, Callable[[tuple[Outgoing, ...], Visit], tuple[Outgoing, ...]]] = {
    check_ups.KIND: checking.reminded,
    calculations.KIND: calculating.reminded,
    application_dialogue.KIND: applying.reminded,
    assisting.KIND: assisting.reminded,
}


def on_question(visit: Visit) -> tuple[Outgoing, ...]:
    """A typed message, or the words below a picture."""
    text = without_mention(visit.message.text or visit.message.caption or "", visit.bot_name)
    command = words.command_of(text)
    if command is not None:
        return commands.run(command, "", visit)
    call = caring.called_for(text)
    if call is not None:
        return caring.on_call(call, visit)
    return asking.within_limits(visit, lambda: _typed(text, visit))


def _typed(text: str, visit: Visit) -> tuple[Outgoing, ...]:
    """An answer for the form that was asked last, or a question as always with a way back to what is open."""
    shown = confirming.on_typed(text, visit)
    if shown is not None:
        return shown
    waiting = open_forms.kinds(visit.connection, visit.key.channel, visit.key.id, visit.now)
    for kind in waiting:
        taken = FORMS[kind](text, visit) if kind in FORMS else None
        if taken is not None:
            return taken
    replies = _asked(text, visit)
    for kind, reminded in REMINDERS.items():
        if kind in waiting:
            replies = reminded(replies, visit)
    return replies


def answered(text: str, visit: Visit, note: str = "") -> tuple[Outgoing, ...]:
    """The office's reply to `text`."""
    return asking.within_limits(visit, lambda: _asked(text, visit, note))


def _asked(text: str, visit: Visit, note: str = "") -> tuple[Outgoing, ...]:
    return asking.reply(visit, visit.office.ask(text, visit.key, connection=visit.connection), note=note)


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
