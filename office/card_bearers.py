"""Whose name and phone stand on printed cards (卡上的人): sealed with the print, and held against those of today."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from office.codes import Code, responsible
from office.ledger import audit, people
from office.ledger.code_prints import PrintOut
from office.people import Person
from office.privacy import FieldCipher, Sealed
from office.team import CHANGED, SET_PHONE

OTHER_OFFICER, OTHER_PHONE = "卡上的共富金融专员换人了", "卡上的电话换了"
MOST_DEEDS = 500


@dataclass(frozen=True, slots=True)
class Bearer:
    """The name and the phone on one card."""

    name: str
    phone: str

    @classmethod
    def of(cls, officer: Person) -> Bearer:
        """What a card of this officer says."""
        return cls(officer.name, officer.phone.strip())

    def seal(self, cipher: FieldCipher) -> Sealed:
        """As the ledger keeps it."""
        return cipher.encrypt(json.dumps([self.name, self.phone], ensure_ascii=False))

    @classmethod
    def open(cls, cipher: FieldCipher, sealed: Sealed) -> Bearer:
        """What `seal` has sealed."""
        name, phone = json.loads(cipher.decrypt(sealed))
        return cls(name, phone)


class Bearers:
    """Who would stand on each card today, looked up once; prints of one run share a sealed text, opened once."""

    def __init__(self, connection: Connection, cipher: FieldCipher) -> None:
        self._connection, self._cipher = connection, cipher
        self._today: dict[tuple[str, str], Person | None] = {}
        self._opened: dict[Sealed, Bearer] = {}

    def why(self, out: PrintOut) -> str:
        """Why the person on a printed card is the wrong one, in a few words; empty when it is right."""
        today = self._of_today(out.code)
        if today is None:
            return OTHER_OFFICER
        if out.bearer is None:
            return self._why_unknown(out, today)
        if out.bearer not in self._opened:
            self._opened[out.bearer] = Bearer.open(self._cipher, out.bearer)
        printed, now = self._opened[out.bearer], Bearer.of(today)
        if printed.name != now.name:
            return OTHER_OFFICER
        return OTHER_PHONE if printed.phone != now.phone else ""

    def _of_today(self, code: Code) -> Person | None:
        whose = (code.officer, code.village)
        if whose not in self._today:
            issuer = people.find(self._connection, self._cipher, code.officer)
            self._today[whose] = responsible(self._connection, self._cipher, code, issuer)
        return self._today[whose]

    def _why_unknown(self, out: PrintOut, today: Person) -> str:
        """Cards printed before bearers were kept: the audit says whose the code was then, and of later changes."""
        if self._officer_then(out.code, out.printed_at) != today.id:
            return OTHER_OFFICER
        changed_at = audit.latest_at(self._connection, SET_PHONE, today.id, CHANGED)
        return OTHER_PHONE if changed_at is not None and changed_at > out.printed_at else ""

    def _officer_then(self, code: Code, moment: datetime) -> str:
        issued = audit.recent(self._connection, MOST_DEEDS, target=code.batch)
        first = next((deed.purpose.split()[-1] for deed in issued if deed.verb == "issue_codes"), code.officer)
        seen = set[str]()
        while first not in seen:
            seen.add(first)
            deeds = audit.recent(self._connection, MOST_DEEDS, target=first)
            left = next((deed for deed in deeds if deed.verb == "hand_over" and deed.at <= moment), None)
            first = first if left is None else left.purpose
        return first
