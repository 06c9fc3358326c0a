"""Papers of a case: what each is, where its sealed file lies, who handed it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Table, Text, delete, func, select

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert

application_papers = Table(
    "application_papers",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("application", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("at", Instant, nullable=False),
)


@dataclass(frozen=True)
class KeptPaper:
    """One paper handed in; `file` is its key in the drawer, `digest` tells the same picture sent twice."""

    name: str
    file: str
    kind: str
    bytes: int
    digest: str
    actor: str
    role: str
    at: datetime
    id: int = 0


_FIELDS = ("name", "file", "kind", "bytes", "digest", "actor", "role", "at", "id")


def add(connection: Connection, case_id: int, paper: KeptPaper) -> bool:
    """Note a paper; False, and nothing noted, when the case has the very same one."""
    row = {name: getattr(paper, name) for name in _FIELDS if name != "id"}
    statement = insert(connection, application_papers).on_conflict_do_nothing(index_elements=["application", "digest"])
    added = statement.returning(application_papers.c.id)
    return connection.execute(added, {**row, "application": case_id}).one_or_none() is not None


def of_case(connection: Connection, case_id: int) -> list[KeptPaper]:
    """The papers of a case, in the order they came."""
    statement = select(*(application_papers.c[name] for name in _FIELDS))
    rows = connection.execute(
        statement.where(application_papers.c.application == case_id).order_by(application_papers.c.id)
    )
    return [KeptPaper(*row) for row in rows]


def count(connection: Connection, case_id: int) -> int:
    """How many papers a case has."""
    statement = select(func.count()).where(application_papers.c.application == case_id)
    number: int = connection.execute(statement).scalar_one()
    return number


def files(connection: Connection) -> set[str]:
    """The keys of all files some case knows."""
    return set(connection.execute(select(application_papers.c.file)).scalars())


def forget(connection: Connection, case_id: int) -> list[str]:
    """Delete the papers of a case; returns the keys whose files are to be dropped after the commit."""
    statement = delete(application_papers).where(application_papers.c.application == case_id)
    return list(connection.execute(statement.returning(application_papers.c.file)).scalars())
