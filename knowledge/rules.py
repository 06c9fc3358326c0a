"""Three-valued rules over facts: true, false, or unknown when a fact is missing. Unknown is never false."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

UNKNOWN_WORDS = ("不知道", "不清楚", "不想说", "")
OPERATORS = (
    "equals", "one_of", "not_one_of", "at_least", "more_than", "at_most", "less_than", "between", "on_or_after", "on_or_before",
)  # fmt: skip
GROUPS = ("all", "any", "not")
LEFT_SIDES = ("fact", "sum", "ratio")


class RuleError(ValueError):
    """A rule that cannot be judged: unknown operator, wrong type, division by zero."""


Parameters = Callable[[str], Decimal | None]


def no_parameters(_key: str) -> Decimal | None:
    """The absence of dated parameters."""
    return None


def is_unknown(value: Any) -> bool:
    """Absent, null and 不知道 are the same unknown."""
    return value is None or (isinstance(value, str) and value.strip() in UNKNOWN_WORDS)


def evaluate(rule: Mapping[str, Any], facts: Mapping[str, Any], parameters: Parameters = no_parameters) -> bool | None:
    """True, False, or None when a needed fact or dated parameter is missing. Raises `RuleError`."""
    for group in GROUPS:
        if group in rule:
            return _group(group, rule[group], facts, parameters)
    operator = next((name for name in OPERATORS if name in rule), None)
    if operator is None:
        raise RuleError(f"规则里没有认识的比较：{'、'.join(OPERATORS)}。")
    left = _left(rule, facts)
    right = _right(rule[operator], facts, parameters)
    if is_unknown(left) or right is None or (isinstance(right, list) and any(item is None for item in right)):
        return None
    if isinstance(left, list | tuple) and len(left) == 2:
        verdicts = {_compare(operator, _number_or_text(end), right) for end in left}
        return verdicts.pop() if len(verdicts) == 1 else None
    return _compare(operator, left, right)


def fact_keys(rule: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of all facts a rule may ask, in order."""
    keys: list[str] = []
    for name, part in rule.items():
        if name in ("all", "any"):
            for child in part:
                keys.extend(fact_keys(child))
        elif name == "not":
            keys.extend(fact_keys(part))
        elif name == "fact":
            keys.append(str(part))
        elif name in ("sum", "ratio"):
            keys.extend(str(key) for key in part)
        elif isinstance(part, Mapping) and "fact" in part:
            keys.append(str(part["fact"]))
    return tuple(dict.fromkeys(keys))


def faults_of(rule: Any) -> list[str]:
    """What is wrong with the shape of a rule, in Chinese; empty when it can be judged."""
    if not isinstance(rule, Mapping) or not rule:
        return ["规则应当是一组“键: 值”。"]
    for group in GROUPS:
        if group in rule:
            children = rule[group] if group != "not" else [rule[group]]
            if len(rule) != 1 or not isinstance(children, list) or not children:
                return [f"{group} 要单独写，后面跟一列规则。"]
            return [fault for child in children for fault in faults_of(child)]
    operators = [name for name in rule if name in OPERATORS]
    sides = [name for name in rule if name in LEFT_SIDES]
    if len(operators) != 1 or len(sides) != 1 or len(rule) != 2:
        return [
            f"规则要有一个左边（{'、'.join(LEFT_SIDES)}）和一个比较（{'、'.join(OPERATORS)}），现在是：{'、'.join(rule)}。"
        ]
    right = rule[operators[0]]
    if operators[0] in ("one_of", "not_one_of") and (not isinstance(right, list) or not right):
        return [f"{operators[0]} 后面要跟一列取值。"]
    if operators[0] == "between" and (not isinstance(right, list) or len(right) != 2):
        return ["between 后面要跟两个数 [低, 高]。"]
    return []


def _group(group: str, part: Any, facts: Mapping[str, Any], parameters: Parameters) -> bool | None:
    if group == "not":
        inner = evaluate(part, facts, parameters)
        return None if inner is None else not inner
    verdicts = [evaluate(child, facts, parameters) for child in part]
    decisive = group == "any"
    if decisive in verdicts:
        return decisive
    return None if None in verdicts else not decisive


def _left(rule: Mapping[str, Any], facts: Mapping[str, Any]) -> Any:
    if "fact" in rule:
        return _number_or_text(facts.get(str(rule["fact"])))
    keys = rule.get("sum") or rule.get("ratio")
    if not keys:
        raise RuleError("规则没有左边：写 fact、sum 或 ratio。")
    values = [_number_or_text(facts.get(str(key))) for key in keys]
    if any(is_unknown(value) for value in values):
        return None
    if not all(isinstance(value, Decimal) for value in values):
        raise RuleError("sum 和 ratio 的每一项都要是数字。")
    if "sum" in rule:
        return sum(values, Decimal(0))
    if values[1] == 0:
        raise RuleError("ratio 的分母是 0。")
    return values[0] / values[1]


def _right(part: Any, facts: Mapping[str, Any], parameters: Parameters) -> Any:
    if isinstance(part, Mapping):
        if "parameter" in part:
            return parameters(str(part["parameter"]))
        if "fact" in part:
            return _number_or_text(facts.get(str(part["fact"])))
        raise RuleError("比较的右边只能是取值、parameter 或 fact。")
    if isinstance(part, list):
        return [_right(item, facts, parameters) for item in part]
    return _number_or_text(part)


def _number_or_text(value: Any) -> Any:
    """Numbers as Decimal, days as date, yes/no as bool, everything else as it is."""
    if isinstance(value, bool) or value is None or isinstance(value, Decimal | date | list | tuple):
        return value
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, str):
        word = value.strip()
        if word in ("是", "true", "True"):
            return True
        if word in ("否", "false", "False"):
            return False
        try:
            return Decimal(word)
        except InvalidOperation:
            pass
        try:
            return date.fromisoformat(word)
        except ValueError:
            return word
    return value


def _compare(operator: str, left: Any, right: Any) -> bool:
    if operator == "equals":
        return bool(left == right)
    if operator == "one_of":
        return left in right
    if operator == "not_one_of":
        return left not in right
    if operator in ("on_or_after", "on_or_before"):
        if not (isinstance(left, date) and isinstance(right, date)):
            raise RuleError(f"{operator} 两边都要是日期，现在是 {left!r} 和 {right!r}。")
        return left >= right if operator == "on_or_after" else left <= right
    if operator == "between" and all(isinstance(day, date) for day in (left, *right)):
        return bool(right[0] <= left <= right[1])
    numbers = [left, *right] if operator == "between" else [left, right]
    if not all(isinstance(number, Decimal) for number in numbers):
        raise RuleError(f"{operator} 两边都要是数字，现在是 {left!r} 和 {right!r}。")
    if operator == "between":
        return bool(right[0] <= left <= right[1])
    tests: dict[str, bool] = {
        "at_least": left >= right, "more_than": left > right, "at_most": left <= right, "less_than": left < right,
    }  # fmt: skip
    return tests[operator]
