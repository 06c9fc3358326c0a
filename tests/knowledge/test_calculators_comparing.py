"""Three ways of borrowing side by side: gaps shown as ranges that say why, expired help never counted today."""

from datetime import date
from typing import Any

import pytest

from knowledge.calculators import InputError, compare_routes

TODAY = date(2026, 11, 23)
PLAIN = {
    "name": "农商行信用贷",
    "principal_yuan": "200000",
    "annual_rate_percent": "4.5",
    "months": 12,
    "method": "bullet",
}
FEE = {"rate_percent": "0.5", "basis": "once_on_principal"}
DENDROBIUM = {
    **PLAIN,
    "name": "石斛贷",
    "annual_rate_percent": "4",
    "guarantee_fee": FEE,
    "fee_subsidy": {"kind": "rate_of_principal", "rate_percent": "0.3", "valid_from": "2023-11-18", "valid_to": "2024-12-31"},
    "interest_subsidy": {"kind": "rate_of_principal", "rate_percent": "1", "valid_from": "2023-11-18", "valid_to": "2024-12-31"},
}  # fmt: skip


def only(route: dict[str, Any], on: date = TODAY) -> dict[str, Any]:
    """The single route compared."""
    return compare_routes([route], on).routes[0].as_json()


def test_an_expired_subsidy_never_lowers_todays_cost() -> None:
    """Inside its dates 200 000 cost 6400 a year (8000 + 1000 − 600 − 2000); after them 9000, and it is said why."""
    then, now = only(DENDROBIUM, date(2024, 12, 31)), only(DENDROBIUM)

    assert then["net_cost_yuan"] == "6400.00"
    assert then["net_cost_per_100k_yuan"] == "3200.00"
    assert now["net_cost_yuan"] == "9000.00"
    assert now["unknown_parts"] == []
    assert len(now["left_out"]) == 2


@pytest.mark.parametrize("status", ["expired", "superseded", "not_yet", "draft"])
def test_a_subsidy_whose_entry_is_not_in_force_is_left_out(status: str) -> None:
    """The status of the entry decides where the subsidy itself has no dates."""
    route = {**PLAIN, "interest_subsidy": {"kind": "points", "points_percent": "2", "status": status}}

    assert only(route)["net_cost_yuan"] == "9000.00"
    assert only(route)["left_out"] == ["贴息现在不在有效期内"]


def test_a_subsidy_that_may_not_come_makes_a_range_that_says_so() -> None:
    """9000 without the discount, 7000 with one point of 200 000 a year: 3.5 % to 4.5 %."""
    route = {**PLAIN, "interest_subsidy": {"kind": "points", "points_percent": "1", "certain": False}}
    shown = only(route)

    assert shown["net_cost_yuan"] == ["7000.00", "9000.00"]
    assert shown["effective_annual_cost_percent"] == ["3.5000", "4.5000"]
    assert shown["sentence"] == "农商行信用贷：一年实际成本 3.50%–4.50%，差在贴息拿不拿得到。"
    unknown = {**PLAIN, "interest_subsidy": {"kind": "points", "points_percent": "1", "status": "unknown"}}
    assert only(unknown)["net_cost_yuan"] == ["7000.00", "9000.00"]


def test_a_rate_that_is_a_range_gives_both_ends() -> None:
    """4 % to 4.5 % of 200 000 is 8000 to 9000."""
    shown = only({**PLAIN, "annual_rate_percent": {"low": "4", "high": "4.5"}})

    assert shown["net_cost_yuan"] == ["8000.00", "9000.00"]
    assert shown["unknown_parts"] == ["年利率"]


def test_an_unknown_fee_leaves_the_upper_end_open() -> None:
    """What is known is a floor, never the whole cost."""
    shown = only({**PLAIN, "guarantee_fee": "不知道"})

    assert shown["net_cost_yuan"] == ["9000.00", "UNDETERMINED"]
    assert shown["sentence"] == "农商行信用贷：一年实际成本不低于 4.50%，差在担保费。"


def test_an_unknown_subsidy_leaves_the_lower_end_open() -> None:
    """Without the subsidy's size only the cost without it is known."""
    shown = only({**PLAIN, "interest_subsidy": {"kind": "points", "points_percent": None}})

    assert shown["net_cost_yuan"] == ["UNDETERMINED", "9000.00"]
    assert "不高于 4.50%" in shown["sentence"]


def test_an_unknown_interest_rate_leaves_everything_open() -> None:
    """No rate, no cost: nothing is made up."""
    shown = only({**PLAIN, "annual_rate_percent": None})

    assert shown["net_cost_yuan"] == "UNDETERMINED"
    assert "算不出，差在年利率" in shown["sentence"]


def test_an_insurance_premium_is_part_of_the_cost() -> None:
    """1.2 % of 200 000 for a year is 2400 on top of 9000."""
    premium = {"rate_percent": "1.2", "basis": "per_year_on_principal"}

    assert only({**PLAIN, "insurance_premium": premium})["net_cost_yuan"] == "11400.00"
    assert only({**PLAIN, "insurance_premium": "不知道"})["net_cost_yuan"] == ["9000.00", "UNDETERMINED"]


def test_the_cheapest_is_named_only_when_it_is_cheapest_whatever_happens() -> None:
    """Overlapping ranges name nobody."""
    dearer = {**PLAIN, "name": "另一家", "annual_rate_percent": "5"}
    unsure = {**dearer, "interest_subsidy": {"kind": "points", "points_percent": "1", "certain": False}}

    assert compare_routes([PLAIN, dearer], TODAY).cheapest == "农商行信用贷"
    assert "农商行信用贷" in compare_routes([PLAIN, dearer], TODAY).sentence()
    assert compare_routes([PLAIN, unsure], TODAY).cheapest is None
    assert "说不准" in compare_routes([PLAIN, unsure], TODAY).sentence()


@pytest.mark.parametrize(
    ("routes", "field"),
    [
        ([], "routes"),
        ([PLAIN] * 4, "routes"),
        (PLAIN, "routes"),
        ([{**PLAIN, "months": "一年"}], "routes[0].months"),
        ([{**PLAIN, "annual_rate_percent": {"low": "5", "high": "4"}}], "routes[0].annual_rate_percent"),
        ([PLAIN, {**DENDROBIUM, "interest_subsidy": {"kind": "points", "points_percent": "1", "certain": "也许"}}], "routes[1].interest_subsidy.certain"),
        ([{**PLAIN, "interest_subsidy": {"kind": "points", "points_percent": "1", "status": "有效"}}], "routes[0].interest_subsidy.status"),
        ([{**PLAIN, "insurance_premium": {"rate_percent": "1.2"}}], "routes[0].insurance_premium.basis"),
    ],
)  # fmt: skip
def test_a_route_that_cannot_be_used_is_refused_by_name(routes: Any, field: str) -> None:
    """The sentence says which route and which part."""
    with pytest.raises(InputError) as refused:
        compare_routes(routes, TODAY)

    assert refused.value.field == field
