"""Commands: /start and its deep links, /help, /browse, /person, /forget, /elder; Chinese words lead here too."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping

from handlers import (
    applying,
    asking,
    assisting,
    calculating,
    cards,
    caring,
    checking,
    forgetting,
    questions,
    staff,
    words,
)
from handlers.outgoing import Outgoing
from handlers.visits import CHANNEL, Visit
from handlers.wrapping import notice
from knowledge.answers import Action, Verb
from office import application_dialogue, calculations, check_ups
from office.ledger import chats, open_forms

CHECK_UP = "check"
COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?$", re.DOTALL)


def on_command(visit: Visit) -> tuple[Outgoing, ...]:
    """A message that begins with a slash."""
    text = visit.message.text or ""
    word = words.command_of(text)
    if word is not None:
        return run(word, "", visit)
    found = COMMAND.match(text.strip())
    if found is None:
        return questions.answered(text.lstrip("/／ "), visit)
    return run(found[1].lower(), (found[2] or "").strip(), visit)


def run(name: str, rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    """The reply to a command, by name."""
    if name not in COMMANDS:
        return (_said(words.NO_COMMAND, visit),)
    return COMMANDS[name](rest, visit)


def _start(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    """Begins anew, however often.

    A payload opens an entry (e_CODE), a printed code (c_CODE), the check-up (check), or asks (q_BASE64).
    """
    visit.office.forget(visit.key, connection=visit.connection)
    applying.on_cancel(visit)
    calculating.on_cancel(visit)
    checking.on_start(visit)
    cards.on_cancel(visit)
    assisting.on_cancel(visit)
    chats.start(visit.connection, CHANNEL, str(visit.where.id), visit.now)
    welcome = Outgoing(visit.where.id, words.WELCOME, shows_keys=not visit.is_group, reply_to=visit.reply_to)
    if rest.startswith("e_"):
        return (welcome, *_pressed(Action(Verb.ENTRY, rest[2:]), visit))
    if rest == CHECK_UP:
        return (welcome, *_check("", visit))
    question = rest[2:] if rest.startswith("c_") else question_of(rest)
    return (welcome, *questions.answered(question, visit)) if question else (welcome,)


def question_of(payload: str) -> str:
    """The question a /start brings: in letters a link can hold, or simply typed after the command."""
    if payload.startswith("q_"):
        try:
            return base64.urlsafe_b64decode(payload[2:] + "=" * (-len(payload[2:]) % 4)).decode().strip()
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return "" if payload.isascii() else payload


def _help(rest: str, visit: Visit) -> tuple[Outgoing, ...]:  # noqa: ARG001 - one signature for all commands
    return (Outgoing(visit.where.id, words.HELP, shows_keys=not visit.is_group, reply_to=visit.reply_to),)


def _browse(rest: str, visit: Visit) -> tuple[Outgoing, ...]:  # noqa: ARG001
    return _pressed(Action(Verb.BROWSE), visit)


def _person(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    """Whom to ask; with words after it, a call for a person."""
    if rest:
        return caring.on_call(rest, visit)
    return asking.within_limits(visit, lambda: asking.reply(visit, caring.invited(visit.office.person_to_ask())))


def _verify(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    """查真假 of what stands after the command, or of the message the command replies to."""
    return questions.answered(f"查真假 {rest or _replied_to(visit)}", visit)


def _replied_to(visit: Visit) -> str:
    """The words or the file name of the message a command hangs on."""
    before = visit.message.reply_to_message
    if before is None:
        return ""
    name = before.document.file_name if before.document else None
    return " ".join(part for part in (before.text or before.caption, name) if part)


def _forget(rest: str, visit: Visit) -> tuple[Outgoing, ...]:  # noqa: ARG001
    """What was said is forgotten, and the form asked last is given up; said again, the one before it."""
    visit.office.forget(visit.key, connection=visit.connection)
    for kind in open_forms.kinds(visit.connection, visit.key.channel, visit.key.id, visit.now):
        cancel, dropped = CANCELS.get(kind, (None, ""))
        if cancel is not None and cancel(visit):
            return (_said(dropped, visit),)
    return (_said(words.FORGOTTEN, visit),)


def _calculate(rest: str, visit: Visit) -> tuple[Outgoing, ...]:  # noqa: ARG001
    return asking.within_limits(visit, lambda: calculating.on_command(visit))


def _check(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    return asking.within_limits(visit, lambda: checking.on_command(rest, visit))


def _check_for(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    return asking.within_limits(visit, lambda: assisting.on_command(rest, visit))


def _check_this(rest: str, visit: Visit) -> tuple[Outgoing, ...]:  # noqa: ARG001
    return asking.within_limits(visit, lambda: checking.on_this(visit))


def _card(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    return asking.within_limits(visit, lambda: cards.on_command(rest, visit))


def _elder(rest: str, visit: Visit) -> tuple[Outgoing, ...]:  # noqa: ARG001
    wanted = not visit.known.elder_mode
    chats.set_preferences(visit.connection, CHANNEL, str(visit.where.id), elder_mode=wanted)
    return (_said(words.ELDER_ON if wanted else words.ELDER_OFF, visit),)


def _pressed(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    return asking.within_limits(
        visit, lambda: asking.reply(visit, visit.office.press(action, visit.key, connection=visit.connection))
    )


def _said(text: str, visit: Visit) -> Outgoing:
    return notice(text, visit.where.id, reply_to=visit.reply_to)


CANCELS: Mapping[str, tuple[Callable[[Visit], bool], str]] = {
    check_ups.KIND: (checking.on_cancel, checking.DROPPED),
    calculations.KIND: (calculating.on_cancel, words.CALCULATION_DROPPED),
    application_dialogue.KIND: (applying.on_cancel, applying.DROPPED),
    cards.KIND: (cards.on_cancel, cards.DROPPED),
    assisting.KIND: (assisting.on_cancel, assisting.DROPPED),
}
COMMANDS: Mapping[str, Callable[[str, Visit], tuple[Outgoing, ...]]] = {
    "start": _start,
    "help": _help,
    "browse": _browse,
    "apply": applying.on_apply,
    "status": applying.on_status,
    "calc": _calculate,
    "check": _check,
    "check_this": _check_this,
    "checkfor": _check_for,
    "person": _person,
    "verify": _verify,
    "forget": _forget,
    "forget_me": forgetting.on_command,
    "elder": _elder,
    "desk": staff.on_desk,
    "card": _card,
    "script": staff.on_script,
}
