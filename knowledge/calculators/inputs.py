"""Read a calculator's inputs strictly: a decimal string or a JSON number, or one sentence naming the field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from knowledge import values

UNKNOWN_WORDS = frozenset({*values.UNKNOWN_WORDS, "未知", "unknown", "UNKNOWN", "UNDETERMINED"})
LARGEST = Decimal(10) ** 15
MOST_DECIMALS = 12
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_LONGEST_NUMBER = 40
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Input:
    """One input: its name, what it is in Chinese and an example as it would stand in JSON."""

    name: str
    label: str
    example: str
    required: bool = False


class InputError(ValueError):
    """An input that cannot be used; its text is one sentence with the field and an example, fit to be shown."""

    def __init__(self, field: str, why: str, example: str, label: str = "") -> None:
        self.field, self.why, self.example, self.label = field, why, example, label
        named = f"{field}（{label}）" if label else field
        super().__init__(f"{named}{why}，例如 {example}。")


class Fields:
    """The inputs of one calculation, read one at a time; every reader raises `InputError` for what it cannot take."""

    def __init__(self, raw: Any, declared: Sequence[Input], path: str = "") -> None:
        self.path = path
        self._declared = {item.name: item for item in declared}
        whole = "{" + ", ".join(f'"{item.name}": {item.example}' for item in declared) + "}"
        if not isinstance(raw, Mapping):
            raise InputError(path.rstrip(".") or "input", "要写成一个 JSON 对象", whole)
        for name in raw:
            if name not in self._declared:
                names = "、".join(self._declared)
                raise InputError(f"{path}{str(name)[:_LONGEST_NAME]}", f"不是这里能填的一项，能填的是 {names}", whole)
        self._raw = raw

    def bad(self, name: str, why: str) -> InputError:
        """The error for `name`, with its label and example."""
        item = self._declared[name]
        return InputError(f"{self.path}{name}", why, item.example, item.label)

    def given(self, name: str) -> bool:
        """Whether something known stands under `name`: absent, null and 不知道 are the same unknown."""
        return not is_unknown(self._raw.get(name))

    def said_unknown(self, name: str) -> bool:
        """Whether somebody wrote, in a word, that it is not known."""
        return isinstance(self._raw.get(name), str) and is_unknown(self._raw[name])

    def raw(self, name: str) -> Any:
        """What stands under `name`; refused when it is not known."""
        if not self.given(name):
            raise self.bad(name, "没有填，不知道就算不了")
        return self._raw[name]

    def number(self, name: str) -> Decimal:
        """A number, not below zero."""
        return self._checked(name, self.raw(name))

    def positive(self, name: str) -> Decimal:
        """A number above zero."""
        value = self.number(name)
        if value == 0:
            raise self.bad(name, "要大于 0")
        return value

    def percent(self, name: str, most: int = 100) -> Decimal:
        """A percentage from 0 to `most`."""
        value = self.number(name)
        if value > most:
            raise self.bad(name, f"要在 0 到 {most} 之间，单位是百分之几")
        return value

    def count(self, name: str, least: int = 0, most: int = 10**9) -> int:
        """A whole number between two ends."""
        value = self.number(name)
        if value != value.to_integral_value() or not least <= value <= most:
            raise self.bad(name, f"要填 {least} 到 {most} 的整数" if most < 10**9 else f"要填不小于 {least} 的整数")
        return int(value)

    def flag(self, name: str) -> bool | None:
        """true or false; None when it is not known."""
        if not self.given(name):
            return None
        value = self._raw[name]
        if not isinstance(value, bool):
            raise self.bad(name, "只能填 true 或 false")
        return value

    def choice(self, name: str, choices: Mapping[str, str]) -> str:
        """One of the words of `choices`."""
        value = self.raw(name)
        if not isinstance(value, str) or value not in choices:
            words = "、".join(f"{key}（{label}）" for key, label in choices.items())
            raise self.bad(name, f"只能填 {words} 其中一个")
        return value

    def text(self, name: str) -> str:
        """A short text, or "" when there is none."""
        value = self._raw.get(name)
        if value is not None and not isinstance(value, str):
            raise self.bad(name, "要填文字")
        return value or ""

    def day(self, name: str) -> date | None:
        """A day as 2024-12-31, or None when there is none."""
        if not self.given(name):
            return None
        try:
            return date.fromisoformat(self._raw[name])
        except (TypeError, ValueError):
            raise self.bad(name, "要写成年-月-日") from None

    def part(self, name: str, declared: Sequence[Input]) -> Fields:
        """The object under `name` with its own inputs."""
        value = self.raw(name)
        if not isinstance(value, Mapping):
            raise self.bad(name, "要写成一个 JSON 对象")
        return Fields(value, declared, f"{self.path}{name}.")

    def rows(self, name: str, declared: Sequence[Input]) -> list[Fields]:
        """The list of objects under `name`; an empty list is refused."""
        value = self.raw(name)
        if not isinstance(value, list) or not value:
            raise self.bad(name, "要写成至少有一行的列表")
        return [Fields(row, declared, f"{self.path}{name}[{place}].") for place, row in enumerate(value)]

    def numbers(self, name: str) -> list[Decimal]:
        """The list of numbers under `name`."""
        value = self.raw(name)
        if not isinstance(value, list) or not value:
            raise self.bad(name, "要写成至少有一个数的列表")
        return [self._checked(name, item) for item in value]

    def named(self, name: str) -> dict[str, Decimal | None]:
        """{name: number}, None where a number is not known."""
        value = self.raw(name)
        if not isinstance(value, Mapping):
            raise self.bad(name, "要写成“名称: 数字”的 JSON 对象")
        return {str(key): None if is_unknown(item) else self._checked(name, item) for key, item in value.items()}

    def all_named(self, name: str) -> dict[str, Decimal]:
        """{name: number}, at least one, every number known."""
        known: dict[str, Decimal] = {}
        for key, value in self.named(name).items():
            if value is None:
                raise self.bad(name, f"里“{key[:_LONGEST_NAME]}”没有数，不知道就算不了")
            known[key] = value
        if not known:
            raise self.bad(name, "至少要有一项")
        return known

    def _checked(self, name: str, value: Any) -> Decimal:
        number = to_decimal(value)
        if number is None:
            raise self.bad(name, "要填数字，不带单位、逗号和汉字")
        if number < 0:
            raise self.bad(name, "不能是负数")
        if number > LARGEST:
            raise self.bad(name, "太大了，请核对")
        if _decimals(number) > MOST_DECIMALS:
            raise self.bad(name, f"小数位太多，最多 {MOST_DECIMALS} 位")
        return number


def is_unknown(value: Any) -> bool:
    """Absent, null and the words for 不知道."""
    return value is None or (isinstance(value, str) and value.strip() in UNKNOWN_WORDS)


def to_decimal(value: Any) -> Decimal | None:
    """The exact number of a decimal string or a JSON number; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, int):
        value = Decimal(value)
    if isinstance(value, str):
        text = value.strip()
        if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            return None
        value = Decimal(text)
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    return abs(value) if value == 0 else value


def _decimals(number: Decimal) -> int:
    try:
        exponent = number.normalize().as_tuple().exponent
    except InvalidOperation:
        return MOST_DECIMALS + 1
    return -exponent if isinstance(exponent, int) else MOST_DECIMALS + 1
