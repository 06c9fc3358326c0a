"""删除我的信息 (erasure): everything about one person goes, from the ledger, the drawer of papers and the disk.

Rows go in one transaction; sealed words lose their key with it. What a transaction cannot do follows in `scrub`: files,
the traces of the goodbye itself, and the bytes deleted rows leave behind in files. The rounds repeat it until it is done.
"""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from office import assisted_checks, receipts
from office.applicants import TAIL_DIGITS, WRONG_TRIES, Applicants, LookUpRefusal
from office.application_case import GuaranteeApplication
from office.assisted_checks import AssistedChecks
from office.case_erasure import CaseErasure
from office.case_papers import CasePapers
from office.ledger import (
    audit,
    chats,
    dialogues,
    erasures,
    follow_ups,
    help_requests,
    inbox_upkeep,
    open_forms,
    outbox_upkeep,
    people,
    person_keys,
    questions,
    rate_limits,
)
from office.ledger.audit import Deed
from office.ledger.erasures import Erasure
from office.ledger.errors import LedgerBusy
from office.office import ChatKey, Office
from office.privacy import Pseudonyms

log = logging.getLogger(__name__)

TELEGRAM = "telegram"
LONGEST_GOODBYE = timedelta(days=1)  # then the chat's traces go, whether the last message was sent or not
BEFORE = (
    "删了就找不回来：聊过的话、没填完的表、登记的姓名电话、传的材料照片，都删掉。没办完的单子会撤回。",
    "不留名的数目还在，比如“这个月有多少张单子”。",
)
ELSEWHERE = "已经转给担保公司、银行的，他们那里存的归他们管，要删得另外找他们。"


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was deleted; `is_staff` when the chat is that of somebody at the desk, whose account stays."""

    cases: int = 0
    papers: int = 0
    calls: int = 0
    questions: int = 0
    forms: int = 0
    checks: int = 0
    is_staff: bool = False

    def plus(self, other: Erased) -> Erased:
        """Both together."""
        return Erased(
            self.cases + other.cases,
            self.papers + other.papers,
            self.calls + other.calls,
            self.questions + other.questions,
            self.forms + other.forms,
            self.checks + other.checks,
            self.is_staff or other.is_staff,
        )

    def lines(self) -> list[str]:
        """What the person reads."""
        counts = (
            (self.cases, "登记的单子 {} 张"),
            (self.papers, "材料 {} 样"),
            (self.calls, "找人和回访 {} 个"),
            (self.questions, "问过的话 {} 句"),
            (self.forms, "没填完的表 {} 张"),
            (self.checks, "替您做的体检 {} 次"),
        )
        gone = [words.format(count) for count, words in counts if count]
        said = ["删好了。", f"删掉的有：{'，'.join(gone)}。" if gone else "这里没有存您别的东西。"]
        if self.cases:
            said.append(ELSEWHERE)
        if self.is_staff:
            said.append("您工作台的账号还在，要停用请找管理员。")
        return said


def erase_chat(office: Office, chat: ChatKey, *, connection: Connection | None = None) -> Erased:
    """Erase everything that hangs on one chat; with the caller's transaction `scrub` is left to the rounds."""
    with office.ledger.within(connection) as inside:
        erasing = CaseErasure(office)
        cases = erasing.cases_of(inside, chat)
        files = erasing.take_back(inside, cases)
        erased = _erase_talk(office, inside, chat)
        _note(office, inside, (chat.channel, chat.id), files)
    if connection is None:
        scrub(office)
    return replace(erased, cases=len(cases), papers=len(files))


def erase_case(office: Office, receipt: str, *, connection: Connection | None = None) -> Erased:
    """Erase the person of one case, whose right to it the window has checked; `UnknownCase` when there is none."""
    with office.ledger.within(connection) as inside:
        erasing = CaseErasure(office)
        case = erasing.case(inside, receipt)
        files = erasing.take_back(inside, [case])
        _note(office, inside, None, files)
    if connection is None:
        scrub(office)
    return Erased(cases=1, papers=len(files))


def erase_by_number(office: Office, number: str, tail: str, source: str) -> Erased | LookUpRefusal:
    """Erase the case of a receipt number, the call of a 找人问 number, or the interview of a T number.

    The phone must end in these four digits.
    Wrong tries count as those of looking up a status, and one refusal serves for a wrong number and wrong digits.
    """
    call = _call_number(number)
    if call is not None:
        return _erase_call(office, call, tail, source)
    check = assisted_checks.number_in(number)
    if check is not None:
        return _erase_check(office, check, tail, source)
    with office.ledger.begin() as connection:
        found = Applicants(office).look_up(number, tail, source, connection=connection)
        if not isinstance(found, GuaranteeApplication):
            return found
        erased = erase_case(office, found.receipt, connection=connection)
    scrub(office)
    return erased


