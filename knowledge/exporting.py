"""`python -m knowledge format | export PATH | import PATH`: the content in its canonical form, out and in again.

Both ways are all or nothing: an export appears whole, an import with one fault writes nothing.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.base import SHIPPED, content_files
from knowledge.canonical import canonical_files, canonical_text
from knowledge.checking import check_folder
from knowledge.evaluation import read_golden
from knowledge.reading import ContentError, Fault, read_text
from knowledge.revisions import Revisions

CASES = SHIPPED.parent / "tests" / "cases"
DEFAULT_ACTOR = "命令行"


class ExportRefused(Exception):  # noqa: N818 - named for what happened
    """A folder that must not be written over."""


def add_parser(commands: Any, state: Path) -> None:
    """The words of `format`, `export` and `import`; `state` is the state folder unless --state names another."""
    commands.add_parser("format", help="把 data/ 改写成规范写法（只改写法，不改内容）")
    exporter = commands.add_parser("export", help="把全部内容按规范写法写到一个文件夹")
    exporter.add_argument("path", type=Path)
    exporter.add_argument("--published", action="store_true", help="写正在服务的发布，而不是 data/")
    importer = commands.add_parser("import", help="检查一个文件夹里的全部内容，没有问题才收下")
    importer.add_argument("path", type=Path)
    importer.add_argument("--into-data", action="store_true", help="写进 data/，而不是状态文件夹的 knowledge.db")
    importer.add_argument("--actor", default=DEFAULT_ACTOR, help="谁导入的")
    for part in (exporter, importer):
        part.add_argument("--state", type=Path, default=state, help=f"状态文件夹，默认 {state}")


def run_format(_arguments: argparse.Namespace) -> int:
    """Rewrite the files of data/ that are not canonical."""
    changed = format_folder(SHIPPED)
    for path in changed:
        print(f"改写 {path.relative_to(SHIPPED.parent)}")
    print(f"改写了 {len(changed)} 个文件" if changed else "已经都是规范写法")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write everything to the folder `path`."""
    try:
        source = Revisions(arguments.state).serving()[1] if arguments.published else SHIPPED
        count = export(source, arguments.path)
    except (ExportRefused, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"写出 {count} 个文件到 {arguments.path}")
    return 0


def run_import(arguments: argparse.Namespace, now: datetime) -> int:
    """Take in the folder `path` whole; every fault is listed and then nothing is written."""
    faults = import_faults(arguments.path)
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} 处问题，什么也没写入")
        return 1
    if arguments.into_data:
        changed = import_into(arguments.path, SHIPPED)
        for path in changed:
            print(f"写入 {path}")
        print(f"data/ 里改了 {len(changed)} 个文件" if changed else "没有变化")
        return 0
    revision = import_as_revision(arguments.path, Revisions(arguments.state), arguments.actor, now)
    if revision is None:
        print("没有变化")
    else:
        print(f"收下了，版本 {revision[:6]}。启用：python -m knowledge publish --actor 谁 --reviewer 谁复核")
    return 0


def format_folder(data: Path) -> list[Path]:
    """Make every YAML file of `data` canonical; returns the changed ones. One unreadable file and none is changed."""
    fresh = _canonical_bodies(data)
    changed = [path for path, body in fresh.items() if path.read_bytes() != body]
    for path in changed:
        _write_whole(path, fresh[path])
    return changed


def export(source: Path, target: Path) -> int:
    """Write all files of `source`, YAML in canonical form, to the folder `target`; returns how many.

    A folder with anything else in it than an earlier export raises `ExportRefused`.
    """
    if target.resolve() == source.resolve() or source.resolve() in target.resolve().parents:
        raise ExportRefused(f"{target} 在内容文件夹里面，换一个地方。")
    if target.exists() and not _may_replace(target):
        raise ExportRefused(f"{target} 里有别的东西。换一个空的或还没有的文件夹。")
    target.parent.mkdir(parents=True, exist_ok=True)
    canonical = _canonical_bodies(source)
    files = [path for path in sorted(source.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    staged = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    staged.chmod(0o755)
    for path in files:
        place = staged / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(canonical[path] if path in canonical else path.read_bytes())
    if target.exists():
        shutil.rmtree(target)
    staged.replace(target)
    return len(files)


def import_faults(path: Path, questions: Sequence[str] | None = None, *, is_canonical: bool = False) -> list[Fault]:
    """Every fault of a folder that is to be imported; any form of YAML is accepted unless told otherwise."""
    if not path.is_dir():
        return [Fault(str(path), 1, "不是文件夹。给出 export 写出的那种文件夹。")]
    if questions is None:
        questions = [question.text for question in read_golden(sorted(CASES.glob("questions*.yaml")))]
    return check_folder(path.resolve(), (), questions, is_canonical=is_canonical)[0]


def import_as_revision(path: Path, revisions: Revisions, actor: str, now: datetime) -> str | None:
    """Keep the checked folder, made canonical, as a revision; its version, or None when nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder) / "data"
        for file, body in _content_bodies(path).items():
            (staged / file).parent.mkdir(parents=True, exist_ok=True)
            (staged / file).write_bytes(body)
        revision = revisions.add(staged, actor, now)
    return revision.version if revision else None


def import_into(path: Path, data: Path) -> list[Path]:
    """Make the content of `data` that of the checked folder, canonical; returns what was written or removed."""
    fresh = _content_bodies(path)
    stale = [file for file in content_files(data) if file.relative_to(data) not in fresh]
    changed = [data / file for file, body in fresh.items() if _bytes(data / file) != body]
    for file in changed:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(file, fresh[file.relative_to(data)])
    for file in stale:
        file.unlink()
    return sorted([*changed, *stale])


def _content_bodies(data: Path) -> dict[Path, bytes]:
    canonical = _canonical_bodies(data)
    return {
        path.relative_to(data): canonical[path] if path in canonical else path.read_bytes()
        for path in content_files(data)
    }


def _canonical_bodies(data: Path) -> dict[Path, bytes]:
    """The canonical bytes of every YAML file; raises `ContentError` with the faults of all unreadable ones."""
    bodies: dict[Path, bytes] = {}
    faults: list[Fault] = []
    for path in canonical_files(data):
        name = str(path.relative_to(data.parent))
        try:
            bodies[path] = canonical_text(read_text(path, name), path, name).encode()
        except ContentError as error:
            faults.extend(error.faults)
    if faults:
        raise ContentError(faults)
    return bodies


def _may_replace(target: Path) -> bool:
    if not target.is_dir():
        return False
    names = {path.name for path in target.iterdir()}
    return not names or {"facts.yaml", "entries"} <= names <= _known_names()


def _known_names() -> set[str]:
    return {path.name for path in SHIPPED.iterdir()}


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _write_whole(path: Path, body: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(body)
    fresh.replace(path)
