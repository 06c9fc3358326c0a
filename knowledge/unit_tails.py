"""Read what follows a measure word and still belongs to the quantity: 两亩半, 一亩八分, 3块5, 两年半, 三年多."""

import re
from decimal import Decimal

from knowledge.numeral_value import DIGITS
from knowledge.numerals import Numeral, read_numeral
from knowledge.units import Kind, Unit

_MU_TAIL = re.compile(
    r"(?P<half>半)|(?P<fen>[一二两三四五六七八九]|\d(?:\.\d)?)分(?:地|田)?(?!钱|利)"
    r"|(?P<digit>[一二三四五六七八九\d])(?=地|田|$|[，。,；？?！ ])"
)
_MONEY_TAIL = re.compile(
    r"(?P<jiao>[一二三四五六七八九\d])(?:[毛角](?:(?P<cent>[一二三四五六七八九\d])分?)?|(?![\d.年月天个亩分%百千万]))"
)
_TENTH_TAIL = re.compile(r"(?P<digit>[一二三四五六七八九])(?![万千百十个年天亩])")
_CENT_TAIL = re.compile(r"(?P<cent>[一二三四五六七八九\d])(?:分钱?)?(?![\d万千百十个年天亩])")
_YEAR_TAIL = re.compile(r"(?P<half>半)|[零又]?(?P<months>\d{1,2}|[一二两三四五六七八九]|十[一]?)个月")
_UNIT_MORE = re.compile(r"多(?!少)")


def read_tail(text: str, numeral: Numeral, word: str, unit: Unit, end: int) -> tuple[Decimal, Decimal, int, bool]:
    """Both ends, where the quantity stops and whether it is rough, counting what follows the unit."""
    low, high = numeral.low * unit.factor, numeral.high * unit.factor
    approximate = numeral.approximate
    more, add = None, Decimal(0)
    if unit.kind is Kind.AREA and "亩" in word and low == high and (more := _MU_TAIL.match(text, end)):
        add = Decimal("0.5") if more["half"] else _small(more["fen"] or more["digit"]) / 10
    elif unit.kind is Kind.MONEY and word in ("块", "元") and low == high and (more := _MONEY_TAIL.match(text, end)):
        add = _small(more["jiao"]) / 10 + (_small(more["cent"]) / 100 if more["cent"] else 0)
    elif word == "成" and low == high and (more := _TENTH_TAIL.match(text, end)):
        add = _small(more["digit"])
    elif word in ("毛", "角") and low == high and (more := _CENT_TAIL.match(text, end)):
        add = _small(more["cent"]) / 100
    elif word == "年" and low == high and (more := _YEAR_TAIL.match(text, end)):
        add = Decimal(6) if more["half"] else _small(more["months"])
    elif not numeral.approximate and (more := _UNIT_MORE.match(text, end)):
        high, approximate = high + unit.factor, True
    if more:
        end = more.end()
    return low + add, high + add, end, approximate


def _small(word: str) -> Decimal:
    numeral = read_numeral(word, 0)
    return numeral.low if numeral else Decimal(DIGITS[word])
