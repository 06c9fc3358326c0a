"""Sealing again (换密钥): every sealed column of the ledger takes the newest FIELD_KEY, so that an old one can go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, and_, select, update

from office.ledger import person_keys
from office.privacy import FieldCipher, Sealed


def rotate_column(connection: Connection, cipher: FieldCipher, column: Column[Any]) -> int:
    """Seal every value of a column again; one that somebody changes meanwhile is sealed with the newest key anyway.

    Values under a person's own key stay, and that key is sealed again. Returns how many values there are.
    """
    keys = list(column.table.primary_key)
    rows = connection.execute(select(*keys, column).where(column.is_not(None), column != "")).all()
    person_keys.rotate_of(connection, cipher, [row[-1] for row in rows])
    for row in rows:
        if not row[-1].startswith(person_keys.MARK):
            _replace(connection, cipher, column, row)
    return len(rows)


def _replace(connection: Connection, cipher: FieldCipher, column: Column[Any], row: Sequence[Any]) -> None:
    *values, sealed = row
    same = [key == value for key, value in zip(column.table.primary_key, values, strict=True)]
    statement = update(column.table).where(and_(*same, column == sealed))
    connection.execute(statement.values({column: cipher.rotate(Sealed(sealed))}))
