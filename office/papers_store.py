"""The drawer of papers (材料柜): files under STATE_DIR/papers, sealed, outside everything the web window serves."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from office.privacy import FieldCipher

_KEY = re.compile(r"[0-9a-f]{32}")


class PapersStore:
    """Keeps bytes under keys of its own; names of files and people are the ledger's business."""

    def __init__(self, state_dir: Path, cipher: FieldCipher) -> None:
        self._folder = state_dir / "papers"
        self._cipher = cipher

    def put(self, content: bytes) -> str:
        """Keep the bytes sealed; returns their key. The file is whole and on disk, or not there at all."""
        key = secrets.token_hex(16)
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        half = path.with_suffix(".half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(self._cipher.encrypt_bytes(content))
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        return key

    def get(self, key: str) -> bytes:
        """The bytes of a key; `FileNotFoundError` when they are gone."""
        return self._cipher.decrypt_bytes(self._path(key).read_bytes())

    def drop(self, key: str) -> None:
        """Delete the bytes of a key; nothing happens when they are gone."""
        self._path(key).unlink(missing_ok=True)

    def rotate(self) -> int:
        """Seal every file again with the newest key. Returns how many."""
        keys = self.kept()
        for key in keys:
            path = self._path(key)
            try:
                content = self.get(key)
            except FileNotFoundError:  # erased meanwhile
                continue
            half = path.with_suffix(".half")
            half.write_bytes(self._cipher.encrypt_bytes(content))
            half.chmod(0o600)
            half.replace(path)
        return len(keys)

    def kept(self, older_than: float | None = None) -> list[str]:
        """The keys of everything kept (before the moment `older_than`, if given), for finding files no case knows."""
        found = self._folder.glob("*/*.sealed")
        return sorted(path.stem for path in found if older_than is None or path.stat().st_mtime < older_than)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key of the papers' drawer")
        return self._folder / key[:2] / f"{key}.sealed"
