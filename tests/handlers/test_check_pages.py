"""The pages of a check-up as Telegram shows them: short, complete, the same words as on the command line."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.assisted_pages import number_of, packed, unpacked
from handlers.check_pages import (
    ITEM,
    KNOWN,
    LEAF,
    LIST,
    PAPERS,
    SUMMARY,
    WHOLE,
    Page,
    item_page,
    list_page,
    papers_page,
    result_page,
    whole_page,
)
from handlers.wrapping import wrapped
from knowledge.answers import Action, Answer, Outcome, Verb
from knowledge.base import KnowledgeBase
from knowledge.check_command import stated, told
from knowledge.check_rendering import CHOOSE, DISOWN, GO_ON, OWN
from knowledge.check_views import ResultView
from knowledge.checkup import Group
from tests.check_people import people

DAY = date(2026, 11, 25)
LONGEST = 4096


@pytest.fixture(scope="module")
def views(shipped: KnowledgeBase) -> list[ResultView]:
    """The results of 200 people."""
    return [stated(shipped, "", facts, DAY) for facts in people(shipped.rule_book, 200)]


def pages_of(view: ResultView, group: Group) -> list[Page]:
    """All pages of a group, as 下一页 leads through them."""
    pages = [list_page(view, group, 0)]
    while any(button.label == "下一页" for block in pages[-1].blocks for button in block):
        pages.append(list_page(view, group, len(pages)))
    return pages


def check(page: Page) -> None:
    """At most twelve lines in one message, every button within 64 bytes of ASCII."""
    assert 1 <= len(page.lines) <= 12, [line.text for line in page.lines]
    assert len(wrapped(Answer(Outcome.SUGGEST, page.lines), 1)) == 1
    assert all(len(button.action.data.encode()) <= 64 for block in page.blocks for button in block)
    assert all(button.label.strip() for block in page.blocks for button in block)


def test_pages_say_what_the_terminal_says_for_200_people(views: list[ResultView]) -> None:
    """Heading by heading and entry by entry: nothing left out, nothing twice, the same order."""
    for view in views:
        shown: list[str] = []
        for section in view.sections:
            pages = pages_of(view, section.group)
            assert {page.lines[0].text for page in pages} == {section.heading}
            outcomes = [line.text for page in pages for line in page.lines[1:-1]]
            shown += [section.heading, *(text.split(". ", 1)[1] for text in outcomes)]
        lines = {line.text for line in view.outcome_lines}
        assert shown == [line.text for line in told(view) if line.text in lines]


def test_every_page_is_short_and_fits_into_one_message(shipped: KnowledgeBase, views: list[ResultView]) -> None:
    """Result, lists, papers, and each entry of the results of some people."""
    for view in views:
        check(result_page(view, None))
        check(papers_page(view, 0))
        for section in view.sections:
            for page in pages_of(view, section.group):
                check(page)
    for view in views[::40]:
        for item in view.items:
            check(item_page(view, shipped.entries[item.code]))


def test_one_entry_is_short_first_and_whole_afterwards(shipped: KnowledgeBase) -> None:
    """Its result in twelve lines with who decides and the day; 展开全部 has every line, in parts Telegram takes."""
    for facts in people(shipped.rule_book, 4):
        for code, entry in shipped.entries.items():
            view = stated(shipped, code, facts, DAY)
            page = result_page(view, entry)
            check(page)
            texts = [line.text for line in page.lines]
            assert any(str(DAY) in text and "不是决定" in text for text in texts)
            whole = [line.text for line in whole_page(view, entry).lines]
            if view.items:
                assert any(text.startswith("由谁最终认定：") for text in texts)
                assert whole == [line.text for item in view.items for line in item.lines]
                is_cut = any(button.label == "展开全部" for block in page.blocks for button in block)
                assert is_cut or set(whole) <= set(texts)
            parts = wrapped(Answer(Outcome.SUGGEST, whole_page(view, entry).lines), 1)
            assert all(len(part.text) <= LONGEST for part in parts)


def test_buttons_of_an_interview_filled_in_hold_number_and_action(shipped: KnowledgeBase) -> None:
    """Every step of every page, for the longest code of an entry, fits a button and comes back as it was."""
    longest = max(shipped.entries, key=len)
    actions = [
        Action(Verb.CHECK_STEP, name, longest) for name in (KNOWN, ITEM, WHOLE, SUMMARY, GO_ON, OWN, DISOWN, CHOOSE)
    ]
    actions += [Action(Verb.CHECK_STEP, name, f"99.{longest}") for name in (PAPERS, LEAF)]
    actions += [Action(Verb.CHECK_STEP, LIST, "0.likely"), Action(Verb.CHECK), Action(Verb.CHECK, longest)]
    actions += [Action(Verb.CHECK_ANSWER, key, "w99") for key in shipped.rule_book.answers]
    for action in actions:
        button = packed(action, "T2345678")
        assert len(button.data.encode()) <= 64
        read = Action.parse(button.data)
        assert read is not None
        assert (number_of(read), unpacked(read.detail)) == ("T2345678", action)
    assert unpacked("keep") is None
    assert unpacked("e.dendrobium-loan") is None
