"""Amounts, rates, terms and counts as people say them, for the windows: one exact value, or a question back.

Nothing is picked in silence: what has two meanings is asked back with its readings as `choices`, each a text that can
be given instead and then has one meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from knowledge.numerals import fold, read_numeral
from knowledge.quantities import Kind, Quantity, find_quantities
from knowledge.rendering import plain

_UNSAID_BELOW = Decimal(1000)  # a bare 20 may be yuan or 万元
_FRACTION_BELOW = Decimal("0.1")  # 0.045 may be a fraction or a percentage
_TEN_THOUSAND = Decimal(10_000)
_AMOUNT_EXAMPLE = "例如“20万”或“200000元”"
_RATE_EXAMPLE = "例如“年利率4.35%”或“月息三厘”"
_FIGURES = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WITH_PERCENT = re.compile(r"(-?\d+(?:\.\d+)?)\s*%", re.ASCII)
_PERIODS = re.compile(r"(?:(?<=\d)月|期)$")  # 12月 and 36期 in a box that asks for months


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood: `value` when there is one meaning, else `question`; `rough` when it was said as about.

    `is_heard` tells whether any quantity of the kind asked was heard at all.
    """

    value: Decimal | None = None
    question: str | None = None
    rough: bool = False
    choices: tuple[str, ...] = ()
    is_heard: bool = True


@dataclass(frozen=True, slots=True)
class _Sort:
    """How one sort of quantity is heard, said back and offered as a choice."""

    kinds: frozenset[Kind]
    written: Callable[[Decimal], str]
    ask: str
    one: Callable[[Quantity], Reading]
    units: frozenset[str] = frozenset()


def read_amount(text: str) -> Reading:
    """Yuan from 13万2, 二十万, 200000; a range, several amounts or a bare small number is asked back."""
    figures = _figures(text)
    if figures is None:
        return _read(text, _AMOUNT)
    return Reading(value=figures) if figures <= 0 or figures >= _UNSAID_BELOW else _unsaid(text.strip(), figures)


def read_price(text: str) -> Reading:
    """Yuan for one mu or head, where a bare 60 is 60 yuan."""
    figures = _figures(text)
    return Reading(value=figures) if figures is not None else _read(text, _PRICE)


def read_rate(text: str) -> Reading:
    """Percent a year from 4.35%, 月息三厘; 一分利 without its period is asked back."""
    return _percent_written(text, "一年 ") or _read(text, _RATE)


def read_share(text: str) -> Reading:
    """Percent from 0.5%, 七成, 千分之五; a bare 0.05 is asked back."""
    return _percent_written(text, "") or _read(text, _SHARE)


def read_months(text: str) -> Reading:
    """Months from 12, 半年, 一年半, 三年, 36期; a range is asked back."""
    bare = _plain_text(text)
    figures = _figures(_PERIODS.sub("", bare))
    return Reading(value=figures) if figures is not None else _read(text, _MONTHS)


def read_count(text: str) -> Reading:
    """How many, from 5, 五家, 十笔; 两三个 is asked back."""
    figures = _figures(text)
    return Reading(value=figures) if figures is not None else _read(text, _COUNT)


def read_size(text: str) -> Reading:
    """How many mu or head, from 30, 30亩, 两亩半, 五头."""
    figures = _figures(text)
    return Reading(value=figures) if figures is not None else _read(text, _SIZE)


def _plain_text(text: str) -> str:
    return _GROUPED.sub("", unicodedata.normalize("NFKC", text).strip())


def _figures(text: str) -> Decimal | None:
    """A number written in figures, or a whole Chinese numeral (三十); None for anything else."""
    bare = _plain_text(text)
    if _FIGURES.fullmatch(bare):
        return Decimal(bare)
    folded = fold(bare)
    numeral = read_numeral(folded, 0) if folded else None
    alone = numeral is not None and numeral.end == len(folded) and numeral.low == numeral.high
    return numeral.low if numeral is not None and alone and not (numeral.vague or numeral.either) else None


def _percent_written(text: str, period: str) -> Reading | None:
    """4.35% and a bare 4.35; None where more has to be understood."""
    written = _WITH_PERCENT.fullmatch(_plain_text(text))
    if written:
        return Reading(value=Decimal(written[1]))
    figures = _figures(text)
    if figures is None:
        return None
    if 0 < figures < _FRACTION_BELOW:
        shares = (figures, figures * 100)
        asked = f"“{text.strip()}”是{period or ' '}{plain(shares[0])}%，还是 {plain(shares[1])}%？"
        return Reading(question=asked, choices=tuple(f"{plain(share)}%" for share in shares))
    return Reading(value=figures) if figures <= 100 else None


