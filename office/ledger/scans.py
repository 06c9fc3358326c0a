"""Scans (扫码): visits of people through a code, what was left out and why, and codes nobody issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Executable, Integer, Table, Text, delete, func, select, update

from office.ledger.codes import codes
from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert_for

VISITOR_DAYS = 2

scans = Table(
    "scans",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("code", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("visitor", Text),
    Column("at", Instant, nullable=False),
)

left_out = Table(
    "scans_left_out",
    metadata,
    Column("code", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("why", Text, primary_key=True),
    Column("hits", Integer, nullable=False),
)

orphans = Table(
    "orphan_codes",
    metadata,
    Column("code", Text, primary_key=True),
    Column("hits", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)

SPLITS = ("officer", "village", "entry", "batch")


@dataclass(frozen=True, slots=True)
class Orphan:
    """A code that looks right and was never issued here."""

    code: str
    hits: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One combination of the chosen splits: codes made, codes anybody used, visits."""

    keys: tuple[str, ...]
    codes: int
    used: int
    visits: int


def record(connection: Connection, code: str, way: str, visitor: str, now: datetime) -> None:
    """One person came through the code; `visitor` is a pseudonym of the day."""
    row = {"code": code, "way": way, "visitor": visitor, "at": now}
    connection.execute(_insert(connection.dialect.name), row)


@cache
def _insert(dialect: str) -> Executable:
    return insert_for(dialect, scans)


def leave_out(connection: Connection, code: str, why: str, day: date) -> None:
    """One hit that is no scan."""
    row = {"code": code, "day": day.isoformat(), "why": why, "hits": 1}
    connection.execute(_one_more_left_out(connection.dialect.name), row)


@cache  # building a statement costs more than running it: this one is run for every preview and repeat
def _one_more_left_out(dialect: str) -> Executable:
    statement = insert_for(dialect, left_out)
    return statement.on_conflict_do_update(
        index_elements=["code", "day", "why"], set_={"hits": left_out.c.hits + statement.excluded.hits}
    )


def note_orphan(connection: Connection, code: str, now: datetime) -> None:
    """Somebody came with a code that was never issued."""
    row = {"code": code, "hits": 1, "first_at": now, "last_at": now}
    connection.execute(_one_more_orphan(connection.dialect.name), row)


@cache
def _one_more_orphan(dialect: str) -> Executable:
    statement = insert_for(dialect, orphans)
    return statement.on_conflict_do_update(
        index_elements=["code"],
        set_={"hits": orphans.c.hits + statement.excluded.hits, "last_at": statement.excluded.last_at},
    )


def list_orphans(connection: Connection, limit: int = 100) -> list[Orphan]:
    """Unknown codes, the latest first."""
    statement = select(orphans).order_by(orphans.c.last_at.desc(), orphans.c.code).limit(limit)
    return [Orphan(*row) for row in connection.execute(statement)]


def left_out_of(connection: Connection, code: str) -> dict[str, int]:
    """How many hits of a code were left out, by reason."""
    statement = select(left_out.c.why, func.sum(left_out.c.hits)).where(left_out.c.code == code)
    return {why: int(hits) for why, hits in connection.execute(statement.group_by(left_out.c.why))}


def visits_of(connection: Connection, code: str) -> int:
    """How many people came through a code."""
    statement = select(func.count()).select_from(scans).where(scans.c.code == code)
    return int(connection.execute(statement).scalar_one())


def funnel(
    connection: Connection, by: Sequence[str] = SPLITS, since: datetime | None = None, officer: str | None = None
) -> list[FunnelRow]:
    """Codes and visits split by any of officer, village, entry and batch; the visits may start at `since`."""
    splits = [codes.c[name] for name in by]
    counted = select(scans.c.code, func.count().label("visits")).group_by(scans.c.code)
    if since is not None:
        counted = counted.where(scans.c.at >= since)
    visits = counted.subquery()
    statement = (
        select(
            *splits,
            func.count(codes.c.code),
            func.count(visits.c.code),
            func.coalesce(func.sum(visits.c.visits), 0),
        )
        .select_from(codes.outerjoin(visits, visits.c.code == codes.c.code))
        .group_by(*splits)
        .order_by(*splits)
    )
    if officer is not None:
        statement = statement.where(codes.c.officer == officer)
    return [_funnel_row(tuple(row), len(splits)) for row in connection.execute(statement)]


def cleanup(connection: Connection, now: datetime, days: int = 730) -> int:
    """Blot out pseudonyms after two days and delete what is older than `days`. Returns how many rows were deleted."""
    old = scans.c.at < now - timedelta(days=VISITOR_DAYS)
    connection.execute(update(scans).where(old, scans.c.visitor.is_not(None)).values(visitor=None))
    limit = now - timedelta(days=days)
    deleted = connection.execute(delete(scans).where(scans.c.at < limit)).rowcount
    deleted += connection.execute(delete(left_out).where(left_out.c.day < limit.date().isoformat())).rowcount
    return deleted + connection.execute(delete(orphans).where(orphans.c.last_at < limit)).rowcount


def _funnel_row(row: tuple[Any, ...], splits: int) -> FunnelRow:
    made, used, visits = row[splits:]
    return FunnelRow(tuple(str(key) for key in row[:splits]), int(made), int(used), int(visits))
