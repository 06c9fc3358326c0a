"""我能办吗 and 政策体检 in a real Chromium: entries' own cases through the page, without script, small and large type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from prometheus_client import CollectorRegistry

from knowledge.checkup import GROUP_WORDS, Group
from knowledge.entries import Case, Entry
from knowledge.fact_words import value_words
from office.office import Office
from office.working_days import WENZHOU
from tests.check_people import answer_to
from tests.offices import ClockedOffice, own_office
from tests.web.browsing import faults_of, needs_chromium, visitor
from tests.web.serving import served
from web.application import build

MOST_QUESTIONS = 10
NOON = time(12)
NOT_KNOWN, YES, NO = (re.compile(f"^{word}$") for word in ("不清楚", "是", "否"))
ENTRIES = (
    "consumer-loan-discount",
    "credit-express",
    "dendrobium-loan",
    "family-farm-one-code",
    "farm-machinery-subsidy",
    "farmland-fertility-subsidy",
    "homestay-right-loan",
    "scale-grain-subsidy",
    "startup-loan-personal",
    "wenzhou-startup-loan",
)
GROUPS = {
    "LIKELY": {Group.LIKELY},
    "UNLIKELY": {Group.NEARLY, Group.NOT},
    "UNDETERMINED": {Group.ASK, Group.OPEN},
    "CLOSED": {Group.CLOSED},
}

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def dated(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClockedOffice]:
    """The office of data/ on a day of the tests' choosing, without https as on one's own machine."""
    own = own_office(tmp_path_factory.mktemp("check"), office.knowledge)
    yield own
    own.ledger.close()


@pytest.fixture(scope="module")
def address(dated: ClockedOffice) -> Iterator[str]:
    """The window on loopback."""
    with served(build(dated, registry=CollectorRegistry())) as at:
        yield at


def judgeable(entry: Entry) -> list[Case]:
    """The first of its cases of each outcome that rest on facts a person can be asked."""
    cases = [case for case in reversed(entry.cases) if not {"asked_on", "location"} & case.facts.keys()]
    return list({case.outcome: case for case in cases}.values())


def interviewed(page: Page, office: Office, reply: Callable[[str], Any]) -> None:
    """Answer every question of the page by hand until the result stands there."""
    book = office.knowledge.rule_book
    for _ in range(MOST_QUESTIONS + 1):
        page.wait_for_load_state()
        field = page.locator("input[name=key]")
        if not field.count():
            return
        key = field.get_attribute("value") or ""
        value = reply(key)
        if value is None:
            page.locator(".answers button", has_text=NOT_KNOWN).click()
        elif isinstance(value, bool):
            page.locator(".answers button", has_text=YES if value else NO).click()
        else:
            page.locator("#t").fill(value_words(book.declared[key], value))
            page.get_by_role("button", name="答好了").click()
    raise AssertionError(f"more than {MOST_QUESTIONS} questions")


@pytest.mark.parametrize("code", ENTRIES)
def test_each_case_of_an_entry_comes_out_on_its_page(
    browser: Browser, address: str, dated: ClockedOffice, code: str
) -> None:
    """Yes, no and unknown as the entry's author wrote them, typed and pressed like a person; ✓ ✗ ？ stand there."""
    entry = dated.knowledge.entries[code]
    cases = judgeable(entry)
    assert {"LIKELY", "UNLIKELY", "UNDETERMINED"} <= {case.outcome for case in cases}
    with visitor(browser, script=False) as page:
        for case in cases:
            dated.moment = datetime.combine(case.on, NOON, WENZHOU)
            page.context.clear_cookies()
            page.goto(f"{address}/check/{code}")
            interviewed(
                page, dated, lambda key, case=case: answer_to(case.facts, key, dated.knowledge.rule_book, case.on)
            )
            shown = page.locator(".result .reply").first
            classes = set((shown.get_attribute("class") or "").split())
            assert classes & {f"group-{group.value}" for group in GROUPS[case.outcome]}, (case.name, case.outcome)
            conditions = [text for text in shown.locator(".detail").all_inner_texts() if text[:1] in "✓✗？"]
            assert len(conditions) == len(entry.conditions) + len(entry.exclusions)
    dated.moment = None


def test_a_whole_check_up_works_without_script_and_survives_a_restart(browser: Browser, dated: ClockedOffice) -> None:
    """Prefilled from the chat, an answer typed, one changed, the server restarted, the rest pressed to the result."""
    with visitor(browser, script=False) as page:
        with served(build(dated, registry=CollectorRegistry())) as first:
            page.goto(f"{first}/?q=永嘉 30亩杨梅 想贷20万")
            page.goto(f"{first}/check")
            expect(page.get_by_role("button", name="改：哪个县")).to_contain_text("永嘉县（您在聊天里说的）")
            page.locator("#t").fill("家庭农场")
            page.get_by_role("button", name="答好了").click()
            page.get_by_role("button", name="改：哪个县").click()
            page.locator("#t").fill("我在矾山")
            page.keyboard.press("Enter")
            expect(page.get_by_text("改好了：哪个县——苍南县")).to_be_visible()
            cookies = page.context.cookies(first)
        with served(build(dated, registry=CollectorRegistry())) as second:
            page.context.add_cookies(
                [{"name": each["name"], "value": each["value"], "url": second} for each in cookies]
            )
            page.goto(f"{second}/check")
            expect(page.get_by_role("button", name="改：哪个县")).to_contain_text("苍南县")
            expect(page.get_by_role("button", name="改：经营身份")).to_contain_text("家庭农场")
            for _ in range(MOST_QUESTIONS):
                page.wait_for_load_state()
                if not page.locator("#t").count():
                    break
                page.get_by_role("button", name="不想说", exact=True).click()
            expect(page.get_by_role("heading", name="政策体检——初步结果")).to_be_visible()
            expect(page.locator(".group-likely > summary")).to_contain_text(GROUP_WORDS[Group.LIKELY])
            page.get_by_role("button", name="继续问").click()
            expect(page.locator("#t")).to_be_visible()


def test_text_is_large_and_strong_and_targets_are_wide(browser: Browser, address: str) -> None:
    """Question, trouble and result, everything unfolded: font, contrast, targets, and no scrolling sideways."""
    with visitor(browser) as page:
        page.goto(f"{address}/check")
        faults = faults_of(page, "question")
        page.locator("#t").fill("嗯嗯那个")
        page.get_by_role("button", name="答好了").click()
        faults += faults_of(page, "trouble")
        page.locator("#t").fill("家庭农场")
        page.get_by_role("button", name="答好了").click()
        page.get_by_role("button", name="先不答了").click()
        faults += faults_of(page, "result")
        page.goto(f"{address}/check/agri-guarantee-dual-control")
        page.get_by_role("button", name="先不答了").click()
        faults += faults_of(page, "one")

    assert faults == []
