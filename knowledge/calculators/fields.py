"""The boxes of a calculator's form: what each asks in plain words, and typed text → the value a calculator takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from knowledge.calculators import spoken
from knowledge.calculators.inputs import UNKNOWN_WORDS
from knowledge.quantities import Kind as QuantityKind
from knowledge.quantities import find_quantities
from knowledge.rendering import plain

NOT_KNOWN = "不知道"
MOST_LINES = 40
LONGEST_TEXT = 600
_UNVALUED = re.compile(r"^(.+?)[\s：:=，,]*(不知道|不清楚|没估价|没估过|没算过|说不清)$")
_SPLIT = re.compile(r"[\s、，,；;]+")
_JOINED = re.compile(r"[：:=，,\s]+$")
_YEAR = re.compile(r"(\d{4})年?", re.ASCII)


class Sort(StrEnum):
    """What a box takes."""

    MONEY = "money"
    PRICE = "price"
    RATE = "rate"
    SHARE = "share"
    MONTHS = "months"
    COUNT = "count"
    SIZE = "size"
    YEAR = "year"
    CHOICE = "choice"
    TEXT = "text"
    ITEMS = "items"
    AMOUNTS = "amounts"
    ROWS = "rows"


READERS: Mapping[Sort, Callable[[str], spoken.Reading]] = {
    Sort.MONEY: spoken.read_amount,
    Sort.PRICE: spoken.read_price,
    Sort.RATE: spoken.read_rate,
    Sort.SHARE: spoken.read_share,
    Sort.MONTHS: spoken.read_months,
    Sort.COUNT: spoken.read_count,
    Sort.SIZE: spoken.read_size,
}
LONG = frozenset({Sort.ITEMS, Sort.AMOUNTS, Sort.ROWS})


@dataclass(frozen=True, slots=True)
class Box:
    """One box: `key` names it in addresses, `path` is where its value goes in the calculator's input.

    `example` is typed text. `choices` are (value, words). `only_if` names another box and the values with which this
    one matters. `leave_out` is what a person says to leave the box empty (没有). `mixed` allows a range of rates. A conversation does not ask what stands `instead_of` a box that was
    answered, nor what `is_extra`.
    """

    key: str
    label: str
    sort: Sort
    example: str = ""
    unit: str = ""
    hint: str = ""
    required: bool = False
    choices: tuple[tuple[Any, str], ...] = ()
    columns: tuple[Box, ...] = ()
    path: tuple[str, ...] = ()
    only_if: tuple[str, frozenset[str]] | None = None
    leave_out: str = ""
    mixed: bool = False
    instead_of: str = ""
    is_extra: bool = False
    section: str = ""

    @property
    def place(self) -> tuple[str, ...]:
        """Where the value goes."""
        return self.path or (self.key,)

    @property
    def is_long(self) -> bool:
        """Whether it takes several lines."""
        return self.sort in LONG


@dataclass(frozen=True, slots=True)
class Taken:
    """What a box holds: `value` (None when it is empty), or `problem`, a sentence for beside the box.

    `choices` are texts to put into the box instead; `is_heard` tells whether the text was about this box at all.
    """

    value: Any = None
    problem: str = ""
    choices: tuple[str, ...] = ()
    is_heard: bool = True


@dataclass(slots=True)
class Read:
    """All boxes of a form: values by key, problems by key."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, Taken] = field(default_factory=dict)


def take(box: Box, text: str) -> Taken:
    """The value typed into `box`, or what is the matter with it."""
    text = text.strip()
    if not text:
        return Taken()
    if len(text) > LONGEST_TEXT:
        return Taken(problem=f"{box.label}写得太长了，请写短一点，例如 {box.example}。")
    if box.sort is Sort.CHOICE:
        return _choice(box, text)
    if text in UNKNOWN_WORDS:
        return Taken(NOT_KNOWN)
    if box.sort is Sort.TEXT:
        return Taken(text)
    if box.sort is Sort.ITEMS:
        return _items(box, text)
    if box.sort is Sort.AMOUNTS:
        return _amounts(box, text)
    if box.sort is Sort.ROWS:
        return _rows(box, text)
    return _number(box, text)


