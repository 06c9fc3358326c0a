"""knowledge.db (sqlite-utils): what was imported, what was published by whom, and the snapshots that serve.

A publication is one immutable SQLite file named by the hash of its content; serving unpacks it and checks the hash.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from knowledge.base import KnowledgeBase, content_files, content_hash


class PublicationDamaged(Exception):  # noqa: N818 - named for what happened
    """A snapshot whose content does not match its hash; the previous publication keeps serving."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication: its content hash, who made it, who reviewed it, and when."""

    version: str
    actor: str
    reviewer: str | None
    published_at: str


class Revisions:
    """The store of revisions and publications in a state folder; one writer."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._path = folder / "knowledge.db"
        with self._open() as database:
            if "publications" not in database.table_names():
                database.table("revisions").create(
                    {"id": int, "version": str, "actor": str, "imported_at": str}, pk="id"
                )
                database.table("publications").create(
                    {"id": int, "version": str, "actor": str, "reviewer": str, "published_at": str}, pk="id"
                )

    @contextmanager
    def _open(self) -> Iterator[Database]:
        connection = sqlite3.connect(self._path)
        database = Database(connection)
        try:
            database.conn.execute("PRAGMA journal_mode=WAL")
            database.conn.execute("PRAGMA foreign_keys=ON")
            with database.conn:
                yield database
        finally:
            connection.close()

    def latest(self) -> Publication | None:
        """The publication made last."""
        return self._publication_at(0)

    def _publication_at(self, offset: int) -> Publication | None:
        with self._open() as database:
            rows = list(database["publications"].rows_where(order_by="id desc", limit=1, offset=offset))
        if not rows:
            return None
        row = rows[0]
        return Publication(row["version"], row["actor"], row["reviewer"], row["published_at"])

    def publish(self, data: Path, actor: str, now: datetime, reviewer: str | None = None) -> Publication:
        """Import the folder `data` and make it the latest publication.

        The content is loaded first: a fault raises `ContentError` and nothing is written.
        """
        KnowledgeBase.load(data)
        version = content_hash(data)
        self._write_snapshot(data, version)
        publication = Publication(version, actor, reviewer, now.isoformat(timespec="seconds"))
        with self._open() as database:
            database.table("revisions").insert(
                {"version": version, "actor": actor, "imported_at": publication.published_at}
            )
            database.table("publications").insert(
                {"version": version, "actor": actor, "reviewer": reviewer, "published_at": publication.published_at}
            )
        return publication

    def rollback(self, actor: str, now: datetime) -> Publication:
        """Make the publication before the latest the latest again; itself recorded. Raises `LookupError`."""
        before = self._publication_at(1)
        if before is None:
            raise LookupError("没有更早的发布可以退回。")
        publication = Publication(before.version, actor, None, now.isoformat(timespec="seconds"))
        with self._open() as database:
            database.table("publications").insert(
                {"version": before.version, "actor": actor, "reviewer": None, "published_at": publication.published_at}
            )
        return publication

    def unpack(self, version: str) -> Path:
        """The folder data/ of a publication, unpacked once; raises `PublicationDamaged` when its hash does not match."""
        folder = self._folder / "publications" / version / "data"
        if not folder.exists():
            self._unpack_to(version, folder)
        if content_hash(folder) != version:
            shutil.rmtree(folder.parent)
            raise PublicationDamaged(f"发布 {version[:6]} 的内容和校验值对不上，没有启用。")
        return folder

    def _unpack_to(self, version: str, folder: Path) -> None:
        snapshot = self._snapshot(version)
        if not snapshot.exists():
            raise PublicationDamaged(f"发布 {version[:6]} 的快照文件不见了：{snapshot}。")
        fresh = folder.with_name("unpacking")
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            with sqlite3.connect(snapshot) as connection:
                rows = connection.execute("SELECT path, body FROM contents").fetchall()
        except sqlite3.DatabaseError as error:
            raise PublicationDamaged(f"发布 {version[:6]} 的快照文件打不开。") from error
        for name, body in rows:
            target = fresh / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
        fresh.replace(folder)

    def _write_snapshot(self, data: Path, version: str) -> None:
        target = self._snapshot(version)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        database = Database(fresh)
        database.table("contents").insert_all(
            ({"path": str(path.relative_to(data)), "body": path.read_bytes()} for path in content_files(data)),
            pk="path",
        )
        database.close()
        fresh.replace(target)

    def _snapshot(self, version: str) -> Path:
        return self._folder / "publications" / f"{version}.db"
