"""Read the words around a quantity that loosen or bound it: 大概, 左右, 不超过, 以上."""

import re
from dataclasses import replace

from knowledge.units import Kind, Quantity

_BEFORE: tuple[tuple[re.Pattern[str], str | None, bool], ...] = tuple(
    (re.compile(rf"(?:{words})(?:是|要|有|也就|就|只|了|给|贷|借|能贷|可贷)?\s?¥?$"), bound, approximate)
    for words, bound, approximate in (
        ("不超过|不超|最多|至多|顶多|不多于|不大于|不高于|最高|上限", "at_most", False),
        ("至少|起码|最少|最低|不少于|不低于|不小于|不止", "at_least", False),
        ("不到|不足|低于|少于|小于|没到|不满|未满", "below", False),
        ("(?<![以马晚早零])上", "at_least", False),
        ("超过|多于|大于|高于|超出|满", "above", False),
        ("将近|接近|(?<![尽赶很])快|(?<![最附远靠])近", "below", True),
        ("大概|大约|约莫|(?<![合制条节])约|差不多|估计|大致|左不过|上下", None, True),
    )
)
_AFTER: tuple[tuple[re.Pattern[str], str | None, bool], ...] = tuple(
    (re.compile(rf"\s?(?:{words})"), bound, approximate)
    for words, bound, approximate in (
        ("左右|上下(?!楼)|光景|(?:的)?样子|差不多", None, True),
        ("出头|开外", "at_least", True),
        ("(?:及)?以上|往上|起步|起(?![来点诉码草])", "at_least", False),
        ("(?:及)?以下|以内|之内|内(?![容心部])|封顶", "at_most", False),
        ("不到(?![账位期])|都不到|还不到", "below", False),
    )
)


def qualify(quantity: Quantity, said: str) -> Quantity:
    """The quantity with what the words before and after it say; the span stays that of the quantity itself."""
    start, end = quantity.span
    before, after = said[max(0, start - 8) : start], said[end : end + 4]
    bound, approximate = quantity.bound, quantity.approximate
    for pattern, its_bound, is_rough in _BEFORE:
        if pattern.search(before):
            bound, approximate = its_bound, approximate or is_rough
            break
    for pattern, its_bound, is_rough in _AFTER:
        if pattern.match(after):
            bound, approximate = its_bound or bound, approximate or is_rough
            break
    if bound == "above" and quantity.kind is Kind.AGE and "满" in before:
        bound = "at_least"
    if (bound, approximate) == (quantity.bound, quantity.approximate):
        return quantity
    readings = tuple(replace(reading, bound=bound, approximate=approximate) for reading in quantity.readings)
    return replace(quantity, bound=bound, approximate=approximate, readings=readings)
