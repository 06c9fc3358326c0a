"""A content file as a small tree of texts, tables and series: what the canonical writer orders and writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import yaml

from knowledge.reading import ContentError, Fault

_TYPED = ("null", "bool", "int", "float", "timestamp")


class Quoting(StrEnum):
    """How a scalar is written: as it stands, in quotes, or in quotes only where YAML would misread it."""

    BARE = "bare"
    QUOTED = "quoted"
    AS_NEEDED = "as_needed"


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value; `line` is where it stood, 0 for one that was added."""

    text: str
    quoting: Quoting
    line: int = 0

    @property
    def is_null(self) -> bool:
        return self.quoting is Quoting.BARE and self.text == "null"


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, in the order it is written."""

    rows: tuple[tuple[Scalar, Tree], ...]
    line: int
    on_one_line: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A list."""

    items: tuple[Tree, ...]
    line: int
    on_one_line: bool = False


Tree = Scalar | Table | Series


def tree_of(root: yaml.Node, name: str) -> Tree:
    """The tree of a composed file; an anchor used twice or a key that is no word raises `ContentError`."""
    return _tree(root, name, set())


def null() -> Scalar:
    """A value that is not known, added by the writer."""
    return Scalar("null", Quoting.BARE)


def scalars(tree: Tree) -> Iterator[Scalar]:
    """All values below, keys left out."""
    if isinstance(tree, Scalar):
        yield tree
    for child in _children(tree):
        yield from scalars(child)


def _children(tree: Tree) -> tuple[Tree, ...]:
    if isinstance(tree, Table):
        return tuple(value for _, value in tree.rows)
    return tree.items if isinstance(tree, Series) else ()


def _tree(node: yaml.Node, name: str, seen: set[int]) -> Tree:
    line = int(node.start_mark.line) + 1
    if id(node) in seen:
        raise ContentError([Fault(name, line, "不要用 & 和 * 引用别处的内容，照样再写一遍。")])
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        rows = tuple((_key(key, name), _tree(value, name, seen)) for key, value in node.value)
        return Table(rows, line, on_one_line=not rows)
    if isinstance(node, yaml.SequenceNode):
        items = tuple(_tree(item, name, seen) for item in node.value)
        return Series(items, line, on_one_line=all(isinstance(item, Scalar) for item in items))
    kind = str(node.tag).rsplit(":", 1)[-1]
    if kind == "null":
        return Scalar("null", Quoting.BARE, line)
    quoting = Quoting.BARE if kind in _TYPED else Quoting.AS_NEEDED
    return Scalar(str(node.value), quoting, line)


def _key(node: yaml.Node, name: str) -> Scalar:
    line = int(node.start_mark.line) + 1
    if not isinstance(node, yaml.ScalarNode):
        raise ContentError([Fault(name, line, "键应当是一个词，不能是一组或一列。")])
    return Scalar(str(node.value), Quoting.AS_NEEDED, line)
