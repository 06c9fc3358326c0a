"""算一算 on the web: forms keep what was typed, results say their standing first, plans add up, links can be shared."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qs, urlparse

import httpx
import pytest

from knowledge.calculators.entry_route import may_be_compared
from knowledge.calculators.form_list import FORMS
from office.office import Office
from tests.web.reading import Page, Visit

MOST_BYTES = 60_000
LOAN = {
    "principal_yuan": "10万",
    "annual_rate_percent": "月息三厘",
    "months": "一年",
    "method": "equal_instalment",
    "go": "1",
}
CELL = re.compile(r'data-head="(还|本金|利息|还欠) ">([\d,.]+)')

pytestmark = pytest.mark.anyio


async def opened(visitor: httpx.AsyncClient, name: str, **texts: str) -> httpx.Response:
    """The form sent as its page sends it."""
    fields = {**texts, "go": "1"}
    if FORMS[name].is_private:
        return await visitor.post(f"/calculate/{name}", data=fields)
    return await visitor.get(f"/calculate/{name}", params=fields)


def standing_in(html: str) -> dict[str, str]:
    """What stands in each box of the form."""
    found = dict(re.findall(r'<input id="(\w+)" name="\w+" value="([^"]*)"', html))
    found |= {key: unescape(text) for key, text in re.findall(r'<textarea id="(\w+)"[^>]*>([^<]*)</textarea>', html)}
    for key, options in re.findall(r'<select id="(\w+)".*?>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[key] = chosen[1] if chosen else ""
    return {key: unescape(text) for key, text in found.items()}


async def test_the_list_leads_to_all_eleven_and_the_comparison(visit: Visit) -> None:
    """Each form opens; the drafts are said to be drafts before they are named."""
    async with visit() as visitor:
        page = Page((await visitor.get("/calculate")).text)
        for name in FORMS:
            assert f"/calculate/{name}" in page.links
            assert (await visitor.get(f"/calculate/{name}")).status_code == 200

    assert "/calculate/compare" in page.links
    assert page.text.index("没看到正式文件") < page.text.index("担保机构收费低")


@pytest.mark.parametrize("name", FORMS)
async def test_each_example_gives_a_result_that_says_status_and_payee_first(visit: Visit, name: str) -> None:
    """The first two lines of the page; then the steps, each with its ground; nothing is inline, nothing too large."""
    async with visit() as visitor:
        response = await opened(visitor, name, **FORMS[name].example)
        page = Page(response.text)
        shared = sum([len((await visitor.get(address)).content) for address in page.loaded])

    assert response.status_code == 200
    assert [kind for kind, _ in page.lines[:2]] == ["status", "payee"]
    assert ("征求意见稿曾写" in page.lines[0][1]) == FORMS[name].calculator.is_draft
    assert page.lines[1][1].startswith("钱给谁：")
    assert "依据：" in page.text
    assert page.inline == []
    assert len(response.content) + shared <= MOST_BYTES
    kept = standing_in(response.text)
    assert all(kept[key] == text for key, text in FORMS[name].example.items())


@pytest.mark.parametrize("name", FORMS)
async def test_an_empty_form_names_the_box_and_shows_an_example_beside_it(visit: Visit, name: str) -> None:
    """Never a result, never a server error, never a name only a program knows."""
    async with visit() as visitor:
        response = await opened(visitor, name)
    html = response.text

    problems = re.findall(r'<p class="problem" id="(\w+)-problem">([^<]+)</p>', html)
    assert response.status_code == 200
    assert problems
    assert all("例如" in text and "_" not in text for _, text in problems)
    assert all(f'aria-describedby="{key}-problem"' in html for key, _ in problems)
    assert "钱给谁：" not in html or FORMS[name].calculator.is_draft


async def test_a_fault_keeps_every_other_box(visit: Visit) -> None:
    """The wrong amount is named; rate, term and method stand as they were typed."""
    async with visit() as visitor:
        response = await visitor.get("/calculate/loan_cost", params={**LOAN, "principal_yuan": "很多"})

    kept = standing_in(response.text)
    assert "借多少钱没看懂“很多”，请写一个数，例如 10万。" in unescape(response.text)
    assert (kept["annual_rate_percent"], kept["months"], kept["method"]) == ("月息三厘", "一年", "equal_instalment")
    assert kept["principal_yuan"] == "很多"


async def test_a_reading_is_chosen_by_one_press_without_script(visit: Visit) -> None:
    """一分利: the button 12% sends the same form with the reading in the box."""
    async with visit() as visitor:
        asked = await visitor.get("/calculate/loan_cost", params={**LOAN, "annual_rate_percent": "一分利"})
        chosen = await visitor.get(
            "/calculate/loan_cost",
            params={**LOAN, "annual_rate_percent": "一分利", "pick": "annual_rate_percent=12%"},
        )

    assert 'name="pick" value="annual_rate_percent=12%"' in asked.text
    assert "一年真实成本" in chosen.text
    assert standing_in(chosen.text)["annual_rate_percent"] == "12%"


@pytest.mark.parametrize("method", ["equal_instalment", "equal_principal", "interest_only", "bullet"])
async def test_the_plan_on_the_page_adds_up_to_the_cent(visit: Visit, method: str) -> None:
    """Every column of the table sums to the row below it; the principal is the loan, nothing is owed at the end."""
    async with visit() as visitor:
        html = (await visitor.get("/calculate/loan_cost", params={**LOAN, "method": method, "months": "三年"})).text
    cells = [(head, Decimal(text.replace(",", ""))) for head, text in CELL.findall(html)]
    rows, total = cells[:-4], dict(cells[-4:])

    assert len(rows) == 36 * 4
    for head in ("还", "本金", "利息"):
        assert sum(value for each, value in rows if each == head) == total[head]
    assert total["本金"] == Decimal(100_000)
    assert total["还"] == total["本金"] + total["利息"]
    assert rows[-1] == ("还欠", Decimal(0))
    assert f"{total['利息']:,.2f}" in html.partition('id="plan"')[0]


async def test_a_long_plan_is_shown_by_years_and_page_by_page(visit: Visit) -> None:
    """Twenty years: 20 rows that add up, and each of the four pages holds its own periods; every page stays small."""
    texts = {**LOAN, "months": "二十年", "method": "equal_principal"}
    async with visit() as visitor:
        response = await visitor.get("/calculate/loan_cost", params=texts)
        page = Page(response.text)
        links = [link for link in page.links if "from=" in link]
        parts = [await visitor.get(link) for link in links]

    cells = [(head, Decimal(text.replace(",", ""))) for head, text in CELL.findall(response.text)]
    assert len(cells) == 21 * 4
    assert sum(value for head, value in cells[:-4] if head == "本金") == Decimal(100_000)
    assert len(links) == 4
    assert "第 61 期" in parts[1].text
    assert "第 61 期" not in parts[0].text
    assert all(len(part.content) < MOST_BYTES - 30_000 for part in (response, *parts))


async def test_the_chart_says_in_words_what_it_shows(visit: Visit) -> None:
    """A picture with a role and a title; twelve bars of principal and of interest; no style, no script inside."""
    async with visit() as visitor:
        html = (await visitor.get("/calculate/loan_cost", params=LOAN)).text
    svg = html[html.index('<svg class="chart"') : html.index("</svg>", html.index('<svg class="chart"'))]

    assert 'role="img"' in svg
    assert re.search(r"<title id=\"[\w-]+\">还款图，一根是一期，共 12 根。", svg)
    assert svg.count('class="principal"') == svg.count('class="interest"') == 12
    assert "style=" not in svg


async def test_a_result_can_be_shared_by_its_address(visit: Visit) -> None:
    """The link on the page gives the same result, and carries nothing that was left empty."""
    async with visit() as visitor:
        first = await visitor.get("/calculate/loan_cost", params={**LOAN, "fee": "", "fee_rate": ""})
        link = unescape(re.search(r'class="address" href="([^"]+)"', first.text)[1])  # type: ignore[index]
        again = await visitor.get(link)

    assert set(parse_qs(urlparse(link).query)) == set(LOAN)
    assert Page(again.text).text == Page(first.text).text


async def test_private_figures_never_stand_in_an_address(visit: Visit) -> None:
    """Net worth is sent in the body; the same fields in an address are not read and no link repeats them."""
    texts = {"assets_yuan": "农房 20万\n承包地 不知道", "liabilities_yuan": "没有", "go": "1"}
    async with visit() as visitor:
        posted = await visitor.post("/calculate/household_net_worth", data=texts)
        by_address = await visitor.get("/calculate/household_net_worth", params=texts)

    assert 'method="post"' in posted.text
    assert "承包地还没估价" in posted.text
    assert "还算不出" in posted.text
    assert not [link for link in Page(posted.text).links if "20" in link or "assets" in link]
    assert standing_in(by_address.text)["assets_yuan"] == ""


async def test_from_an_entry_one_box_comes_first_and_an_expired_subsidy_is_not_filled_in(visit: Visit) -> None:
    """石斛贷 today: its banner, then the rate to fill in; its fee stands there, its help does not; no result yet."""
    async with visit() as visitor:
        html = (await visitor.get("/calculate/compare", params={"entry": "dendrobium-loan"})).text
        wanting = await visitor.get(
            "/calculate/compare", params={"r1_entry": "dendrobium-loan", "r1_rate": "", "go": "1"}
        )
    kept, page = standing_in(html), Page(html)

    assert page.lines[0][0] == "status"
    assert "已过期：2024-12-31 到期" in page.lines[0][1]
    assert next(iter(kept)) == "r1_rate"
    assert (kept["r1_fee_rate"], kept["r1_fee_help_percent"], kept["r1_interest_help_percent"]) == ("0.5%", "", "")
    assert "补贴没填进来" in page.text
    assert not any(words in html for words in ("算不出", 'class="legend"', 'id="result"'))
    assert wanting.status_code == 200
    assert "算不出" not in Page(wanting.text).text.replace("还算不出", "")
    assert 'id="result"' not in wanting.text


async def test_an_expired_subsidy_filled_in_by_hand_never_lowers_the_cost(visit: Visit) -> None:
    """Its banner before any figure, its help named as not counted."""
    sent = {
        "principal_yuan": "10万", "months": "12个月", "method": "interest_only", "go": "1", "r1_name": "石斛贷",
        "r1_entry": "dendrobium-loan", "r1_rate": "4%", "r1_fee": "paid", "r1_fee_rate": "0.5%",
        "r1_interest_help": "points", "r1_interest_help_percent": "1%", "r1_help_sure": "sure",
    }  # fmt: skip
    async with visit() as visitor:
        html = (await visitor.get("/calculate/compare", params=sent)).text
    page = Page(html)

    assert "已过期：2024-12-31 到期" in page.lines[0][1]
    assert "4,499.96 元" in page.text
    assert "贴息现在不在有效期内" in page.text
    assert 'class="legend"' in html


async def test_three_ways_stand_side_by_side_with_their_ranges(visit: Visit) -> None:
    """A certain cost, a rate given as a range, a subsidy that may not come: each says what it hangs on."""
    sent = {
        "principal_yuan": "20万", "months": "一年", "method": "bullet", "go": "1",
        "r1_name": "农商行", "r1_rate": "4.5",
        "r2_name": "信用社", "r2_rate": "4到4.5",
        "r3_name": "贴息贷", "r3_rate": "5", "r3_interest_help": "points", "r3_interest_help_percent": "2",
    }  # fmt: skip
    async with visit() as visitor:
        html = (await visitor.get("/calculate/compare", params=sent)).text
    text = Page(html).text

    assert "农商行：一年实际成本 4.50%。" in text
    assert "信用社：一年实际成本 4.00%–4.50%，差在年利率。" in text
    assert "贴息贷：一年实际成本 3.00%–5.00%，差在贴息拿不拿得到。" in text
    assert "说不准" in text
    assert html.count('<svg class="chart"') == 3


async def test_every_page_about_borrowing_leads_to_its_cost(visit: Visit, office: Office) -> None:
    """From each such entry's page to a comparison that holds the entry; entries of other kinds do not offer it."""
    async with visit() as visitor:
        for code, entry in office.knowledge.entries.items():
            links = Page((await visitor.get(f"/e/{code}")).text).links
            link = f"/calculate/compare?entry={code}"
            assert (link in links) == may_be_compared(entry), code
            if link in links:
                started = await visitor.get(link)
                assert started.status_code == 200
                assert f'name="r1_entry" value="{code}"' in started.text


