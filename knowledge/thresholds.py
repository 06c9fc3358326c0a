"""Whether a number somebody names reaches a printed line: 60 亩够不够, 零上一度能不能赔."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.entries import Entry, Facet, Figure
from knowledge.focus import SURE, Focus, figures_in
from knowledge.quantities import Kind, Quantity, find_quantities
from knowledge.rendering import fill, number_text

YES_NO = re.compile(
    "能不能|可不可以|够不够|算不算|赔不赔|补不补|行不行|达不达|到不到|满不满|符不符合"
    "|[赔补贷保领办算够行到](?:了|得了)?(?:吗|么|嘛|不|弗|伐|哇)?$|(?:吗|么|嘛|伐|弗|哇|不)$|(?:能|可以|好)(?:赔|补|贷|保|领|办|算|买|享受)"
)
A_LINE = re.compile("满|以上|以下|以内|超过|不到|不少于|不低于|不高于|至少|起|最少|更低|更高|最高|最低|达到|连片|之间")
MEASURES: dict[Kind, tuple[str, dict[str, int]]] = {
    Kind.AREA: ("mu", {"mu": 1}),
    Kind.TEMPERATURE: ("celsius", {"celsius": 1}),
    Kind.AGE: ("years_of_age", {"years_of_age": 1}),
    Kind.TERM: ("month", {"month": 1, "year": 12}),
    Kind.COUNT: ("", {}),
}
COUNTED = ("head", "person", "household", "tree", "cage", "nest")
MORE_OR_LESS = {"celsius": ("高", "低"), "years_of_age": ("大", "小"), "month": ("长", "短")}


@dataclass(frozen=True, slots=True)
class Threshold:
    """The sentence with the line, where it stands, and how the number said compares with it, as plain arithmetic."""

    facet: Facet
    sentence: str
    compared: str


def asks_whether(plain: str) -> bool:
    """Whether a folded question is one to be answered with yes or no."""
    return YES_NO.search(plain) is not None


def measured(text: str) -> tuple[Quantity, ...]:
    """The quantities of a question that a printed line could be drawn by."""
    found = [quantity for quantity in find_quantities(text) if quantity.kind in MEASURES]
    return tuple(
        replace(quantity, low=-quantity.high, high=-quantity.low)
        if quantity.kind is Kind.TEMPERATURE and text[: quantity.span[0]].endswith("零下")
        else quantity
        for quantity in found
    )


def threshold_in(entry: Entry, said: Sequence[Quantity], focus: Focus, day: date) -> Threshold | None:
    """The one line of `entry` in a unit of which exactly one number was said; None when there are several."""
    found = [hit for quantity in said if _alone(quantity, said) for hit in _lines(entry, quantity, day)]
    if len({sentence for _, sentence, _, _ in found}) > 1:
        scores = [focus.score(entry, sentence) for _, sentence, _, _ in found]
        found = [hit for hit, score in zip(found, scores, strict=True) if score == max(scores) > 0]
    if len({sentence for _, sentence, _, _ in found}) != 1:
        return None
    facet, sentence, figure, quantity = found[0]
    if _speaks_more_of(entry, focus, sentence):
        return None
    text = fill(entry, sentence, day)
    return Threshold(facet, text, _compared(quantity, figure)) if text is not None else None


def _speaks_more_of(entry: Entry, focus: Focus, sentence: str) -> bool:
    """Whether the question dwells on something that another sentence of the entry says."""
    best = max((focus.score(entry, other) for told in entry.facets.values() for other in told), default=0.0)
    return best >= SURE and best > focus.score(entry, sentence)


def _alone(quantity: Quantity, said: Sequence[Quantity]) -> bool:
    return sum(other.kind is quantity.kind and other.unit == quantity.unit for other in said) == 1


def _lines(entry: Entry, quantity: Quantity, day: date) -> list[tuple[Facet, str, Figure, Quantity]]:
    units = MEASURES[quantity.kind][1] or ({quantity.unit: 1} if quantity.unit in COUNTED else {})
    return [
        (facet, sentence, figure, quantity)
        for facet, sentences in entry.facets.items()
        for sentence in sentences
        if A_LINE.search(sentence)
        for figure in figures_in(entry, sentence)
        if figure.unit in units and figure.covers(day) and figure.per is None
    ]


def _compared(quantity: Quantity, figure: Figure) -> str:
    """您说的 1℃ 比 0.5℃ 高: nothing where either is a range, bounded or rough."""
    value, line = quantity.value, figure.value
    if value is None or line is None or quantity.bound or quantity.approximate:
        return ""
    unit = MEASURES[quantity.kind][0] or quantity.unit
    line *= MEASURES[quantity.kind][1].get(figure.unit, 1)
    said, printed = number_text(value, unit), number_text(line, unit)
    if value == line:
        return f"您说的 {said}，正好是这条线。"
    more, less = MORE_OR_LESS.get(unit, ("多", "少"))
    return f"您说的 {said} 比 {printed} {more if value > line else less}。"
