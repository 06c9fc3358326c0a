"""Amounts and rates as people say them, for the windows: one exact value, or a question back; never a silent pick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from knowledge.calculators.result import plain
from knowledge.quantities import Kind, Quantity, find_quantities

_UNSAID_BELOW = Decimal(1000)  # a bare 20 may be yuan or 万元
_FRACTION_BELOW = Decimal("0.1")  # 0.045 may be a fraction or a percentage
_TEN_THOUSAND = Decimal(10_000)
_AMOUNT_EXAMPLE = "例如“20万”或“200000元”"
_RATE_EXAMPLE = "例如“年利率4.35%”或“月息三厘”"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood: `value` when there is one meaning, else `question`; `rough` when it was said as about."""

    value: Decimal | None = None
    question: str | None = None
    rough: bool = False


def read_amount(text: str) -> Reading:
    """Yuan from 13万2, 二十万, 200000; a range, several amounts or a bare small number is asked back."""
    found = [quantity for quantity in find_quantities(text) if quantity.kind in (Kind.MONEY, Kind.NUMBER)]
    return _read(found, _yuan, _one_amount, f"是多少钱？请说一个数，{_AMOUNT_EXAMPLE}。")


def read_rate(text: str) -> Reading:
    """Percent a year from 4.35%, 月息三厘; 一分利 without its period is asked back."""
    found = [quantity for quantity in find_quantities(text) if quantity.kind in (Kind.RATE, Kind.NUMBER)]
    return _read(found, _percent, _one_rate, f"利率是多少？请说一个数，{_RATE_EXAMPLE}。")


def _read(
    found: list[Quantity], written: Callable[[Quantity], str], one: Callable[[Quantity], Reading], ask: str
) -> Reading:
    if len(found) != 1:
        return Reading(question=ask)
    quantity = found[0]
    if quantity.ambiguous and quantity.readings:
        said = "，还是 ".join(written(reading) for reading in quantity.readings)
        return Reading(question=f"“{quantity.text}”是 {said}？")
    if quantity.value is None:
        return Reading(question=f"“{quantity.text}”不止一个数，{ask}")
    if quantity.bound is not None:
        return Reading(question=f"“{quantity.text}”说的是界线；按 {written(quantity)} 算，行吗？")
    return one(quantity)


def _one_amount(quantity: Quantity) -> Reading:
    if quantity.kind is Kind.NUMBER and (quantity.low < _UNSAID_BELOW or quantity.unit):
        more = plain(quantity.low * _TEN_THOUSAND)
        return Reading(question=f"“{quantity.text}”是 {plain(quantity.low)} 元，还是 {more} 元？")
    return Reading(value=quantity.value, rough=quantity.approximate)


def _one_rate(quantity: Quantity) -> Reading:
    if quantity.low < _FRACTION_BELOW and quantity.low > 0:
        return Reading(question=f"“{quantity.text}”是一年 {plain(quantity.low)}%，还是 {plain(quantity.low * 100)}%？")
    if quantity.kind is Kind.NUMBER and (quantity.unit or quantity.low > 100):
        return Reading(question=f"“{quantity.text}”是利率吗？请说一个数，{_RATE_EXAMPLE}。")
    return Reading(value=quantity.value, rough=quantity.approximate)


def _yuan(quantity: Quantity) -> str:
    return f"{_ends(quantity)} 元"


def _percent(quantity: Quantity) -> str:
    return f"一年 {_ends(quantity)}%"


def _ends(quantity: Quantity) -> str:
    if quantity.low == quantity.high:
        return plain(quantity.low)
    return f"{plain(quantity.low)} 到 {plain(quantity.high)}"
