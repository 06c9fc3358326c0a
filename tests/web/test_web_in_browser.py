"""The window in a real Chromium: sizes, contrast, no sideways scrolling, with and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from office.office import Office
from tests.web.browsing import MEASURE, SIZES, faults_of, needs_chromium, visitor

QUESTION = "石斛贷利息多少"
PAGES = (
    "/",
    f"/?q={quote(QUESTION)}",
    f"/?q={quote('石斛贷和创业担保贷款哪个利息低')}",
    f"/?q={quote('明天会下雨吗')}",
    "/e/dendrobium-loan",
    "/e/startup-loan-personal",
    "/browse",
    "/browse?k=s:loan",
    "/words",
    "/person",
    "/verify",
    f"/verify?code={quote('浙农计发〔2024〕23号')}",
    f"/verify?code={quote('群里说家庭农场专项补贴要先交保证金')}",
    "/c",
    "/c/ABCDE23456",
    "/forget",
    "/nowhere",
)
PUT_ENTRY_IN_PLACE = """async (code) => {
  const html = await (await fetch(`/e/${code}`)).text();
  const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  document.querySelector("main").replaceWith(document.importNode(main, true));
  return document.querySelector(".sheet h1").textContent;
}"""
WIDTHS_IN_EACH_SIZE = """(sizes) => sizes.map((size) => {
  document.documentElement.className = `size-${size}`;
  return [getComputedStyle(document.body).fontSize, document.documentElement.scrollWidth - window.innerWidth];
})"""

pytestmark = needs_chromium


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a phone."""
    with visitor(browser, expected="INTERNET_DISCONNECTED") as page:
        yield page


def test_text_is_large_and_strong_and_targets_are_wide(browser: Browser, address: str) -> None:
    """Each kind of page, everything unfolded: font, line height, contrast, targets, axe-core, no scrolling sideways."""
    faults = []
    with visitor(browser, expected="status of 404") as page:
        for path in PAGES:
            page.goto(address + path)
            faults += faults_of(page, path)

    assert faults == []


def test_no_entry_page_scrolls_sideways_on_a_phone(page: Page, address: str, office: Office) -> None:
    """Every entry at 360 pixels, in every size of type."""
    wide = []
    page.goto(f"{address}/e/dendrobium-loan")
    for code, entry in office.knowledge.entries.items():
        assert page.evaluate(PUT_ENTRY_IN_PLACE, code) == entry.title
        seen = page.evaluate(WIDTHS_IN_EACH_SIZE, [size for size, _, _ in SIZES])
        assert [font for font, _ in seen] == [f"{font}px" for _, font, _ in SIZES]
        wide += [(code, number) for number, (_, over) in enumerate(seen) if over > 0]

    assert wide == []


def test_measure_finds_what_is_too_small(page: Page, address: str) -> None:
    """The measure itself is no rubber stamp: stricter limits and a spoilt page are found out."""
    page.goto(address)
    strict = page.evaluate(MEASURE, {"font": 19, "target": 45})["faults"]
    page.evaluate("document.querySelector('h1').className = 'small'; document.querySelector('main').className = 'top'")
    spoilt = page.evaluate(MEASURE, {"font": 18, "target": 44})["faults"]

    page.evaluate("document.querySelector('#ask label').remove(); document.querySelector('#q').placeholder = ''")
    unnamed = faults_of(page, "spoilt")

    assert {fault.split()[0] for fault in strict} == {"font", "target"}
    assert any(fault.startswith("contrast") for fault in spoilt)
    assert any("label: #q" in fault for fault in unnamed)


def test_everything_works_without_script(browser: Browser, address: str) -> None:
    """Asking, going on, pressing a button, unfolding and the larger type need no script."""
    with visitor(browser, script=False) as page:
        page.goto(address)
        page.get_by_role("searchbox").fill(QUESTION)
        page.get_by_role("button", name="问一问").click()
        expect(page.locator(".lead")).to_contain_text("石斛贷")
        page.get_by_role("searchbox").fill("那额度呢")
        page.get_by_role("button", name="问一问").click()
        expect(page.locator(".lead")).to_contain_text("额度：")
        page.get_by_role("link", name="谁能办").click()
        expect(page.locator(".lead")).to_contain_text("谁能办：")
        page.get_by_text("展开全部").click()
        expect(page.get_by_text("由谁最终认定")).to_be_visible()
        page.get_by_role("link", name="大字").click()
        expect(page.locator("html")).to_have_class("size-1")
        expect(page.locator(".lead")).to_contain_text("谁能办：")


