"""Restoring (恢复): a checked backup becomes the state; what is there is replaced only when asked, and whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from office.backup import FOLDERS, KEY_FILES, KNOWLEDGE, LEDGER, BackupError, Manifest, secret_proof, unpack
from office.ledger import audit, copying
from office.ledger.engines import make_engine
from office.ledger.ledger import Ledger
from office.privacy import FieldCipher
from office.rekeying import count_closed
from office.settings import Secret, Settings

SIDE_FILES = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: rows by table, papers, and receipts of people who were erased after the backup was made."""

    manifest: Manifest
    counts: dict[str, int]
    papers: int
    erased_since: tuple[str, ...]
    has_new_keys: bool
    has_other_secret: bool


def restore(settings: Settings, path: Path, *, replace: bool = False) -> Restored:
    """Make the backup at `path` the state. Nothing changes before all of it is checked, migrated and opened.

    Raises `BackupError` for a damaged backup, wrong keys, or a state that is there and was not to be replaced.
    """
    url, state = settings.database_url.reveal(), settings.state_dir
    there = _is_there(url, state)
    if there and not replace:
        raise BackupError(f"{state} 里或账本里已经有东西，没有恢复；确定不要了，加 --replace 再来")
    with tempfile.TemporaryDirectory(dir=state, prefix=".restoring-") as name:
        fresh = Path(name)
        manifest = unpack(path, fresh)
        own_keys = _keys(settings, manifest, fresh / "keys")
        counts = _prepared(fresh / LEDGER, manifest, own_keys or settings.field_keys)
        since = _erased_since(url, manifest.made_at) if copying.exists(url) else ()
        if copying.exists(url):
            copying.refuse_in_use(url)
        if not copying.is_sqlite(url):
            copying.copy_in(fresh / LEDGER, url, replace=replace)
        _put(fresh, state, url)
        if own_keys is not None:
            for file in KEY_FILES:
                (fresh / "keys" / file).replace(state / file)
    after = copying.counts(url)
    if {name: after.get(name) for name in counts} != counts:
        raise BackupError("恢复后的行数和备份里的对不上：请再恢复一次，还不对就找技术人员")
    papers = len(list((state / "papers").glob(FOLDERS["papers"])))
    proofs = [secret_proof(key.reveal()) for key in settings.secret_keys]
    return Restored(manifest, after, papers, since, own_keys is not None, manifest.secret_proof not in proofs)


def _is_there(url: str, state: Path) -> bool:
    return copying.exists(url) or (state / KNOWLEDGE).exists() or any((state / "papers").glob("*/*"))


def _keys(settings: Settings, manifest: Manifest, folder: Path) -> Sequence[Secret] | None:
    """None when the keys at hand open the backup; else those inside it, if they may take their place."""
    at_hand = [key.reveal() for key in settings.field_keys]
    if at_hand and manifest.is_opened_by(FieldCipher(at_hand)):
        return None
    if not (folder / KEY_FILES[0]).exists():
        why = "FIELD_KEY 打不开这份备份" if at_hand else "这台机器上没有 FIELD_KEY，这份备份里也没有"
        raise BackupError(f"{why}，没有恢复：请把备份当时的 FIELD_KEY 和 SECRET_KEY 写进 .env，再恢复")
    for file, keys in zip(KEY_FILES, (settings.field_keys, settings.secret_keys), strict=True):
        made = settings.state_dir / file
        if keys and (not made.exists() or made.read_text(encoding="ascii").strip() != _joined(keys)):
            raise BackupError("环境或 .env 里的密钥和备份的不一样：请去掉那两行，备份里的密钥才能放回去")
    inside = (folder / KEY_FILES[0]).read_text(encoding="ascii").strip().split(",")
    return tuple(Secret(key) for key in inside)


def _joined(keys: Sequence[Secret]) -> str:
    """Keys as the file of the state folder holds them."""
    return ",".join(key.reveal() for key in keys)


def _prepared(ledger: Path, manifest: Manifest, keys: Sequence[Secret]) -> dict[str, int]:
    """Migrate the copy, and see that its rows are all there and open."""
    url = f"sqlite:///{ledger}"
    if copying.counts(url) != dict(manifest.counts):
        raise BackupError("备份里的账本和清单对不上，没有恢复：请用另一份备份")
    opened = Ledger.open(url)
    try:
        with opened.read() as connection:
            closed = count_closed(connection, FieldCipher([key.reveal() for key in keys]))
        opened.checkpoint()
    finally:
        opened.close()
    if closed:
        raise BackupError(f"备份里有 {closed} 处内容打不开，没有恢复：FIELD_KEY 里缺了旧的密钥，请补上")
    counts = copying.counts(url)
    return {name: count for name, count in counts.items() if name != "migrations"}


def _erased_since(url: str, made_at: str) -> tuple[str, ...]:
    """Receipts of people who were erased after the backup: it brings them back, so they must be erased again."""
    engine = make_engine(url, 1)
    try:
        with engine.connect() as connection:
            deeds = audit.audit
            wanted = (deeds.c.verb == "erase_case") & (deeds.c.at > datetime.fromisoformat(made_at))
            return tuple(connection.execute(select(deeds.c.target).where(wanted).distinct()).scalars())
    finally:
        engine.dispose()


def _put(fresh: Path, state: Path, url: str) -> None:
    """Swap files by renaming; when a rename fails, those done are undone and nothing is deleted."""
    undo: list[Callable[[], object]] = []
    old = Path(tempfile.mkdtemp(dir=state, prefix=".replaced-"))
    try:
        if copying.is_sqlite(url):
            _swap(fresh / LEDGER, copying.file_of(url), old, undo)
        for name in (KNOWLEDGE, *FOLDERS):
            _swap(fresh / name, state / name, old, undo)
    except OSError:
        for step in reversed(undo):
            with suppress(OSError):
                step()
        raise
    shutil.rmtree(old)


def _swap(new: Path, place: Path, old: Path, undo: list[Callable[[], object]]) -> None:
    for end in SIDE_FILES:
        present, aside = place.with_name(place.name + end), old / (place.name + end)
        if present.exists():
            shutil.move(present, aside)
            undo.append(lambda present=present, aside=aside: shutil.move(aside, present))  # type: ignore[misc]  # bound now
    if new.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(new, place)
        undo.append(lambda: shutil.move(place, new))
