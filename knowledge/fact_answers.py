"""An answer typed to one question: a value, not known, not told, or a question back that shows the readings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from knowledge.claims import find_claims
from knowledge.crops import Crops
from knowledge.dates import find_dates
from knowledge.fact_words import CHANGE
from knowledge.facts import NUMBERS, Fact
from knowledge.hearing import APPLICANT_TYPES
from knowledge.interview import NEITHER
from knowledge.numerals import fold, read_numeral
from knowledge.phrases import Phrases
from knowledge.places import Places
from knowledge.quantities import Kind, Quantity, find_quantities
from knowledge.vocabulary import COUNTIES


class Unknown(StrEnum):
    """Asked and not answered; stored as None, which is neither 0 nor 没有."""

    NOT_KNOWN = "不清楚"
    NOT_TOLD = "不想说"


@dataclass(frozen=True, slots=True)
class AskBack:
    """What could not be read without guessing: one sentence, and the readings to choose from (shown, value).

    `is_open` says that nothing was understood: the readings are then just the answers the question offers anyway.
    """

    text: str
    readings: tuple[tuple[str, Any], ...] = ()
    is_open: bool = False


Reading = Decimal | str | bool | date | tuple[Decimal, Decimal] | tuple[date, date] | Unknown | AskBack

_NOT_TOLD = re.compile(r"(?:不想|不方便|不愿意?|弗想)(?:说|讲|答|回答|告诉)|保密|^跳过$")
_NOT_KNOWN = re.compile(
    r"(?:不|弗|没)(?:太|大|很)?(?:清楚|知道|晓得|懂|了解|记得)|记不(?:得|清|住)|说不(?:清|准|好|上来)|不好说|忘(?:了|记)|没(?:数|注意|问过)|^不详$"
)
_YES = re.compile(
    r"^(?:是的?|对的?|嗯+|有的?|有啊|好的?|可以|能|会|要|肯|愿意|当然|没错|没问题|不错|yes|y|ok|在的?|做过|报过|办过|交了|种的?)[呀啊哦呢了过吧的]*$"
)
_NO = re.compile(
    r"^(?:不是?的?|弗是?|没有?|没得|没有?过|无|冇|呒有|呒|否|不对|不在|不会|不能|不要|不肯|不愿意?|不种|没种|没做|没办|没报|no|n|从来没有?)[呀啊哦呢了过吧的]*$"
)
_NONE = re.compile(r"^(?:没有?|无|冇|呒有|一(?:个|分|笔|元|块)(?:钱|人)?(?:都|也)?没有?|零|没得)[呀啊哦呢了过的]*$")
_LEADS_NO = re.compile(r"^(?:没有?|不|弗|冇|未|无|从没|还没)")
_LEADS_YES = re.compile(r"^(?:是|有|对|嗯|能|会|已经?)")
_DENIED = re.compile(r"(?:不|没|未|弗|冇|无)[^,，。]{0,3}$")
_ASKED_NEGATIVELY = re.compile(r"没.*对吗？$")
_FALLS = re.compile(r"^-|负|减员?了?|少了?|降了?|下降|裁员?了?")
_GROWS = re.compile(r"^\+|加|多|涨|增|扩|上升")
_UNCHANGED = re.compile(r"^(?:没有?(?:减员?|变|裁员?|少|降)?|不变|一样|持平|无变化|0%?|零)[呀啊哦呢了过的]*$")
_KINDS = {"mu": Kind.AREA, "yuan": Kind.MONEY, "percent": Kind.RATE, "months": Kind.TERM}
EXAMPLES = {
    "mu": "30 亩",
    "yuan": "20 万",
    "percent": "3.5%",
    "months": "12 个月",
    "number": "3",
    "date": "2026 年 3 月 1 日",
}
_TEN_THOUSAND = Decimal(10_000)
_SMALL_MONEY = Decimal(1000)
_APPLICANTS = Phrases.of({**APPLICANT_TYPES, **{word: word for word in APPLICANT_TYPES.values()}})


def read_answer(
    fact: Fact,
    text: str,
    today: date,
    words: Iterable[str] = (),
    places: Places | None = None,
    crops: Crops | None = None,
) -> Reading:
    """What `text` answers to the question about `fact`; `words` are the values its rules name.

    Nothing is picked silently between two readings, and what is not understood is asked back, never taken for a no.
    """
    plain = fold(text).strip("。.!！?？~ ")
    if _NOT_TOLD.search(plain):
        return Unknown.NOT_TOLD
    if not plain or plain == "不知道" or _NOT_KNOWN.search(plain):
        return Unknown.NOT_KNOWN
    if fact.type == "yes_no":
        return _yes_or_no(fact, plain)
    if fact.type in NUMBERS:
        return _number(fact, plain, today)
    if fact.type == "date":
        return _day(plain, today)
    return _choice(fact, text.strip(), plain, tuple(words), places, crops)


def _yes_or_no(fact: Fact, plain: str) -> Reading:
    claimed = next((claim for claim in find_claims(plain) if claim.key == fact.key), None)
    if claimed is not None and claimed.value is not None:
        return claimed.value
    is_yes, is_no = bool(_YES.match(plain)), bool(_NO.match(plain))
    if is_no and _ASKED_NEGATIVELY.search(fact.question or ""):
        return AskBack(f"我再问清楚：“{fact.label}”这一条，您是符合，还是不符合？", (("符合", True), ("不符合", False)))
    if is_yes != is_no:
        return is_yes
    label = re.escape(fact.label or fact.key)
    if _LEADS_NO.match(plain) and re.search(label, plain):
        return False
    if _LEADS_YES.match(plain) and re.search(label, plain):
        return True
    return AskBack(f"请答“是”或“否”：{fact.question or fact.label}", (("是", True), ("否", False)), is_open=True)


def _number(fact: Fact, plain: str, today: date) -> Reading:
    if fact.key.endswith("_year") and (years := {days.start.year for days in find_dates(plain, today)}):
        return Decimal(years.pop()) if len(years) == 1 else AskBack("是哪一年？请只说一个年份。")
    if fact.key.endswith(CHANGE):
        return _change(fact, plain)
    if _NONE.match(plain):
        if fact.zero_when_none:
            return Decimal(0)
        return AskBack(f"“没有”是 0，还是不清楚？{fact.question or ''}", (("0", Decimal(0)), ("不清楚", None)))
    found = [quantity for quantity in find_quantities(plain) if _fits(fact, quantity)]
    if len(found) == 1:
        return _from_quantity(fact, found[0], plain)
    bare = _bare_numeral(plain)
    if not found and bare is not None:
        return _from_bare(fact, *bare)
    return AskBack(f"没看懂是多少。请写数字，例如“{EXAMPLES[fact.type]}”。{fact.question or ''}")


def _change(fact: Fact, plain: str) -> Reading:
    """A growth above and a fall below zero: 减了 5% is -5, 没减 is 0."""
    if _UNCHANGED.match(plain):
        return Decimal(0)
    falls = bool(_FALLS.search(plain))
    found = find_quantities(_FALLS.sub("", plain))
    bare = _bare_numeral(_FALLS.sub("", plain).strip("%"))
    low, high = (found[0].low, found[0].high) if len(found) == 1 else bare or (None, None)
    if low is None or high is None:
        return AskBack(f"没看懂是多少。增加 2% 就写“加 2%”，减少 5% 就写“减 5%”，没变写“没变”。{fact.question or ''}")
    low, high = (-high, -low) if falls else (low, high)
    if not falls and not _GROWS.search(plain) and high > 0:
        readings = ((f"多了 {high:f}%", high), (f"少了 {high:f}%", -high))
        return AskBack("是多了，还是少了？", readings)
    return low if low == high else (low, high)


def _fits(fact: Fact, quantity: Quantity) -> bool:
    if fact.type in _KINDS:
        if fact.type == "months" and quantity.unit != "month":
            return False
        return quantity.kind is _KINDS[fact.type]
    return quantity.kind in (Kind.COUNT, Kind.AGE, Kind.TERM) and quantity.unit not in ("day", "hour", "working_day")


def _from_quantity(fact: Fact, quantity: Quantity, plain: str) -> Reading:
    """The number meant; 23 年 is a year where a year is asked, and lasts so long elsewhere."""
    is_year = fact.key.endswith("_year")
    parts = [part for part in quantity.readings if (part.unit == "calendar_year") is is_year] or [quantity]
    scale = Decimal(12) if fact.type == "number" and parts[0].unit == "month" else Decimal(1)
    is_rough = quantity.bound is not None or quantity.ambiguous
    if is_rough and not (len(parts) == 1 and quantity.readings):
        shown = parts if quantity.readings or (quantity.bound and quantity.approximate) else []
        readings = tuple((_shown(fact, part.low / scale), part.low / scale) for part in shown)
        return AskBack(f"“{plain}”具体是多少？请说一个数，例如“{EXAMPLES[fact.type]}”。", readings)
    low, high = parts[0].low / scale, parts[0].high / scale
    return low if low == high else (low, high)


def _bare_numeral(plain: str) -> tuple[Decimal, Decimal] | None:
    """三十, 大概 20, 1.5: a number and nothing else that matters."""
    said = re.sub(r"^(?:大概|大约|差不多|约|是|有|就|要|才)+", "", plain)
    said = re.sub(r"(?:左右|上下|吧|的|多)+$", "", said).strip()
    if not said:
        return None
    numeral = read_numeral(said, 0)
    if numeral is None or numeral.end != len(said) or numeral.vague or numeral.either:
        return None
    return numeral.low, numeral.high


def _from_bare(fact: Fact, low: Decimal, high: Decimal) -> Reading:
    if fact.type == "yuan" and Decimal(0) < high < _SMALL_MONEY:
        many = low * _TEN_THOUSAND
        return AskBack("是多少元，还是多少万？", ((_shown(fact, low), low), (_shown(fact, many), many)))
    if fact.type == "percent" and high > 100:
        return AskBack(f"百分之几？例如“{EXAMPLES['percent']}”。")
    return low if low == high else (low, high)


def _shown(fact: Fact, value: Decimal) -> str:
    if fact.type == "yuan" and value >= _TEN_THOUSAND:
        return f"{(value / _TEN_THOUSAND).normalize():f} 万元"
    return f"{value.normalize():f} {fact.unit}".strip()


def _day(plain: str, today: date) -> Reading:
    try:
        return date.fromisoformat(plain)
    except ValueError:
        days = find_dates(plain, today)
    if len(days) == 1:
        start, end = days[0].start, days[0].end
        return start if start == end else (start, end)
    return AskBack(f"是哪一天？例如“{EXAMPLES['date']}”，只记得月份也行。")


def _choice(
    fact: Fact, text: str, plain: str, words: tuple[str, ...], places: Places | None, crops: Crops | None
) -> Reading:
    known = tuple(dict.fromkeys((*fact.choices, *words)))
    exact = next((word for word in known if plain == fold(word)), None)
    if exact is not None:
        return exact
    if not fact.closed and plain in (NEITHER, "其他", "都不", "别的", "其它"):
        return fact.neither
    found = _named(fact, text, plain, known, places, crops)
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        return AskBack("是其中哪一个？", tuple((word, word) for word in found))
    shown = tuple((word, word) for word in known[:8])
    if fact.closed:
        return AskBack(f"没对上。请在这几个里选一个：{'、'.join(known)}。", shown, is_open=True)
    return AskBack("没对上。是下面哪一个？都不是就选“都不是”。", (*shown, (NEITHER, fact.neither)), is_open=True)


def _named(
    fact: Fact, text: str, plain: str, known: tuple[str, ...], places: Places | None, crops: Crops | None
) -> list[str]:
    """The values the words name, longest readings only, without doubles."""
    if fact.key == "county" and places is not None:
        counties = [county for mention in places.find(text) for county in mention.counties]
        return list(dict.fromkeys(counties)) if len(set(counties)) < len(COUNTIES) else []
    if fact.key == "crop" and crops is not None:
        grown = list(dict.fromkeys(crop.name for _, crop in crops.find(plain)))
        if grown:
            return grown
    if fact.key == "applicant_type":
        types = list(dict.fromkeys(_as_type(hit.word) for hit in _APPLICANTS.find(plain)))
        if types and not _LEADS_NO.match(plain):
            return types
    if _LEADS_NO.match(plain):
        return []
    hits = [word for word in known if fold(word) in plain and not _DENIED.search(plain[: plain.index(fold(word))])]
    return [word for word in hits if not any(word != other and fold(word) in fold(other) for other in hits)]


def _as_type(word: str) -> str:
    return APPLICANT_TYPES.get(word, word)
