"""Read days, months, seasons and years in a sentence as the span of days they cover."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.numeral_value import to_decimal
from knowledge.numerals import fold

_SMALL = r"(?:\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_PART = (
    rf"(?P<part>上半年|下半年|年初|年中|年底|年末|初(?!中)|底|末|春天|春季|春上|开春|夏天|夏季|秋天|秋季|入秋|冬天|冬季|入冬"
    rf"|(?:第)?[一二三四1-4]季度|{_SMALL}月(?:份)?(?:{_SMALL}[日号])?)?"
)
_AFTER_SHORT_YEAR = r"\s*(?:的|那个|那年|那时|那会|上半|下半|年|初|底|末|春|夏|秋|冬|第|政策|标准|规模|种粮|[一每]亩|[种补发买办贷借开][了的]|[一二三四1-4]季|\d{1,2}月|[一二三四五六七八九十]{1,2}月)"
_YEAR = (
    r"(?:(?P<year>(?:19|20)\d{2}|[一二][九零〇][零〇一二三四五六七八九]{2})年(?!级|代)度?"
    rf"|(?<![了过满有近快用])(?P<short>[12]\d|[一二][零〇一四五六七八九])年(?={_AFTER_SHORT_YEAR}))"
)
_WORD_YEARS = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "旧年": -1,
    "上年": -1,
    "今年": 0,
    "本年": 0,
    "当年": 0,
    "明年": 1,
    "后年": 2,
}
_WORD_MONTHS = {"上上个月": -2, "上个月": -1, "上月": -1, "这个月": 0, "本月": 0, "当月": 0, "下个月": 1, "下月": 1}
_WORD_DAYS = {
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
}
_WORD_WEEKS = {
    "上上周": -2, "上周": -1, "上星期": -1, "上礼拜": -1, "这周": 0, "本周": 0, "这星期": 0, "这个星期": 0,
    "下周": 1, "下星期": 1, "下礼拜": 1,
}  # fmt: skip
_SEASONS = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (12, 14)}
_LONG_AGO = re.compile(
    r"(?P<number>半|\d{1,3}|[一二两三四五六七八九十]{1,3})(?P<unit>年|个月|个星期|周|天)(?:之前|以前|前)"
)
_RECENT = re.compile(
    r"(?:最近|近|过去)(?P<number>半|\d{1,2}|[一二两三四五六七八九十]{1,3})(?P<unit>年|个月|个星期|周|天)"
)
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d{2})(?P<sep>[-/.])(?P<m>1[0-2]|0?[1-9])"
    r"(?:(?P=sep)(?P<d>3[01]|[12]\d|0?[1-9]))?(?![\d.%万亩])"
)
_MONTH_DAY = re.compile(
    rf"(?<![\d个])(?P<m>{_SMALL})月(?:份(?P<tail>[初中底])?|(?P<d>{_SMALL})[日号]|(?P<tail2>[初中底]))?"
)


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The days a phrase covers, both ends included."""

    start: date
    end: date
    text: str
    span: tuple[int, int]


def _words(table: dict[str, int]) -> str:
    return "|".join(sorted(table, key=len, reverse=True))


_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (_NUMERIC, "numeric"),
    (re.compile(_YEAR + r"\s*的?\s*" + _PART), "year"),
    (re.compile(rf"(?P<word>{_words(_WORD_YEARS)})的?{_PART}"), "word_year"),
    (re.compile(rf"(?P<word>{_words(_WORD_MONTHS)})的?(?P<tail>初|中旬|底|末|{_SMALL}[日号])?"), "word_month"),
    (re.compile(rf"(?P<word>{_words(_WORD_WEEKS)})"), "week"),
    (re.compile(rf"(?P<word>{_words(_WORD_DAYS)})"), "day"),
    (_LONG_AGO, "ago"),
    (_RECENT, "recent"),
    (re.compile(r"(?P<part>上半年|下半年|年初|年底|年末|[一二三四1-4]季度)"), "part"),
    (_MONTH_DAY, "month"),
)
_HINT = re.compile(r"[年月天日周星礼季]|\d[-/.]\d")


def find_dates(text: str, today: date) -> list[DateSpan]:
    """Every date phrase of `text`, left to right; phrases relative to the day are reckoned from `today`."""
    folded = fold(text)
    if not _HINT.search(folded):
        return []
    found: list[DateSpan] = []
    taken = [False] * len(folded)
    for pattern, name in _RULES:
        for match in pattern.finditer(folded):
            start, end = match.span()
            if start == end or any(taken[start:end]):
                continue
            days = _READERS[name](match, today)
            if days is None:
                continue
            taken[start:end] = [True] * (end - start)
            found.append(DateSpan(*days, text[start:end], (start, end)))
    return sorted(found, key=lambda span: span.span)


