"""Numbers as farmers say them: exact where exact, ranges where rough, a question back where unclear."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates import find_dates
from knowledge.numerals import fold
from knowledge.quantities import Kind, Quantity, find_quantities

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "quantities.yaml").read_text(encoding="utf-8"))
DIGITS = "零一二三四五六七八九"
CAPITALS = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")


def described(quantity: Quantity) -> str:
    """One quantity in the words of the case file."""
    words = [quantity.kind.value, ends(quantity), quantity.unit]
    words += ["约"] if quantity.approximate else []
    words += [quantity.bound] if quantity.bound else []
    if quantity.ambiguous:
        readings = " / ".join(f"{ends(reading)} {reading.unit}" for reading in quantity.readings)
        words.append(f"问: {readings}" if readings else "问")
    return " ".join(word for word in words if word)


def ends(quantity: Quantity) -> str:
    if quantity.low == quantity.high:
        return f"{quantity.low:f}"
    return f"{quantity.low:f}..{quantity.high:f}"


@pytest.mark.parametrize("case", CASES["quantities"], ids=lambda case: case["say"])
def test_a_spoken_quantity_is_read_exactly(case: dict[str, object]) -> None:
    """Kind, value, unit, roughness, bound and readings are those of the table."""
    assert [described(quantity) for quantity in find_quantities(str(case["say"]))] == case["is"]


@pytest.mark.parametrize("say", CASES["nothing"])
def test_what_only_looks_like_a_number_is_no_quantity(say: str) -> None:
    """Idioms, document numbers, telephones, times, ordinals and dates count nothing."""
    assert find_quantities(say) == []


@pytest.mark.parametrize("case", CASES["dates"], ids=lambda case: case["say"])
def test_a_spoken_date_covers_its_days(case: dict[str, object]) -> None:
    """Dates and relative dates give the first and last day they cover, reckoned from the table's day."""
    found = find_dates(str(case["say"]), CASES["day"])

    days = [str(span.start) if span.start == span.end else f"{span.start}..{span.end}" for span in found]
    assert days == case["is"]


def test_the_table_is_large_enough_to_mean_something() -> None:
    """At least eighty sayings are exact and at least forty are recognised as no number."""
    assert len(CASES["quantities"]) >= 80
    assert len(CASES["nothing"]) >= 40


@pytest.mark.parametrize("case", CASES["quantities"], ids=lambda case: case["say"])
def test_a_span_points_at_its_words(case: dict[str, object]) -> None:
    """The span of a quantity cuts its own text out of the sentence."""
    say = str(case["say"])
    for quantity in find_quantities(say):
        assert say[slice(*quantity.span)] == quantity.text


def test_an_ambiguous_quantity_has_no_single_value() -> None:
    """Whoever asks an unclear quantity for its value gets none, whatever its ends are."""
    unclear = [
        quantity for case in CASES["quantities"] for quantity in find_quantities(case["say"]) if quantity.ambiguous
    ]

    assert len(unclear) >= 10
    for quantity in unclear:
        assert quantity.value is None
        assert quantity.low != quantity.high or len(set(quantity.readings)) >= 2


@given(st.text(alphabet="一二两三五十百千万几半多来0123456789.亩元块年月厘分利息贷个 %到-", max_size=14))
def test_no_scramble_of_number_words_breaks_the_reader(text: str) -> None:
    """Any heap of figures and measure words is read without an error, in order, never with ends reversed."""
    found = find_quantities(text)

    assert [quantity.span for quantity in found] == sorted(quantity.span for quantity in found)
    for quantity in found:
        assert quantity.low <= quantity.high
        assert quantity.value is None or not quantity.ambiguous


@given(st.text(max_size=40))
def test_folding_never_moves_a_character(text: str) -> None:
    """Spans found in the folded text are spans of the text itself."""
    assert len(fold(text)) == len(text)


def in_chinese(number: int) -> str:
    """A number below a hundred million as it is read aloud."""
    if number == 0:
        return "零"
    high, low = divmod(number, 10_000)
    words = f"{_section(high)}万" if high else ""
    if low:
        gap = "零" if high and low < 1000 else ""
        words += gap + _section(low)
    return words.removeprefix("一") if words.startswith("一十") else words


def _section(number: int) -> str:
    words, zero = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, place)
        if digit:
            words += ("零" if zero and words else "") + DIGITS[digit] + unit
            zero = False
        elif words:
            zero = True
    return words


def as_spoken_with_liang(number: int) -> str:
    """两千 and 两万 in place of 二千 and 二万."""
    spoken = in_chinese(number)
    for unit in "千万":
        spoken = spoken.replace(f"二{unit}", f"两{unit}") if f"十二{unit}" not in spoken else spoken
    return spoken


def with_dropped_unit(number: int) -> str:
    """一万五 for 一万五千: the last unit is left out when the place above it was spoken just before."""
    spoken = in_chinese(number)
    units = "十百千万"
    if len(spoken) > 3 and spoken[-1] in "十百千" and spoken[-3] == units[units.index(spoken[-1]) + 1]:
        return spoken[:-1]
    return spoken


def in_mixed_figures(number: int) -> str:
    """13万2000 as people type it; a tail of one figure stands for thousands."""
    high, low = divmod(number, 10_000)
    if not high or low % 1000:
        return str(number)
    return f"{high}万{low // 1000 or ''}"


SPELLERS = {
    "汉字": in_chinese,
    "两": as_spoken_with_liang,
    "省末位": with_dropped_unit,
    "数字": str,
    "逗号": lambda number: f"{number:,}",
    "全角": lambda number: str(number).translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
    "大写": lambda number: in_chinese(number).translate(CAPITALS),
    "混写": in_mixed_figures,
    "万元": lambda number: f"{Decimal(number) / 10_000:f}万",
}


@pytest.mark.parametrize("speller", SPELLERS.values(), ids=SPELLERS.keys())
@given(number=st.integers(0, 10_000_000) | st.integers(0, 1000).map(lambda few: few * 10_000) | st.integers(0, 9999))
def test_every_spelling_of_a_number_reads_back(speller: object, number: int) -> None:
    """From nought to ten million, however it is spelt, the number comes back exact."""
    spelt = speller(number)  # type: ignore[operator]  # a table of functions
    found = find_quantities(f"{spelt}元")

    assert [(quantity.kind, quantity.value, quantity.unit) for quantity in found] == [
        (Kind.MONEY, Decimal(number), "yuan")
    ]


@given(st.integers(1, 8), st.sampled_from(["个人", "亩", "万元", "头"]))
def test_two_neighbouring_figures_are_a_range(low: int, unit: str) -> None:
    """两三个 is two to three and never twenty-three."""
    first = "两" if low == 2 else DIGITS[low]
    found = find_quantities(f"{first}{DIGITS[low + 1]}{unit}")

    factor = 10_000 if unit == "万元" else 1
    assert [(quantity.low, quantity.high) for quantity in found] == [(low * factor, (low + 1) * factor)]


def test_a_relative_date_moves_with_the_day() -> None:
    """The same words mean another span a year later."""
    assert find_dates("去年", date(2026, 1, 1))[0].start == date(2025, 1, 1)
    assert find_dates("去年", date(2027, 1, 1))[0].start == date(2026, 1, 1)
    assert find_dates("上个月", date(2026, 1, 31))[0].end == date(2025, 12, 31)
