"""算一算 in a real Chromium: large type, no sideways scrolling, with and without script."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from knowledge.calculators.form_list import FORMS
from tests.web.browsing import faults_of, needs_chromium, visitor

LOAN = {
    "principal_yuan": "10万", "annual_rate_percent": "月息三厘", "months": "一年", "method": "equal_instalment",
    "fee": "paid", "fee_rate": "0.5", "interest_help": "points", "interest_help_percent": "2", "go": "1",
}  # fmt: skip
WAYS = {
    "principal_yuan": "20万", "months": "半年", "method": "bullet", "go": "1", "r1_name": "农商行", "r1_rate": "4.35",
    "r2_name": "石斛贷", "r2_entry": "dendrobium-loan", "r2_rate": "4%到4.5%", "r3_rate": "月息四厘",
    "r3_interest_help": "points", "r3_interest_help_percent": "2",
}  # fmt: skip
PAGES = (
    "/calculate",
    *(f"/calculate/{name}" for name in FORMS),
    f"/calculate/loan_cost?{urlencode(LOAN)}",
    f"/calculate/loan_cost?{urlencode({**LOAN, 'months': '十年', 'from': '61'})}",
    f"/calculate/loan_cost?{urlencode({**LOAN, 'principal_yuan': '20', 'annual_rate_percent': '一分利', 'months': ''})}",
    f"/calculate/risk_compensation?{urlencode({**FORMS['risk_compensation'].example, 'go': '1'})}",
    "/calculate/compare",
    f"/calculate/compare?{urlencode(WAYS)}",
    "/calculate/compare?entry=dendrobium-loan&entry=lucheng-farm-guarantee&entry=job-stabilising-loan",
)
ALIKE = {f"/calculate/{name}" for name in FORMS} - {"/calculate/loan_cost"}
"""The empty forms, all of the same boxes."""

pytestmark = needs_chromium


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone with and without script."""
    with visitor(browser, script=request.param) as page:
        yield page


def test_every_form_and_result_is_large_and_fits(browser: Browser, address: str) -> None:
    """Type, line height, contrast, targets, width and axe-core, everything unfolded."""
    faults = []
    with visitor(browser) as page:
        for path in PAGES:
            page.goto(address + path)
            faults += faults_of(page, path, is_new_kind=path not in ALIKE)

    assert faults == []


def test_a_loan_is_filled_in_and_worked_out(page: Page, address: str) -> None:
    """From the list to the result: said the farmer's way, its plan as a picture and a table."""
    page.goto(f"{address}/calculate")
    page.get_by_role("link", name="贷款一年真实花多少").click()
    page.get_by_label("借多少钱").fill("十万")
    page.get_by_label("年利率").fill("月息三厘")
    page.get_by_label("借多久").fill("一年")
    page.get_by_label("怎么还").select_option("等额本息（每月还一样多）")
    page.get_by_role("button", name="算一算").click()

    expect(page.locator(".figures .first dd")).to_have_text("3.66%")
    expect(page.locator("#result .line").first).to_contain_text("不是批复")
    expect(page.get_by_role("img", name="还款图")).to_be_visible()
    expect(page.locator(".plan-table tbody tr")).to_have_count(12)
    expect(page.locator(".plan-table tfoot")).to_contain_text("101,960.71")
    expect(page.get_by_label("借多少钱")).to_have_value("十万")


def test_a_doubt_is_settled_by_one_press(page: Page, address: str) -> None:
    """20 and 一分利 are asked back beside their boxes; each press puts one reading in and keeps the rest."""
    page.goto(f"{address}/calculate/loan_cost")
    page.get_by_label("借多少钱").fill("20")
    page.get_by_label("年利率").fill("一分利")
    page.get_by_label("借多久").fill("半年")
    page.get_by_label("怎么还").select_option("bullet")
    page.get_by_role("button", name="算一算").click()
    expect(page.get_by_label("借多少钱")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("借多久")).to_have_value("半年")
    page.get_by_role("button", name="200000元").click()
    expect(page.get_by_label("借多少钱")).to_have_value("200000元")
    page.get_by_role("button", name="12%").click()

    expect(page.locator("#result")).to_contain_text("利息一共")
    expect(page.locator("#result")).to_contain_text("12,000.00 元")


def test_private_figures_stay_out_of_the_address(page: Page, address: str) -> None:
    """Net worth: worked out, and the address bar holds none of it."""
    page.goto(f"{address}/calculate/household_net_worth")
    page.get_by_label("家里的东西各值多少").fill("农房 20万\n承包地 不知道")
    page.get_by_label("各欠多少钱").fill("信用社贷款 5万")
    page.get_by_role("button", name="算一算").click()

    expect(page.locator("#result")).to_contain_text("150,000.00 元")
    assert page.url == f"{address}/calculate/household_net_worth"


def test_from_an_entry_to_its_cost_and_a_second_way(page: Page, address: str) -> None:
    """石斛贷: the rate is the one box to fill in, near the top; another bank is added; both are drawn."""
    page.goto(f"{address}/e/dendrobium-loan")
    page.get_by_role("link", name="算一算一年真实成本").click()
    expect(page.locator("main .line").first).to_contain_text("已过期")
    expect(page.locator("#r1_rate")).to_be_in_viewport()
    expect(page.locator("#r1_fee_rate")).to_have_value("0.5%")
    page.locator("#r1_rate").fill("4%")
    page.get_by_text("再加一种借法").first.click()
    page.locator("#r2_name").fill("农商行")
    page.locator("#r2_rate").fill("月息四厘")
    page.get_by_role("button", name="比一比").click()

    expect(page.locator("#result .lead")).to_contain_text("实际成本最低")
    expect(page.locator(".compare")).to_contain_text("4,499.96 元")
    expect(page.locator(".bars svg")).to_have_count(2)


def test_boxes_that_do_not_matter_are_hidden_by_script_alone(browser: Browser, address: str) -> None:
    """The fee's rate appears when a fee is chosen; without script it stands there and counts for nothing while empty."""
    for has_script in (True, False):
        with visitor(browser, script=has_script) as page:
            page.goto(f"{address}/calculate/loan_cost")
            page.get_by_text("担保费", exact=True).first.click()
            expect(page.locator("#fee_rate")).to_be_visible(visible=not has_script)
            page.locator("#fee").select_option("paid")
            expect(page.locator("#fee_rate")).to_be_visible()
