"""The one canonical YAML form (规范写法) of a content file: order, style and quotes; the content never changes.

An entry's keys are put in their fixed order. Everything is in block style, one value a line and no line wrapped; a
list of words, a rule and the facts of a case stand on one line. Comments stay, on their own line above what they stood
above or beside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

import yaml

from knowledge.entry_shape import arranged
from knowledge.reading import LOADER, ContentError, Fault, compose, read_text
from knowledge.yaml_tree import Quoting, Scalar, Series, Table, Tree, tree_of

ROW_FILES = ("asking.yaml", "crops.yaml", "dialect.yaml")  # tables of staff: one row a line
PHRASES = ("always", "advice", "unless")  # lists of phrases rather than words: one a line
WRITTEN_BY_PROGRAM = ("matching.yaml",)  # `fit` writes it in its own fixed form
CONTENT_PATTERNS = ("*.yaml", "entries/**/*.yaml", "parameters/*.yaml")
INDENT = 2

_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_FIRST = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`]")
_UNSAFE = re.compile(r": | #|:$|^\s|\s$")
_FLOW_UNSAFE = re.compile(r"[,\[\]{}:?]")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be written, and the line of the file it came from (0 when added)."""

    origin: int
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: where it stood, and whether it had its line to itself."""

    line: int
    text: str
    is_alone: bool


def canonical_files(data: Path) -> list[Path]:
    """The YAML files of a folder data/ that are kept in the canonical form, sorted."""
    found = {path for pattern in CONTENT_PATTERNS for path in data.glob(pattern)}
    return sorted(path for path in found if path.name not in WRITTEN_BY_PROGRAM)


def canonical_text(text: str, path: Path, name: str) -> str:
    """The canonical form of the file `path`, whose content is `text`; raises `ContentError` if it is not YAML."""
    tree = tree_of(compose(text, name), name)
    if "entries" in path.parts:
        tree = arranged(tree)
    else:
        tree = _rows_on_lines(tree) if path.name in ROW_FILES else _phrases_on_lines(tree)
    return _join(_with_comments(_block(tree, 0), list(_comments(text))))


def first_difference(text: str, canonical: str) -> int:
    """The number of the first line in which two texts differ."""
    pairs = zip_longest(text.splitlines(), canonical.splitlines())
    return next((number for number, (one, other) in enumerate(pairs, 1) if one != other), 1)


def not_canonical(path: Path, name: str) -> list[Fault]:
    """A fault at the first line that is not canonical; a file that is no YAML is another check's business."""
    try:
        text = read_text(path, name)
        canonical = canonical_text(text, path, name)
    except ContentError:
        return []
    if text == canonical:
        return []
    line = first_difference(text, canonical)
    return [Fault(name, line, "不是规范写法。运行 python -m knowledge format，它只改写法，不改内容。")]


def _join(lines: Iterable[Line]) -> str:
    return "".join(f"{line.text}\n" for line in lines)


def _rows_on_lines(tree: Tree) -> Tree:
    """Every table inside a list on one line."""
    if isinstance(tree, Series):
        return replace(tree, items=tuple(_flat(item) for item in tree.items))
    if isinstance(tree, Table):
        return replace(tree, rows=tuple((key, _rows_on_lines(value)) for key, value in tree.rows))
    return tree


def _phrases_on_lines(tree: Tree, key: str = "") -> Tree:
    if isinstance(tree, Table):
        return replace(tree, rows=tuple((word, _phrases_on_lines(value, word.text)) for word, value in tree.rows))
    if isinstance(tree, Series):
        items = tuple(_phrases_on_lines(item) for item in tree.items)
        return replace(tree, items=items, on_one_line=tree.on_one_line and (key not in PHRASES or not items))
    return tree


def _flat(tree: Tree) -> Tree:
    if isinstance(tree, Table):
        return replace(tree, rows=tuple((key, _flat(value)) for key, value in tree.rows), on_one_line=True)
    if isinstance(tree, Series):
        return replace(tree, items=tuple(_flat(item) for item in tree.items), on_one_line=True)
    return tree


