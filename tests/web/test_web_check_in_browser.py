"""我能办吗 and 政策体检 in a real Chromium: entries' own cases through the page, without script, small and large type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from prometheus_client import CollectorRegistry

from knowledge.checkup import GROUP_WORDS, Group
from knowledge.entries import Case, Entry
from knowledge.fact_words import value_words
from office.office import Office
from office.settings import Settings
from tests.check_people import answer_to
from tests.web.serving import served
from web.application import build

CHROMIUM = Path("/usr/bin/chromium")
MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
SIZES = ((0, 18, 44), (1, 24, 60), (2, 30, 60))
MOST_QUESTIONS = 10
ENTRIES = (
    "agri-guarantee-dual-control",
    "credit-express",
    "dendrobium-loan",
    "farm-machinery-subsidy",
    "farmland-fertility-subsidy",
    "homestay-right-loan",
    "lead-goose-programme",
    "renewal-without-repayment",
    "startup-loan-personal",
    "wenzhou-startup-loan",
)
GROUPS = {
    "LIKELY": {Group.LIKELY},
    "UNLIKELY": {Group.NEARLY, Group.NOT},
    "UNDETERMINED": {Group.ASK, Group.OPEN},
    "CLOSED": {Group.CLOSED},
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser: {CHROMIUM} is missing (apt-get install chromium)"),
]


class DatedOffice(Office):
    """An office that works on a day of the tests' choosing."""

    day: date | None = None

    def today(self) -> date:
        """The chosen day, or the real one."""
        return self.day or super().today()


@pytest.fixture(scope="module")
def dated(office: Office, tmp_path_factory: pytest.TempPathFactory) -> DatedOffice:
    """The office of data/, without https as on one's own machine."""
    settings = Settings.from_environ({"STATE_DIR": str(tmp_path_factory.mktemp("check"))})
    return DatedOffice(settings, office.ledger, office.knowledge)


@pytest.fixture(scope="module")
def address(dated: DatedOffice) -> Iterator[str]:
    """The window on loopback."""
    with served(build(dated, registry=CollectorRegistry())) as at:
        yield at


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@contextmanager
def visitor(browser: Browser, *, script: bool = True, width: int = 360) -> Iterator[Page]:
    """A visitor whom nobody has seen before; what the browser complains of fails the test."""
    context = browser.new_context(viewport={"width": width, "height": 740}, java_script_enabled=script)
    page, complaints = context.new_page(), []
    page.on("console", lambda note: complaints.append(note.text) if note.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


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
            page.get_by_role("button", name="不清楚", exact=True).click()
        elif isinstance(value, bool):
            page.get_by_role("button", name="是" if value else "否", exact=True).click()
        else:
            page.locator("#t").fill(value_words(book.declared[key], value))
            page.get_by_role("button", name="答好了").click()
    raise AssertionError(f"more than {MOST_QUESTIONS} questions")


@pytest.mark.parametrize("code", ENTRIES)
def test_each_case_of_an_entry_comes_out_on_its_page(
    browser: Browser, address: str, dated: DatedOffice, code: str
) -> None:
    """Yes, no and unknown as the entry's author wrote them, typed and pressed like a person; ✓ ✗ ？ stand there."""
    entry = dated.knowledge.entries[code]
    cases = judgeable(entry)
    assert {"LIKELY", "UNLIKELY", "UNDETERMINED"} <= {case.outcome for case in cases}
    with visitor(browser) as page:
        for case in cases:
            dated.day = case.on
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
    dated.day = None


def test_a_whole_check_up_works_without_script_and_survives_a_restart(browser: Browser, dated: DatedOffice) -> None:
    """Prefilled from the chat, an answer typed, one changed, the server restarted, the rest pressed to the result."""
    with visitor(browser, script=False) as page:
        with served(build(dated, registry=CollectorRegistry())) as first:
            port = int(first.rsplit(":", 1)[1])
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
            assert int(second.rsplit(":", 1)[1]) != port or first == second
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


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("limits", SIZES)
def test_text_is_large_and_strong_and_targets_are_wide(
    browser: Browser, address: str, width: int, limits: tuple[int, int, int]
) -> None:
    """Question, trouble and result, everything unfolded: font, contrast, targets, and no scrolling sideways."""
    size, font, target = limits
    faults = []
    with visitor(browser, width=width) as page:
        page.goto(f"{address}/person?elder={size}")

        def measure(name: str) -> None:
            page.wait_for_load_state()
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            seen = page.evaluate(MEASURE, {"font": font, "target": target})
            assert seen["texts"] > 8
            faults.extend(f"{name}: {fault}" for fault in seen["faults"])

        page.goto(f"{address}/check")
        measure("question")
        page.locator("#t").fill("嗯嗯那个")
        page.get_by_role("button", name="答好了").click()
        measure("trouble")
        page.locator("#t").fill("家庭农场")
        page.get_by_role("button", name="答好了").click()
        page.get_by_role("button", name="先不答了").click()
        measure("result")
        page.goto(f"{address}/check/agri-guarantee-dual-control")
        page.get_by_role("button", name="先不答了").click()
        measure("one")
    assert faults == []
