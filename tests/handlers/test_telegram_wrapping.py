"""Answers become messages that Telegram takes, whatever is in them."""

from __future__ import annotations

import html
import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from handlers.wrapping import keyboard, wrapped
from knowledge.answering import Memory, press
from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from knowledge.base import KnowledgeBase

DAY = date(2026, 11, 23)


def shown(text: str) -> str:
    """A text as a person sees it."""
    return html.unescape(re.sub(r"</?[bi]>", "", text))


def test_every_entry_fits_with_all_its_buttons(shipped: KnowledgeBase) -> None:
    """Text within Telegram's length, callback data within 64 bytes, 找人问 last, and each press says something."""
    for code in shipped.entries:
        for verb in (Verb.ENTRY, Verb.MORE):
            said, _ = press(shipped, Action(verb, code), Memory(), DAY)
            messages = wrapped(said, 1)
            assert messages, code
            assert all(0 < len(shown(m.text).encode("utf-16-le")) // 2 <= 4096 for m in messages), code
            buttons = [button for row in messages[-1].rows for button in row]
            assert buttons[-1][0] == "找人问"
            assert len(buttons) <= 5
            assert all(len(data.encode()) <= 64 for _, data in buttons), code
            for _, data in buttons:
                action = Action.parse(data)
                assert action is not None
                assert press(shipped, action, Memory(), DAY)[0].text.strip()


@given(st.lists(st.tuples(st.sampled_from(list(LineKind)), st.text(max_size=6000)), min_size=1, max_size=8))
def test_any_lines_keep_their_words_and_fit(lines: list[tuple[LineKind, str]]) -> None:
    """Nothing is dropped, nothing is markup by accident, every part is short enough."""
    messages = wrapped(Answer(Outcome.ANSWER, tuple(Line(kind, text) for kind, text in lines)), 1)
    assert all(len(shown(m.text).encode("utf-16-le")) // 2 <= 4096 for m in messages)
    together = "".join(shown(m.text) for m in messages)
    wanted = "".join(text for _, text in lines if text.strip())
    assert "".join(together.split()) == "".join(wanted.split())
    assert all("<" not in re.sub(r"</?[bi]>", "", m.text) for m in messages)


def test_markup_in_the_words_is_shown_not_obeyed() -> None:
    """Angle brackets and ampersands of a document stay what they are."""
    said = Answer(Outcome.ANSWER, (Line(LineKind.TITLE, "利率 <5% & <b>更低</b>"),))
    assert wrapped(said, 1)[0].text == "<b>利率 &lt;5% &amp; &lt;b&gt;更低&lt;/b&gt;</b>"


def test_short_labels_share_a_row_and_long_ones_do_not() -> None:
    """At most three in a row; in large print one."""
    buttons = [
        Button(label, Action(Verb.HOME)) for label in ("谁能办", "材料", "利率", "额度", "一个很长很长的政策名称")
    ]
    assert [len(row) for row in keyboard(buttons)] == [3, 1, 1]
    assert [len(row) for row in keyboard(buttons, elder=True)] == [1] * 5
