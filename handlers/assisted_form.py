"""Where 替他体检 stands in a chat: whom somebody is being asked for, who may do so, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import staff
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from handlers.wrapping import keyboard, notice
from knowledge.answers import Button
from office.ledger import audit, open_forms
from office.ledger.audit import Deed
from office.people import Duty, Person, may

KIND = "assisting"
NUMBER = "number"  # an interview that has begun; before it, `at` is the question that waits
NOT_YOURS = "替人体检由村里的共富金融专员来做，刚才这一次已经记下。您自己想做，发“体检”就行。"
NOT_HERE = "这个村不归您管，刚才这一次已经记下。要是本该归您，请找管理员给您加上这个村。"

Form = dict[str, str]
Replies = tuple[Outgoing, ...]


def form_of(visit: Visit) -> Form | None:
    """What the chat was asked last; None when nothing of the last seven days waits, and always in a group."""
    key = visit.key
    if visit.is_group:
        return None
    return open_forms.load(visit.connection, visit.office.cipher, key.channel, key.id, KIND, visit.now)


def keep(visit: Visit, form: Form) -> None:
    """Words typed next are for this."""
    key = visit.key
    open_forms.save(visit.connection, visit.office.cipher, key.channel, key.id, KIND, form, visit.now)


def drop(visit: Visit) -> bool:
    """Nothing waits any more; what was answered stays with its number. False when nothing waited."""
    return open_forms.drop(visit.connection, visit.key.channel, visit.key.id, KIND)


def allowed(visit: Visit) -> Person | None:
    """The person of this chat, if it is their duty to fill in."""
    person = staff.staff_of(visit)
    return person if person is not None and may(person, Duty.FILL_IN) else None


def refused(visit: Visit, target: str, person: Person | None = None) -> Replies:
    """Kindly, and with a line in the audit, as a page of the desk refuses."""
    note(visit, person or staff.staff_of(visit), "refused", target)
    return (said(NOT_HERE if person else NOT_YOURS, visit),)


def note(visit: Visit, person: Person | None, verb: str, target: str) -> None:
    """One line in the audit."""
    actor = person.id if person else "somebody"
    audit.record(visit.connection, Deed(actor, verb, target, Duty.FILL_IN.value, visit.now))


def menu(text: str, buttons: Sequence[Button], visit: Visit) -> Outgoing:
    """A question with its choices and nothing else below."""
    plain = notice(text, visit.where.id, reply_to=visit.reply_to)
    rows = keyboard(buttons, elder=visit.known.elder_mode)
    return Outgoing(plain.chat, plain.text, rows, reply_to=plain.reply_to)


def said(text: str, visit: Visit, *buttons: Button) -> Outgoing:
    """A sentence of the window, with 找人问 below."""
    return notice(text, visit.where.id, reply_to=visit.reply_to, buttons=buttons)
