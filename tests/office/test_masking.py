"""Personal numbers in free text are masked; everything else stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from office.masking import mask
from office.personal_numbers import has_identity_form

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "masking.yaml").read_text(encoding="utf-8"))

SEPARATORS = st.sampled_from(["", " ", "-", "－", "\u3000", "."])
SCRIPTS = st.sampled_from(["0123456789", "０１２３４５６７８９", "零一二三四五六七八九", "〇一二三四五六七八九"])
AROUND = st.sampled_from(["", "我的电话", "张三", "，", "。谢谢", "联系我：", " ", "永嘉县"])


@pytest.mark.parametrize("case", CASES["masked"], ids=lambda case: case["text"])
def test_personal_number_is_masked(case: dict[str, str]) -> None:
    """Each written form gives exactly the masked sentence."""
    assert mask(case["text"]) == case["masked"]


@pytest.mark.parametrize("text", CASES["untouched"])
def test_other_numbers_are_left_alone(text: str) -> None:
    """Amounts, areas, document numbers, dates, codes and receipts come through unchanged."""
    assert mask(text) == text


def test_cases_are_many_enough_to_mean_something() -> None:
    """A hundred different sentences on each side, so that one percent can be seen."""
    assert len({case["text"] for case in CASES["masked"]}) >= 100
    assert len(set(CASES["untouched"])) >= 100


@given(
    second=st.integers(3, 9),
    rest=st.text("0123456789", min_size=9, max_size=9),
    separator=SEPARATORS,
    script=SCRIPTS,
    around=st.tuples(AROUND, AROUND),
)
def test_any_mobile_number_in_any_script_is_masked(
    second: int, rest: str, separator: str, script: str, around: tuple[str, str]
) -> None:
    """Whatever the number, its script and its gaps, no digit of it remains."""
    before, after = around
    number = f"1{second}{rest}"
    written = separator.join([number[:3], number[3:7], number[7:]]).translate(str.maketrans("0123456789", script))

    assert mask(f"{before}{written}{after}") == f"{before}〔手机号〕{after}"


@given(
    place=st.from_regex(r"(1[1-5]|33|6[1-5])[0-9]{4}", fullmatch=True),
    birthday=st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    order=st.integers(0, 999),
    last=st.sampled_from("0123456789Xx"),
    separator=st.sampled_from(["", " ", "-"]),
)
def test_any_plausible_identity_number_is_masked(
    place: str, birthday: date, order: int, last: str, separator: str
) -> None:
    """A known province and a date of birth are enough, even when the check digit is mistyped."""
    masked = mask("我是" + separator.join([place, f"{birthday:%Y%m%d}", f"{order:03}{last}"]) + "，想贷款")

    assert masked == "我是〔身份证号〕，想贷款"


@given(
    amount=st.integers(1, 10**9),
    unit=st.sampled_from(["元", "亩", "斤", "平方米", "户", "%"]),
    year=st.integers(1990, 2035),
)
def test_no_amount_date_or_document_number_is_masked(amount: int, unit: str, year: int) -> None:
    """Quantities and references of any size pass."""
    text = f"{year}年的温农发〔{year}〕{amount % 999}号，{amount}{unit}，{amount:,}{unit}，{year}-03-15 能办吗"

    assert mask(text) == text


@given(st.text(max_size=80))
def test_masking_any_text_twice_changes_nothing_more(text: str) -> None:
    """No input breaks it, and masked text is stable."""
    once = mask(text)

    assert mask(once) == once


def test_identity_form_knows_province_birthday_and_check_digit() -> None:
    """Either the date or the check digit may be wrong, not both; the province must exist."""
    assert has_identity_form("330399196001010000")
    assert has_identity_form("330399600101000")
    assert not has_identity_form("990399196001010000")
    assert not has_identity_form("330399196013990001")
    assert not has_identity_form("33039919600101")