def test_script_appends_replies_and_keeps_what_was_said(page: Page, address: str) -> None:
    """Three turns stand below one another without the page being loaded again; the box is empty for the next."""
    page.goto(address)
    page.evaluate("window.sameDocument = true")
    page.get_by_role("searchbox").fill(QUESTION)
    page.get_by_role("button", name="问一问").click()
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value("")
    page.get_by_role("searchbox").fill("那额度呢")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator(".turn")).to_have_count(2)
    page.locator(".turn").last.get_by_role("link", name="找人问").click()
    expect(page.locator(".turn")).to_have_count(3)

    expect(page.locator(".turn").nth(0)).to_contain_text(QUESTION)
    expect(page.locator(".turn").nth(1).locator(".lead")).to_contain_text("额度：")
    expect(page.locator(".turn").nth(2)).to_contain_text("12345")
    assert page.evaluate("window.sameDocument") is True


def test_example_is_asked_by_one_press(page: Page, address: str) -> None:
    """The examples under the box lead straight to a reply, at the top of the screen."""
    page.goto(address)
    page.get_by_role("link", name="种粮有什么补贴").click()
    expect(page.locator(".turn")).to_have_count(1)

    expect(page.locator(".turn .asked")).to_be_in_viewport()


def test_larger_type_comes_at_once_and_stays(page: Page, address: str) -> None:
    """Choosing 大字 keeps the replies on the page; the next page is large too."""
    page.goto(address)
    page.get_by_role("link", name="石斛贷利息多少").click()
    expect(page.locator(".turn")).to_have_count(1)
    with page.expect_response(re.compile(r"elder=1")):
        page.get_by_role("link", name="大字").click()
    expect(page.locator(".turn")).to_have_count(1)
    assert page.evaluate("getComputedStyle(document.querySelector('.turn .lead')).fontSize") == "25.92px"

    page.goto(f"{address}/words")
    expect(page.locator("html")).to_have_class("size-1")


def test_broken_line_is_said_in_words_and_the_question_is_kept(page: Page, address: str) -> None:
    """Out of reception: the page says so, and what was typed is still in the box."""
    page.goto(address)
    page.context.set_offline(True)
    page.get_by_role("searchbox").fill(QUESTION)
    page.get_by_role("button", name="问一问").click()

    expect(page.get_by_text("网络不通，没有问成")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value(QUESTION)
    page.context.set_offline(False)
    page.get_by_role("button", name="问一问").click()
    expect(page.locator(".turn")).to_have_count(1)


def test_reply_can_be_read_aloud(page: Page, address: str) -> None:
    """The button speaks the reply's own words in Chinese, slowly; pressing again stops."""
    page.add_init_script(
        "window.said = []; window.speechSynthesis.speak = (words) => window.said.push([words.text, words.lang]);"
    )
    page.goto(f"{address}/?q={quote(QUESTION)}")
    page.get_by_role("button", name="读给我听").click()
    (said,) = page.evaluate("window.said")
    expect(page.get_by_role("button", name="先不读了")).to_be_visible()
    page.get_by_role("button", name="先不读了").click()

    assert said[1] == "zh-CN"
    assert said[0].startswith(page.locator(".reply .line").first.inner_text())
    expect(page.get_by_role("button", name="读给我听")).to_be_visible()


def test_printed_sheet_keeps_status_day_version_and_address(page: Page, address: str, office: Office) -> None:
    """On paper the buttons and menus are gone; what makes the sheet checkable is there."""
    page.goto(f"{address}/e/dendrobium-loan")
    page.emulate_media(media="print")

    for needed in ("已过期", str(office.today()), office.knowledge.version, "/e/dendrobium-loan"):
        expect(page.locator(".stamp")).to_contain_text(needed)
    expect(page.locator(".stamp")).to_be_visible()
    expect(page.locator(".sheet .line").first).to_be_visible()
    expect(page.locator(".buttons")).to_be_hidden()
    expect(page.locator(".sizes")).to_be_hidden()
