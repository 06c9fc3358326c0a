"""From an entry to the receipt and back to the case, in a real Chromium on a telephone's screen, with and without script."""

from __future__ import annotations

import io
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from prometheus_client import CollectorRegistry

from office import receipts
from office.applicants import Applicants
from office.applications import Move, Reason, State
from office.applications_desk import Applications
from office.ledger import people
from office.office import Office
from office.people import Person, Role
from tests.office.signing import TOKEN, init_data
from tests.offices import own_office
from tests.web.browsing import faults_of, needs_chromium, visitor
from tests.web.serving import served
from web.application import build

pytestmark = needs_chromium
REFUSED = "status of 4"


@pytest.fixture(scope="module")
def counter(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office of its own for this module, without https as on one's own machine."""
    counter = own_office(tmp_path_factory.mktemp("counter"), office.knowledge, TELEGRAM_BOT_TOKEN=TOKEN)
    yield counter
    counter.ledger.close()


@pytest.fixture(scope="module")
def officer(counter: Office) -> Person:
    """The officer of 乐清."""
    with counter.ledger.begin() as connection:
        return people.add(
            connection, counter.cipher, Role.OFFICER, "李四", "13700000000", ["乐清市"], by="t", now=counter.now()
        )


@pytest.fixture(scope="module")
def address(counter: Office, officer: Person) -> Iterator[str]:
    """The window on loopback."""
    with served(build(counter, registry=CollectorRegistry())) as at:
        yield at


def fill_in(page: Page) -> None:
    """Everything the form asks."""
    page.get_by_label("怎么称呼您").fill("张阿大")
    page.get_by_label("您的电话").fill("13812345678")
    page.get_by_label("哪个县、哪个镇、哪个村").fill("乐清市大荆镇下山头村")
    page.get_by_label("最多想贷多少").fill("20 万")
    page.get_by_label("同意把这张单子转给担保公司").check()


def photograph() -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_entry_form_receipt_status_paper_and_withdrawal(
    browser: Browser, address: str, counter: Office, officer: Person, script: bool
) -> None:
    """The whole way of a farmer, the officer's return in between; nothing scrolls sideways."""
    with visitor(browser, script=script, expected=REFUSED) as page:
        page.goto(f"{address}/e/startup-loan-personal")
        page.get_by_role("link", name="申请贷款").click()
        expect(page.locator("main .line").first).to_contain_text("现行有效")
        fill_in(page)
        page.get_by_label("您的电话").fill("1381234")
        page.get_by_role("button", name="交上去").click()
        expect(page.get_by_text("少了或多了几位")).to_be_visible()
        expect(page.get_by_label("怎么称呼您")).to_have_value("张阿大")
        expect(page.get_by_label("同意把这张单子转给担保公司")).to_be_checked()
        page.get_by_label("您的电话").fill("13812345678")
        page.get_by_role("button", name="交上去").click()
        expect(page.locator("h1")).to_have_text("登记好了")
        expect(page.get_by_text("李四最晚")).to_be_visible()
        number = page.locator(".number b").inner_text()
        receipt, desk = receipts.read(number) or "", Applications(counter)
        desk.move(receipt, Move(State.CONTACTED), officer, 1)
        desk.move(receipt, Move(State.PAPERS_NEEDED, Reason.PAPER_MISSING, "少一张身份证", ("身份证",)), officer, 2)

        page.context.clear_cookies()
        page.goto(f"{address}/s")
        page.get_by_label("回执编号").fill(number)
        page.get_by_label("登记时那个电话的后四位").fill("0000")
        page.get_by_role("button", name="看进度").click()
        expect(page.get_by_role("alert")).to_contain_text("对不上")
        page.get_by_label("回执编号").fill(number)
        page.get_by_label("登记时那个电话的后四位").fill("5678")
        page.get_by_role("button", name="看进度").click()
        expect(page.locator("h1")).to_have_text("待补材料")
        expect(page.locator(".next")).to_contain_text("轮到您")
        expect(page.locator(".step")).to_have_count(3)
        page.get_by_label("照片或 PDF").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
        )
        page.get_by_role("button", name="传上来").click()
        expect(page.get_by_role("status")).to_contain_text("加密放好")
        assert page.evaluate("document.documentElement.scrollWidth") == 360 if script else True
        page.get_by_text("我要撤回").click()
        page.get_by_role("button", name="确定撤回").click()
        expect(page.locator("h1")).to_have_text("撤回")
        page.get_by_role("button", name="看完了，关上这一页").click()
        expect(page.locator("h1")).to_have_text("查办理进度")


def test_double_tap_on_the_button_makes_one_case(browser: Browser, address: str, counter: Office) -> None:
    """Two quick taps, and the way back with a second hand-in."""
    with visitor(browser) as page:
        page.goto(f"{address}/apply/huinong-guarantee")
        fill_in(page)
        page.get_by_role("button", name="交上去").dblclick()
        expect(page.locator("h1")).to_have_text("登记好了")
        first = page.locator(".number b").inner_text()
        page.go_back()
        fill_in(page)
        page.get_by_role("button", name="交上去").click()
        expect(page.locator("h1")).to_have_text("登记好了")

        assert page.locator(".number b").inner_text() == first


def test_form_inside_telegram_links_the_case_to_the_persons_chat(
    browser: Browser, address: str, counter: Office
) -> None:
    """The page reads what Telegram put behind the address, takes it out of sight, and the case has its chat."""
    with visitor(browser) as page:
        page.goto(
            f"{address}/apply/huinong-guarantee#tgWebAppData={quote(init_data(at=counter.now()))}&tgWebAppVersion=8.0"
        )
        expect(page.get_by_text("进度会发到您的 Telegram")).to_be_visible()
        assert "tgWebAppData" not in page.url
        fill_in(page)
        page.get_by_role("button", name="交上去").click()
        expect(page.locator("h1")).to_have_text("登记好了")
        receipt = receipts.read(page.locator(".number b").inner_text()) or ""

    assert Applicants(counter).file(receipt).case.chat == ("telegram", "4711")


def test_pages_are_large_strong_and_wide_enough(browser: Browser, address: str) -> None:
    """Form, faults, receipt, case and status in every size of type: fonts, contrast, targets, no sideways scrolling."""
    faults = []
    with visitor(browser, expected=REFUSED) as page:
        for path in ("/apply", "/apply/small-loan-insurance-subsidy", "/apply/dendrobium-loan", "/s"):
            page.goto(address + path)
            faults += faults_of(page, path)
        page.goto(f"{address}/apply/startup-loan-personal")
        page.locator("form.form").evaluate("form => { form.noValidate = true; form.submit(); }")
        expect(page.get_by_role("alert")).to_be_visible()
        faults += faults_of(page, "faults")
        fill_in(page)
        page.get_by_role("button", name="交上去").click()
        expect(page.locator("h1")).to_have_text("登记好了")
        faults += faults_of(page, "receipt")
        page.get_by_role("link", name="看进度").click()
        expect(page.locator("h1")).to_have_text("已登记")
        faults += faults_of(page, "case")

    assert faults == []
