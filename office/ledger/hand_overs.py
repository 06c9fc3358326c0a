"""Handing over (交接): every row that points to one person points to another, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, Connection, func, select, update

from office.ledger import people
from office.ledger.applications import applications
from office.ledger.codes import batches as code_batches
from office.ledger.codes import codes
from office.ledger.follow_ups import follow_ups
from office.ledger.help_requests import help_requests
from office.people import Person
from office.privacy import FieldCipher

Pointers = Mapping[str, tuple[Column, ...]]  # type: ignore[type-arg]  # columns of several types, compared as text


def pointers() -> Pointers:
    """Every column that says who is in charge now, under the word for what it is. History and audit stay as they are."""
    return {
        "单子": (applications.c.officer, applications.c.guarantor, applications.c.bank),
        "政策码和农贷码": (codes.c.officer,),
        "码的批次": (code_batches.c.officer,),
        "回访": (follow_ups.c.officer,),
        "找人问": (help_requests.c.officer,),
    }


def move(connection: Connection, old: str, new: str) -> dict[str, int]:
    """Point everything of `old` to `new`; how many rows of each kind moved."""
    moved = {}
    for word, columns in pointers().items():
        moved[word] = sum(
            connection.execute(update(column.table).where(column == old).values({column: new})).rowcount
            for column in columns
        )
    return moved


def settle(connection: Connection, cipher: FieldCipher, person: Person) -> int:
    """After an officer's villages changed: what lies outside them goes to whoever has the village now, or to nobody;
    what nobody had inside them becomes theirs. Returns how many rows moved."""
    moved = 0
    for table in (applications, follow_ups, help_requests):
        near = select(table.c.village).where((table.c.officer == person.id) | table.c.officer.is_(None)).distinct()
        for village in connection.execute(near).scalars().all():
            heir = people.officer_of(connection, cipher, village) if village else None
            change = update(table).where(table.c.village == village).values(officer=heir.id if heir else None)
            is_mine = bool(village) and person.covers(village)
            whose = table.c.officer.is_(None) if is_mine else table.c.officer == person.id
            moved += connection.execute(change.where(whose)).rowcount
    return moved


def left_behind(connection: Connection, person: str) -> dict[str, int]:
    """How many rows of each kind point to a person."""
    return {
        word: sum(
            int(connection.execute(select(func.count()).select_from(column.table).where(column == person)).scalar_one())
            for column in columns
        )
        for word, columns in pointers().items()
    }