def _number(box: Box, text: str) -> Taken:
    if box.sort is Sort.YEAR:
        year = _YEAR.fullmatch(text)
        return (
            Taken(year[1])
            if year
            else Taken(problem=f"{box.label}要写四位数的年份，例如 {box.example}。", is_heard=False)
        )
    if box.mixed:
        ends = _two_rates(text)
        if ends:
            return Taken(ends)
    reading = READERS[box.sort](text)
    if reading.value is None:
        sentence = f"{box.label}：{reading.question}" if reading.is_heard else _not_heard(box, text)
        return Taken(problem=sentence, choices=reading.choices, is_heard=reading.is_heard)
    return Taken(plain(reading.value))


def _not_heard(box: Box, text: str) -> str:
    said = text if len(text) <= 20 else f"{text[:20]}…"
    return f"{box.label}没看懂“{said}”，请写一个数，例如 {box.example}。"


def _two_rates(text: str) -> dict[str, str] | None:
    """4到4.5, 4%-4.5%: both ends of a rate."""
    found = [q for q in find_quantities(text) if q.kind in (QuantityKind.RATE, QuantityKind.NUMBER)]
    if len(found) == 1 and found[0].low < found[0].high and not found[0].ambiguous:
        return {"low": plain(found[0].low), "high": plain(found[0].high)}
    return None


def _choice(box: Box, text: str) -> Taken:
    """By its value, its words, or their beginning."""
    for value, words in box.choices:
        if text in (option_key(value), words) or (len(text) > 1 and words.startswith(text)):
            return Taken(value)
    if text in UNKNOWN_WORDS:
        return Taken(NOT_KNOWN)
    offered = "、".join(words for _, words in box.choices)
    return Taken(problem=f"{box.label}要从这几个里选：{offered}。", is_heard=False)


def option_key(value: Any) -> str:
    """How a choice is named in an address."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in re.split(r"[\r\n；;]+", text) if line.strip()][:MOST_LINES]


def _items(box: Box, text: str) -> Taken:
    """One thing a line: its name and what it is worth; 没有 for none at all."""
    if text in ("没有", "没欠", "无", "没"):
        return Taken({})
    items: dict[str, str | None] = {}
    for line in _lines(text):
        unvalued = _UNVALUED.match(line)
        if unvalued:
            items[unvalued[1].strip()] = None
            continue
        found = [q for q in find_quantities(line) if q.kind in (QuantityKind.MONEY, QuantityKind.NUMBER)]
        name = _JOINED.sub("", line[: found[-1].span[0]]) if found else ""
        if not found or not name:
            return Taken(
                problem=f"{box.label}里“{line[:20]}”没看懂，一行写一样，例如 {box.example.splitlines()[0]}。",
                is_heard=bool(found),
            )
        reading = spoken.read_amount(line[found[-1].span[0] :])
        if reading.value is None:
            return Taken(problem=f"{box.label}里“{line[:20]}”：{reading.question}")
        if name in items:
            return Taken(problem=f"{box.label}里“{name[:20]}”写了两次，请写不一样的名称。")
        items[name] = plain(reading.value)
    return Taken(items)


def _amounts(box: Box, text: str) -> Taken:
    amounts = []
    for part in (part for part in _SPLIT.split(text) if part):
        reading = spoken.read_amount(part)
        if reading.value is None:
            return Taken(problem=f"{box.label}里“{part[:20]}”：{reading.question}", is_heard=reading.is_heard)
        amounts.append(plain(reading.value))
    return Taken(amounts)


def _rows(box: Box, text: str) -> Taken:
    """One row a line, its cells apart by spaces."""
    names, rows = "、".join(column.label for column in box.columns), []
    for line in _lines(text):
        cells = [cell for cell in _SPLIT.split(line) if cell]
        if len(cells) != len(box.columns):
            first = box.example.splitlines()[0]
            return Taken(
                problem=f"{box.label}里“{line[:20]}”要写 {len(box.columns)} 个数：{names}，用空格隔开，例如 {first}。",
                is_heard=len(cells) > 1,
            )
        row = {}
        for column, cell in zip(box.columns, cells, strict=True):
            taken = take(column, cell)
            if taken.problem:
                return Taken(problem=f"{box.label}里“{line[:20]}”：{taken.problem}", is_heard=taken.is_heard)
            row[column.key] = taken.value
        rows.append(row)
    return Taken(rows)
