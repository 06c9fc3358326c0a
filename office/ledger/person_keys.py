"""Keys of single persons (一人一钥): what is sealed with one is gone for good once the key is destroyed.

A database keeps the bytes of deleted rows for a while (PostgreSQL in dead rows and its log), and every sealed field of
a FIELD_KEY can be opened as long as that key lives. So what a person told us in a form, a case or a call is sealed with
a key of its own, itself sealed with FIELD_KEY in one small table that can be rewritten after a deletion.

A subject names whose key it is: `case:RECEIPT`, `follow:ID`, `help:NUMBER`, `assisted:NUMBER`, `form:CHANNEL:CHAT`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import Column, Connection, Table, Text, delete, select, text, update

from office.ledger.columns import metadata
from office.ledger.upserts import insert
from office.privacy import FieldCipher, PrivacyError, Sealed, generate_field_key

MARK = "p:"
_MOST_AT_ONCE = 500

person_keys = Table(
    "person_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("sealed", Text, nullable=False),
)

# whose key nobody needs any more: the row it belonged to is gone or holds nothing
_UNUSED = """(subject LIKE 'case:%' AND NOT EXISTS (SELECT 1 FROM applications
        WHERE receipt = substr(subject, 6) AND sealed <> ''))
    OR (subject LIKE 'follow:%' AND NOT EXISTS (SELECT 1 FROM follow_ups WHERE id = substr(subject, 8)))
    OR (subject LIKE 'help:%' AND NOT EXISTS (SELECT 1 FROM help_requests WHERE number = substr(subject, 6)))
    OR (subject LIKE 'assisted:%' AND NOT EXISTS (SELECT 1 FROM assisted_checks WHERE number = substr(subject, 10)))
    OR (subject LIKE 'form:%' AND NOT EXISTS (SELECT 1 FROM open_forms
        WHERE channel || ':' || chat = substr(subject, 6)))"""


def seal(connection: Connection, cipher: FieldCipher, subject: str, content: str) -> Sealed:
    """Seal `content` with the subject's own key, which is made at the first time."""
    key_id, key = _key_of(connection, cipher, subject) or _make(connection, cipher, subject)
    return Sealed(f"{MARK}{key_id}:{key.encrypt(content)}")


def open_one(connection: Connection, cipher: FieldCipher, sealed: str) -> str:
    """Open what `seal` has sealed, or what FIELD_KEY itself has; `PrivacyError` when the key is destroyed."""
    return open_all(connection, cipher, [sealed])[0]


def open_all(connection: Connection, cipher: FieldCipher, sealed: Sequence[str]) -> list[str]:
    """The same for many at once, their keys fetched together."""
    ids = sorted({_id_of(one) for one in sealed if one.startswith(MARK)})
    keys: dict[str, FieldCipher] = {}
    for start in range(0, len(ids), _MOST_AT_ONCE):
        some = ids[start : start + _MOST_AT_ONCE]
        rows = connection.execute(select(person_keys.c.id, person_keys.c.sealed).where(person_keys.c.id.in_(some)))
        keys |= {row.id: FieldCipher([cipher.decrypt(Sealed(row.sealed))]) for row in rows}
    return [_opened(one, keys, cipher) for one in sealed]


def destroy_unused(connection: Connection) -> int:
    """Destroy the keys of what has been deleted: a copy left anywhere can never be opened again. Returns how many.

    Whoever seals holds its key until the commit, so the keys are locked first and looked at again under the lock: a key
    that was taken up meanwhile stays.
    """
    unused = text(_UNUSED)
    ids = list(connection.execute(select(person_keys.c.id).where(unused).with_for_update()).scalars())
    gone = 0
    for start in range(0, len(ids), _MOST_AT_ONCE):
        some = person_keys.c.id.in_(ids[start : start + _MOST_AT_ONCE])
        gone += connection.execute(delete(person_keys).where(some, unused)).rowcount
    return gone


def rotate_of(connection: Connection, cipher: FieldCipher, sealed: Iterable[str]) -> None:
    """Seal with the newest FIELD_KEY the person's keys that these values need."""
    ids = sorted({_id_of(one) for one in sealed if one.startswith(MARK)})
    for start in range(0, len(ids), _MOST_AT_ONCE):
        some = person_keys.c.id.in_(ids[start : start + _MOST_AT_ONCE])
        for row in connection.execute(select(person_keys.c.id, person_keys.c.sealed).where(some)).all():
            fresh = cipher.rotate(Sealed(row.sealed))
            connection.execute(update(person_keys).where(person_keys.c.id == row.id).values(sealed=fresh))


def _key_of(connection: Connection, cipher: FieldCipher, subject: str) -> tuple[str, FieldCipher] | None:
    statement = select(person_keys.c.id, person_keys.c.sealed).where(person_keys.c.subject == subject)
    row = connection.execute(statement.with_for_update(read=True)).one_or_none()
    return None if row is None else (row.id, FieldCipher([cipher.decrypt(Sealed(row.sealed))]))


def _make(connection: Connection, cipher: FieldCipher, subject: str) -> tuple[str, FieldCipher]:
    row = {"id": secrets.token_hex(8), "subject": subject, "sealed": cipher.encrypt(generate_field_key())}
    connection.execute(insert(connection, person_keys).on_conflict_do_nothing(index_elements=["subject"]), row)
    made = _key_of(connection, cipher, subject)  # another process may have been faster
    if made is None:
        raise PrivacyError("这个人的密钥刚刚被销毁，没有存；请再试一次")
    return made


def _id_of(sealed: str) -> str:
    return sealed.removeprefix(MARK).partition(":")[0]


def _opened(sealed: str, keys: dict[str, FieldCipher], cipher: FieldCipher) -> str:
    if not sealed.startswith(MARK):  # sealed before persons had keys of their own
        return cipher.decrypt(Sealed(sealed))
    key = keys.get(_id_of(sealed))
    if key is None:
        raise PrivacyError("加密字段打不开：这个人的密钥已经销毁")
    return key.decrypt(Sealed(sealed.removeprefix(MARK).partition(":")[2]))
