"""Up to three ways of borrowing side by side (真实年成本): what is known exactly, what is not as a range that says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from knowledge.calculators.inputs import Fields, Input, InputError, is_unknown, to_decimal
from knowledge.calculators.loan import LoanCost, cost_of
from knowledge.calculators.loan_inputs import INPUTS, PART_WORDS, LoanRead, read_fee, read_loan
from knowledge.calculators.result import EXACT, UNDETERMINED, money
from knowledge.entries import Status

MOST_ROUTES = 3
PER_YUAN = Decimal(100_000)
ROUTE_INPUTS = (
    Input("name", "这条路叫什么", '"石斛贷"', required=True),
    *INPUTS,
    Input("insurance_premium", "贷款要买的保险", '{"rate_percent": "1.2", "basis": "per_year_on_principal"}'),
)
_SUBSIDIES = ("fee_subsidy", "interest_subsidy")
_FEES = ("guarantee_fee", "insurance_premium")
_NOT_NOW = frozenset({Status.EXPIRED, Status.SUPERSEDED, Status.NOT_YET, Status.DRAFT})


@dataclass(frozen=True, slots=True)
class RouteCost:
    """One way of borrowing at its cheapest and dearest; None where that end is not known."""

    name: str
    cheapest: LoanCost | None
    dearest: LoanCost | None
    unknown_parts: tuple[str, ...]
    left_out: tuple[str, ...]

    def per_100k(self, cost: LoanCost | None) -> str:
        """Net cost for 100 000 yuan borrowed."""
        return UNDETERMINED if cost is None else money(cost.net_cost * PER_YUAN / cost.terms.principal)

    def effective(self, cost: LoanCost | None) -> Decimal | None:
        """The effective yearly cost after subsidies, in percent."""
        return None if cost is None else cost.effective(after_subsidy=True)

    @property
    def yearly(self) -> str:
        """The yearly cost in words: one rate, a range, one end of it, or 算不出."""
        low, high = (
            None if end is None else f"{end:.2f}%" for end in map(self.effective, (self.cheapest, self.dearest))
        )
        if low is None or high is None:
            return f"不低于 {low}" if low else f"不高于 {high}" if high else "算不出"
        return low if low == high else f"{low}–{high}"

    @property
    def hangs_on(self) -> str:
        """What the difference hangs on, to be said behind the cost."""
        return f"，差在{'、'.join(self.unknown_parts)}" if self.unknown_parts else ""

    def sentence(self) -> str:
        """The route in one line."""
        gap = "" if self.yearly.startswith(("不", "算")) else " "
        return f"{self.name}：一年实际成本{gap}{self.yearly}{self.hangs_on}。"

    def as_json(self) -> dict[str, Any]:
        """The route as other programs read it; a range is [low, high]."""
        costs = (self.cheapest, self.dearest)
        rates = [self.effective(cost) for cost in costs]
        return {
            "name": self.name,
            "net_cost_yuan": _range([UNDETERMINED if cost is None else money(cost.net_cost) for cost in costs]),
            "net_cost_per_100k_yuan": _range([self.per_100k(cost) for cost in costs]),
            "effective_annual_cost_percent": _range([UNDETERMINED if r is None else f"{r:.4f}" for r in rates]),
            "unknown_parts": list(self.unknown_parts),
            "left_out": list(self.left_out),
            "sentence": self.sentence(),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The routes in the order given, and the one that is cheapest whatever the unknown parts turn out to be."""

    routes: tuple[RouteCost, ...]
    cheapest: str | None
    as_of: date

    def sentence(self) -> str:
        """Which one costs least, or that it cannot be said."""
        if self.cheapest:
            return f"按 {self.as_of.isoformat()} 的情况，{self.cheapest}一年的实际成本最低。"
        return "哪条最省还说不准：要么有没弄清的部分，要么一样贵。"


def compare_routes(routes: Any, on: date) -> Comparison:
    """Compare up to three `loan_cost` inputs, each with a `name` and perhaps an `insurance_premium`.

    A rate may be {"low", "high"}; a subsidy may carry `valid_from`/`valid_to`, its entry's `status`, or
    `certain: false` when it is not known whether it will be paid. A subsidy not in force on `on` is left out.
    """
    if not isinstance(routes, list) or not 1 <= len(routes) <= MOST_ROUTES:
        raise InputError("routes", f"要写成 1 到 {MOST_ROUTES} 条路的列表", '[{"name": "石斛贷", …}]')
    with localcontext(EXACT):
        compared = tuple(_route(raw, on, f"routes[{place}].") for place, raw in enumerate(routes))
        return Comparison(compared, _cheapest(compared), on)