def _block(tree: Tree, indent: int) -> list[Line]:
    pad = " " * indent
    if isinstance(tree, Table) and not tree.on_one_line:
        return [line for key, value in tree.rows for line in _row(key, value, indent)]
    if isinstance(tree, Series) and (not tree.on_one_line or (indent == 0 and tree.items)):
        return [line for item in tree.items for line in _item(item, indent)]
    return [Line(tree.line, pad + _inline(tree, is_inside=False))]


def _row(key: Scalar, value: Tree, indent: int) -> list[Line]:
    head = f"{' ' * indent}{_scalar(key, is_inside=False)}:"
    if isinstance(value, Scalar) or value.on_one_line:
        return [Line(key.line, f"{head} {_inline(value, is_inside=False)}")]
    return [Line(key.line, head), *_block(value, indent + INDENT)]


def _item(item: Tree, indent: int) -> list[Line]:
    first, *rest = _block(item, indent + INDENT)
    return [Line(item.line, f"{' ' * indent}- {first.text[indent + INDENT :]}"), *rest]


def _inline(tree: Tree, *, is_inside: bool) -> str:
    if isinstance(tree, Table):
        rows = (f"{_scalar(key, is_inside=True)}: {_inline(value, is_inside=True)}" for key, value in tree.rows)
        return "{" + ", ".join(rows) + "}"
    if isinstance(tree, Series):
        return "[" + ", ".join(_inline(item, is_inside=True) for item in tree.items) + "]"
    return _scalar(tree, is_inside=is_inside)


def _scalar(scalar: Scalar, *, is_inside: bool) -> str:
    if scalar.quoting is Quoting.BARE:
        return scalar.text
    if scalar.quoting is Quoting.AS_NEEDED and _reads_back(scalar.text, is_inside=is_inside):
        return scalar.text
    if ("\\" in scalar.text or '"' in scalar.text) and not _BREAKS.search(scalar.text):
        return "'" + scalar.text.replace("'", "''") + "'"
    quoted = json.dumps(scalar.text, ensure_ascii=False)
    return _BREAKS.sub(lambda found: f"\\u{ord(found.group()):04x}", quoted)


def _reads_back(text: str, *, is_inside: bool) -> bool:
    """Whether YAML reads the bare words as the same text."""
    if not _FIRST.match(text) or _UNSAFE.search(text) or _BREAKS.search(text):
        return False
    if is_inside and _FLOW_UNSAFE.search(text):
        return False
    patterns = [*_RESOLVERS.get(text[0], ()), *_RESOLVERS.get(None, ())]
    return not any(pattern.match(text) for _, pattern in patterns)


def _comments(text: str) -> Iterator[Comment]:
    if "#" not in text:
        return
    tokens = [token for token in yaml.scan(text, Loader=LOADER) if isinstance(token, yaml.ScalarToken)]
    inside = {at for token in tokens for at in range(token.start_mark.index, token.end_mark.index)}
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        for found in re.finditer(r"(?:^|(?<=\s))#", line):
            if start + found.start() not in inside:
                is_alone = not line[: found.start()].strip()
                yield Comment(number, line[found.start() :].rstrip(), is_alone)
                break
        start += len(line) + 1


def _with_comments(lines: list[Line], comments: list[Comment]) -> list[Line]:
    before: dict[int, list[str]] = {}
    for comment in comments:
        first = comment.line + (1 if comment.is_alone else 0)
        later = [(line.origin, place) for place, line in enumerate(lines) if line.origin >= first]
        before.setdefault(min(later)[1] if later else len(lines), []).append(comment.text)
    written: list[Line] = []
    for place, line in enumerate([*lines, Line(0, "")]):
        pad = line.text[: len(line.text) - len(line.text.lstrip(" "))]
        written.extend(Line(0, pad + text) for text in before.get(place, []))
        written.append(line)
    return written[:-1]
