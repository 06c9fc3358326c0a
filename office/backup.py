"""Backups (备份): ledger, knowledge.db, publications and papers in one tar file, with a manifest of hashes.

What was sealed stays sealed inside, and the keys stay outside unless asked for. Reading a backup checks every byte of it
before anything is used.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from office.ledger import copying
from office.office import Office
from office.privacy import FieldCipher, PrivacyError, Sealed

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
LEDGER, KNOWLEDGE = "ledger.db", "knowledge.db"
FOLDERS: Mapping[str, str] = {"publications": "*.db", "papers": "*/*.sealed"}
KEY_FILES = ("field_key.txt", "secret_key.txt")
KEY_PROOF = "惠农政策一键查"
_PIECE = 1 << 20


class BackupError(Exception):
    """A backup cannot be made, or is not to be trusted; one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    engine: str
    counts: Mapping[str, int]
    key_proof: str
    secret_proof: str
    files: Mapping[str, str]

    def is_opened_by(self, cipher: FieldCipher) -> bool:
        """Whether these keys open what the backup has sealed."""
        try:
            return cipher.decrypt(Sealed(self.key_proof)) == KEY_PROOF
        except PrivacyError:
            return False


def write_backup(office: Office, path: Path, *, with_keys: bool = False) -> tuple[Path, Manifest]:
    """Back everything up while the program runs; a name that does not end in .tar is a folder, made if need be, which
    gets a file named after the moment. Checked once written."""
    target = path if path.suffix == ".tar" and not path.is_dir() else path / f"huinong-{office.now():%Y%m%d-%H%M%S}.tar"
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise BackupError(f"{target.parent} 不是文件夹，没有备份：请写一个文件夹，或者 .tar 结尾的文件名") from error
    if target.exists():
        raise BackupError(f"{target} 已经有了，备份不覆盖旧的：请换个文件名")
    half = target.with_name(f"{target.name}.half")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".huinong-") as work:
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
                _write(office, Path(work), archive, with_keys=with_keys)
        manifest = check(half)
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    return target, manifest


def check(path: Path) -> Manifest:
    """Read the whole backup and compare every hash; `BackupError` says in one sentence that it is damaged."""
    return _read(path, None)


def unpack(path: Path, folder: Path) -> Manifest:
    """The same, the files written to `folder`: use them only when this returns."""
    return _read(path, folder)


def secret_proof(key: str) -> str:
    """What tells whether a SECRET_KEY is the one of the backup, and leads back to none."""
    return hmac.new(b"huinong backup\0" + key.encode(), KEY_PROOF.encode(), hashlib.sha256).hexdigest()


def _write(office: Office, work: Path, archive: tarfile.TarFile, *, with_keys: bool) -> None:
    """The ledger first: a paper is on disk before its row is, so every row that is copied finds its paper."""
    state, url = office.settings.state_dir, office.settings.database_url.reveal()
    counts = copying.copy_out(url, work / LEDGER)
    files = {LEDGER: _add_file(archive, LEDGER, work / LEDGER)}
    if (state / KNOWLEDGE).exists():
        source, copy = sqlite3.connect(state / KNOWLEDGE), sqlite3.connect(work / KNOWLEDGE)
        with closing(source), closing(copy):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        files[KNOWLEDGE] = _add_file(archive, KNOWLEDGE, work / KNOWLEDGE)
    for folder, pattern in FOLDERS.items():
        for path in sorted((state / folder).glob(pattern)):
            name = path.relative_to(state).as_posix()
            try:
                content = path.read_bytes()
            except FileNotFoundError:  # its person was erased meanwhile
                continue
            files[name] = _add_bytes(archive, name, content)
    if with_keys:
        for name, keys in zip(KEY_FILES, (office.settings.field_keys, office.settings.secret_keys), strict=True):
            joined = ",".join(key.reveal() for key in keys) + "\n"
            files[f"keys/{name}"] = _add_bytes(archive, f"keys/{name}", joined.encode())
    said = {
        "format": FORMAT,
        "made_at": office.now().isoformat(),
        "engine": office.ledger.engine_name,
        "counts": counts,
        "key_proof": office.cipher.encrypt(KEY_PROOF),
        "secret_proof": secret_proof(office.settings.secret_keys[0].reveal()),
        "files": files,
    }
    digest = _add_bytes(archive, MANIFEST, json.dumps(said, ensure_ascii=False, indent=1).encode())
    _add_bytes(archive, SEAL, digest.encode())


def _add_file(archive: tarfile.TarFile, name: str, path: Path) -> str:
    info = _info(name, path.stat().st_size)
    with path.open("rb") as file:
        archive.addfile(info, file)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> str:
    archive.addfile(_info(name, len(content)), io.BytesIO(content))
    return hashlib.sha256(content).hexdigest()


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _read(path: Path, folder: Path | None) -> Manifest:
    """Hashes of what is there against those of the manifest, and the manifest's own against the last file's."""
    found: dict[str, str] = {}
    manifest = seal = b""
    try:
        with tarfile.open(path, mode="r:") as archive:
            for name, file in _members(archive):
                if name == MANIFEST:
                    manifest = file.read()
                elif name == SEAL:
                    seal = file.read()
                else:
                    found[name] = _taken(file, folder / name if folder else None)
    except FileNotFoundError as error:
        raise BackupError(f"没有 {path} 这个备份文件") from error
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise BackupError(_damaged(path)) from error
    if hashlib.sha256(manifest).hexdigest().encode() != seal:
        raise BackupError(_damaged(path))
    said: dict[str, Any] = json.loads(manifest)
    if said["format"] != FORMAT:
        raise BackupError(f"备份 {path} 是更新的版本做的，没有恢复：请换用新版程序")
    if said["files"] != found or LEDGER not in found:
        raise BackupError(_damaged(path))
    return Manifest(said["made_at"], said["engine"], said["counts"], said["key_proof"], said["secret_proof"], found)


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in archive:
        parts = PurePosixPath(member.name).parts
        file = archive.extractfile(member) if member.isreg() else None
        if file is None or not parts or parts[0] == "/" or ".." in parts:
            raise ValueError("a backup holds plain files below its own folder")
        yield member.name, file


def _taken(file: IO[bytes], target: Path | None) -> str:
    digest = hashlib.sha256()
    if target is not None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with target.open("xb") if target else io.BytesIO() as kept:
        if target is not None:
            target.chmod(0o600)
        while piece := file.read(_PIECE):
            digest.update(piece)
            if target is not None:
                kept.write(piece)
    return digest.hexdigest()


def _damaged(path: Path) -> str:
    return f"备份 {path} 损坏了或者不完整，没有恢复：请用另一份备份"
