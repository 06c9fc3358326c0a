"""Filling in an interview for a farmer (代填体检): begun, recorded, confirmed; both persons stand in the record.

The answers are kept as those of any interview, under a chat of channel `desk` whose id is the interview's number.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from knowledge.check_views import QuestionView, ResultView
from knowledge.checkup import Group
from office import receipts
from office.applicants import TAIL_DIGITS, WRONG_TRIES, LookUpRefusal
from office.application_form import read_phone
from office.check_ups import CheckUps
from office.ledger import assisted_checks, audit, open_forms, person_keys, rate_limits
from office.ledger.assisted_checks import DIGITS, LETTER, AssistedCheck, Beginning, Confirmed
from office.ledger.audit import Deed
from office.office import ChatKey, Office
from office.people import Duty, Person, Role, may

CHANNEL = "desk"
FARMER = "farmer"
COUNTY = "county"
LONGEST_NAME = 20
MOST_LISTED = 40
UNFINISHED_DAYS = open_forms.KEPT_DAYS
KEPT_DAYS = 180
DETAILED = (Group.LIKELY, Group.ASK, Group.NEARLY)
HOW_WORDS = {Confirmed.CODE: "农户自己用编号核对过", Confirmed.SIGNATURE: "农户在纸上签过字"}
_NUMBER = re.compile(rf"{LETTER}[{DIGITS}]{{7}}")


class AssistedError(Exception):
    """What is wanted cannot be done; the message says in Chinese why, and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An interview to begin, as the form at the desk says it; `scope` is an entry's code or empty for 政策体检."""

    form: str
    village: str
    scope: str
    name: str
    phone: str
    is_present: bool


