"""Reading YAML with the line of every value, so that a fault can be named as file:line."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of a content file: where, what, and what to do, in Chinese."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class ContentError(Exception):
    """Content that cannot be served; `faults` holds every fault found, not just the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A sentence proposing the nearest known word, or an empty string."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"是不是想写 {near[0]}？" if near else ""


class Item:
    """One YAML value with its place; every reading method records a fault instead of raising."""

    def __init__(self, node: yaml.Node, path: str, faults: list[Fault]) -> None:
        self._node = node
        self.path = path
        self.faults = faults

    @property
    def line(self) -> int:
        return int(self._node.start_mark.line) + 1

    @property
    def is_null(self) -> bool:
        return self._node.tag == "tag:yaml.org,2002:null"

    @property
    def is_text(self) -> bool:
        return isinstance(self._node, yaml.ScalarNode) and not self.is_null

    @property
    def is_sequence(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    def fault(self, message: str) -> None:
        """Record a fault at this value."""
        self.faults.append(Fault(self.path, self.line, message))

    def mapping(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Item]:
        """The mapping's items by key; unknown, double and missing keys are faults."""
        if not isinstance(self._node, yaml.MappingNode):
            self.fault("这里应当是“键: 值”的一组。")
            return {}
        items: dict[str, Item] = {}
        allowed = [*required, *optional]
        for key_node, value_node in self._node.value:
            key = str(key_node.value)
            if allowed and key not in allowed:
                Item(key_node, self.path, self.faults).fault(
                    f"不认识的键 {key}。{did_you_mean(key, allowed)}可用的键：{'、'.join(allowed)}。"
                )
                continue
            if key in items:
                Item(key_node, self.path, self.faults).fault(f"键 {key} 写了两次，只留一个。")
            items[key] = Item(value_node, self.path, self.faults)
        for key in required:
            if key not in items:
                self.fault(f"缺少键 {key}。")
        return items

    def has(self, key: str) -> bool:
        """Whether this is a mapping with `key`."""
        return isinstance(self._node, yaml.MappingNode) and any(name.value == key for name, _ in self._node.value)

    def sequence(self) -> list[Item]:
        """The items of a list; null reads as an empty list."""
        if self.is_null:
            return []
        if not isinstance(self._node, yaml.SequenceNode):
            self.fault("这里应当是一个列表。")
            return []
        return [Item(node, self.path, self.faults) for node in self._node.value]

    def text(self) -> str:
        """The scalar as written, whatever YAML 1.1 would make of it."""
        if isinstance(self._node, yaml.ScalarNode) and not self.is_null:
            return str(self._node.value).strip()
        self.fault("这里应当是一段文字。")
        return ""

    def optional_text(self) -> str | None:
        return None if self.is_null else self.text()

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.sequence())

    def choice(self, known: Collection[str]) -> str:
        """One word of a closed list."""
        word = self.text()
        if word and word not in known:
            self.fault(f"不认识的取值 {word}。{did_you_mean(word, known)}可用的取值：{'、'.join(known)}。")
        return word

    def member(self, kind: type[Word]) -> Word | None:
        """The member of `kind` that is written, or None beside a fault."""
        word = self.choice(list(kind))
        return kind(word) if word in list(kind) else None

    def decimal(self) -> Decimal | None:
        """A number written in quotes, so that YAML cannot round it."""
        if self.is_null:
            return None
        word = self.text()
        try:
            number = Decimal(word)
        except InvalidOperation:
            self.fault(f'{word!r} 不是数字。例如 "0.3"。')
            return None
        if not number.is_finite():
            self.fault(f"{word!r} 不是有限的数字。")
            return None
        return number

    def whole(self) -> int:
        number = self.decimal()
        if number is None or number != int(number):
            self.fault("这里应当是整数。")
            return 0
        return int(number)

    def day(self) -> date | None:
        """A day written as 2024-12-31."""
        if self.is_null:
            return None
        word = self.text()
        try:
            return date.fromisoformat(word)
        except ValueError:
            self.fault(f"{word!r} 不是日期。例如 2024-12-31。")
            return None

    def boolean(self) -> bool:
        word = self.text()
        if word not in ("true", "false"):
            self.fault(f"{word!r} 应当写 true 或 false。")
        return word == "true"

    def plain(self) -> Any:
        """The value as plain Python: for facts of cases and rules. Dates become `date`, numbers `Decimal`."""
        node = self._node
        if isinstance(node, yaml.MappingNode):
            return {str(key.value): Item(value, self.path, self.faults).plain() for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [Item(value, self.path, self.faults).plain() for value in node.value]
        kind = node.tag.rsplit(":", 1)[-1]
        word = str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return word.lower() in ("true", "yes", "on")
        if kind == "timestamp":
            return self.day()
        if kind in ("int", "float"):
            return self.decimal()
        return word


def read_text(path: Path, name: str) -> str:
    """The text of a file. Raises `ContentError` when it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ContentError([Fault(name, 1, "文件不是 UTF-8 编码。请另存为 UTF-8。")]) from error


def compose(text: str, name: str) -> yaml.Node:
    """The YAML of a file. Raises `ContentError` when it is none, or nothing."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        why = f"不是合格的 YAML：{getattr(error, 'problem', error)}。检查缩进、引号和冒号。"
        raise ContentError([Fault(name, line, why)]) from error
    if node is None:
        raise ContentError([Fault(name, 1, "文件是空的。")])
    return node


def read_yaml(path: Path, name: str, faults: list[Fault]) -> Item | None:
    """The root item of a file; a file that is not YAML or is empty is a fault and yields None."""
    try:
        return Item(compose(read_text(path, name), name), name, faults)
    except ContentError as error:
        faults.extend(error.faults)
        return None


Fields = Mapping[str, Item]


def text_of(fields: Fields, key: str) -> str | None:
    """The text under an optional key."""
    return fields[key].optional_text() if key in fields else None


def day_of(fields: Fields, key: str) -> date | None:
    """The day under an optional key."""
    return fields[key].day() if key in fields else None


def decimal_of(fields: Fields, key: str) -> Decimal | None:
    """The number under an optional key."""
    return fields[key].decimal() if key in fields else None


def choice_of(fields: Fields, key: str, known: Collection[str]) -> str | None:
    """The word of a list under an optional key."""
    return fields[key].choice(known) if key in fields and not fields[key].is_null else None
