"""The calculators as people fill them: farmers' words are understood, doubts are asked back, results lose nothing."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from knowledge.calculators import CALCULATORS, calculate
from knowledge.calculators.entry_route import may_be_compared, route_of
from knowledge.calculators.fields import NOT_KNOWN, Box, Sort, take
from knowledge.calculators.form_list import FORMS
from knowledge.calculators.forms import work
from knowledge.calculators.routes import START, compare, cost_table, prefilled, verdict
from knowledge.calculators.telling import OPEN, lines_of, tell
from knowledge.entries import Entry
from knowledge.loading import load_entries

TODAY = date(2026, 11, 25)
LOAN = FORMS["loan_cost"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    """Everything in data/."""
    return {entry.code: entry for entry in load_entries(ROOT / "data" / "entries", [], ROOT)}


def told(name: str, **texts: str) -> list[str]:
    """The lines of a result, the example filled in first."""
    form = FORMS[name]
    outcome = work(form, {**form.example, **texts}, TODAY)
    assert outcome.problems == {}
    return [line.text for line in lines_of(tell(form, outcome), form.title)]


@pytest.mark.parametrize("name", CALCULATORS)
def test_every_form_gives_what_its_calculator_gives(name: str) -> None:
    """The example said in words and the example as JSON come to the same result, step by step."""
    outcome = work(FORMS[name], FORMS[name].example, TODAY)
    wanted = calculate(name, json.loads(CALCULATORS[name].example, parse_float=Decimal), TODAY)

    assert outcome.result is not None
    assert outcome.result.as_json() == wanted.as_json()


@pytest.mark.parametrize("name", CALCULATORS)
def test_every_result_says_its_standing_and_the_payee_first(name: str) -> None:
    """Draft or arithmetic in the first line, whom the money goes to in the second; a draft is never an entitlement."""
    first, second, *rest = told(name)

    assert ("征求意见稿曾写" in first) == CALCULATORS[name].is_draft
    assert second.startswith("钱给谁：")
    assert any(line.startswith("第1步") for line in rest)
    if CALCULATORS[name].is_draft:
        assert "不是给农户" in second
        assert any("不能当作领得到的钱" in line for line in rest)


@pytest.mark.parametrize("name", CALCULATORS)
def test_an_empty_form_names_what_is_missing_with_an_example(name: str) -> None:
    """Never a result from nothing, never a name of the program's own."""
    outcome = work(FORMS[name], {}, TODAY)

    assert outcome.result is None
    assert set(outcome.problems) <= {box.key for box in FORMS[name].boxes}
    for taken in outcome.problems.values():
        assert "例如" in taken.problem
        assert "_" not in taken.problem


@pytest.mark.parametrize(
    ("sort", "said", "value"),
    [
        (Sort.MONEY, "两万", "20000"),
        (Sort.MONEY, "13万2", "132000"),
        (Sort.MONEY, "大概20万", "200000"),
        (Sort.MONEY, "1,000,000", "1000000"),
        (Sort.PRICE, "4.2元", "4.2"),
        (Sort.RATE, "月息三厘", "3.6"),
        (Sort.RATE, "4.35%", "4.35"),
        (Sort.SHARE, "七成", "70"),
        (Sort.SHARE, "0.05%", "0.05"),
        (Sort.MONTHS, "半年", "6"),
        (Sort.MONTHS, "一年半", "18"),
        (Sort.MONTHS, "三十六期", "36"),
        (Sort.COUNT, "五家", "5"),
        (Sort.SIZE, "两亩半", "2.5"),
        (Sort.MONEY, "不知道", NOT_KNOWN),
    ],
)
def test_farmers_words_are_taken(sort: Sort, said: str, value: str) -> None:
    """As they are said, exactly."""
    assert take(Box("x", "这一项", sort, example="1"), said).value == value


@pytest.mark.parametrize(
    ("sort", "said", "choices"),
    [
        (Sort.MONEY, "20", ("20元", "200000元")),
        (Sort.MONEY, "两三万", ("20000元", "30000元")),
        (Sort.RATE, "一分利", ("10%", "12%")),
        (Sort.RATE, "0.045", ("0.045%", "4.5%")),
        (Sort.SHARE, "0.05", ("0.05%", "5%")),
        (Sort.COUNT, "两三个", ("2", "3")),
        (Sort.MONTHS, "两三年", ("24个月", "36个月")),
        (Sort.MONEY, "20万以内", ("200000元",)),
    ],
)
def test_two_meanings_are_asked_back_and_each_can_be_chosen(sort: Sort, said: str, choices: tuple[str, ...]) -> None:
    """Nothing is picked in silence; what is offered has one meaning when it is taken."""
    box = Box("x", "这一项", sort, example="1")
    taken = take(box, said)

    assert taken.value is None
    assert taken.problem
    assert taken.choices == choices
    assert all(take(box, choice).value is not None for choice in choices)


