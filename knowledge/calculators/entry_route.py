"""What an entry says of its loan's cost as of a day, typed into the boxes of a comparison; silent parts stay empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.entries import Entry, Facet, Figure, Kind
from knowledge.rendering import facet_sentences, plain, status_lines, status_text
from knowledge.vocabulary import FACET_WORDS

SUBJECTS = frozenset({"loan", "guarantee", "discount"})
TOLD = (Facet.RATE, Facet.FEE, Facet.SUBSIDY)
_ELSEWHERE = re.compile(r"原来|以前|旧|例子|举例|（例|外省|平均|推算|上浮|LPR|减免|再担保|\d{4} 年|实际负担|从|降")
_RATE = re.compile(r"^(?:贷款)?(?:年)?利率")
_FEE = re.compile(r"^担保费率?(?:$|（)")
_FEE_HELP = re.compile(r"担保费.{0,2}补[助贴]")
_POINTS = re.compile(r"^年化?贴息$")


@dataclass(frozen=True, slots=True)
class EntryRoute:
    """One way of borrowing as its entry tells it: the boxes that can be filled, and the sentences they come from."""

    code: str
    name: str
    status: str
    banner: str
    texts: Mapping[str, str]
    said: tuple[str, ...]


def may_be_compared(entry: Entry) -> bool:
    """Whether the entry is a way of borrowing, so that its cost can be asked: no warning, no rule for banks, no index."""
    subjects = set(entry.subjects)
    is_index = entry.kind is Kind.GUIDE and "credit" in subjects
    return bool(SUBJECTS & subjects) and not subjects & {"fraud", "city-plan"} and not is_index


def route_of(entry: Entry, day: date) -> EntryRoute:
    """The boxes of `entry` as of `day`; when the entry is over, its last figures, which its banner says."""
    reading_day = entry.validity.reading_day(day)
    figures = [figure for figure in entry.figures_on(reading_day) if not _ELSEWHERE.search(figure.name)]
    rate = _rate(figures)
    fee = (
        {} if "fee" in rate else {**_fee(figures), **_fee_help(figures)}
    )  # a rate that holds the fee is not to pay it twice
    texts = {**rate, **fee, **_interest_help(figures)}
    said = tuple(f"{FACET_WORDS[facet]}：{''.join(facet_sentences(entry, facet, day))}" for facet in TOLD)
    banner = "".join(line.text for line in status_lines(entry, day, {}))
    return EntryRoute(entry.code, entry.title, status_text(entry, day), banner, texts, said)


def subsidy_limits(entry: Entry, day: date) -> dict[str, str]:
    """Status and printed dates that decide whether a subsidy of the entry may lower the cost on `day`."""
    limits = {"status": entry.status_on(day).value}
    for name, end in (("valid_from", entry.validity.valid_from), ("valid_to", entry.validity.valid_to)):
        if end is not None:
            limits[name] = end.isoformat()
    return limits


def _rate(figures: list[Figure]) -> dict[str, str]:
    """One printed rate, or a range printed with both its ends; a mere ceiling is no rate."""
    rates = [figure for figure in figures if figure.unit == "percent_per_year" and _RATE.match(figure.name)]
    exact = [
        figure for figure in rates if figure.value is not None and figure.bound is None and "最低" not in figure.name
    ]
    if len(exact) == 1:
        inside = "含担保费" in exact[0].name and "不含担保费" not in exact[0].name
        return {"rate": f"{_value(exact[0])}%", **({"fee": "inside"} if inside else {})}
    ranges = [figure for figure in rates if figure.low is not None and figure.high is not None]
    if len(ranges) == 1 and ranges[0].low is not None and ranges[0].high is not None:
        return {"rate": f"{plain(ranges[0].low)}%到{plain(ranges[0].high)}%"}
    top = [figure for figure in rates if figure.bound == "at_most"]
    bottom = [figure for figure in rates if figure.bound == "at_least" or "最低" in figure.name]
    if len(top) == len(bottom) == 1:
        return {"rate": f"{_value(bottom[0])}%到{_value(top[0])}%"}
    return {}


def _fee(figures: list[Figure]) -> dict[str, str]:
    """A printed fee; how it is charged is filled in only where it is printed too."""
    fees = [figure for figure in figures if _FEE.match(figure.name) and figure.value is not None]
    if len(fees) != 1:
        return {}
    fee = fees[0]
    if fee.value == 0:
        return {"fee": "none"}
    if fee.unit not in ("percent", "percent_per_year") or fee.bound is not None:
        return {}
    basis = {"fee_basis": "per_year_on_principal"} if fee.per == "year" or fee.unit == "percent_per_year" else {}
    return {"fee": "paid", "fee_rate": f"{_value(fee)}%", "fee_basis": "不知道", **basis}


def _fee_help(figures: list[Figure]) -> dict[str, str]:
    helps = [figure for figure in figures if _FEE_HELP.search(figure.name) and figure.unit == "percent"]
    if len(helps) != 1 or helps[0].value is None:
        return {}
    kind = "rate_of_principal" if "贷款额" in helps[0].name else "share_of_fee"
    return {"fee_help": kind, "fee_help_percent": f"{_value(helps[0])}%"}


def _interest_help(figures: list[Figure]) -> dict[str, str]:
    """Points a year, a share of the loan, or a share of the interest, by what the figure is called."""
    for figure in figures:
        if figure.value is None or not figure.name.startswith(("贴息", "年贴息", "年化贴息")):
            continue
        found = _interest_kind(figure)
        if found:
            return {"interest_help": found, "interest_help_percent": f"{_value(figure)}%", **_interest_limits(figures)}
    return {}


def _interest_kind(figure: Figure) -> str:
    if _POINTS.match(figure.name) and figure.unit in ("percentage_points", "percent_per_year", "percent"):
        return "points"
    if figure.unit == "percent" and "贷款额" in figure.name:
        return "rate_of_principal"
    return "share_of_interest" if figure.unit == "percent" and "利率的比例" in figure.name else ""


def _interest_limits(figures: list[Figure]) -> dict[str, str]:
    limits = {}
    for figure in figures:
        if figure.name == "最长贴息时间" and figure.value is not None and figure.unit in ("year", "month"):
            limits["interest_help_months"] = f"{_value(figure)}{'年' if figure.unit == 'year' else '个月'}"
        if (
            figure.unit == "yuan"
            and figure.value is not None
            and re.fullmatch(r"单户享受的贴息|.*累计贴息", figure.name)
        ):
            limits["interest_help_cap"] = f"{_value(figure)}元"
    return limits


def _value(figure: Figure) -> str:
    return plain(figure.value) if figure.value is not None else ""
