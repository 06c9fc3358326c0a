"""Small charts drawn on the server as SVG shapes: no script, no style attribute, the same figures in words beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from knowledge.calculators.comparing import RouteCost
from knowledge.calculators.result import added

MOST_BARS = 60
WIDTH, HEIGHT = 600, 180
GAP = Decimal("0.18")  # of a bar's width
_LEAST = Decimal("0.6")  # a bar that is not nothing can be seen


@dataclass(frozen=True, slots=True)
class Rect:
    """One rectangle of a chart, in its own units."""

    x: str
    y: str
    width: str
    height: str
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Rectangles in a box of `width` × `height`, and what they show in words."""

    rects: tuple[Rect, ...]
    width: int
    height: int
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a repayment plan: a period, or a year of them."""

    label: str
    payment: Decimal
    principal: Decimal
    interest: Decimal
    balance: Decimal


def plan_rows(schedule: Sequence[Sequence[str]]) -> tuple[Row, ...]:
    """The periods of a schedule as it is published."""
    return tuple(Row(f"第 {row[0]} 期", *(Decimal(cell) for cell in row[1:5])) for row in schedule)


def by_year(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Twelve periods added up into one row; the balance is the one at the end."""
    return tuple(
        replace(whole_of(rows[start : start + 12]), label=f"第 {number} 年")
        for number, start in enumerate(range(0, len(rows), 12), 1)
    )


def whole_of(rows: Sequence[Row]) -> Row:
    """The rows added up to the cent."""
    return Row(
        "",
        added(row.payment for row in rows),
        added(row.principal for row in rows),
        added(row.interest for row in rows),
        rows[-1].balance,
    )


def plan_chart(rows: Sequence[Row]) -> Chart:
    """Each payment as a bar: principal below, interest above it."""
    bars = rows if len(rows) <= MOST_BARS else by_year(rows)
    top = max((row.payment for row in bars), default=Decimal(1)) or Decimal(1)
    step = Decimal(WIDTH) / len(bars)
    rects = []
    for place, row in enumerate(bars):
        left, width = step * place + step * GAP / 2, step * (1 - GAP)
        lower, upper = (_length(part, top, HEIGHT) for part in (row.principal, row.interest))
        rects.append(_rect(left, HEIGHT - lower, width, lower, "principal"))
        rects.append(_rect(left, HEIGHT - lower - upper, width, upper, "interest"))
    unit = "一根是一期" if bars is rows else "一根是一年"
    first, last = bars[0], bars[-1]
    words = (
        f"还款图，{unit}，共 {len(bars)} 根。{first.label}还 {first.payment:,.2f} 元，其中利息 {first.interest:,.2f} 元；"
        f"{last.label}还 {last.payment:,.2f} 元，其中利息 {last.interest:,.2f} 元。"
    )
    return Chart(tuple(rect for rect in rects if rect.height != "0"), WIDTH, HEIGHT, words)


def route_chart(route: RouteCost, most: Decimal) -> Chart | None:
    """A route's yearly cost on a scale up to `most` percent: solid up to its lower end, pale up to its upper end."""
    low, high = (route.effective(cost) for cost in (route.cheapest, route.dearest))
    if (low is None and high is None) or most <= 0:
        return None
    solid = max(low, Decimal(0)) if low is not None else Decimal(0)
    pale = max(high, solid) if high is not None else most
    ends = [_length(end, most, WIDTH) for end in (solid, pale)]
    rects = [_rect(Decimal(0), Decimal(0), ends[0], Decimal(24), "principal")]
    if ends[1] > ends[0]:
        rects.append(_rect(ends[0], Decimal(0), ends[1] - ends[0], Decimal(24), "unsure"))
    return Chart(tuple(rect for rect in rects if rect.width != "0"), WIDTH, 24, route.sentence())


def scale_of(routes: Sequence[RouteCost]) -> Decimal:
    """The largest yearly cost among the routes, a little more than that."""
    ends = [route.effective(cost) for route in routes for cost in (route.cheapest, route.dearest)]
    return max((end for end in ends if end is not None), default=Decimal(0)) * Decimal("1.1")


def _length(part: Decimal, whole: Decimal, most: int) -> Decimal:
    length = part * most / whole
    return max(length, _LEAST) if part > 0 else Decimal(0)


def _rect(x: Decimal, y: Decimal, width: Decimal, height: Decimal, kind: str) -> Rect:
    return Rect(_short(x), _short(y), _short(width), _short(height), kind)


def _short(number: Decimal) -> str:
    text = f"{number:.1f}"
    return text.removesuffix(".0")
