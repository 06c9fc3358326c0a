"""Asking for a person (找人问): routed to the village's officer or the staff, answered, or passed on once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from office.application_form import read_phone, read_place
from office.ledger import audit, help_requests, people, rate_limits
from office.ledger.audit import Deed
from office.ledger.help_requests import HelpCall, HelpRequest
from office.masking import mask
from office.notices import notify
from office.office import Office
from office.people import ROLE_WORDS, Person, Role
from office.working_days import HOURS, after_working_days, is_open

WORKING_DAYS = 2
LONGEST_QUESTION = 300
KEPT_DAYS = 90
CALLS_AN_HOUR = 6
WAITED_FOR_DAYS = 14
TOO_MANY = "这里一小时最多登记 6 次。急的话请打 12345；被骗了先打 96110。"


class HelpError(Exception):
    """The call cannot be taken as it stands; the message says in Chinese what is missing."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What the asker is told."""

    number: str
    text: str
    is_new: bool


class TooManyCalls(HelpError):  # noqa: N818 - says what happened
    """This address has called too often this hour."""


def ask(
    office: Office,
    connection: Connection,
    *,
    form: str,
    village: str,
    phone: str,
    question: str,
    channel: str,
    chat: str | None = None,
    source: str,
) -> Promise:
    """Take a call: who will answer, when, and the number to refer to. Raises `HelpError`.

    `form` names what was handed in: the same twice is one call. `village` is as people write it, or empty. Without a
    phone, and asked in a browser, nobody can call back: the promise says whom to ring up instead.
    `source` is the address or chat that the limit counts for; beyond it nothing is kept and `TooManyCalls` is raised.
    """
    place, phone = _contact(office, village, phone)
    if not question.strip():
        raise HelpError("请写一句想问什么。")
    officer = people.officer_of(connection, office.cipher, place) if place else None
    if help_requests.number_of(connection, form) is None:
        _count(office, connection, source)
    now, due = office.now(), after_working_days(office.now(), WORKING_DAYS)
    call = HelpCall(form, place, officer.id if officer else None, phone, mask(question.strip()[:LONGEST_QUESTION]))
    number, is_new = help_requests.ask(connection, office.cipher, call, (channel, chat), now=now, due_at=due)
    if is_new:
        _tell(office, connection, [officer] if officer else _staff(office, connection), f"help:{number}", _line(number))
    can_be_reached = bool(phone) or (channel == "telegram" and chat is not None)
    text = _promised(number, officer, now, due) if can_be_reached else _call_yourself(number, officer)
    return Promise(number, text, is_new)


def _contact(office: Office, village: str, phone: str) -> tuple[str, str]:
    """县市区/镇街/村 and the phone as the application form reads them; either may be empty."""
    faults: dict[str, str] = {}
    number = read_phone(phone.strip(), faults) if phone.strip() else ""
    place = read_place(village.strip(), office.knowledge, faults) if village.strip() else ""
    if faults or number is None:
        raise HelpError("".join(faults.values()))
    return place, number


def _count(office: Office, connection: Connection, source: str) -> None:
    """Count a new call of this address or chat; `TooManyCalls` beyond the limit."""
    key = f"help:{office.pseudonyms.of('help', source)}"
    if not rate_limits.allow(connection, key, CALLS_AN_HOUR, 3600, office.now()):
        raise TooManyCalls(TOO_MANY)


def place_in(office: Office, text: str) -> str:
    """The place named in a sentence, as people write it; empty when none of ours is."""
    inside = [one for one in office.knowledge.places.find(text) if one.county is not None and not one.ambiguous]
    if not inside:
        return ""
    best = max(inside, key=lambda one: (one.village is not None, one.town is not None))
    return "".join(part for part in (best.county, best.town, best.village) if part)


def _promised(number: str, officer: Person | None, now: datetime, due: datetime) -> str:
    """Who answers, until when, and what to say when nobody does."""
    who = f"{officer.name}（{ROLE_WORDS[officer.role]}）" if officer else "工作人员"
    opening = "" if is_open(now) else "现在是下班时间。"
    return (
        f"{opening}登记好了，编号 {number}。{who}会在 {due.month} 月 {due.day} 日下班前联系您。"
        f"上班时间：{HOURS}。到时候没人联系，会自动转给别的工作人员；您也可以打 12345，报这个编号。"
    )


def _call_yourself(number: str, officer: Person | None) -> str:
    """What stands for the promise where no phone was left."""
    named = f"{officer.name}（{ROLE_WORDS[officer.role]}）{officer.phone}，或者 " if officer and officer.phone else ""
    return (
        f"记下了，编号 {number}。您没留电话，我们打不过去，只能您自己打过去：{named}12345。打的时候报这个编号，"
        f"您问的话他们那里看得到。上班时间：{HOURS}。想让人打给您，留个电话再登记一次。"
    )


def answered(office: Office, connection: Connection, request: HelpRequest, *, by: Person, reply: str = "") -> bool:
    """Mark a call answered; `reply` goes to the asker's chat when there is one. False when it was answered before."""
    if not help_requests.answer(connection, request.number, by=by.id, now=office.now()):
        return False
    audit.record(connection, Deed(by.id, "answer_help", request.number, "help", office.now()))
    if reply.strip() and request.chat and request.channel == "telegram":
        notify(
            office,
            connection,
            key=f"help-answer:{request.number}",
            chat=request.chat,
            text=f"您问的（编号 {request.number}），{by.name}答复：{reply.strip()[:1000]}",
        )
    return True


def escalate(office: Office, connection: Connection) -> list[HelpRequest]:
    """Pass on what nobody answered in time to staff and administrators; each call once, never again."""
    late = help_requests.escalate_due(connection, office.cipher, office.now())
    for request in late:
        if not request.can_be_reached:
            continue  # whoever asked has to call
        text = f"没人回：找人问 {request.number} 过了 {WORKING_DAYS} 个工作日还没人联系，请今天接手。"
        _tell(office, connection, _staff(office, connection), f"help-late:{request.number}", text)
        audit.record(connection, Deed("system", "escalate_help", request.number, "overdue", office.now()))
    return late


def _line(number: str) -> str:
    return f"有人找您：编号 {number}，等着回电话。打开工作台看电话和问题。"


def _staff(office: Office, connection: Connection) -> list[Person]:
    roles = (Role.STAFF, Role.ADMIN)
    return [one for role in roles for one in people.everyone(connection, office.cipher, role) if one.is_active]


def _tell(office: Office, connection: Connection, whom: list[Person], key: str, text: str) -> None:
    for person in whom:
        chat = people.chat_of(connection, person.id)
        if chat is not None:
            notify(office, connection, key=f"{key}:{person.id}", chat=chat, text=text)
