"""Three-valued rules over facts: true, false, or unknown when a fact is missing. Unknown is never false.

A rule is read once (`read_rule`) and judged many times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

from knowledge.values import LIST_OPERATORS, OPERATORS, Known, RuleError, combined, compare, plain_value

GROUPS = ("all", "any", "not")
LEFT_SIDES = ("fact", "sum", "ratio")

Parameters = Callable[[str], Decimal | None]
Never = Callable[[str], bool]
EITHER: frozenset[bool | None] = frozenset((True, False))
STAYS_OPEN: frozenset[bool | None] = frozenset((None,))


def no_parameters(_key: str) -> Decimal | None:
    """The absence of dated parameters."""
    return None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison: a fact, or the sum or ratio of facts, against values, a dated parameter or another fact."""

    side: str
    left: tuple[str, ...]
    operator: str
    right: Any
    fixed: Any
    keys: tuple[str, ...]

    def judge(self, known: Known, parameters: Parameters) -> bool | None:
        """True, False, or None when a needed fact or parameter is missing."""
        left = known.get(self.left[0]) if self.side == "fact" else combined(self.side, self.left, known)
        if left is None:
            return None
        right = self.fixed if self.fixed is not None else _right(self.right, known, parameters)
        if right is None:
            return None
        return compare(self.operator, left, right)

    def missing(self, known: Known, parameters: Parameters) -> Iterator[str]:  # noqa: ARG002 - same shape as a group's
        """The unknown facts of an undecided comparison."""
        return (key for key in self.keys if key not in known)

    def prospects(self, known: Known, parameters: Parameters, never: Never) -> frozenset[bool | None]:
        """What the comparison may still become; `never` tells which unknown facts will stay unknown."""
        missing = [key for key in self.keys if key not in known]
        if not missing:
            return frozenset((self.judge(known, parameters),))
        return STAYS_OPEN if any(never(key) for key in missing) else EITHER


@dataclass(frozen=True, slots=True)
class Group:
    """all, any or not over rules; a part that raises matters only when the other parts leave it open."""

    kind: str
    parts: tuple[Rule, ...]
    keys: tuple[str, ...]

    def judge(self, known: Known, parameters: Parameters) -> bool | None:
        """True, False or None by Kleene's tables."""
        if self.kind == "not":
            inner = self.parts[0].judge(known, parameters)
            return None if inner is None else not inner
        decisive, is_open = self.kind == "any", False
        broken: RuleError | None = None
        for part in self.parts:
            try:
                verdict = part.judge(known, parameters)
            except RuleError as error:
                broken = error
                continue
            if verdict is decisive:
                return decisive
            is_open = is_open or verdict is None
        if broken is not None:
            raise broken
        return None if is_open else not decisive

    def missing(self, known: Known, parameters: Parameters) -> Iterator[str]:
        """The unknown facts of the parts that are still open."""
        for part in self.parts:
            try:
                if part.judge(known, parameters) is None:
                    yield from part.missing(known, parameters)
            except RuleError:
                continue  # whoever judges the whole rule is told

    def prospects(self, known: Known, parameters: Parameters, never: Never) -> frozenset[bool | None]:
        """What the group may still become, its parts taken one by one."""
        reached: frozenset[bool | None] = frozenset()
        for part in self.parts:
            try:
                prospects = part.prospects(known, parameters, never)
            except RuleError:
                prospects = STAYS_OPEN
            if self.kind == "not":
                return frozenset(None if value is None else not value for value in prospects)
            pairs = product(reached, prospects)
            reached = frozenset(_joined(self.kind, one, other) for one, other in pairs) if reached else prospects
        return reached


Rule = Comparison | Group


def _joined(kind: str, one: bool | None, other: bool | None) -> bool | None:
    decisive = kind == "any"
    if one is decisive or other is decisive:
        return decisive
    return None if one is None or other is None else not decisive


def read_rule(rule: Any) -> Rule:
    """The rule written as `rule` in an entry. Raises `RuleError` when its shape cannot be judged."""
    faults = faults_of(rule)
    if faults:
        raise RuleError(faults[0])
    return _read(rule)


def _read(rule: Mapping[str, Any]) -> Rule:
    group = next((name for name in GROUPS if name in rule), None)
    keys = fact_keys(rule)
    if group is not None:
        children = [rule[group]] if group == "not" else rule[group]
        return Group(group, tuple(_read(child) for child in children), keys)
    side = next(name for name in LEFT_SIDES if name in rule)
    operator = next(name for name in OPERATORS if name in rule)
    left = (str(rule[side]),) if side == "fact" else tuple(str(key) for key in rule[side])
    right = rule[operator]
    is_fixed = not any(isinstance(part, Mapping) for part in (right if isinstance(right, list) else [right]))
    return Comparison(side, left, operator, right, _right(right, {}, no_parameters) if is_fixed else None, keys)


def comparisons_of(rule: Rule) -> Iterator[Comparison]:
    """Every comparison of a rule, left to right."""
    if isinstance(rule, Comparison):
        yield rule
    else:
        for part in rule.parts:
            yield from comparisons_of(part)


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
        else:
            right = part if isinstance(part, list) else [part]
            keys.extend(str(side["fact"]) for side in right if isinstance(side, Mapping) and "fact" in side)
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
            f"规则要有一个左边（{'、'.join(LEFT_SIDES)}）和一个比较（{'、'.join(OPERATORS)}），现在是：{'、'.join(map(str, rule))}。"
        ]
    return _faults_of_sides(sides[0], rule[sides[0]], operators[0], rule[operators[0]])


def _faults_of_sides(side: str, left: Any, operator: str, right: Any) -> list[str]:
    if side != "fact" and (not isinstance(left, list) or (len(left) != 2 if side == "ratio" else not left)):
        return [f"{side} 后面要跟一列事实，ratio 正好两个。"]
    if operator in ("one_of", "not_one_of") and (not isinstance(right, list) or not right):
        return [f"{operator} 后面要跟一列取值。"]
    if operator == "between" and (not isinstance(right, list) or len(right) != 2):
        return ["between 后面要跟两个数 [低, 高]。"]
    if operator not in LIST_OPERATORS and isinstance(right, list):
        return [f"{operator} 后面只跟一个取值。"]
    for part in right if isinstance(right, list) else [right]:
        if part is None or (isinstance(part, Mapping) and not {"parameter", "fact"} & part.keys()):
            return ["比较的右边只能是取值、parameter 或 fact。"]
    return []


def _right(part: Any, known: Known, parameters: Parameters) -> Any:
    """The right side as values; None when a part of it is missing."""
    if isinstance(part, list):
        values = tuple(_right(item, known, parameters) for item in part)
        return None if None in values else values
    if isinstance(part, Mapping):
        return parameters(str(part["parameter"])) if "parameter" in part else known.get(str(part["fact"]))
    return plain_value(part)
