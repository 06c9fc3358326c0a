"""Signing in (登录) without passwords: single-use links, printed eight-digit codes, thirty days a device."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from sqlalchemy import Connection

from office.ledger import audit, people, rate_limits, sign_ins
from office.ledger.audit import Deed
from office.ledger.sign_ins import Device, TicketKind
from office.office import Office
from office.people import Person, Role

DEVICE_DAYS = 30
LASTS = {
    TicketKind.LINK: timedelta(days=7),
    TicketKind.CODE: timedelta(days=3),
    TicketKind.BOT: timedelta(minutes=10),
    TicketKind.FIRST: timedelta(hours=24),
}
CODE_DIGITS = 8
# 10⁸ codes, some ten alive at once: a guesser who used up both limits for three days would hit one with p < 0.002
TRIES_OF_ONE_ADDRESS = (20, 600)  # a town hall shares one address
TRIES_OF_ALL = (240, 3600)
SYSTEM = "system"
_NOT_DIGITS = re.compile(r"[\s\-—－.]")


class Refusal(Enum):
    """Why nobody was let in."""

    WRONG = "wrong"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Entered:
    """Someone is in: `token` goes into the cookie and nowhere else."""

    person: Person
    token: str


def invite(office: Office, connection: Connection, person: Person, kind: TicketKind, *, by: str) -> str:
    """A fresh single-use secret for `person`: the last part of a link's address, or the eight digits of a code."""
    if kind is TicketKind.CODE:
        secret = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    else:
        secret = secrets.token_urlsafe(24)
    now = office.now()
    sign_ins.issue(
        connection, _digests(office, secret)[0], kind, person.id, by=by, now=now, expires_at=now + LASTS[kind]
    )
    audit.record(connection, Deed(by, "issue_ticket", person.id, kind.value, now))
    return secret


def holder(office: Office, connection: Connection, secret: str) -> Person | None:
    """Whom a link would let in, without using it up: browsers and previews fetch links on their own."""
    person_id = sign_ins.holder(connection, _digests(office, secret), office.now())
    found = people.find(connection, office.cipher, person_id) if person_id else None
    return found if found and found.is_active else None


def enter(office: Office, connection: Connection, secret: str, *, label: str, address: str) -> Entered | Refusal:
    """Use up a link's or code's secret and open this device for its person.

    `address` (of the network or chat) is who the limit on tries counts for.
    """
    found = _taken(office, connection, secret, address)
    if isinstance(found, Refusal):
        _note_refusal(office, connection, found)
        return found
    token, now = secrets.token_urlsafe(32), office.now()
    device = sign_ins.begin_device(
        connection,
        token_digest(token),
        found.id,
        label[:40],
        now=now,
        expires_at=now + timedelta(days=DEVICE_DAYS),
    )
    audit.record(connection, Deed(found.id, "sign_in", device.id, "desk", now))
    return Entered(found, token)


def link_chat(office: Office, connection: Connection, secret: str, chat: str) -> Person | Refusal:
    """Use a secret up to make `chat` its person's chat with the bot."""
    found = _taken(office, connection, secret, f"telegram:{chat}")
    if isinstance(found, Refusal):
        _note_refusal(office, connection, found)
        return found
    people.link_chat(connection, found.id, chat)
    audit.record(connection, Deed(found.id, "link_chat", found.id, "telegram", office.now()))
    return found


def signed_in(office: Office, connection: Connection, token: str) -> tuple[Person, Device] | None:
    """Who this device belongs to, while they are active and it has not run out or been ended."""
    device = sign_ins.device_of(connection, token_digest(token), office.now())
    person = people.find(connection, office.cipher, device.person) if device else None
    return (person, device) if person and device and person.is_active else None


def sign_out(office: Office, connection: Connection, person: Person, device_id: str, *, by: str) -> bool:
    """End one device of `person`; False when it was not theirs or had ended."""
    ended = sign_ins.end_device(connection, person.id, device_id, office.now())
    if ended:
        audit.record(connection, Deed(by, "end_device", device_id, person.id, office.now()))
    return ended


def first_secret(office: Office) -> str | None:
    """A single-use secret for the first administrator, while none has ever signed in; otherwise None."""
    with office.ledger.begin() as connection:
        admins = [one for one in people.everyone(connection, office.cipher, Role.ADMIN) if one.is_active]
        if any(sign_ins.has_ever_signed_in(connection, one.id) for one in admins):
            return None
        admin = admins[0] if admins else add_admin(office, connection)
        return invite(office, connection, admin, TicketKind.FIRST, by=SYSTEM)


def add_admin(office: Office, connection: Connection) -> Person:
    """The first administrator, whom nobody could invite."""
    now = office.now()
    admin = people.add(connection, office.cipher, Role.ADMIN, "管理员", "", by=SYSTEM, now=now)
    audit.record(connection, Deed(SYSTEM, "add_person", admin.id, Role.ADMIN.value, now))
    return admin


def admin_of_chat(office: Office, connection: Connection, chat: str) -> Person | None:
    """The administrator of the chat that ADMIN_CHAT_ID names: made or linked when they first come; else None."""
    if office.settings.admin_chat_id is None or chat != str(office.settings.admin_chat_id):
        return None
    known = people.of_chat(connection, office.cipher, chat)
    if known is not None:
        return known
    free = [
        one
        for one in people.everyone(connection, office.cipher, Role.ADMIN)
        if one.is_active and people.chat_of(connection, one.id) is None
    ]
    admin = free[0] if free else add_admin(office, connection)
    people.link_chat(connection, admin.id, chat)
    audit.record(connection, Deed(SYSTEM, "link_chat", admin.id, "telegram", office.now()))
    return admin


def token_digest(token: str) -> str:
    """What the ledger keeps of a device's token: 256 random bits need no key."""
    return hashlib.sha256(token.encode()).hexdigest()


def tidy(secret: str) -> str:
    """A typed code as it was printed: blanks and dashes gone, full-width digits made plain."""
    plain = _NOT_DIGITS.sub("", secret)
    is_code = len(plain) == CODE_DIGITS and plain.isdecimal()
    return "".join(str(int(digit)) for digit in plain) if is_code else secret.strip()


def _taken(office: Office, connection: Connection, secret: str, address: str) -> Person | Refusal:
    secret, now = tidy(secret), office.now()
    own = f"sign-in:{office.pseudonyms.of('address', address)}"
    if not rate_limits.allow(connection, own, *TRIES_OF_ONE_ADDRESS, now):
        return Refusal.TOO_MANY
    if len(secret) == CODE_DIGITS and not rate_limits.allow(connection, "sign-in", *TRIES_OF_ALL, now):
        return Refusal.TOO_MANY
    person_id = sign_ins.take(connection, _digests(office, secret), now)
    found = people.find(connection, office.cipher, person_id) if person_id else None
    return found if found and found.is_active else Refusal.WRONG


def _note_refusal(office: Office, connection: Connection, refusal: Refusal) -> None:
    """A wrong secret is noted; what comes after the limit is not, or a guesser could fill the audit."""
    if refusal is Refusal.WRONG:
        audit.record(connection, Deed(SYSTEM, "sign_in_refused", "-", "sign_in", office.now()))


def _digests(office: Office, secret: str) -> Sequence[str]:
    """Under every SECRET_KEY, newest first: an eight-digit code would be guessed from a digest without key."""
    return [
        hmac.new(b"huinong ticket\0" + key.reveal().encode(), secret.encode(), hashlib.sha256).hexdigest()
        for key in office.settings.secret_keys
    ]
