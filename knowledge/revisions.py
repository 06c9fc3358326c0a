"""knowledge.db (sqlite-utils): what was imported, what was published by whom, and the snapshots that serve.

A revision is one state of the content that was imported; a publication is a revision that serves. Either is kept as
one immutable SQLite snapshot named by the hash of its content; serving unpacks it and checks the hash.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from knowledge.base import KnowledgeBase, content_hash
from knowledge.snapshots import PublicationDamaged, Snapshots

SEEDER = "data/ 自动导入"


@dataclass(frozen=True, slots=True)
class Revision:
    """One import: the hash of its content, by whom and when."""

    version: str
    actor: str
    imported_at: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication: its content hash, who made it, who reviewed it, and when; `restores` marks a rollback."""

    version: str
    actor: str
    reviewer: str | None
    published_at: str
    id: int = 0
    restores: int | None = None


class Revisions:
    """The store of revisions and publications in a state folder; one writer."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "knowledge.db"
        self._snapshots = Snapshots(folder / "publications")
        with self._open() as database:
            _migrate(database)

    @contextmanager
    def _open(self) -> Iterator[Database]:
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Database(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()
        finally:
            connection.close()

    def newest_revision(self) -> Revision | None:
        """The content imported last, published or not."""
        with self._open() as database:
            rows = list(database["revisions"].rows_where(order_by="id desc", limit=1))
        return Revision(rows[0]["version"], rows[0]["actor"], rows[0]["imported_at"]) if rows else None

    def latest(self) -> Publication | None:
        """The publication made last."""
        with self._open() as database:
            return _latest(database)

    def history(self) -> list[Publication]:
        """All publications, the latest first."""
        with self._open() as database:
            return [_publication(row) for row in database["publications"].rows_where(order_by="id desc")]

    def needs_seeding(self, version: str) -> bool:
        """Whether data/ with the hash `version` is to be published at start.

        It is when it changed since it was last seeded and staff have imported nothing after that seed; a rollback
        or a publication of staff is never undone by a restart.
        """
        newest = self.newest_revision()
        return newest is None or (newest.actor == SEEDER and newest.version != version)

    def knows(self, version: str) -> bool:
        """Whether content with this hash was ever imported."""
        with self._open() as database:
            return bool(database["revisions"].count_where("version = ?", [version]))

    def add(self, data: Path, actor: str, now: datetime) -> Revision | None:
        """Keep the content of the folder `data` as a revision; None when it is the newest already.

        The content is loaded first: a fault raises `ContentError` and nothing is written.
        """
        version = content_hash(data)
        newest = self.newest_revision()
        if newest is not None and newest.version == version:
            return None
        KnowledgeBase.load(data)
        self._snapshots.write(data, version)
        revision = Revision(version, actor, now.isoformat(timespec="seconds"))
        with self._open() as database:
            _insert_revision(database, revision)
        return revision

    def publish(self, data: Path, actor: str, now: datetime, reviewer: str | None = None) -> Publication:
        """Import the folder `data` and make it the latest publication.

        The content is loaded first: a fault raises `ContentError` and nothing is written.
        """
        KnowledgeBase.load(data)
        version = content_hash(data)
        self._snapshots.write(data, version)
        stamp = now.isoformat(timespec="seconds")
        with self._open() as database:
            _insert_revision(database, Revision(version, actor, stamp))
            return _insert_publication(database, Publication(version, actor, reviewer, stamp))

    def publish_newest(self, actor: str, reviewer: str | None, now: datetime) -> Publication | None:
        """Make the newest revision the latest publication; None when it serves already.

        Raises `LookupError` when nothing was imported and `PublicationDamaged` when its snapshot is.
        """
        revision = self.newest_revision()
        if revision is None:
            raise LookupError("还没有导入过内容。先运行 python -m knowledge import 文件夹。")
        self.unpack(revision.version)
        with self._open() as database:
            before = _latest(database)
            if before is not None and before.version == revision.version:
                return None
            stamp = now.isoformat(timespec="seconds")
            return _insert_publication(database, Publication(revision.version, actor, reviewer, stamp))

    def rollback(self, actor: str, now: datetime, reviewer: str | None = None) -> Publication:
        """Make the publication before the one that serves the latest again; itself recorded.

        Rolling back twice goes two publications back. Raises `LookupError` when there is none, and
        `PublicationDamaged` when its snapshot is: then nothing changes.
        """
        with self._open() as database:
            target = _before(database, _latest(database))
        if target is None:
            raise LookupError("没有更早的发布可以退回。")
        self.unpack(target.version)
        stamp = now.isoformat(timespec="seconds")
        with self._open() as database:
            fresh = Publication(target.version, actor, reviewer, stamp, restores=target.id)
            return _insert_publication(database, fresh)

    def serving(self) -> tuple[Publication, Path, list[PublicationDamaged]]:
        """The newest publication that is sound, its folder data/, and what was wrong with the newer ones.

        Raises `LookupError` when no publication is sound.
        """
        damaged: dict[str, PublicationDamaged] = {}
        for publication in self.history():
            if publication.version in damaged:
                continue
            try:
                return publication, self.unpack(publication.version), list(damaged.values())
            except PublicationDamaged as error:
                damaged[publication.version] = error
        raise LookupError("没有一次发布的快照是完好的。" + "".join(str(error) for error in damaged.values()))

    def unpack(self, version: str) -> Path:
        """The folder data/ of a publication, unpacked once; raises `PublicationDamaged` when its hash does not match."""
        return self._snapshots.unpack(version)


def _migrate(database: Database) -> None:
    """Bring knowledge.db to the present schema; each step looks at what is there and runs once."""
    for step in (_create_tables, _add_restores):
        step(database)


def _create_tables(database: Database) -> None:
    if "publications" not in database.table_names():
        database.conn.execute(
            "CREATE TABLE revisions (id INTEGER PRIMARY KEY, version TEXT, actor TEXT, imported_at TEXT)"
        )
        database.conn.execute(
            "CREATE TABLE publications "
            "(id INTEGER PRIMARY KEY, version TEXT, actor TEXT, reviewer TEXT, published_at TEXT)"
        )


def _add_restores(database: Database) -> None:
    if "restores" not in database["publications"].columns_dict:
        database.conn.execute("ALTER TABLE publications ADD COLUMN restores INTEGER REFERENCES publications(id)")


def _latest(database: Database) -> Publication | None:
    rows = list(database["publications"].rows_where(order_by="id desc", limit=1))
    return _publication(rows[0]) if rows else None


def _before(database: Database, latest: Publication | None) -> Publication | None:
    """The publication, itself no rollback, that served before what serves now was published."""
    if latest is None:
        return None
    rows = database["publications"].rows_where(
        "id < ? and restores is null and version != ?",
        [latest.restores or latest.id, latest.version],
        order_by="id desc",
        limit=1,
    )
    return next(map(_publication, rows), None)


def _publication(row: dict[str, Any]) -> Publication:
    return Publication(
        row["version"], row["actor"], row["reviewer"], row["published_at"], int(row["id"]), row["restores"]
    )


def _insert_revision(database: Database, revision: Revision) -> None:
    database.conn.execute(
        "INSERT INTO revisions (version, actor, imported_at) VALUES (?, ?, ?)",
        [revision.version, revision.actor, revision.imported_at],
    )


def _insert_publication(database: Database, fresh: Publication) -> Publication:
    done = database.conn.execute(
        "INSERT INTO publications (version, actor, reviewer, published_at, restores) VALUES (?, ?, ?, ?, ?)",
        [fresh.version, fresh.actor, fresh.reviewer, fresh.published_at, fresh.restores],
    )
    return Publication(
        fresh.version, fresh.actor, fresh.reviewer, fresh.published_at, int(done.lastrowid or 0), fresh.restores
    )


__all__ = ["SEEDER", "Publication", "PublicationDamaged", "Revision", "Revisions"]
