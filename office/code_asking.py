"""A typed message that is a code, or asks 查真假: answered before the knowledge is asked, in every window alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from knowledge import answering
from knowledge.answering import Memory
from knowledge.answers import Action, Answer, Line, LineKind, Outcome, Verb
from knowledge.base import KnowledgeBase
from office import code_text, scans
from office.code_answers import code_answer, with_heading
from office.codes import Found, Opened, open_code
from office.ledger import people
from office.privacy import FieldCipher, Pseudonyms
from office.scans import Visitor, Way
from office.verifying import Desk, verify

_ASKS_WHETHER_REAL = re.compile(r"^[\s/]*(?:查真假|辨真假|真假|查一?查真假|是不是真的|真的假的)[\s：:,，。？?]*")
_DOUBTS = re.compile(r"真的|假的|真假|是你们|骗")
HOW_TO_VERIFY = (
    "把要查的东西发过来，前面写上“查真假”三个字。比如：查真假 K7M4P-X9R2T。",
    "卡上的码、短信、网址、文件名都能查。文件不用发，把文件名打出来就行。",
)


@dataclass(frozen=True, slots=True)
class CodeDesk:
    """The office's parts that answering about codes needs; one for each transaction."""

    connection: Connection
    cipher: FieldCipher
    pseudonyms: Pseudonyms
    knowledge: KnowledgeBase
    address: str
    now: datetime
    today: date

    def verify(self, text: str) -> Answer:
        """查真假."""
        return verify(Desk(self.connection, self.cipher, self.knowledge, self.address, self.now, self.today), text)

    def open(self, text: str) -> Opened:
        """What a code leads to."""
        return open_code(self.connection, self.cipher, self.knowledge, text, self.now)


def answer_about_code(
    desk: CodeDesk, text: str, memory: Memory, channel: str, chat: str
) -> tuple[Answer, Memory] | None:
    """The reply when `text` is a code or asks 查真假, else None."""
    asked = _ASKS_WHETHER_REAL.match(text)
    if asked:
        rest = text[asked.end() :].strip()
        return (desk.verify(rest) if rest else how_to_verify(desk)), memory
    codes = code_text.find(text) or code_text.find(code_text.spoken(text))
    if codes and _DOUBTS.search(text):
        return desk.verify(text), memory
    if codes:
        opened = desk.open(codes[0])
        is_whole = code_text.plain(code_text.spoken(text)) == codes[0] or "/c/" in text
        return opened_answer(desk, opened, memory, channel, chat) if opened.code or is_whole else None
    wrong = code_text.find_wrong(code_text.spoken(text))
    if wrong and code_text.plain(code_text.spoken(text)) == wrong[0]:
        return code_answer(Opened(Found.MISTYPED, wrong[0]), desk.today, desk.knowledge.version), memory
    return None


def opened_answer(desk: CodeDesk, opened: Opened, memory: Memory, channel: str, chat: str) -> tuple[Answer, Memory]:
    """The reply to an opened code; a live one makes its entry the subject.

    Counts the visit, under a pseudonym of the day; of an officer's own chat it does not.
    """
    is_staff = channel == "telegram" and people.of_chat(desk.connection, desk.cipher, chat) is not None
    visitor = Visitor(f"{channel}:{chat}", "", Way.TYPED, is_staff=is_staff)
    scans.count(desk.connection, desk.pseudonyms, opened, visitor, desk.now, desk.today)
    if opened.found is not Found.LIVE or opened.entry is None:
        return code_answer(opened, desk.today, desk.knowledge.version), memory
    action = Action(Verb.ENTRY, opened.entry.code)
    said, memory = answering.press(desk.knowledge, action, memory, desk.today)
    return with_heading(said, opened, desk.address), memory


def how_to_verify(desk: CodeDesk) -> Answer:
    """What 查真假 is for, when it comes without anything to check."""
    lines = (
        Line(LineKind.LEAD, "查真假：看看码、短信、网址、文件是不是我们发的。"),
        *(Line(LineKind.NEXT, text) for text in HOW_TO_VERIFY),
        Line(LineKind.WARNING, "官方不收费、不要验证码。让您先交钱的，先打 96110。"),
    )
    return Answer(Outcome.NO_MATCH, lines, topic="verify", version=desk.knowledge.version, on=desk.today)