def _route(raw: Any, on: date, path: str) -> RouteCost:
    Fields(raw, ROUTE_INPUTS, path)  # refuses what is no route before it is taken apart
    told, left_out = _settled(raw, path)
    cheap, dear = (
        {**told, **{name: _end(told.get(name), end) for name in ("annual_rate_percent", *_FEES)}}
        for end in ("low", "high")
    )
    parts = _spread(told, path)
    for name in _SUBSIDIES:
        if name in told and not _certain(raw[name], path + name):
            dear[name] = None
            parts.append(f"{PART_WORDS[name]}拿不拿得到")
    name = Fields(told, ROUTE_INPUTS, path).text("name") or path.rstrip(".")
    if is_unknown(told.get("annual_rate_percent")):
        return RouteCost(name, None, None, ("年利率", *parts), tuple(left_out))
    cheapest, read = _priced(cheap, on, path)
    dearest, _ = _priced(dear, on, path)
    left_out += [f"{PART_WORDS[part]}不在有效期内" for part in read.over]
    unknown = {PART_WORDS.get(part, "保险费") for part in read.unknown}
    high = None if read.unknown & set(_FEES) else dearest
    low = None if read.unknown & set(_SUBSIDIES) else cheapest
    parts = [part for part in parts if not any(part.startswith(PART_WORDS[over]) for over in read.over)]
    return RouteCost(name, low, high, (*parts, *sorted(unknown)), tuple(left_out))


def _settled(raw: Mapping[str, Any], path: str) -> tuple[dict[str, Any], list[str]]:
    """The route without the words only a comparison knows; subsidies whose entry is not in force are taken out."""
    told, left_out = dict(raw), []
    for name in _SUBSIDIES:
        part = raw.get(name)
        if not isinstance(part, Mapping):
            continue
        told[name] = {key: value for key, value in part.items() if key not in ("certain", "status")}
        if _status(part, path + name) in _NOT_NOW:
            del told[name]
            left_out.append(f"{PART_WORDS[name]}现在不在有效期内")
    return told, left_out


def _status(part: Mapping[str, Any], path: str) -> Status | None:
    try:
        return None if part.get("status") is None else Status(part["status"])
    except ValueError:
        raise InputError(f"{path}.status", f"只能填 {'、'.join(Status)} 其中一个", '"in_force"') from None


def _certain(part: Any, path: str) -> bool:
    if not isinstance(part, Mapping):
        return True
    certain = part.get("certain", True)
    if not isinstance(certain, bool):
        raise InputError(f"{path}.certain", "只能填 true 或 false", "false")
    return certain and _status(part, path) is not Status.UNKNOWN


def _end(value: Any, end: str) -> Any:
    """One end of a rate that may be a range, also inside a fee."""
    if isinstance(value, Mapping):
        if set(value) == {"low", "high"}:
            return value[end]
        if "rate_percent" in value:
            return {**value, "rate_percent": _end(value["rate_percent"], end)}
    return value


def _spread(told: Mapping[str, Any], path: str) -> list[str]:
    """The parts given as a range; a range upside down is refused."""
    words = {"annual_rate_percent": "年利率", "guarantee_fee": "担保费", "insurance_premium": "保险费"}
    parts = []
    for name, word in words.items():
        value = told.get(name)
        low, high = _end(value, "low"), _end(value, "high")
        if low == high:
            continue
        ends = [to_decimal(end.get("rate_percent") if isinstance(end, Mapping) else end) for end in (low, high)]
        if ends[0] is None or ends[1] is None or ends[0] > ends[1]:
            raise InputError(path + name, "的范围要 low 不大于 high", '{"low": "4", "high": "4.5"}')
        parts.append(word)
    return parts


def _priced(told: Mapping[str, Any], on: date, path: str) -> tuple[LoanCost, LoanRead]:
    """One corner worked out."""
    fields = Fields(told, ROUTE_INPUTS, path)
    read = read_loan(fields, on)
    name = "insurance_premium"
    if fields.said_unknown(name):
        read = replace(read, unknown=read.unknown | {name})
    elif fields.given(name):
        read = replace(read, loan=replace(read.loan, insurance_premium=read_fee(fields, name)))
    return cost_of(read.loan), read


def _cheapest(routes: tuple[RouteCost, ...]) -> str | None:
    """The route whose dearest end is below every other's cheapest end."""
    for route in routes:
        dearest = route.effective(route.dearest)
        others = [other.effective(other.cheapest) for other in routes if other is not route]
        if dearest is not None and others and all(other is not None and dearest < other for other in others):
            return route.name
    return None


def _range(ends: list[str]) -> str | list[str]:
    return ends[0] if ends[0] == ends[1] else ends
