"""What became of a call for a person (找人问), told to who asked: by number and last digits, or in the chat it came from."""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from office import receipts
from office.applicants import TAIL_DIGITS, WRONG_TRIES, LookUpRefusal
from office.ledger import help_requests, people, rate_limits
from office.ledger.help_requests import DIGITS, LETTER, HelpRequest
from office.office import Office
from office.people import ROLE_WORDS, Person
from office.working_days import HOURS, WENZHOU

MOST_CALLS = 5
_NUMBER = re.compile(rf"{LETTER}[{DIGITS}]{{7}}")
PASSED_ON = "到时候没人联系，会自动转给别的工作人员；您也可以打 12345，报这个编号。"
AGAIN = "没接到电话，或者还有话要问：打 {whom}，报这个编号；也可以再登记一次。"


@dataclass(frozen=True, slots=True)
class Standing:
    """One call as its asker sees it; `phone` is whom to ring up, when that is known."""

    number: str
    asked: str
    question: str
    state: str
    whom: str
    phone: str
    lines: tuple[str, ...]
    is_answered: bool


def number_in(text: str) -> str | None:
    """W and seven digits, as a call is numbered; None for anything else."""
    plain = unicodedata.normalize("NFKC", text.strip()).upper()
    number = plain[:1] + receipts.plain_digits(plain[1:])
    return number if _NUMBER.fullmatch(number) else None


def look_up(office: Office, connection: Connection, number: str, tail: str, source: str) -> Standing | LookUpRefusal:
    """The call of a number and the last digits of the phone that was left; wrong tries count as those of a status.

    A wrong number, wrong digits and a call without a phone are refused alike.
    """
    key = f"status:{office.pseudonyms.of('address', source)}"
    if not rate_limits.allow(connection, key, *WRONG_TRIES, office.now()):
        return LookUpRefusal.TOO_MANY
    found, digits = help_requests.find(connection, office.cipher, number), receipts.plain_digits(tail)
    kept = found.phone[-TAIL_DIGITS:] if found is not None else ""
    if found is None or len(digits) != TAIL_DIGITS or not hmac.compare_digest(kept.encode(), digits.encode()):
        return LookUpRefusal.WRONG
    rate_limits.give_back(connection, key)
    return _standing(office, connection, found)


def of_chat(office: Office, connection: Connection, channel: str, chat: str) -> list[Standing]:
    """The latest calls of a chat, newest first."""
    found = help_requests.of_chat(connection, office.cipher, channel, chat, MOST_CALLS)
    return [_standing(office, connection, one) for one in found]


def spoken_lines(one: Standing) -> list[str]:
    """A call in a few lines, for a chat."""
    return [f"找人问，编号 {one.number}", f"{one.asked} 问的：{one.question}", f"现在：{one.state}。", *one.lines]


def _standing(office: Office, connection: Connection, call: HelpRequest) -> Standing:
    officer = people.find(connection, office.cipher, call.officer) if call.officer else None
    officer = officer if officer is not None and officer.is_active else None
    whom, phone = _named(officer), officer.phone if officer else ""
    if call.answered_at is not None:
        by = people.find(connection, office.cipher, call.answered_by) if call.answered_by else None
        whom = _named(by) if by else whom
        state = "已经有人回了"
        lines = [f"{moment(call.answered_at)}，{whom}回过了。", AGAIN.format(whom=phone or "12345")]
    elif call.escalated_at is not None:
        state = "到日子没人联系您，转给工作人员了"
        lines = [f"{moment(call.escalated_at)}转的，让他们当天接手。", "还没等到，打 12345，报这个编号。"]
    else:
        state = f"等{whom}联系您"
        lines = [f"最晚 {day(call.due_at)}下班前联系您。上班时间：{HOURS}。", PASSED_ON]
    if phone and call.answered_at is None:
        lines.append(f"{_named(officer)}的电话：{phone}。")
    return Standing(
        number=call.number,
        asked=moment(call.asked_at),
        question=call.question,
        state=state,
        whom=whom,
        phone=phone,
        lines=tuple(lines),
        is_answered=call.answered_at is not None,
    )


def _named(person: Person | None) -> str:
    return f"{ROLE_WORDS[person.role]}{person.name}" if person else "工作人员"


def day(moment_: datetime) -> str:
    """A day as people say it."""
    here = moment_.astimezone(WENZHOU)
    return f"{here.month} 月 {here.day} 日"


def moment(moment_: datetime) -> str:
    """A day and its hour as people say them."""
    return f"{day(moment_)} {moment_.astimezone(WENZHOU):%H:%M}"
