"""Up to three ways of borrowing as a form (比一比): the loan wanted once, each way's own figures, and the table of costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.answers import Table
from knowledge.calculators.comparing import MOST_ROUTES, Comparison, RouteCost, compare_routes
from knowledge.calculators.entry_route import route_of, subsidy_limits
from knowledge.calculators.fields import NOT_KNOWN, Box, Sort, Taken
from knowledge.calculators.forms import missing, read_boxes
from knowledge.calculators.inputs import InputError
from knowledge.calculators.loan import LoanCost
from knowledge.calculators.loan_boxes import (
    BASIS_BOX,
    HELP,
    METHOD,
    MONTHS,
    PLACES,
    PRINCIPAL,
    either_basis,
    loan_input,
)
from knowledge.calculators.result import money
from knowledge.calculators.telling import OPEN, yuan
from knowledge.entries import Entry, Status
from knowledge.rendering import status_text

_NOTHING = "0.00 元"
SHARED = (PRINCIPAL, MONTHS, METHOD)
START = {"principal_yuan": "10万", "months": "12个月", "method": "interest_only"}
ROUTE_BOXES = (
    Box("name", "叫什么", Sort.TEXT, example="农商行信用贷"),
    Box("rate", "年利率", Sort.RATE, example="4.35%", unit="% 一年", hint="不知道就空着；写“4%到4.5%”也行", mixed=True),
    *HELP,
    Box(
        "help_sure", "补贴和贴息拿得到吗", Sort.CHOICE, example="拿不准", section="贴息",
        choices=(("unsure", "拿不准"), ("sure", "问过了，拿得到")),
    ),
    Box("premium_rate", "要买保险的，保险费率", Sort.SHARE, example="1.2%", unit="%", section="保险费"),
    replace(BASIS_BOX, key="premium_basis", label="保险费怎么收", section="保险费", only_if=None),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """The routes compared, or the problems in the way, by box (`r1_rate`, `principal_yuan`)."""

    comparison: Comparison | None
    problems: Mapping[str, Taken]
    entries: tuple[Entry | None, ...] = ()


def box_key(number: int, box: Box) -> str:
    """The name of a route's box in an address."""
    return f"r{number}_{box.key}"


def numbered(number: int) -> tuple[Box, ...]:
    """The boxes of one route under their own names."""
    return tuple(
        replace(
            box,
            key=box_key(number, box),
            only_if=(f"r{number}_{box.only_if[0]}", box.only_if[1]) if box.only_if else None,
        )
        for box in ROUTE_BOXES
    )


def prefilled(entries: Sequence[Entry], day: date) -> dict[str, str]:
    """The texts of a comparison that starts from entries."""
    texts = dict(START)
    for number, entry in enumerate(entries[:MOST_ROUTES], 1):
        route = route_of(entry, day)
        texts |= {f"r{number}_{key}": text for key, text in route.texts.items()}
        texts |= {f"r{number}_name": entry.title, f"r{number}_entry": entry.code}
    return texts


def is_filled(number: int, texts: Mapping[str, str]) -> bool:
    """Whether anything was said of a route."""
    return any(text.strip() for key, text in texts.items() if key.startswith(f"r{number}_"))


def compare(texts: Mapping[str, str], find: Callable[[str], Entry | None], on: date) -> Compared:
    """Compare the routes of `texts` as of a day; never raises for what a person typed."""
    shared = read_boxes(SHARED, texts)
    problems = dict(shared.problems)
    routes, entries, numbers = [], [], []
    for number in range(1, MOST_ROUTES + 1):
        if not is_filled(number, texts):
            continue
        read = read_boxes(numbered(number), texts)
        problems |= read.problems
        values = {key.partition("_")[2]: value for key, value in read.values.items()}
        entry = find(texts.get(f"r{number}_entry", ""))
        routes.append(_route(shared.values, values, entry, number, on))
        entries.append(entry)
        numbers.append(number)
    if not routes:
        problems["r1_rate"] = Taken(problem=missing(ROUTE_BOXES[1]))
    if problems:
        return Compared(None, problems)
    try:
        return Compared(compare_routes(_own_names(routes), on), {}, tuple(entries))
    except InputError as error:
        return Compared(None, _problem(error, numbers))


