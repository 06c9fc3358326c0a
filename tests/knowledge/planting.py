"""Copies of real content, changed: one fault planted in an entry, or little enough of it to load in a blink."""

import shutil
from pathlib import Path

from knowledge.base import SHIPPED, content_hash

ENTRIES = SHIPPED / "entries"
FEW = ("guarantee/dendrobium-loan.yaml", "credit/lpr.yaml")
LOAN = ENTRIES / "guarantee" / "dendrobium-loan.yaml"


def planted(folder: Path, old: str, new: str, entry: Path = LOAN) -> Path:
    """A copy of `entry` in `folder`, the first `old` replaced by `new`."""
    text = entry.read_text(encoding="utf-8")
    assert old in text, f"{entry.name} no longer says {old!r}: plant the fault elsewhere"
    copy = folder / entry.name
    copy.write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


def line_of(path: Path, words: str) -> int:
    """The number of the first line of a file that holds `words`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def few_entries(folder: Path) -> Path:
    """Real content with two entries, so that it loads in a blink: `folder`/data."""
    data = folder / "data"
    shutil.copytree(SHIPPED, data, ignore=shutil.ignore_patterns("vectors.npz", "entries"))
    for name in FEW:
        (data / "entries" / name).parent.mkdir(parents=True)
        (data / "entries" / name).write_bytes((SHIPPED / "entries" / name).read_bytes())
    return data


def retitle(data: Path, title: str) -> str:
    """Change the title of one entry; the hash of the new content."""
    path = data / LOAN.relative_to(SHIPPED)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = f"title: {title}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return content_hash(data)
