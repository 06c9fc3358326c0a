"""For people of the office: /desk links this chat or sends a one-time way in; /script gives a minute to read aloud.

Their chat shows their commands besides everybody's.
"""

from __future__ import annotations

import html

from handlers.outgoing import ChatMenu, Outgoing
from handlers.visits import Visit
from handlers.wrapping import notice
from knowledge.answering import Memory, answer
from knowledge.reading_aloud import script
from office import sign_in
from office.ledger import people
from office.ledger.sign_ins import TicketKind
from office.people import ROLE_WORDS, Duty, Person, may
from office.sign_in import Refusal

COMMANDS = ("desk", "card", "checkfor", "script")
DUTIES = {"desk": Duty.OPEN_DESK, "card": Duty.ISSUE_CODES, "checkfor": Duty.FILL_IN, "script": Duty.READ_SCRIPT}
IN_PRIVATE = "这个命令只能私下用。请点我的头像，单独对我说 /desk。"
NOT_STAFF = (
    "这是工作人员和共富金融专员用的。管理员给过您 8 位数字的，请发：/desk 12345678（换成您的数字）。"
    "查政策、办贷款不用这个，直接打字问就行。"
)
LINKED = "认得您了：{name}（{role}）。以后对我说 /desk，我给您工作台的链接；早上有活会提醒您。"
WRONG = "这个数字进不去：可能输错了、用过了，或者过期了。请找管理员另开一个。"
TOO_MANY = "试的次数太多了，请过十分钟再试。"
WAY_IN = "工作台（只能用一次，10 分钟内打开，不要转给别人）：\n{address}"
WHICH_SCRIPT = "要念哪一条？请发：/script 石斛贷（换成您要的那一条）。"
NO_SCRIPT = "没找到这一条，换个说法再试，比如 /script 石斛贷。"


def on_desk(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    """A way in for someone known; with the digits of a slip the chat becomes theirs."""
    if visit.is_group:
        return (_said(IN_PRIVATE, visit),)
    chat = str(visit.where.id)
    if rest:
        found = sign_in.link_chat(visit.office, visit.connection, rest.rsplit("/", 1)[-1], chat)
        if isinstance(found, Refusal):
            return (_said(TOO_MANY if found is Refusal.TOO_MANY else WRONG, visit),)
        return (_said(LINKED.format(name=found.name, role=ROLE_WORDS[found.role]), visit), _way_in(found, visit))
    person = staff_of(visit)
    return (_way_in(person, visit) if person else _said(NOT_STAFF, visit),)


def on_script(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    """The script of the entry that the words mean, for people of the office."""
    person = None if visit.is_group else staff_of(visit)
    if person is None or not may(person, Duty.READ_SCRIPT):
        return (_said(IN_PRIVATE if visit.is_group else NOT_STAFF, visit),)
    if not rest:
        return (_said(WHICH_SCRIPT, visit),)
    base, today = visit.office.knowledge, visit.office.today()
    said, _ = answer(base, rest, Memory(), today)
    if not said.entries:
        return (_said(NO_SCRIPT, visit),)
    found = script(base, said.entries[0], today)
    return (_said(f"{found.text}\n\n念完问一句：{found.question}", visit),)


def staff_of(visit: Visit) -> Person | None:
    """The person of the office whose chat this is; the chat that ADMIN_CHAT_ID names is the first administrator's."""
    chat = str(visit.where.id)
    known = people.of_chat(visit.connection, visit.office.cipher, chat)
    return known or sign_in.admin_of_chat(visit.office, visit.connection, chat)


def commands_of(person: Person | None) -> tuple[str, ...]:
    """The commands of the office that a person may use; none for a stranger, also one who has left."""
    return tuple(name for name in COMMANDS if person is not None and may(person, DUTIES[name]))


def menus(visit: Visit) -> tuple[ChatMenu, ...]:
    """After a command of the office: the menu of this chat as it should be now."""
    text = (visit.message.text or "").lstrip("/／").lower()
    if visit.is_group or not text.startswith(COMMANDS):
        return ()
    return (ChatMenu(visit.where.id, commands_of(staff_of(visit))),)


def _way_in(person: Person, visit: Visit) -> Outgoing:
    secret = sign_in.invite(visit.office, visit.connection, person, TicketKind.BOT, by=person.id)
    address = f"{visit.site}/desk/enter/{secret}"
    return Outgoing(visit.where.id, html.escape(WAY_IN.format(address=address)))


def _said(text: str, visit: Visit) -> Outgoing:
    return notice(text, visit.where.id, reply_to=visit.reply_to)
