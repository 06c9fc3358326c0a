"""People (人员): the roles, and who may do what where. Pure: the ledger keeps them, the windows ask `may`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a person is to the office."""

    FARMER = "farmer"
    OFFICER = "officer"
    STAFF = "staff"
    GUARANTOR = "guarantor"
    BANK = "bank"
    ADMIN = "admin"


ROLE_WORDS = {
    Role.FARMER: "农户",
    Role.OFFICER: "共富金融专员",
    Role.STAFF: "工作人员",
    Role.GUARANTOR: "农担公司",
    Role.BANK: "银行",
    Role.ADMIN: "管理员",
}
STAFF_ROLES = tuple(role for role in Role if role is not Role.FARMER)


class Duty(StrEnum):
    """What can be done at the desk; the value stands in the audit."""

    OPEN_DESK = "open_desk"
    READ_CASE = "read_case"
    MOVE_CASE = "move_case"
    DECIDE_CASE = "decide_case"
    FILL_IN = "fill_in"
    EXPORT_CASES = "export_cases"
    FOLLOW_UP = "follow_up"
    ANSWER_HELP = "answer_help"
    READ_SCRIPT = "read_script"
    ISSUE_CODES = "issue_codes"
    MANAGE_PEOPLE = "manage_people"
    SELF_CHECK = "self_check"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the office; `villages` are "县市区/镇街/村" or a prefix of that."""

    id: str
    role: Role
    name: str
    phone: str
    villages: tuple[str, ...]
    is_active: bool
    successor: str | None

    @property
    def is_staff(self) -> bool:
        """Anyone with a place at the desk."""
        return self.role is not Role.FARMER

    def covers(self, village: str) -> bool:
        """Whether `village` is one of the person's villages or lies in one of the towns or counties given."""
        return any(village == own or village.startswith(f"{own}/") for own in self.villages)


class Ground(Protocol):
    """What a case tells about itself when access is asked for."""

    @property
    def village(self) -> str:
        """The applicant's village."""

    @property
    def guarantor(self) -> str | None:
        """Id of the guarantor's person it was passed to."""

    @property
    def bank(self) -> str | None:
        """Id of the bank's person it was passed to."""


_CASE_DUTIES = frozenset({Duty.READ_CASE, Duty.MOVE_CASE})
_EVERYWHERE = frozenset({Duty.OPEN_DESK, Duty.READ_SCRIPT})
_GRANTED: dict[Role, frozenset[Duty]] = {
    Role.FARMER: frozenset(),
    Role.OFFICER: _EVERYWHERE | _CASE_DUTIES | {Duty.FILL_IN, Duty.FOLLOW_UP, Duty.ANSWER_HELP, Duty.ISSUE_CODES},
    Role.STAFF: _EVERYWHERE
    | _CASE_DUTIES
    | {Duty.FILL_IN, Duty.FOLLOW_UP, Duty.ANSWER_HELP, Duty.ISSUE_CODES, Duty.EXPORT_CASES, Duty.SELF_CHECK},
    Role.GUARANTOR: _EVERYWHERE | _CASE_DUTIES | {Duty.DECIDE_CASE, Duty.EXPORT_CASES},
    Role.BANK: _EVERYWHERE | _CASE_DUTIES | {Duty.DECIDE_CASE, Duty.EXPORT_CASES},
    Role.ADMIN: frozenset(Duty) - {Duty.DECIDE_CASE},
}


def may(person: Person, duty: Duty | str, where: Ground | str | None = None) -> bool:
    """Whether `person` may do `duty`, at the village or on the case `where`; without `where`: at all.

    Officers: their villages only. Guarantors and banks: only cases passed to them, never a village as such.
    Staff and administrators: everywhere.
    """
    if not person.is_active or Duty(duty) not in _GRANTED[person.role]:
        return False
    if where is None or person.role in (Role.STAFF, Role.ADMIN):
        return True
    if person.role is Role.OFFICER:
        return person.covers(where if isinstance(where, str) else where.village)
    if isinstance(where, str):
        return False
    return person.id == (where.guarantor if person.role is Role.GUARANTOR else where.bank)


def prefixes(village: str) -> tuple[str, ...]:
    """The village and the town and county it lies in, most specific first."""
    parts = village.split("/")
    return tuple("/".join(parts[:length]) for length in range(len(parts), 0, -1) if parts[length - 1])
