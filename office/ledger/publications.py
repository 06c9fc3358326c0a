"""Publications (发布) as bytes, so that every machine serves the same knowledge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, Text, delete, select

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert

publications = Table(
    "publications",
    metadata,
    Column("seq", BigInteger, primary_key=True),
    Column("version", Text, nullable=False),
    Column("snapshot", LargeBinary, nullable=False),
    Column("actor", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)


@dataclass(frozen=True)
class StoredPublication:
    """One publication: `version` is the hash the reader checks `snapshot` against."""

    version: str
    snapshot: bytes
    actor: str
    made_at: datetime


def record(connection: Connection, publication: StoredPublication) -> bool:
    """Make a publication the latest, an earlier one after a rollback included; False when it is that already."""
    if latest_version(connection) == publication.version:
        return False
    row = {
        "version": publication.version,
        "snapshot": publication.snapshot,
        "actor": publication.actor,
        "made_at": publication.made_at,
    }
    connection.execute(insert(connection, publications), row)
    return True


def latest_version(connection: Connection) -> str | None:
    """The version recorded last, without its bytes: cheap enough to ask every few seconds."""
    statement = select(publications.c.version).order_by(publications.c.seq.desc()).limit(1)
    return connection.execute(statement).scalar_one_or_none()


def latest(connection: Connection) -> StoredPublication | None:
    """The publication recorded last."""
    statement = select(publications.c.version, publications.c.snapshot, publications.c.actor, publications.c.made_at)
    row = connection.execute(statement.order_by(publications.c.seq.desc()).limit(1)).one_or_none()
    return None if row is None else StoredPublication(*row)


def cleanup(connection: Connection, keep: int = 10) -> int:
    """Delete all but the newest `keep` publications. Returns how many."""
    newest = select(publications.c.seq).order_by(publications.c.seq.desc()).limit(keep)
    return connection.execute(delete(publications).where(publications.c.seq.not_in(newest))).rowcount
