"""Plants one fault in a copy of a real entry, for the tests of loading and lint."""

from pathlib import Path

ENTRIES = Path(__file__).resolve().parents[2] / "data" / "entries"
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
