"""What a person answered, in words: shown back so that it can be corrected with one tap."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.facts import Fact, FactError
from knowledge.rendering import number_text, plain, range_text

CHANGE = "_change_percent"  # facts that tell a growth above and a fall below zero
NOT_ANSWERED = "不清楚（没答）"
_UNITS = {"yuan": "yuan", "percent": "percent", "mu": "mu", "months": "month"}


def value_words(fact: Fact, value: Any) -> str:
    """30 亩, 20 万元, 是, 2026-03-01; 不清楚 for what was asked and not answered."""
    try:
        plain = fact.parse(value)
    except FactError:
        return str(value)
    if plain is None:
        return NOT_ANSWERED
    if isinstance(plain, bool):
        return "是" if plain else "否"
    if isinstance(plain, tuple) and len(plain) == 2:
        return _range(fact, *plain)
    return _number(fact, plain) if isinstance(plain, Decimal) else str(plain)


def fact_label(fact: Fact | None, key: str) -> str:
    """The short Chinese name of a fact."""
    return fact.label if fact is not None and fact.label else key


def _number(fact: Fact, number: Decimal) -> str:
    unit = _UNITS.get(fact.type)
    if fact.key.endswith(CHANGE) and number:
        return f"{'多了' if number > 0 else '少了'} {number_text(abs(number), 'percent')}"
    if unit is not None:
        return number_text(number, unit)
    return plain(number)


def _range(fact: Fact, low: Any, high: Any) -> str:
    if isinstance(low, date):
        return f"{low} 到 {high}"
    unit = _UNITS.get(fact.type)
    return range_text(low, high, unit) if unit is not None else f"{_number(fact, low)} 到 {_number(fact, high)}"