async def test_each_draft_entry_leads_to_its_own_calculator(visit: Visit) -> None:
    """照这一条算一算, for the eight rules that have one."""
    drafts = {form.calculator.entry: form.name for form in FORMS.values() if form.calculator.entry}
    async with visit() as visitor:
        for code, name in drafts.items():
            assert f"/calculate/{name}" in Page((await visitor.get(f"/e/{code}")).text).links
    assert len(drafts) == 8


async def test_which_of_these_two_is_cheaper_leads_to_the_comparison(visit: Visit) -> None:
    """After a comparison 这两个哪个划算 compares the same two, and one link works their cost out."""
    async with visit() as visitor:
        await visitor.get("/", params={"q": "石斛贷和创业担保贷款哪个利息低"})
        page = Page((await visitor.get("/", params={"q": "这两个哪个划算"})).text)
        link = "/calculate/compare?entry=dendrobium-loan&entry=startup-loan-personal"
        compared = await visitor.get(link)
        pressed = await visitor.get("/", params={"a": "1|y|dendrobium-loan|startup-loan-personal"})

    assert link in page.links
    kept = standing_in(compared.text)
    assert (kept["r1_name"], kept["r2_name"]) == ("浙里担·石斛贷（乐清）", "创业担保贷款（个人）")
    assert (kept["r1_rate"], kept["r2_rate"]) == ("", "")
    assert (pressed.status_code, pressed.headers["location"]) == (303, link)


