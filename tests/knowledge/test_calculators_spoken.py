"""Amounts and rates said in words: one meaning is taken, two meanings are asked back."""

from decimal import Decimal

import pytest

from knowledge.calculators import read_amount, read_rate


@pytest.mark.parametrize(
    ("said", "value"),
    [("13万2", "132000"), ("二十万", "200000"), ("200000", "200000"), ("20万元", "200000"), ("三千五百块", "3500")],
)
def test_an_amount_with_one_meaning_is_taken(said: str, value: str) -> None:
    """13万2 is 132 000."""
    assert read_amount(said).value == Decimal(value)
    assert read_amount(said).question is None


@pytest.mark.parametrize(
    "said", ["两三万", "几万", "20", "10到20万", "20万以内", "10万或者20万", "不知道", "", "两三个"]
)
def test_an_amount_with_two_meanings_is_asked_back(said: str) -> None:
    """Nothing is picked in silence and nothing becomes 0."""
    assert read_amount(said).value is None
    assert read_amount(said).question


def test_about_is_taken_and_remembered() -> None:
    """大概二十万 is 200 000, said roughly."""
    assert read_amount("大概二十万").value == Decimal(200_000)
    assert read_amount("大概二十万").rough


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("月息三厘", "3.6"),
        ("年利率4.35%", "4.35"),
        ("4.35", "4.35"),
        ("百分之四", "4"),
        ("日息万五", "18.25"),
        ("0.5%", "0.5"),
    ],
)
def test_a_rate_with_one_meaning_is_taken_per_year(said: str, value: str) -> None:
    """月息三厘 is 3.6 % a year."""
    assert read_rate(said).value == Decimal(value)


@pytest.mark.parametrize("said", ["一分利", "三厘", "0.045", "3%-5%", "不知道", "", "20万"])
def test_a_rate_with_two_meanings_is_asked_back(said: str) -> None:
    """一分利 may be by month or by year; 0.045 may be a share or a percentage."""
    assert read_rate(said).value is None
    assert read_rate(said).question


def test_the_question_shows_both_readings() -> None:
    """The person sees what there is to choose from."""
    asked = read_rate("一分利").question or ""
    assert "10%" in asked
    assert "12%" in asked