@pytest.mark.parametrize("said", ["abc", "很多", "石斛", "-", "一二三四五六七八九十" * 70])
def test_what_is_no_number_is_refused_in_the_boxes_own_words(said: str) -> None:
    """The label, and an example; never 0."""
    taken = take(Box("x", "借多少钱", Sort.MONEY, example="10万"), said)

    assert taken.value is None
    assert "借多少钱" in taken.problem


def test_a_list_is_one_thing_a_line_and_unvalued_things_stay_open() -> None:
    """农房 20万, 承包地 不知道: the second is not worth nothing."""
    box = FORMS["household_net_worth"].box("assets_yuan")

    assert take(box, "农房 20万\n承包地：不知道\n2号大棚 三万五").value == {
        "农房": "200000",
        "承包地": None,
        "2号大棚": "35000",
    }
    assert "写了两次" in take(box, "农房 1万\n农房 2万").problem
    assert "没看懂" in take(box, "奶牛").problem
    assert take(box, "没有").value == {}


def test_rows_name_the_cell_that_is_wrong() -> None:
    """100万 0.5% is one batch; a missing cell is named with all cells wanted."""
    box = FORMS["guarantee_fee_subsidy"].box("business_issued_in_year")

    assert take(box, "100万 0.5%\n200万 1.1%").value == [
        {"issued_yuan": "1000000", "fee_rate_percent": "0.5"},
        {"issued_yuan": "2000000", "fee_rate_percent": "1.1"},
    ]
    assert "要写 2 个数" in take(box, "100万").problem
    assert "费率没看懂" in take(box, "100万 很低").problem


def test_faults_found_by_the_calculator_stand_beside_the_box_in_its_words() -> None:
    """12 months are wanted; the sentence speaks of the box, not of a program's field."""
    form = FORMS["capital_incentive"]
    outcome = work(form, {"monthly_balances_yuan": "8亿 9亿", "registered_capital_yuan": "1亿"}, TODAY)

    assert "要填满 12 个月" in outcome.problems["monthly_balances_yuan"].problem
    negative = work(LOAN, {**LOAN.example, "principal_yuan": "-50000"}, TODAY)
    assert negative.problems["principal_yuan"].problem == "借多少钱不能是负数，例如 10万。"
    revolving = work(LOAN, {**LOAN.example, "method": "revolving"}, TODAY)
    assert "用几天算几天" in revolving.problems["method"].problem


def test_a_fee_inside_the_rate_is_not_paid_twice() -> None:
    """4.5 % that already holds the fee costs 45 000 on a million, never 50 000."""
    texts = {
        "principal_yuan": "100万",
        "annual_rate_percent": "4.5%",
        "months": "一年",
        "method": "bullet",
        "fee": "inside",
        "fee_rate": "0.5",
    }
    outcome = work(LOAN, texts, TODAY)

    assert outcome.result is not None
    assert outcome.result.values["net_cost_yuan"] == "45000.00"


def test_an_unknown_part_gives_a_range_that_names_it_and_never_a_zero() -> None:
    """The discount's size is not known: not above what it costs without it, and why."""
    lines = told("loan_cost", interest_help="unknown")

    assert any(line.startswith("一年真实成本：不高于") and "差在贴息" in line for line in lines)
    assert f"贴息：{OPEN}" in lines
    assert not any("贴息：0" in line for line in lines)


def test_what_nobody_filled_in_is_not_shown_as_nothing() -> None:
    """Without a fee and a subsidy there is no line of 0.00 for them."""
    assert not [line for line in told("loan_cost") if line.startswith(("担保费：0", "贴息：0", "担保费补回来：0"))]


def test_every_case_of_the_plan_adds_up() -> None:
    """Ten years of equal principal: the parts of the told plan sum to the totals to the cent."""
    form = FORMS["loan_cost"]
    outcome = work(
        form,
        {"principal_yuan": "30万", "annual_rate_percent": "4.2", "months": "十年", "method": "equal_principal"},
        TODAY,
    )
    plan = tell(form, outcome).schedule

    assert outcome.result is not None
    assert len(plan) == 120
    assert sum(Decimal(row[2]) for row in plan) == Decimal(300_000)
    assert sum(Decimal(row[3]) for row in plan) == Decimal(outcome.result.values["total_interest_yuan"])
    assert plan[-1][4] == "0.00"


PREFILLED = yaml.safe_load(
    """
consumer-loan-discount: {interest_help: points, interest_help_percent: 1%, interest_help_cap: 3000元}
service-loan-discount-2026: {interest_help: points, interest_help_percent: 1%, interest_help_months: 1年}
sme-loan-discount-2026: {interest_help: points, interest_help_percent: 1.5%, interest_help_cap: 1500000元, interest_help_months: 2年}
dendrobium-loan: {fee: paid, fee_rate: 0.5%, fee_basis: 不知道, fee_help: rate_of_principal, fee_help_percent: 0.3%, interest_help: rate_of_principal, interest_help_percent: 1%}
disaster-relief-loan: {fee: none}
lucheng-farm-guarantee: {rate: 4.5%, fee: inside}
job-stabilising-loan: {rate: 2.9%到4%}
low-income-household-loan: {interest_help: points, interest_help_percent: 3%}
startup-loan-firm: {interest_help: share_of_interest, interest_help_percent: 50%}
startup-loan-personal: {interest_help: share_of_interest, interest_help_percent: 50%}
"""
)