@pytest.mark.parametrize(
    "address",
    [
        "/calculate/loan_cost?go=1&principal_yuan=10%E4%B8%87&annual_rate_percent=4&months=601&method=bullet",
        "/calculate/loan_cost?go=1&principal_yuan=1e99&annual_rate_percent=nan&months=-1&method=x",
        "/calculate/loan_cost?go=1&pick=x",
        "/calculate/loan_cost?go=1&from=zzz&principal_yuan=1000&annual_rate_percent=0&months=61&method=bullet",
        "/calculate/compare?entry=no-such-entry",
        "/calculate/compare?go=1&r1_entry=no-such-entry",
        "/calculate/compare?go=1&r9_rate=4",
        "/calculate/compare?entry=dendrobium-loan&entry=dendrobium-loan&entry=lpr&entry=loan-code&entry=credit-express",
        "/calculate/bank_executive_reward?go=1&rank_hills=0",
    ],
)  # fmt: skip
async def test_odd_addresses_are_answered_with_a_page(visit: Visit, address: str) -> None:
    """No server error for anything an address may hold."""
    async with visit() as visitor:
        assert (await visitor.get(address)).status_code == 200


async def test_an_unknown_calculator_is_a_kind_404(visit: Visit) -> None:
    """With the ways back."""
    async with visit() as visitor:
        response = await visitor.get("/calculate/no_such")

    assert response.status_code == 404
    assert "没有这样的计算" in response.text
