"""A real Chromium for the tests of pages: who visits them, and what on them is faint, small, tight or too wide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, sync_playwright

BROWSERS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = next((path for path in BROWSERS if path.exists()), None)
"""Debian's: the same browser, the first without its windows, which halves what a page costs."""
PHONE, DESKTOP = 360, 1280
HEIGHT = 740
SIZES = ((0, 18, 44), (1, 24, 60), (2, 30, 60))
"""The sizes of type: the number of each, and how large its letters and its targets are at the least."""
MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
ACCESSIBILITY_SIZES = (0, 1)
ACCESSIBILITY_RULES = {"color-contrast": {"enabled": False}}
"""What axe-core leaves out: contrast takes most of its time, and `measure.js` is stricter on it."""
ACCESSIBILITY = """async ([size, rules]) => {
  document.documentElement.className = `size-${size}`;
  const { violations } = await axe.run(document, { resultTypes: ["violations"], preload: false, rules });
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target.join(" ")} ${html.slice(0, 120)}`));
}"""
UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
NOTHING = r"(?!)"

needs_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no browser (apt-get install chromium-headless-shell)"),
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium; while it runs, no other loop can run on this thread."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@contextmanager
def visitor(browser: Browser, *, script: bool = True, expected: str = NOTHING) -> Iterator[Page]:
    """A phone nobody has seen before; what the browser complains of fails the test, the `expected` apart."""
    context = browser.new_context(viewport={"width": PHONE, "height": HEIGHT}, java_script_enabled=script)
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert [text for text in complaints if not re.search(expected, text)] == []


def faults_of(page: Page, name: str, *, is_new_kind: bool = True) -> list[str]:
    """The page at hand, unfolded, on a phone and a desktop, in every size of type: all that `measure.js` finds.

    On the phone also what axe-core calls serious or critical, in normal and in large type; a page made of the very
    parts of another (`is_new_kind` False) is spared that, and is measured on the phone alone.
    """
    page.wait_for_load_state()
    page.evaluate(UNFOLD)
    faults: list[str] = []
    for width in (DESKTOP, PHONE) if is_new_kind else (PHONE,):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for size, font, target in SIZES:
            seen = page.evaluate(MEASURE, {"size": size, "font": font, "target": target})
            assert seen["texts"] > 8
            assert seen["targets"] > 6
            faults += [f"{name} at {width}, size {size}: {fault}" for fault in seen["faults"]]
    if not is_new_kind:
        return faults
    page.evaluate(AXE_SCRIPT)
    for size in ACCESSIBILITY_SIZES:
        found = page.evaluate(ACCESSIBILITY, [size, ACCESSIBILITY_RULES])
        faults += [f"{name}, size {size}: {fault}" for fault in found]
    return faults