def scrub(office: Office) -> int:
    """Take what erasures left behind off the disk; returns how many are done now. Safe to repeat."""
    with office.ledger.read() as connection:
        under_way = erasures.under_way(connection, office.cipher)
    if not under_way:
        return 0
    papers = CasePapers(office)
    for one in under_way:
        papers.drop(list(one.files))
    with office.ledger.begin() as connection:
        rate_limits.cleanup(connection, office.now())
        done = [one.id for one in under_way if _is_cleared(office, connection, one)]
        for number in done:
            erasures.clear(connection, number)
    try:
        office.ledger.checkpoint()
    except LedgerBusy as busy:  # somebody is reading: the next round tries again
        log.info("%s", busy)
        return 0
    with office.ledger.begin() as connection:
        erasures.close(connection, done, office.now())
    return len(done)


def _erase_talk(office: Office, inside: Connection, chat: ChatKey) -> Erased:
    """Words, forms, calls and messages of a chat; a person's own talk in groups goes with their private chat."""
    hashed = [(chat.channel, chat.id)]
    forms = open_forms.forget(inside, chat.channel, chat.id)
    dialogues.forget(inside, chat.channel, chat.id)
    calls = help_requests.forget_chat(inside, chat.channel, chat.id)
    is_staff = False
    if chat.channel == TELEGRAM:
        is_staff = people.of_chat(inside, office.cipher, chat.id) is not None
        hashed += [(TELEGRAM, f"{group}:{chat.id}") for group in chats.groups(inside, TELEGRAM)]
        forms += open_forms.forget_in_groups(inside, TELEGRAM, chat.id)
        dialogues.forget_in_groups(inside, TELEGRAM, chat.id)
        calls += follow_ups.forget_chat(inside, chat.id)
        for lane in (chat.id, f"inline:{chat.id}"):
            inbox_upkeep.forget_lane(inside, lane)
            outbox_upkeep.forget_lane(inside, lane)
    chats.forget(inside, chat.channel, chat.id)
    stand_ins = [Pseudonyms(key.reveal()) for key in office.settings.secret_keys]
    asked = sum(questions.forget_chat(inside, one.of(*key)) for one in stand_ins for key in hashed)
    person_keys.destroy_unused(inside)
    return Erased(calls=calls, questions=asked, forms=forms, is_staff=is_staff)


def _erase_call(office: Office, number: str, tail: str, source: str) -> Erased | LookUpRefusal:
    with office.ledger.begin() as connection:
        key = f"status:{office.pseudonyms.of('address', source)}"
        if not rate_limits.allow(connection, key, *WRONG_TRIES, office.now()):
            return LookUpRefusal.TOO_MANY
        call = help_requests.find(connection, office.cipher, number)
        digits = receipts.plain_digits(tail)
        wanted = call.phone[-TAIL_DIGITS:] if call else ""
        if len(digits) != TAIL_DIGITS or not hmac.compare_digest(wanted.encode(), digits.encode()):
            return LookUpRefusal.WRONG
        rate_limits.give_back(connection, key)
        help_requests.forget(connection, number)
        person_keys.destroy_unused(connection)
        _note(office, connection, None, [])
    scrub(office)
    return Erased(calls=1)


def _erase_check(office: Office, number: str, tail: str, source: str) -> Erased | LookUpRefusal:
    """The interview that somebody at the desk filled in."""
    checks = AssistedChecks(office)
    with office.ledger.begin() as connection:
        found = checks.look_up(connection, number, tail, source)
        if isinstance(found, LookUpRefusal):
            return found
        checks.forget(connection, number)
        _note(office, connection, None, [])
    scrub(office)
    return Erased(checks=1)


def _note(office: Office, inside: Connection, chat: tuple[str, str] | None, files: list[str]) -> None:
    traced = chat if chat and chat[0] == TELEGRAM else None
    number = erasures.begin(inside, office.cipher, traced, files, office.now())
    audit.record(inside, Deed("farmer", "erase_person", str(number), "删除我的信息", office.now()))


def _is_cleared(office: Office, inside: Connection, one: Erasure) -> bool:
    """Whether the chat's number stands nowhere any more: its goodbye is sent, and nothing waits to be worked off."""
    if one.chat is None:
        return True
    lanes = (one.chat[1], f"inline:{one.chat[1]}")
    inbox_free = [inbox_upkeep.forget_ended(inside, lane) for lane in lanes]
    outbox_free = [outbox_upkeep.forget_ended(inside, lane) for lane in lanes]
    return all((*inbox_free, *outbox_free)) or office.now() > one.asked_at + LONGEST_GOODBYE


def _call_number(text: str) -> str | None:
    """W and seven digits, as a call for a person is numbered."""
    letter, digits = text.strip()[:1].upper(), receipts.plain_digits(text.strip()[1:])
    is_call = letter in ("W", "Ｗ") and len(digits) == 7 and digits.isascii() and digits.isdigit()
    return f"W{digits}" if is_call else None
