"""Snapshots (快照): the content of one revision in one immutable SQLite file, named by the hash of what it holds."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path, PurePosixPath

from knowledge.base import content_files, content_hash, hash_of


class PublicationDamaged(Exception):  # noqa: N818 - named for what happened
    """A snapshot whose content does not match its hash; the previous publication keeps serving."""


class Snapshots:
    """The folder of all snapshots and of the contents unpacked from them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, data: Path, version: str) -> None:
        """Keep the content files of `data`; a snapshot that is there and sound stays as it is."""
        target = self._path(version)
        if target.exists() and self._is_sound(version):
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".new")
        os.close(handle)
        fresh = Path(name)
        rows = [(path.relative_to(data).as_posix(), path.read_bytes()) for path in content_files(data)]
        with closing(sqlite3.connect(fresh)) as connection, connection:
            connection.execute("CREATE TABLE contents (path TEXT PRIMARY KEY, body BLOB NOT NULL)")
            connection.executemany("INSERT INTO contents VALUES (?, ?)", rows)
        fresh.replace(target)

    def unpack(self, version: str) -> Path:
        """The folder data/ of a snapshot, unpacked once and checked each time; raises `PublicationDamaged`."""
        folder = self._folder / version / "data"
        if folder.exists() and content_hash(folder) == version:
            return folder
        rows = self._read(version)
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=self._folder, prefix="unpacking-"))
        for name, body in rows.items():
            target = fresh / "data" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
        shutil.rmtree(folder.parent, ignore_errors=True)
        fresh.replace(folder.parent)
        return folder

    def _is_sound(self, version: str) -> bool:
        try:
            self._read(version)
        except PublicationDamaged:
            return False
        return True

    def _read(self, version: str) -> dict[str, bytes]:
        """The files of a snapshot, after their hash was found right: nothing unchecked reaches the disk."""
        path = self._path(version)
        if not path.exists():
            raise PublicationDamaged(f"发布 {version[:6]} 的快照文件不见了：{path}。")
        try:
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
                rows = connection.execute("SELECT path, body FROM contents").fetchall()
        except sqlite3.Error as error:
            raise PublicationDamaged(f"发布 {version[:6]} 的快照文件打不开。") from error
        files = {name: body for name, body in rows if isinstance(name, str) and isinstance(body, bytes)}
        if len(files) != len(rows) or hash_of(files) != version or not all(map(_is_inside, files)):
            raise PublicationDamaged(f"发布 {version[:6]} 的内容和校验值对不上，没有启用。")
        return files

    def _path(self, version: str) -> Path:
        return self._folder / f"{version}.db"


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