class AssistedChecks:
    """Verbs on interviews that somebody of the office fills in. Each takes the connection of a transaction; all block."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def begin(self, connection: Connection, person: Person, wanted: Wanted) -> str:
        """The number of a new interview, or of the one that this very form began before. Raises `AssistedError`."""
        name, scope = " ".join(wanted.name.split()), wanted.scope
        faults: dict[str, str] = {}
        phone = read_phone(wanted.phone.strip(), faults) if wanted.phone.strip() else ""
        if not 1 <= len(name) <= LONGEST_NAME:
            raise AssistedError(f"请写怎么称呼他，{LONGEST_NAME} 个字以内。")
        if faults:
            raise AssistedError("".join(faults.values()))
        if scope and scope not in self._office.knowledge.entries:
            raise AssistedError("没有这一条，可能已经撤下来了。请重新选。")
        if not wanted.is_present:
            raise AssistedError("要他本人在场、同意您替他填，才能开始。")
        beginning = Beginning(wanted.form, wanted.village, scope, person.id, name, phone or "")
        number, is_new = assisted_checks.begin(connection, self._office.cipher, beginning, self._office.now())
        if is_new:
            self._note(connection, person.id, "begin_check", number, scope or "政策体检")
            check_ups, chat = CheckUps(self._office), chat_of(number)
            check_ups.begin(chat, scope, connection=connection)
            if not scope:  # the village says the county: nobody asks it again
                check_ups.reply(chat, wanted.village.partition("/")[0], COUNTY, connection=connection)
        return number

    def listed(self, connection: Connection, person: Person) -> list[AssistedCheck]:
        """The latest ones of the person's villages; reading the list is in the audit."""
        places = None if person.role in (Role.STAFF, Role.ADMIN) else person.villages
        found = assisted_checks.of_places(connection, self._office.cipher, places, MOST_LISTED)
        self._note(connection, person.id, "read_checks", f"{len(found)} checks", Duty.FILL_IN.value)
        return [one for one in found if may(person, Duty.FILL_IN, one.village)]

    def find(self, connection: Connection, number: str, *, to_change: bool = False) -> AssistedCheck | None:
        """The interview of a number."""
        return assisted_checks.find(connection, self._office.cipher, number, to_change=to_change)

    def record(self, connection: Connection, person: Person, check: AssistedCheck) -> None:
        """Keep the result of the answers so far as it is shown now; from here on only the farmer's word is wanting."""
        if check.confirmed_at is not None:
            raise AssistedError("他已经核对过了，不能再改。要重新判断，另做一次。")
        check_ups, chat = CheckUps(self._office), chat_of(check.number)
        result = check_ups.result(chat, check.scope, connection=connection)
        if not result.known and isinstance(check_ups.look(chat, check.scope, connection=connection), QuestionView):
            raise AssistedError("一个问题都还没有答案，先问几个再存。")
        assisted_checks.record(connection, self._office.cipher, check.number, _shown(result), self._office.now())
        self._note(connection, person.id, "record_check", check.number, f"{result.version} {result.on}")

    def reopen(self, connection: Connection, person: Person, check: AssistedCheck) -> None:
        """Back to the questions, to change an answer; a confirmed result stays as it is."""
        if check.confirmed_at is not None:
            raise AssistedError("他已经核对过了，不能再改。要重新判断，另做一次。")
        assisted_checks.reopen(connection, check.number)
        self._note(connection, person.id, "reopen_check", check.number, "代填")

    def signed(self, connection: Connection, person: Person, check: AssistedCheck) -> None:
        """The farmer has signed the printed sheet; whoever saw it says so."""
        if check.result is None:
            raise AssistedError("结果还没有存。先点“存下来，给他核对”，再打印给他签。")
        if assisted_checks.confirm(connection, check.number, Confirmed.SIGNATURE, self._office.now()):
            self._note(connection, person.id, "confirm_check", check.number, Confirmed.SIGNATURE.value)
            open_forms.forget(connection, CHANNEL, check.number)

    def confirm(self, connection: Connection, number: str) -> bool:
        """The farmer confirms with the own number; whose right to it the window has checked. False when it was before."""
        if not assisted_checks.confirm(connection, number, Confirmed.CODE, self._office.now()):
            return False
        self._note(connection, FARMER, "confirm_check", number, Confirmed.CODE.value)
        open_forms.forget(connection, CHANNEL, number)
        return True

    def look_up(self, connection: Connection, number: str, tail: str, source: str) -> AssistedCheck | LookUpRefusal:
        """The interview of a number and the last digits of its phone; wrong tries count as those of a status."""
        key = f"status:{self._office.pseudonyms.of('address', source)}"
        if not rate_limits.allow(connection, key, *WRONG_TRIES, self._office.now()):
            return LookUpRefusal.TOO_MANY
        found, digits = self.find(connection, number), receipts.plain_digits(tail)
        kept = found.phone[-TAIL_DIGITS:] if found is not None else ""
        if found is None or len(digits) != TAIL_DIGITS or not hmac.compare_digest(kept.encode(), digits.encode()):
            return LookUpRefusal.WRONG
        rate_limits.give_back(connection, key)
        return found

    def forget(self, connection: Connection, number: str) -> None:
        """Part of 删除我的信息: the interview and its answers."""
        open_forms.forget(connection, CHANNEL, number)
        assisted_checks.forget(connection, number)
        person_keys.destroy_unused(connection)

    def _note(self, connection: Connection, actor: str, verb: str, target: str, purpose: str) -> None:
        audit.record(connection, Deed(actor, verb, target, purpose, self._office.now()))


def chat_of(number: str) -> ChatKey:
    """Under which the answers of an interview are kept."""
    return ChatKey(CHANNEL, number)


def number_in(text: str) -> str | None:
    """T and seven digits, as an interview is numbered; None for anything else."""
    letter = text.strip()[:1].upper().replace("Ｔ", LETTER)
    number = letter + receipts.plain_digits(text.strip()[1:])
    return number if _NUMBER.fullmatch(number) else None


def _shown(result: ResultView) -> dict[str, Any]:
    """The result as plain JSON: what was answered, what was shown, by which publication, as of which day."""
    sections = [
        {
            "group": section.group.value,
            "heading": section.heading,
            "items": [
                {
                    "code": item.code,
                    "title": item.title,
                    "outcome": item.outcome,
                    "details": [[line.kind.value, line.text] for line in item.details]
                    if result.scope or section.group in DETAILED
                    else [],
                }
                for item in section.items
            ],
        }
        for section in result.sections
    ]
    return {
        "title": result.title,
        "on": result.on.isoformat(),
        "version": result.version,
        "as_of": result.as_of,
        "note": result.decision_note,
        "known": [[fact.label, fact.words] for fact in result.known],
        "sections": sections,
        "missing": result.missing,
        "papers": [[line.kind.value, line.text] for line in result.papers.lines],
    }
