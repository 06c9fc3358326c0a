"""Find money, area, counts, rates, terms and ages in a farmer's sentence; what is unclear is returned as unclear."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from knowledge.not_quantities import COVER, cover
from knowledge.numeral_value import plain
from knowledge.numerals import Numeral, fold, read_numeral
from knowledge.qualifiers import qualify
from knowledge.rates import find_rates, period_at
from knowledge.unit_tails import read_tail
from knowledge.units import Kind, Quantity, Unit, read_unit

__all__ = ["Kind", "Quantity", "find_quantities"]

_CANDIDATE = re.compile(
    r"[\d零〇一二两三四五六七八九十百千万亿廿卅卌几数半]|(?<![一二两三四五六七八九十几\d])个(?=把月)"
)
_ANY_FIGURE = re.compile(r"[\d零〇一二两三四五六七八九十百千万亿廿卅卌几数半壹贰叁肆伍陆柒捌玖拾佰仟]|个把月")
_TO = re.compile(r"\s?(?:-+|~|到|至)\s?")
_OR = re.compile(r"[、,]\s?")
_JOIN = re.compile(r"\s?(?:-+|~|到|至)\s?")
_GENERIC = frozenset(["个家项次台套名位笔间"]) | {
    "个",
    "家",
    "项",
    "次",
    "台",
    "套",
    "名",
    "位",
    "笔",
    "间",
    "只",
    "点",
    "成",
}
_PRICED = re.compile(r"[元块钱万千百亿%每/一二三四五六七八九\d]$")
_ASKED = re.compile(
    r"(?:地|田)?(?:多少|几[块元个钱]|[能可]?以?补|给|要?交|要?付|什么价|怎么|\d{2}|[一二两三四五六七八九][百千])"
)
_JUST_WANTS = re.compile(r"[要需个有]\s?$")  # 要三十 may want thirty of anything
_LENT = re.compile(r"[贷借][^,，。；]{0,8}$")  # 贷10万一年 lends for a year, 800元一年 prices one
_PER = re.compile(r"[一每]?(?:亩|头|户|斤|株|棵|只|羽|年|个?月|人)")
_MONEY_BEFORE = re.compile(
    r"(?:贷款?|借款?|需要?|要|花了?|投了?|投入|投资|交了?|还款?|补了?|补贴|补助|奖励?|发|领了?|拿了?|给了?|收了?|赚了?|工资|收入|利息|保费|价格?|成本|资金|本钱|钱|款|额度?|欠了?|差|缺|¥)"
    r"(?:大概|大约|差不多|是|有|个|了|到|才|只|:|为)?\s?$"
)
_RATE_BEFORE = re.compile(
    r"(?:利率|年化|年利|月利|年息|月息|利息)(?:大概|大约|差不多)?(?:是|为|才|要|只要|到|在|有)?\s?$"
)
_AGE_BEFORE = re.compile(r"(?:年龄|年纪|虚岁|周岁)(?:是|为|有|都)?\s?$")
_AGE_SAID = re.compile(
    r"(?:我|爸|妈|父亲|母亲|老伴|老公|老婆|爷爷|奶奶|他|她|老人家).{0,5}(?:今年|快|都|已经|过|有)\s?$"
)
_HALF_UNIT = re.compile(r"个?半(?=月|小时|钟头)")
_FEN_OF_LAND = re.compile(r"分(?:地|田|水田|菜地)")
_SHORT_YEAR = re.compile(r"(?:1[5-9]|2\d)")
_MONTHS = ("个月", Unit(Kind.TERM, "month", Decimal(1)))
_LAND_FEN = ("分", Unit(Kind.AREA, "mu", Decimal("0.1")))
_TEN_THOUSAND = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """The folded text twice: as said, for context, and with everything that is no quantity covered."""

    said: str
    covered: str


def find_quantities(text: str) -> list[Quantity]:
    """Every quantity of `text` left to right, with spans in `text`; nothing that merely looks like a number."""
    if not _ANY_FIGURE.search(text) and not _ANY_FIGURE.search(fold(text)):
        return []
    said = fold(text)
    covered = cover(said)
    found = find_rates(said, covered)
    for rate in found:
        covered = covered[: rate.span[0]] + COVER * (rate.span[1] - rate.span[0]) + covered[rate.span[1] :]
    found += _scan(_Sentence(said, covered))
    qualified = [qualify(quantity, said) for quantity in sorted(found, key=lambda quantity: quantity.span)]
    return [replace(quantity, text=text[slice(*quantity.span)]) for quantity in _join(qualified, said)]


def _scan(sentence: _Sentence) -> Iterator[Quantity]:
    position = 0
    while match := _CANDIDATE.search(sentence.covered, position):
        start = match.start()
        numeral = _half(sentence.covered, start) or read_numeral(sentence.covered, start)
        if numeral is None:
            position = start + 1
            continue
        numeral, position = _range(sentence.covered, numeral)
        quantity = _measure(sentence, start, numeral)
        if quantity:
            yield quantity
            position = max(position, quantity.span[1])


def _half(text: str, start: int) -> Numeral | None:
    """半亩, 半年; 个把月."""
    if text.startswith("个把月", start):
        return Numeral(Decimal(1), Decimal(1), start, Decimal(1), approximate=True)
    if text[start] != "半":
        return None
    unit = read_unit(text, start + 1)
    half = Decimal("0.5")
    if (unit and unit[1].kind in (Kind.AREA, Kind.TERM)) or (unit and unit[1].name in ("jin", "kg", "ton")):
        return Numeral(half, half, start + 1, half, is_single=True)
    return None


def _range(text: str, first: Numeral) -> tuple[Numeral, int]:
    """Read 五十到一百万, 50-100万, 2、3: the lower end shares the 万 of the upper when that keeps them in order."""
    link = _TO.match(text, first.end)
    listed = _OR.match(text, first.end) if link is None else None
    after = (link or listed).end() if link or listed else len(text)  # type: ignore[union-attr]  # one of them matched
    second = read_numeral(text, after) if after < len(text) and text[after] != "半" else None
    if second is None or first.vague or second.vague:
        return first, first.end
    low = first.low
    if first.is_plain and second.scale > 1 and first.low * second.scale < second.low:
        low = first.low * second.scale
    if low >= second.high or (listed and not _is_spread(first, second)):
        return first, first.end
    return replace(
        second, low=low, approximate=first.approximate or second.approximate or bool(listed), is_single=False
    ), second.end


def _is_spread(first: Numeral, second: Numeral) -> bool:
    """2、3万 and 20、30万 are one rough figure; 3、20 is a list."""
    upper = second.low / second.scale
    return first.is_plain and upper - first.low in (1, 10) and (upper - first.low == 1 or first.low % 10 == 0)


def _measure(sentence: _Sentence, start: int, numeral: Numeral) -> Quantity | None:
    text = sentence.covered
    bare = text[start] in "百千万亿" and not re.search(r"(?:上|近|成|过|好|这|那)$", text[:start])
    if bare and numeral.is_single:
        return None
    after = numeral.end + 1 if text[numeral.end : numeral.end + 1] == " " else numeral.end
    half = _HALF_UNIT.match(text, after)
    if half and text[half.start()] == "个":
        numeral = replace(numeral, low=numeral.low + Decimal("0.5"), high=numeral.high + Decimal("0.5"))
        return _with_unit(sentence, start, numeral, _MONTHS, half.end() + 1) if text[half.end()] == "月" else None
    land = _FEN_OF_LAND.match(text, after)
    if land:
        return _with_unit(sentence, start, numeral, _LAND_FEN, land.end())
    spread = re.match(r"个[多来把](?=月)", text[after : after + 3])
    if spread:
        more = replace(numeral, high=numeral.high + (1 if "多" in spread[0] else 0), approximate=True)
        return _with_unit(sentence, start, more, _MONTHS, after + 3)
    read = read_unit(text, after)
    if read:
        word = read[0]
        if _measures_nothing(text, start, numeral, word, after + len(word)):
            return None
        return _with_unit(sentence, start, numeral, read, after + len(word))
    return _without_unit(sentence, start, numeral)


def _measures_nothing(text: str, start: int, numeral: Numeral, word: str, end: int) -> bool:
    """A lone 一 that only points (一个问题), prices (500元一亩) or starts 一块; a 平 or 点 without its context."""
    if numeral.low == numeral.high == 1 and text[start] == "一" and numeral.is_single:
        if word == "年" and _LENT.search(text[:start]):
            return False
        if word in _GENERIC or _PRICED.search(text[:start]) or _ASKED.match(text, end):
            return True
        if word == "块" and not re.match(r"$|[钱，。/多一]", text[end : end + 1] or "。"):
            return True
    if word == "平" and not re.search(r"(?:房|棚|面积|厂|场|地)[^，。]{0,6}$", text[:start]):
        return True
    if text[start] == "几" and numeral.is_plain and numeral.low < 10 and word in _GENERIC:
        return True
    return text[start - 1 : start] == "每"


def _with_unit(sentence: _Sentence, start: int, numeral: Numeral, said: tuple[str, Unit], end: int) -> Quantity:
    word, unit = said
    text = sentence.covered
    low, high, end, approximate = read_tail(text, numeral, word, unit, end)
    quantity = Quantity(
        unit.kind, plain(low), plain(high), unit.name, (start, end), text[start:end],
        approximate=approximate, ambiguous=numeral.vague,
    )  # fmt: skip
    if unit.kind is Kind.RATE:
        period = period_at(sentence.said, start, end)
        quantity = replace(quantity, low=plain(low * period.factor), high=plain(high * period.factor), unit=period.unit)
    if word == "年" and _SHORT_YEAR.fullmatch(text[start : numeral.end]) and end == numeral.end + 1:
        quantity = _or_calendar_year(quantity, Decimal(2000) + numeral.low)
    if word == "年" and text[start : numeral.end] == "二三":
        quantity = _or_calendar_year(quantity, Decimal(2023))
    if word == "顷":  # the old 顷 is 100 mu; many say it for 公顷, 15 mu
        hectares = replace(quantity, low=plain(low * 15 / 100), high=plain(high * 15 / 100))
        quantity = replace(quantity, low=hectares.low, ambiguous=True, readings=(quantity, hectares))
    return _either(quantity, numeral)


def _or_calendar_year(quantity: Quantity, year: Decimal) -> Quantity:
    """23年 may last 23 years or be the year 2023."""
    calendar = Quantity(Kind.NUMBER, year, year, "calendar_year", quantity.span, quantity.text)
    return replace(quantity, ambiguous=True, readings=(quantity, calendar))


def _without_unit(sentence: _Sentence, start: int, numeral: Numeral) -> Quantity | None:
    """A bare number means something only by its context, by 万 (money) or by being written in figures."""
    text, before = sentence.covered, sentence.said[:start]
    span, said = (start, numeral.end), text[start : numeral.end]

    def quantity(kind: Kind, unit: str, factor: Decimal = Decimal(1)) -> Quantity:
        low, high = plain(numeral.low * factor), plain(numeral.high * factor)
        return _either(
            Quantity(kind, low, high, unit, span, said, numeral.approximate, ambiguous=numeral.vague), numeral
        )

    if numeral.is_plain and _RATE_BEFORE.search(before) and numeral.high <= 36 and not numeral.vague:
        period = period_at(sentence.said, start, numeral.end)
        return quantity(Kind.RATE, "percent_per_year", period.factor)
    if numeral.is_plain and 14 <= numeral.low <= 110 and _is_age(sentence.said, start, numeral.end):
        return quantity(Kind.AGE, "years_of_age")
    if text[start] in "几数" and numeral.is_plain and numeral.low < 10:
        return None
    if any(character in said for character in "万亿w"):
        return quantity(Kind.MONEY, "yuan")
    priced = _MONEY_BEFORE.search(before) and not (numeral.high < 1000 and _JUST_WANTS.search(before))
    if numeral.is_single or (numeral.is_plain and not said[0].isdigit() and not priced):
        return None
    if not priced:
        if text[numeral.end : numeral.end + 1] in ("一", "每") and _PER.match(text, numeral.end):
            return quantity(Kind.MONEY, "yuan")
        return quantity(Kind.NUMBER, "")
    if numeral.high < 1000 and re.search(r"贷款?|借款?", before[-6:]):
        readings = (quantity(Kind.MONEY, "yuan"), quantity(Kind.MONEY, "yuan", _TEN_THOUSAND))
        return Quantity(
            Kind.MONEY, readings[0].low, readings[1].high, "yuan", span, said, ambiguous=True, readings=readings
        )
    return quantity(Kind.MONEY, "yuan")


def _is_age(said: str, start: int, end: int) -> bool:
    before, after = said[max(0, start - 12) : start], said[end : end + 2]
    if _AGE_BEFORE.search(before):
        return True
    return bool(_AGE_SAID.search(before)) and (not after or after[0] in "了，。,多的出")


def _either(quantity: Quantity, numeral: Numeral) -> Quantity:
    """Turn an either-or numeral into two readings."""
    if not numeral.either:
        return quantity
    low = replace(quantity, high=quantity.low, ambiguous=False)
    high = replace(quantity, low=quantity.high, ambiguous=False)
    return replace(quantity, ambiguous=True, readings=(low, high))


def _join(quantities: list[Quantity], said: str) -> list[Quantity]:
    """Make one range of 50万到100万 and 3%-5%."""
    joined: list[Quantity] = []
    for quantity in quantities:
        last = joined[-1] if joined else None
        if (
            last is not None
            and (last.kind, last.unit) == (quantity.kind, quantity.unit)
            and _JOIN.fullmatch(said[last.span[1] : quantity.span[0]])
            and last.low < quantity.high
            and not last.ambiguous
            and not quantity.ambiguous
        ):
            span = (last.span[0], quantity.span[1])
            approximate = last.approximate or quantity.approximate
            joined[-1] = replace(quantity, low=last.low, span=span, approximate=approximate)
        else:
            joined.append(quantity)
    return joined