def _read(text: str, sort: _Sort) -> Reading:
    found = [quantity for quantity in find_quantities(text) if _fits(quantity, sort)]
    if len(found) != 1:
        return Reading(question=sort.ask, is_heard=bool(found))
    quantity = found[0]
    if quantity.ambiguous and quantity.readings:
        said = "，还是 ".join(_ends(reading, sort) for reading in quantity.readings)
        offered = tuple(sort.written(reading.low) for reading in quantity.readings if reading.low == reading.high)
        return Reading(question=f"“{quantity.text}”是 {said}？", choices=_offered(offered))
    if quantity.value is None:
        ends = () if quantity.ambiguous else (sort.written(quantity.low), sort.written(quantity.high))
        return Reading(question=f"“{quantity.text}”不止一个数，{sort.ask}", choices=_offered(ends))
    if quantity.bound is not None:
        asked = f"“{quantity.text}”说的是界线；按 {_ends(quantity, sort)} 算，行吗？"
        return Reading(question=asked, choices=_offered([sort.written(quantity.low)]))
    return sort.one(quantity)


def _fits(quantity: Quantity, sort: _Sort) -> bool:
    return quantity.kind in sort.kinds and (not sort.units or quantity.unit in sort.units)


def _offered(texts: Sequence[str]) -> tuple[str, ...]:
    """Texts that can be typed instead, as one word each."""
    return tuple(text.replace(" ", "").removeprefix("一年") for text in texts)


def _one_amount(quantity: Quantity) -> Reading:
    if quantity.kind is Kind.NUMBER and quantity.low != 0 and (quantity.low < _UNSAID_BELOW or quantity.unit):
        return _unsaid(quantity.text, quantity.low)
    return Reading(value=quantity.value, rough=quantity.approximate)


def _unsaid(said: str, figures: Decimal) -> Reading:
    """A small bare number: yuan, or 万元 left unsaid."""
    more = plain(figures * _TEN_THOUSAND)
    asked = f"“{said}”是 {plain(figures)} 元，还是 {more} 元？"
    return Reading(question=asked, choices=(f"{plain(figures)}元", f"{more}元"))


def _one_rate(quantity: Quantity) -> Reading:
    if quantity.kind is Kind.NUMBER and (quantity.unit or quantity.low > 100):
        return Reading(question=f"“{quantity.text}”是利率吗？请说一个数，{_RATE_EXAMPLE}。")
    return _as_said(quantity)


def _as_said(quantity: Quantity) -> Reading:
    return Reading(value=quantity.value, rough=quantity.approximate)


def _yuan(amount: Decimal) -> str:
    return f"{plain(amount)} 元"


def _percent(share: Decimal) -> str:
    return f"一年 {plain(share)}%"


def _ends(quantity: Quantity, sort: _Sort) -> str:
    if quantity.low == quantity.high:
        return sort.written(quantity.low)
    return f"{plain(quantity.low)} 到 {sort.written(quantity.high).removeprefix('一年 ')}"


_AMOUNT = _Sort(frozenset({Kind.MONEY, Kind.NUMBER}), _yuan, f"是多少钱？请说一个数，{_AMOUNT_EXAMPLE}。", _one_amount)
_PRICE = _Sort(frozenset({Kind.MONEY, Kind.NUMBER}), _yuan, "是多少钱？请说一个数，例如“60元”。", _as_said)
_RATE = _Sort(frozenset({Kind.RATE, Kind.NUMBER}), _percent, f"利率是多少？请说一个数，{_RATE_EXAMPLE}。", _one_rate)
_SHARE = _Sort(
    frozenset({Kind.RATE}), lambda share: f"{plain(share)}%", "是百分之几？请说一个数，例如“0.5%”。", _as_said
)
_MONTHS = _Sort(
    frozenset({Kind.TERM}), lambda months: f"{plain(months)} 个月", "是几个月？请说一个数，例如“12个月”或“半年”。",
    _as_said, frozenset({"month"}),
)  # fmt: skip
_COUNT = _Sort(frozenset({Kind.COUNT, Kind.NUMBER}), plain, "是几？请说一个数，例如“5”。", _as_said)
_SIZE = _Sort(frozenset({Kind.COUNT, Kind.AREA, Kind.NUMBER}), plain, "是多少？请说一个数，例如“30亩”。", _as_said)
