"""Figures and sentences as a person reads them."""

from decimal import Decimal

import pytest

from knowledge.entries import Figure
from knowledge.rendering import figure_text, number_text, range_text


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        ("200000", "yuan", "20 万元"),
        ("23600000000000", "yuan", "23.6 万亿元"),
        ("9999", "yuan", "9999 元"),
        ("0.50", "percent", "0.5%"),
        ("50", "basis_points", "50 个基点"),
        ("12345", "yuan", "1.2345 万元"),
        ("123456", "yuan", "12.3456 万元"),
        ("1234567.8", "yuan", "1234567.8 元"),
    ],
)
def test_numbers_are_said_in_wan_only_when_nothing_is_lost(number: str, unit: str, said: str) -> None:
    """万 and 亿 are used only when four decimals hold the whole number."""
    assert number_text(Decimal(number), unit) == said


def test_a_range_says_its_unit_once_and_never_mixes_scales() -> None:
    """2000 元–15 万元 can never be read as 2000 万."""
    assert range_text(Decimal(100000), Decimal(3000000), "yuan") == "10–300 万元"
    assert range_text(Decimal(2000), Decimal(150000), "yuan") == "2000 元–15 万元"
    assert range_text(Decimal(1), Decimal("1.2"), "percent") == "1%–1.2%"


def test_what_the_sentence_already_says_is_not_said_again() -> None:
    """每户, 最高 and 年 stand once."""
    figure = Figure(key="a", name="额度", unit="yuan", value=Decimal(50000), per="household", bound="at_most")
    rate = Figure(key="r", name="利率", unit="percent_per_year", value=Decimal("4.5"))

    assert figure_text(figure) == "每户最高 5 万元"
    assert figure_text(figure, "每户最多") == "5 万元"
    assert figure_text(rate, "年利率") == "4.5%"
    assert figure_text(rate, "利息是") == "一年 4.5%"
