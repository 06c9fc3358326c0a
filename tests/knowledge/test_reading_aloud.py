"""The minute read aloud: status first, the entry's own sentences, short enough, and a question that fits."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.base import KnowledgeBase
from knowledge.entries import Facet, Status
from knowledge.reading_aloud import ARROW, IF_CLOSED, LAST, MOST_CHARACTERS, script
from knowledge.rendering import facet_sentences, status_lines, status_text

DAYS = (date(2024, 6, 1), date(2026, 11, 25), date(2028, 1, 1))


@pytest.mark.parametrize("day", DAYS)
def test_every_entry_has_a_script_of_a_minute_with_its_status_first(base: KnowledgeBase, day: date) -> None:
    """At most 240 characters, ending with the warning about money and codes, and one question after it."""
    for code, entry in base.entries.items():
        said = script(base, code, day)
        banner = status_lines(entry, day, base.titles)
        first = banner[0].text if banner else f"这一条{status_text(entry, day)}"
        assert len(said.text) <= MOST_CHARACTERS, code
        assert said.text.startswith(first), code
        assert said.text.endswith(LAST), code
        assert entry.title in said.text, code
        assert said.question.endswith("？"), code


def test_every_sentence_is_the_entrys_own(base: KnowledgeBase) -> None:
    """Nothing is invented and nothing cut: each labelled sentence stands in the entry as it is rendered everywhere."""
    day, seen = date(2026, 11, 25), 0
    for code, entry in base.entries.items():
        own = [ARROW.sub("，再", text) for facet in Facet for text in facet_sentences(entry, facet, day)]
        text = script(base, code, day).text
        for label in ("额度：", "利息：", "谁能办：", "去哪办："):
            if f"。{label}" in text:
                rest = text.partition(f"。{label}")[2]
                assert any(rest.startswith(sentence) for sentence in own), (code, label)
                seen += 1
    assert seen > 100


def test_an_entry_that_is_not_in_force_is_never_made_to_sound_open(base: KnowledgeBase) -> None:
    """The question asks whether it can be had at all."""
    day = date(2026, 11, 25)
    closed = [
        code
        for code, entry in base.entries.items()
        if entry.status_on(day) in (Status.EXPIRED, Status.DRAFT) and "fraud" not in entry.subjects
    ]
    assert closed
    assert {script(base, code, day).question for code in closed} == {IF_CLOSED}


def test_an_unknown_code_is_an_error(base: KnowledgeBase) -> None:
    """Not an empty script."""
    with pytest.raises(LookupError):
        script(base, "nothing", date(2026, 11, 25))