def _own_names(routes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two routes of one name are told apart by their place."""
    names = [route["name"] for route in routes]
    return [
        {**route, "name": f"{name}（第 {place} 条）"} if names.count(name) > 1 else route
        for place, (route, name) in enumerate(zip(routes, names, strict=True), 1)
    ]


def _route(
    shared: Mapping[str, Any], values: Mapping[str, Any], entry: Entry | None, number: int, on: date
) -> dict[str, Any]:
    """One route as `compare_routes` takes it; a subsidy of an entry carries the entry's status and dates of the day."""
    told = loan_input({**shared, **values, "annual_rate_percent": values.get("rate", NOT_KNOWN)})
    told = either_basis(told)
    for name in ("fee_subsidy", "interest_subsidy"):
        if isinstance(told.get(name), dict):
            told[name] |= {"certain": values.get("help_sure") == "sure"}
            told[name] |= subsidy_limits(entry, on) if entry is not None else {}
    premium = values.get("premium_rate")
    if premium is not None:
        basis = values.get("premium_basis", NOT_KNOWN)
        told["insurance_premium"] = (
            NOT_KNOWN if NOT_KNOWN in (premium, basis) else {"rate_percent": premium, "basis": basis}
        )
    return {"name": values.get("name") or f"第 {number} 条路", **told}


def _problem(error: InputError, numbers: Sequence[int]) -> dict[str, Taken]:
    """The box a fault of one route came from, with the sentence in the form's words."""
    head, _, rest = error.field.partition("].")
    place = int(head.rpartition("[")[2]) if rest else 0
    shared = next((box for box in SHARED if box.key == rest), None)
    name = {"annual_rate_percent": "rate"}.get(rest) or PLACES.get(rest) or PLACES.get(rest.partition(".")[0]) or "rate"
    key = rest if shared else f"r{numbers[place]}_{name}"
    box = shared or next(box for box in ROUTE_BOXES if box.key == name)
    return {key: Taken(problem=f"{box.label}{error.why}，例如 {box.example}。")}


def verdict(compared: Compared, day: date) -> str:
    """Which way costs least; that it may no longer be had is said when its entry is not plainly in force."""
    comparison = compared.comparison
    if comparison is None or len(comparison.routes) < 2:
        return "只有一条路。再填一条，就能比出哪个划算。"
    names = [route.name for route in comparison.routes]
    entry = compared.entries[names.index(comparison.cheapest)] if comparison.cheapest else None
    if entry is None or entry.status_on(day) is Status.IN_FORCE:
        return comparison.sentence()
    return f"{comparison.sentence()}不过它{status_text(entry, day)}，现在办不办得了要先问。"


def cost_table(compared: Compared, statuses: Sequence[str]) -> Table:
    """The costs side by side; a part that is not known is a range or is said not to be known, never 0."""
    comparison = compared.comparison
    routes = comparison.routes if comparison is not None else ()
    rows: list[tuple[str, ...]] = []
    if any(statuses):
        rows.append(("还有效吗", *(status or "自己填的" for status in statuses)))
    rows.append(("一年真实成本", *(route.yearly for route in routes)))
    for label, part in _PARTS:
        cells = [_spread([part(cost) if cost is not None else None for cost in _ends(route)]) for route in routes]
        if label in ("利息", "净成本"):
            rows.append((label, *cells))
        elif any(cell not in (_NOTHING, OPEN) for cell in cells):
            rows.append((label, *("没有" if cell == _NOTHING else cell for cell in cells)))
    rows.append(("每借 10 万花", *(_per_100k(route) for route in routes)))
    if any(route.unknown_parts for route in routes):
        rows.append(("没弄清的", *("、".join(route.unknown_parts) or "没有" for route in routes)))
    if any(route.left_out for route in routes):
        rows.append(("没拿来减的", *("、".join(route.left_out) or "没有" for route in routes)))
    return Table(("", *(route.name for route in routes)), tuple(rows))


_PARTS: tuple[tuple[str, Callable[[LoanCost], Decimal]], ...] = (
    ("利息", lambda cost: cost.interest),
    ("担保费", lambda cost: cost.fee),
    ("保险费", lambda cost: cost.premium),
    ("担保费补回来", lambda cost: cost.fee_subsidy),
    ("贴息", lambda cost: cost.interest_subsidy),
    ("净成本", lambda cost: cost.net_cost),
)


def _ends(route: RouteCost) -> tuple[LoanCost | None, LoanCost | None]:
    return route.cheapest, route.dearest


def _spread(ends: Sequence[Decimal | None]) -> str:
    """Both ends of an amount; one open end is said in words."""
    known = sorted({end for end in ends if end is not None})
    if not known:
        return OPEN
    texts = [yuan(money(end)) for end in known]
    if any(end is None for end in ends):
        return f"已知 {texts[0]}"
    return texts[0] if len(texts) == 1 else f"{texts[0]} 到 {texts[-1]}"


def _per_100k(route: RouteCost) -> str:
    low, high = (route.per_100k(cost) for cost in _ends(route))
    if route.cheapest is None and route.dearest is None:
        return OPEN
    if route.cheapest is None:
        return f"不超过 {yuan(high)}"
    if route.dearest is None:
        return f"至少 {yuan(low)}"
    return yuan(low) if low == high else f"{yuan(low)} 到 {yuan(high)}"
