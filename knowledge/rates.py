"""Read interest as it is spoken (月息三厘, 一分利, 日息万五) into percent per year; unsaid periods stay ambiguous."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from knowledge.numeral_value import DIGITS, plain
from knowledge.numerals import read_numeral
from knowledge.units import Kind, Quantity

PER_YEAR = {"年": Decimal(1), "月": Decimal(12), "日": Decimal(365)}
_ONE_LI = {"年": Decimal(1), "月": Decimal("0.1"), "日": Decimal("0.01")}  # 一厘, in percent of the named period
_FEN = Decimal(10)  # 一分 is ten 厘

_DIGIT = r"[一二两三四五六七八九]|\d"
_FIGURE = r"\d+(?:\.\d+)?|[零一二两三四五六七八九](?:点[零一二三四五六七八九]+)?|十[一二三四五六七八九]?"
_INTEREST = r"(?:利率|利息|利|息)"
_PERIOD_BEFORE = re.compile(
    rf"(年|月|日)(?:化)?(?:{_INTEREST}|化)?(?:大概|大约|差不多)?(?:是|为|才|要|只要|收|按|到)?\s?$"
)
_PERIOD_AFTER = re.compile(rf"(?:的)?(年|月|日)(?:{_INTEREST}|化)")
_ANY_INTEREST = re.compile(rf"(?<!贴)(?<!无)(?:{_INTEREST}|年化|lpr)")
_LI_FEN = re.compile(
    rf"(?:(?P<from>{_FIGURE})(?P<from_unit>[厘分])?(?P<from_more>{_DIGIT})?(?:到|至|-|~))?(?:(?P<li>{_FIGURE})厘(?!米)(?P<li_more>{_DIGIT})?(?![万千百十])"
    rf"|(?P<fen>{_FIGURE})分(?P<fen_more>{_DIGIT})?厘?(?=\s?(?:的|钱)?(?:{_INTEREST}|[年月]息|$|[，。,的？?！、])))"
)
_FEN_NEEDS = re.compile(rf"{_INTEREST}(?:大概|大约)?(?:是|为|才|要|只要|收|按|到)?\s?$")
_TEN_THOUSANDTH = re.compile(rf"日{_INTEREST}(?:是|为|要|收)?万(?:分之)?(?P<figure>{_FIGURE})")
_SHARE = re.compile(r"(?P<base>百|千|万)分之")
_TO = re.compile(r"\s?(?:到|至|-|~)\s?(?:百分之)?")
_BASES = {"百": Decimal(1), "千": Decimal("0.1"), "万": Decimal("0.01")}
_CLAUSE = re.compile(r"[，。；！？,;!?\n]")


@dataclass(frozen=True, slots=True)
class Period:
    """How a percentage relates to a year: its factor and the unit it then has."""

    factor: Decimal
    unit: str


def find_rates(text: str, covered: str) -> list[Quantity]:
    """Rates spoken in 厘, 分, 万几 and 百分之几; `text` is the folded sentence, `covered` hides what is no number."""
    if not re.search("[厘分息利]", covered):
        return []
    found = [_daily(match, text) for match in _TEN_THOUSANDTH.finditer(covered)]
    for pattern, read in ((_SHARE, _share), (_LI_FEN, _li_or_fen)):
        for match in pattern.finditer(covered):
            taken = any(rate.span[0] < match.end() and match.start() < rate.span[1] for rate in found)
            rate = None if taken else read(match, covered, text)
            if rate:
                found.append(rate)
    return found


def period_at(text: str, start: int, end: int) -> Period:
    """What year-share the percentage at `start:end` is: interest per year, month or day, or a plain percentage."""
    before = _CLAUSE.split(text[max(0, start - 9) : start])[-1]
    after = _CLAUSE.split(text[end : end + 6])[0]
    named = re.search(rf"(月|日)(?:{_INTEREST})[^年月日]{{0,4}}$", before) or _PERIOD_AFTER.match(after)
    if named:
        return Period(PER_YEAR[named[1]], "percent_per_year")
    if _ANY_INTEREST.search(before) or re.match(rf"的?(?:{_INTEREST}|年化)", after):
        return Period(Decimal(1), "percent_per_year")
    return Period(Decimal(1), "percent")


def _figure(word: str) -> Decimal:
    numeral = read_numeral(word, 0)
    if numeral is None:
        raise ValueError(f"{word!r} is not a figure")
    return numeral.low


def _rate(value: Decimal, unit: str, span: tuple[int, int], text: str) -> Quantity:
    return Quantity(Kind.RATE, plain(value), plain(value), unit, span, text[span[0] : span[1]])


def _daily(match: re.Match[str], text: str) -> Quantity:
    return _rate(_figure(match["figure"]) * _BASES["万"] * PER_YEAR["日"], "percent_per_year", match.span(), text)


def _share(match: re.Match[str], covered: str, text: str) -> Quantity | None:
    low = read_numeral(covered, match.end()) if match.end() < len(covered) else None
    if low is None:
        return None
    high, end = low, low.end
    link = _TO.match(covered, low.end)
    second = read_numeral(covered, link.end()) if link and link.end() < len(covered) else None
    if second and second.low > low.low:
        high, end = second, second.end
    period = period_at(text, match.start(), end)
    factor = _BASES[match["base"]] * period.factor
    span = (match.start(), end)
    return replace(_rate(low.low * factor, period.unit, span, text), high=plain(high.high * factor))


def _in_li(figure: str, more: str | None, scale: Decimal) -> Decimal:
    """一分五 is 15 厘: the figure with its spoken tenth."""
    tenth = Decimal(DIGITS[more] if more in DIGITS else int(more)) / 10 if more else Decimal(0)
    return (_figure(figure) + tenth) * scale


def _li_or_fen(match: re.Match[str], covered: str, text: str) -> Quantity | None:
    before = _CLAUSE.split(covered[max(0, match.start() - 9) : match.start()])[-1]
    after = covered[match.end() : match.end() + 5]
    is_fen = match["fen"] is not None
    if is_fen and not _FEN_NEEDS.search(before) and not re.match(rf"(?:的|钱)?(?:年|月)?{_INTEREST}", after):
        return None
    more = match["fen_more"] if is_fen else match["li_more"]
    scale = _FEN if is_fen else Decimal(1)
    most = _in_li(match["fen"] or match["li"], more, scale)
    least = most
    if match["from"]:
        from_scale = {"厘": Decimal(1), "分": _FEN}.get(match["from_unit"], scale)
        # 三厘降到一厘 names the higher end first
        least, most = sorted((most, _in_li(match["from"], match["from_more"], from_scale)))
    named = _PERIOD_BEFORE.search(before) or _PERIOD_AFTER.match(after)
    start = match.start() - (len(named[0].rstrip()) if named and named.re is _PERIOD_BEFORE else 0)
    tail = re.match(rf"(?:的|钱)?(?:年|月)?{_INTEREST}", after)
    span = (start, match.end() + (tail.end() if tail else 0))
    rates = {
        period: replace(
            _rate(least * _ONE_LI[period] * factor, "percent_per_year", span, text),
            high=plain(most * _ONE_LI[period] * factor),
        )
        for period, factor in PER_YEAR.items()
    }
    if named:
        return rates[named[1]]
    return replace(rates["年"], high=rates["月"].high, ambiguous=True, readings=(rates["年"], rates["月"]))
