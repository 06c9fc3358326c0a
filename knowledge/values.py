"""The values rules compare: what was stated made plain, and how two values compare; unknown is never false.

A value may also be a range (low, high): what holds at every point of it is true, what holds nowhere is false, anything
else is unknown (None).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

UNKNOWN_WORDS = ("不知道", "不清楚", "不想说", "")
OPERATORS = (
    "equals", "one_of", "not_one_of", "at_least", "more_than", "at_most", "less_than", "between", "on_or_after", "on_or_before",
)  # fmt: skip
LIST_OPERATORS = ("one_of", "not_one_of", "between")
_DAYS = ("on_or_after", "on_or_before")
_POINTS = ("equals", "one_of", "not_one_of")

Known = Mapping[str, Any]


class RuleError(ValueError):
    """A rule that cannot be judged: unknown operator, wrong type, division by zero. Its text names no fact's value."""


def is_unknown(value: Any) -> bool:
    """Absent, null and 不知道 are the same unknown; so is a quantity that was heard but must be asked back."""
    if isinstance(value, Mapping):
        return bool(value.get("ambiguous"))
    return value is None or (isinstance(value, str) and value.strip() in UNKNOWN_WORDS)


def plain_value(value: Any) -> Any:
    """Numbers as Decimal, days as date, yes/no as bool, a range as (low, high), unknown as None, other words as they are."""
    if is_unknown(value):
        return None
    if isinstance(value, bool | Decimal | date):
        return value
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, list | tuple):
        ends = tuple(plain_value(end) for end in value)
        return ends[0] if len(ends) == 2 and ends[0] == ends[1] else ends
    return _word(value) if isinstance(value, str) else value


def _word(text: str) -> Any:
    word = text.strip()
    if word in ("是", "true", "True"):
        return True
    if word in ("否", "false", "False"):
        return False
    if word[:1].isdigit() or word[:1] in "+-.":
        try:
            return Decimal(word)
        except InvalidOperation:
            pass
        try:
            return date.fromisoformat(word)
        except ValueError:
            pass
    return word


def combined(side: str, keys: tuple[str, ...], known: Known) -> Any:
    """The sum or ratio of facts, as a number or a range."""
    values = [known.get(key) for key in keys]
    if any(value is None for value in values):
        return None
    ends = [value if isinstance(value, tuple) else (value, value) for value in values]
    if not all(isinstance(number, Decimal) for pair in ends for number in pair):
        raise RuleError(f"{side} 的每一项都要是数字：{'、'.join(keys)}。")
    if side == "sum":
        low, high = sum((pair[0] for pair in ends), Decimal(0)), sum((pair[1] for pair in ends), Decimal(0))
    else:
        if ends[1][0] <= 0:
            raise RuleError(f"ratio 的分母 {keys[1]} 是 0 或负数。")
        low, high = ends[0][0] / ends[1][1], ends[0][1] / ends[1][0]
    return low if low == high else (low, high)


def compare(operator: str, left: Any, right: Any) -> bool | None:
    """Whether `left` and `right` compare as the operator says; None where a range leaves it open. Raises `RuleError`."""
    if isinstance(left, tuple) and len(left) == 2:
        return _compare_range(operator, left, right)
    if isinstance(right, tuple) and operator not in LIST_OPERATORS:
        verdicts = {compare(operator, left, end) for end in right}
        return verdicts.pop() if len(verdicts) == 1 and operator not in _POINTS else None
    if operator == "equals":
        return bool(left == right)
    if operator == "one_of":
        return left in right
    if operator == "not_one_of":
        return left not in right
    _must_compare(operator, left, right if operator == "between" else (right,))
    if operator == "between":
        return bool(right[0] <= left <= right[1])
    if operator in ("at_least", "on_or_after"):
        return bool(left >= right)
    if operator in ("at_most", "on_or_before"):
        return bool(left <= right)
    return bool(left > right) if operator == "more_than" else bool(left < right)


def _must_compare(operator: str, left: Any, right: tuple[Any, ...]) -> None:
    kind = date if operator in _DAYS or (operator == "between" and isinstance(left, date)) else Decimal
    if not all(isinstance(value, kind) for value in (left, *right)):
        raise RuleError(f"{operator} 两边都要是{'日期' if kind is date else '数字'}。")


def _compare_range(operator: str, left: tuple[Any, Any], right: Any) -> bool | None:
    """What is true of every point of a range, false of every point, or open."""
    if operator in _POINTS:
        inside = any(left[0] <= value <= left[1] for value in (right if operator != "equals" else (right,)))
        return None if inside else operator == "not_one_of"
    verdicts = [compare(operator, end, right) for end in left]
    if operator != "between":
        return verdicts[0] if verdicts[0] is verdicts[1] else None
    if verdicts == [True, True]:
        return True
    return False if left[1] < right[0] or left[0] > right[1] else None
