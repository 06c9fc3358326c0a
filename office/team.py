"""The office's own people (队伍): invited, given villages, replaced by a successor in one action."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import Connection

from knowledge.places import Places
from office import sign_in
from office.ledger import audit, hand_overs, people, sign_ins
from office.ledger.audit import Deed
from office.ledger.sign_ins import TicketKind
from office.office import Office
from office.people import STAFF_ROLES, Person, Role

LONGEST_NAME = 20
PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}")
VILLAGE = re.compile(r"[\u4e00-\u9fff]{2,12}")
SET_PHONE, CHANGED = "set_phone", "changed"
_PARTS = re.compile(r"[/／、,，\s]+")


class TeamError(Exception):
    """What is wanted cannot be done; the message says in Chinese why, and what to do."""


def invite_person(
    office: Office,
    connection: Connection,
    by: Person,
    *,
    role: Role,
    name: str,
    phone: str,
    villages: Iterable[str],
    kind: TicketKind,
) -> tuple[Person, str]:
    """A new person and the secret of their way in."""
    if role not in STAFF_ROLES:
        raise TeamError("请选一种身份。")
    name, phone = name.strip(), phone.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise TeamError(f"名字要写，{LONGEST_NAME} 个字以内。")
    phone = phone_of(phone) if phone else ""
    places = [village_of(text, office.knowledge.places) for text in villages]
    if role is Role.OFFICER and not places:
        raise TeamError("共富金融专员要写明管哪些村，一行一个，例如 乐清市大荆镇下山头村。")
    now = office.now()
    person = people.add(connection, office.cipher, role, name, phone, places, by=by.id, now=now)
    if role is Role.OFFICER:
        hand_overs.settle(connection, office.cipher, person)
    audit.record(connection, Deed(by.id, "add_person", person.id, role.value, now))
    return person, sign_in.invite(office, connection, person, kind, by=by.id)


def give_phone(office: Office, connection: Connection, by: Person, person: Person, phone: str) -> str:
    """The phone that farmers reach a person under and that stands on cards; returns it as kept.

    The first one is no change: no card can have been printed without.
    """
    kept = phone_of(phone)
    if not person.is_active:
        raise TeamError("这个人已经停用了，不能再改。")
    if kept != person.phone:
        people.set_phone(connection, office.cipher, person.id, kept)
        purpose = CHANGED if person.phone else "first"
        audit.record(connection, Deed(by.id, SET_PHONE, person.id, purpose, office.now()))
    return kept


def phone_of(text: str) -> str:
    """A phone as people type it, spaces and dashes of mobiles taken out; `TeamError` says what is wrong."""
    plain = re.sub(r"\s", "", text)
    mobile = plain.replace("-", "")
    kept = mobile if re.fullmatch(r"1\d{10}", mobile) else plain
    if not PHONE.fullmatch(kept):
        raise TeamError("电话要写 11 位手机号，或者带区号的座机，例如 0577-12345678。")
    return kept


def give_villages(
    office: Office, connection: Connection, by: Person, person: Person, villages: Iterable[str]
) -> tuple[str, ...]:
    """Give a person exactly these villages; returns them as kept."""
    places = tuple(village_of(text, office.knowledge.places) for text in villages)
    people.set_villages(connection, person.id, places)
    changed = people.find(connection, office.cipher, person.id)
    if changed is not None and changed.role is Role.OFFICER:
        hand_overs.settle(connection, office.cipher, changed)
    audit.record(connection, Deed(by.id, "set_villages", person.id, "、".join(places) or "none", office.now()))
    return places


def replace_person(
    office: Office, connection: Connection, by: Person, leaving: Person, successor: Person | None
) -> dict[str, int]:
    """`leaving` leaves: cases, codes, reminders and villages go to the successor, devices and open tickets end.

    Without a successor it is refused while anything points to the person. Returns what moved, by kind.
    """
    if leaving.id == by.id:
        raise TeamError("不能停用自己，请另一位管理员来办。")
    if not leaving.is_active:
        raise TeamError("这个人已经停用了。")
    moved: dict[str, int] = {}
    if successor is None:
        _demand_nothing_left(connection, leaving)
    else:
        if not successor.is_active or successor.id == leaving.id or successor.role is not leaving.role:
            raise TeamError("接手的人要在用，而且是同一种身份。")
        moved = hand_overs.move(connection, leaving.id, successor.id)
        people.set_villages(connection, successor.id, (*successor.villages, *leaving.villages))
    now = office.now()
    people.leave(connection, leaving.id, now, successor.id if successor else None)
    sign_ins.void(connection, leaving.id, now)
    sign_ins.end_all_devices(connection, leaving.id, now)
    purpose = successor.id if successor else "no_successor"
    audit.record(connection, Deed(by.id, "hand_over", leaving.id, purpose, now))
    return moved


def village_of(text: str, places: Places) -> str:
    """A place as the ledger writes it, 县市区/镇街/村, a town or county alone too; `TeamError` says what is wrong.

    Written without marks between its parts, as people write it, it is the same place.
    """
    parts = [part for part in _PARTS.split(text.strip()) if part]
    if not 1 <= len(parts) <= 3:
        raise TeamError(f"“{text.strip()}”看不懂，要写成 县镇村的全名，例如 乐清市大荆镇下山头村。")
    if len(parts) < 3:
        parts = _parted("".join(parts), places) or parts
    if parts[0] not in places.towns:
        raise TeamError(f"“{parts[0]}”不是温州的县、市、区，要写全名，例如 乐清市。")
    if len(parts) > 1 and parts[1] not in places.towns[parts[0]]:
        raise TeamError(f"{parts[0]}没有“{parts[1]}”这个镇街，要写全名，例如 {places.towns[parts[0]][0]}。")
    if len(parts) > 2 and not VILLAGE.fullmatch(parts[2]):
        raise TeamError(f"村名“{parts[2]}”要写 2 到 12 个汉字。")
    return "/".join(parts)


def _parted(text: str, places: Places) -> list[str]:
    """The parts of a place written in one; nothing of what was written is left out. Empty when it cannot be parted."""
    county = next((name for name in places.towns if text.startswith(name)), "")
    rest = text.removeprefix(county)
    fitting = [town for town in places.towns.get(county, ()) if rest.startswith(town)]
    if county and (fitting or not rest):
        town = max(fitting, key=len, default="")
        return [part for part in (county, town, rest.removeprefix(town)) if part]
    for said in places.find(text):  # a short name, or a village whose town alone says the county
        if said.county is not None and not said.ambiguous and said.text == text:
            return [part for part in (said.county, said.town, said.village) if part]
    return []


def _demand_nothing_left(connection: Connection, person: Person) -> None:
    left = {word: count for word, count in hand_overs.left_behind(connection, person.id).items() if count}
    if left:
        said = "、".join(f"{word} {count}" for word, count in left.items())
        raise TeamError(f"他手上还有：{said}。请先选接手的人，一次交清。")
