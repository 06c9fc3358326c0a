"""Printed cards (印出去的卡): which facts and whose phone stand on them, and whether they were taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Integer, Table, Text, bindparam, select, update

from office.ledger.codes import Code, codes, from_row
from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert
from office.privacy import Sealed

prints = Table(
    "code_prints",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("code", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("entry", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("publication", Text, nullable=False),
    Column("printed_by", Text, nullable=False),
    Column("printed_at", Instant, nullable=False),
    Column("settled", Text),
    Column("settled_by", Text),
    Column("settled_at", Instant),
    Column("bearer", Text),
)

SETTLED = {"collected": "已回收", "replaced": "已更换"}


@dataclass(frozen=True, slots=True)
class Print:
    """One print of one code's card: how many, the hash of the facts on it, and the sealed name and phone."""

    code: str
    layout: str
    copies: int
    entry: str
    facts: str
    publication: str
    printed_by: str
    printed_at: datetime
    bearer: Sealed


@dataclass(frozen=True, slots=True)
class PrintOut:
    """A print that is still out there; `entry` is the one on the paper, `code` the code as it is now.

    `bearer` is None for cards printed before it was kept.
    """

    id: int
    layout: str
    copies: int
    entry: str
    facts: str
    printed_at: datetime
    bearer: Sealed | None
    code: Code


def record(connection: Connection, made: Iterable[Print]) -> None:
    """These cards were printed."""
    fields = ("code", "layout", "copies", "entry", "facts", "publication", "printed_by", "printed_at", "bearer")
    rows = [{field: getattr(one, field) for field in fields} for one in made]
    if rows:
        connection.execute(insert(connection, prints), rows)


def bearers_out(connection: Connection, code: str, layout: str, facts: str) -> list[Sealed]:
    """Who stands on the cards of this code, on this paper and with these facts, that were not taken back."""
    same = (prints.c.code == code) & (prints.c.layout == layout) & (prints.c.facts == facts)
    kept = prints.c.settled.is_(None) & prints.c.bearer.is_not(None)
    return [Sealed(one) for one in connection.execute(select(prints.c.bearer).where(same, kept)).scalars()]


def still_out(connection: Connection) -> list[PrintOut]:
    """Everything printed and not taken back, by village, batch and entry."""
    columns = ("id", "layout", "copies", "entry", "facts", "printed_at", "bearer")
    shown = [prints.c[name] for name in columns]
    statement = (
        select(*shown, *(column.label(f"code_{column.name}") for column in codes.c))
        .join(codes, codes.c.code == prints.c.code)
        .where(prints.c.settled.is_(None))
        .order_by(codes.c.village, codes.c.batch, prints.c.entry, prints.c.id)
    )
    found = connection.execute(statement).all()
    made = [from_row(tuple(row)[len(shown) :]) for row in found]
    return [
        PrintOut(row.id, row.layout, row.copies, row.entry, row.facts, row.printed_at, row.bearer, code)
        for row, code in zip(found, made, strict=True)
    ]


def settle(connection: Connection, ids: Iterable[int], outcome: str, actor: str, now: datetime) -> int:
    """These prints were collected or replaced. Returns how many that settles; those settled before stay as they are."""
    if outcome not in SETTLED:
        raise ValueError(f"cards are settled as {' or '.join(SETTLED)}, not {outcome!r}")
    statement = (
        update(prints)
        .where(prints.c.id == bindparam("print_id"), prints.c.settled.is_(None))
        .values(settled=outcome, settled_by=actor, settled_at=now)
    )
    return sum(connection.execute(statement, {"print_id": one}).rowcount for one in ids)