def test_only_reviewed_figures_are_typed_into_the_boxes_for_people(entries: dict[str, Entry]) -> None:
    """Examples, averages, ceilings and old rates never become the price of a loan; this is the whole list."""
    found = {code: dict(route_of(entry, TODAY).texts) for code, entry in entries.items() if may_be_compared(entry)}

    assert {code: texts for code, texts in found.items() if texts} == PREFILLED


def test_an_expired_subsidy_never_lowers_todays_cost(entries: dict[str, Entry]) -> None:
    """石斛贷 at 4 % costs 12 × 333.33 and 500 for the fee today; in 2024 its help takes 300 and 1000 off."""
    entry = entries["dendrobium-loan"]
    texts = {**prefilled([entry], TODAY), "r1_rate": "4%", "r1_help_sure": "sure"}
    today, then = (compare(texts, entries.get, day) for day in (TODAY, date(2024, 6, 1)))

    assert today.comparison is not None
    assert then.comparison is not None
    assert today.comparison.routes[0].as_json()["net_cost_yuan"] == "4499.96"
    assert len(today.comparison.routes[0].left_out) == 2
    assert then.comparison.routes[0].as_json()["net_cost_yuan"] == "3199.96"


def test_a_subsidy_in_force_is_a_range_until_somebody_is_sure(entries: dict[str, Entry]) -> None:
    """Half of the interest may come or not: both ends, and what they hang on."""
    texts = {**prefilled([entries["startup-loan-personal"]], TODAY), "r1_rate": "4%"}
    compared = compare(texts, entries.get, TODAY)

    assert compared.comparison is not None
    assert compared.comparison.routes[0].as_json()["net_cost_yuan"] == ["1999.98", "3999.96"]
    assert compared.comparison.routes[0].unknown_parts == ("贴息拿不拿得到",)


def test_a_fee_whose_basis_is_not_printed_is_a_range_over_two_years(entries: dict[str, Entry]) -> None:
    """Once or every year: 500 or 1000; over one year it is the same."""
    texts = {**prefilled([entries["dendrobium-loan"]], TODAY), "r1_rate": "4%", "months": "两年"}
    compared = compare(texts, entries.get, TODAY)
    table = {row[0]: row[1] for row in cost_table(compared, [""]).rows}

    assert table["担保费"] == "500.00 元 到 1,000.00 元"
    assert "担保费" in table["没弄清的"]


def test_a_rate_the_document_does_not_give_is_said_to_be_open(entries: dict[str, Entry]) -> None:
    """No price is made up for 石斛贷."""
    compared = compare(prefilled([entries["dendrobium-loan"]], TODAY), entries.get, TODAY)
    table = {row[0]: row[1] for row in cost_table(compared, ["已过期"]).rows}

    assert table["一年真实成本"] == "算不出"
    assert "年利率" in table["没弄清的"]
    assert "0.00" not in " ".join(table.values())


def test_the_cheapest_that_may_be_gone_is_said_to_be_asked_about(entries: dict[str, Entry]) -> None:
    """稳岗扩岗 is cheapest by the figures; whether it is still given was not found."""
    pair = [entries["lucheng-farm-guarantee"], entries["job-stabilising-loan"]]
    said = verdict(compare(prefilled(pair, TODAY), entries.get, TODAY), TODAY)

    assert "实际成本最低" in said
    assert "要先问" in said


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        ({}, "r1_rate"),
        ({"r1_rate": "4", "principal_yuan": "20"}, "principal_yuan"),
        ({"r1_rate": "一分利"}, "r1_rate"),
        ({"r1_rate": "4", "r2_rate": "150%"}, "r2_rate"),
        ({"r1_rate": "4", "r3_fee": "paid", "r3_fee_rate": "贵", "r3_rate": "5"}, "r3_fee_rate"),
        ({"r1_rate": "4", "r1_interest_help": "points", "r1_interest_help_percent": "2", "r1_interest_help_months": "0"}, "r1_interest_help_months"),
        ({"r1_rate": "4", "method": "revolving"}, "method"),
    ],
)  # fmt: skip
def test_a_fault_in_a_comparison_stands_beside_its_box(texts: dict[str, str], key: str) -> None:
    """Of the three ways and the shared boxes, the one that is wrong is named."""
    compared = compare({**START, **texts}, {}.get, TODAY)

    assert compared.comparison is None
    assert list(compared.problems) == [key]


def test_a_fee_charged_nobody_knows_how_is_a_range_in_the_result_too() -> None:
    """0.5 % once or every year of two: both ends of the yearly cost, named 担保费."""
    lines = told("loan_cost", months="两年", fee="paid", fee_rate="0.5")
    first = next(line for line in lines if line.startswith("一年真实成本"))

    assert "–" in first
    assert "差在担保费" in first