def _number(word: str) -> int:
    return int(to_decimal(word) or 0)


def _whole_month(year: int, month: int) -> tuple[date, date]:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _one_day(year: int, month: int, day: int) -> tuple[date, date] | None:
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day), date(year, month, day)


def _part_of_year(year: int, part: str | None) -> tuple[date, date] | None:
    """A named part of a year: 年初 is its first quarter, 年底 its last two months, winter ends the next February."""
    months = (1, 12)
    if part:
        season = next((_SEASONS[name] for name in _SEASONS if name in part), None)
        if season:
            months = season
        elif part.endswith("季度"):
            quarter = _number(part.removeprefix("第")[0])
            months = (3 * quarter - 2, 3 * quarter)
        elif "月" in part:
            month, _, day = part.partition("月")
            if not 1 <= _number(month) <= 12:
                return None
            day = day.removeprefix("份")
            if day:
                return _one_day(year, _number(month), _number(day[:-1]))
            months = (_number(month), _number(month))
        else:
            names = {"上半年": (1, 6), "下半年": (7, 12), "年中": (5, 8), "年初": (1, 3), "初": (1, 3)}
            months = names.get(part, (11, 12))
    return _whole_month(year, months[0])[0], _whole_month(year, months[1])[1]


def _part_of_month(year: int, month: int, tail: str | None) -> tuple[date, date] | None:
    first, last = _whole_month(year, month)
    if not tail:
        return first, last
    if tail[0] in "初中底末":
        bounds = {"初": (1, 10), "中": (11, 20)}.get(tail[0], (21, last.day))
        return first.replace(day=bounds[0]), first.replace(day=bounds[1])
    return _one_day(first.year, first.month, _number(tail[:-1]))


def _numeric(match: re.Match[str], _: date) -> tuple[date, date] | None:
    year, month = int(match["y"]), int(match["m"])
    if match["d"]:
        return _one_day(year, month, int(match["d"]))
    return _whole_month(year, month) if match["sep"] != "." or len(match["m"]) == 2 else None


def _year(match: re.Match[str], _: date) -> tuple[date, date] | None:
    if match["year"]:
        return _part_of_year(_number(match["year"]), match["part"])
    short = match["short"]
    digits = short if short.isdigit() and short.isascii() else "".join(str(_number(character)) for character in short)
    return _part_of_year(2000 + int(digits), match["part"])


def _word_year(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _part_of_year(today.year + _WORD_YEARS[match["word"]], match["part"])


def _word_month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _part_of_month(today.year, today.month + _WORD_MONTHS[match["word"]], match["tail"])


def _week(match: re.Match[str], today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_WORD_WEEKS[match["word"]])
    return monday, monday + timedelta(days=6)


def _day(match: re.Match[str], today: date) -> tuple[date, date]:
    day = today + timedelta(days=_WORD_DAYS[match["word"]])
    return day, day


def _back(today: date, number: str, unit: str) -> date | None:
    """The day `number` units before today; half a year is six months."""
    count = _number(number) if number != "半" else 0
    if unit in ("年", "个月"):
        months = (6 if number == "半" else 12 * count) if unit == "年" else count
        year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
        if months == 0 or year < 1900:
            return None
        return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
    days = count * (1 if unit == "天" else 7)
    return today - timedelta(days=days) if days else None


def _ago(match: re.Match[str], today: date) -> tuple[date, date] | None:
    day = _back(today, match["number"], match["unit"])
    if day is None:
        return None
    if match["unit"] == "年" and match["number"] != "半":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    return _whole_month(day.year, day.month) if match["unit"] in ("年", "个月") else (day, day)


def _recent(match: re.Match[str], today: date) -> tuple[date, date] | None:
    day = _back(today, match["number"], match["unit"])
    return (day, today) if day else None


def _part(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _part_of_year(today.year, match["part"])


def _month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    month = _number(match["m"])
    if not 1 <= month <= 12:
        return None
    if match["d"]:
        return _one_day(today.year, month, _number(match["d"]))
    return _part_of_month(today.year, month, match["tail"] or match["tail2"])


_READERS: dict[str, Callable[[re.Match[str], date], tuple[date, date] | None]] = {
    "numeric": _numeric, "year": _year, "word_year": _word_year, "word_month": _word_month, "week": _week, "day": _day,
    "ago": _ago, "recent": _recent, "part": _part, "month": _month,
}  # fmt: skip
