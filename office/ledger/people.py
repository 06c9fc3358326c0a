"""People (人员) in the ledger: names and phones sealed, villages as rows, a chat for those who use the bot."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Executable, Row, Table, Text, bindparam, delete, select, update

from office.ledger.columns import Instant, metadata
from office.ledger.resealing import rotate_column
from office.ledger.upserts import insert
from office.people import Person, Role, prefixes
from office.privacy import FieldCipher, Sealed

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("successor", Text),
    Column("chat", Text),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("left_at", Instant),
)

person_villages = Table(
    "person_villages",
    metadata,
    Column("village", Text, primary_key=True),
    Column("person", Text, primary_key=True),
)


def add(
    connection: Connection,
    cipher: FieldCipher,
    role: Role,
    name: str,
    phone: str,
    villages: Iterable[str] = (),
    *,
    by: str,
    now: datetime,
) -> Person:
    """A new person, active, under an id of their own."""
    person = Person(f"p{secrets.token_hex(6)}", role, name, phone, _in_order(villages), True, None)
    row = {
        "id": person.id,
        "role": role.value,
        "name": cipher.encrypt(name),
        "phone": cipher.encrypt(phone),
        "is_active": True,
        "added_by": by,
        "added_at": now,
    }
    connection.execute(insert(connection, people), row)
    set_villages(connection, person.id, person.villages)
    return person


def find(connection: Connection, cipher: FieldCipher, person_id: str) -> Person | None:
    """The person of that id, also one who has left."""
    row = connection.execute(_find(), {"person": person_id}).one_or_none()
    if row is None:
        return None
    villages = connection.execute(_own_villages(), {"person": person_id}).scalars()
    return _from_row(row, cipher, tuple(villages))


@cache  # building a statement costs more than running it: these are run for every scan and every page of the desk
def _find() -> Executable:
    return select(people).where(people.c.id == bindparam("person"))


@cache
def _own_villages() -> Executable:
    own = person_villages.c.person == bindparam("person")
    return select(person_villages.c.village).where(own).order_by(person_villages.c.village)


def hold(connection: Connection, person_id: str) -> None:
    """Until the commit nobody else gets past this line for the same person: what is made once is looked for first."""
    connection.execute(select(people.c.id).where(people.c.id == person_id).with_for_update())


def of_chat(connection: Connection, cipher: FieldCipher, chat: str) -> Person | None:
    """The active person whose chat with the bot this is."""
    found = _read(connection, cipher, (people.c.chat == chat) & people.c.is_active.is_(True))
    return found[0] if found else None


def chat_of(connection: Connection, person_id: str) -> str | None:
    """The chat linked to a person, if any."""
    return connection.execute(select(people.c.chat).where(people.c.id == person_id)).scalar_one_or_none()


def everyone(connection: Connection, cipher: FieldCipher, role: Role | None = None) -> list[Person]:
    """All people, or those of one role, active ones first and in the order they came."""
    return _read(connection, cipher, people.c.role == role.value if role else None)


def officer_of(connection: Connection, cipher: FieldCipher, village: str) -> Person | None:
    """The active officer of a village; one given its town or county counts too, the most specific wins."""
    ways = prefixes(village)
    if not ways:
        return None
    statement = (
        select(people.c.id, person_villages.c.village)
        .join(person_villages, person_villages.c.person == people.c.id)
        .where(
            people.c.role == Role.OFFICER.value,
            people.c.is_active.is_(True),
            person_villages.c.village.in_(ways),
        )
        .order_by(people.c.added_at.desc(), people.c.id)
    )
    rows = connection.execute(statement).all()
    if not rows:
        return None
    nearest = min(rows, key=lambda row: ways.index(row.village))
    return find(connection, cipher, nearest.id)


def set_villages(connection: Connection, person_id: str, villages: Iterable[str]) -> None:
    """Give the person exactly these villages."""
    connection.execute(delete(person_villages).where(person_villages.c.person == person_id))
    rows = [{"village": village, "person": person_id} for village in _in_order(villages)]
    if rows:
        connection.execute(insert(connection, person_villages), rows)


def set_phone(connection: Connection, cipher: FieldCipher, person_id: str, phone: str) -> None:
    """The phone the person can be reached under from now on."""
    connection.execute(update(people).where(people.c.id == person_id).values(phone=cipher.encrypt(phone)))


def link_chat(connection: Connection, person_id: str, chat: str | None) -> None:
    """The person's chat with the bot from now on; a chat belongs to one person, whoever had it before loses it."""
    if chat is not None:
        connection.execute(update(people).where(people.c.chat == chat).values(chat=None))
    connection.execute(update(people).where(people.c.id == person_id).values(chat=chat))


def leave(connection: Connection, person_id: str, now: datetime, successor: str | None = None) -> bool:
    """Deactivate a person: no villages, no chat; False when they had left before or are unknown."""
    statement = (
        update(people)
        .where(people.c.id == person_id, people.c.is_active.is_(True))
        .values(is_active=False, chat=None, left_at=now, successor=successor)
    )
    if not connection.execute(statement).rowcount:
        return False
    set_villages(connection, person_id, ())
    return True


def linked(connection: Connection, cipher: FieldCipher, role: Role) -> list[tuple[Person, str]]:
    """Active people of a role who have a chat with the bot, each with it."""
    condition = (people.c.role == role.value) & people.c.is_active.is_(True) & people.c.chat.is_not(None)
    rows = connection.execute(select(people.c.id, people.c.chat).where(condition))
    chats = {row.id: str(row.chat) for row in rows}
    return [(person, chats[person.id]) for person in _read(connection, cipher, condition)]


def rotate(connection: Connection, cipher: FieldCipher) -> int:
    """Seal every name and phone again with the newest key. Returns how many people."""
    rotate_column(connection, cipher, people.c.phone)
    return rotate_column(connection, cipher, people.c.name)


def _read(connection: Connection, cipher: FieldCipher, condition: Any) -> list[Person]:
    statement = select(people).order_by(people.c.is_active.desc(), people.c.added_at, people.c.id)
    if condition is not None:
        statement = statement.where(condition)
    rows = connection.execute(statement).all()
    villages = _villages_of(connection, [row.id for row in rows])
    return [_from_row(row, cipher, villages.get(row.id, ())) for row in rows]


def _villages_of(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    if not ids:
        return {}
    statement = select(person_villages).where(person_villages.c.person.in_(ids)).order_by(person_villages.c.village)
    grouped: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(statement):
        grouped[row.person] = (*grouped.get(row.person, ()), row.village)
    return grouped


def _from_row(row: Row[Any], cipher: FieldCipher, villages: tuple[str, ...]) -> Person:
    return Person(
        row.id,
        Role(row.role),
        cipher.decrypt(Sealed(row.name)),
        cipher.decrypt(Sealed(row.phone)),
        villages,
        bool(row.is_active),
        row.successor,
    )


def _in_order(villages: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({village.strip("/ ") for village in villages} - {""}))
