"""Costs and rates inside answers: 三分利 said per year, comparisons that lead to the cost, presses that always answer."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from knowledge.answering import Memory, answer, press
from knowledge.answers import Action, Verb
from knowledge.base import KnowledgeBase
from knowledge.calculators.borrowing import cost_action
from knowledge.calculators.entry_route import may_be_compared
from knowledge.notes import spoken_rates

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("三分利合法吗", "按月息算，一年是 36%；按年息算，一年是 30%"),
        ("一分利多少", "按月息算，一年是 12%；按年息算，一年是 10%"),
        ("向私人借钱月息两分合不合法", "“月息两分”就是一年 24%"),
        ("私人借钱月息三分，法院管吗", "“月息三分”就是一年 36%"),
    ],
)
def test_a_rate_in_fen_is_said_per_year(base: KnowledgeBase, question: str, said: str) -> None:
    """Beside the cap on private lending, so that the two can be held against each other."""
    told, _ = answer(base, question, Memory(), TODAY)

    assert told.entries[0] == "private-lending-rate-cap"
    assert said in told.text


@pytest.mark.parametrize(
    "question", ["民间借贷利率上限", "私人借我 10 万，利息最高多少受保护", "年利率 4.35% 高不高", "三分之一的利息"]
)
def test_no_rate_is_made_up_where_none_was_said(question: str) -> None:
    """Only a rate that was spoken in 分 or 厘 is turned into a yearly one."""
    assert spoken_rates(question) == []


def test_these_two_are_the_two_just_compared(base: KnowledgeBase) -> None:
    """这两个哪个划算 after a comparison; without one it compares nothing."""
    _, memory = answer(base, "石斛贷和创业担保贷款哪个利息低", Memory(), TODAY)
    told, _ = answer(base, "这两个哪个划算", memory, TODAY)
    alone, _ = answer(base, "这两个哪个划算", Memory(), TODAY)

    assert told.entries == ("dendrobium-loan", "startup-loan-personal")
    assert Action(Verb.CALCULATE, *told.entries) in [button.action for button in told.buttons]
    assert alone.table is None


def test_every_pair_fits_a_button_and_every_cost_press_answers(base: KnowledgeBase) -> None:
    """64 bytes for any two entries; the reply says the standing of what is not in force before anything else."""
    entries = [entry for entry in base.entries.values() if may_be_compared(entry)]
    assert all(len(cost_action(pair).data.encode()) <= 64 for pair in permutations(entries, 2))
    for entry in entries:
        told, memory = press(base, cost_action([entry]), Memory(), TODAY)
        assert memory.entry == entry.code
        assert "一年实际成本" in told.text
        if entry.status_on(TODAY).value in ("expired", "superseded", "unknown"):
            assert told.lines[0].kind.value == "status"


def test_the_word_alone_leads_to_the_calculators(base: KnowledgeBase) -> None:
    """算一算 and an old button of it."""
    told, _ = answer(base, "算一算", Memory(), TODAY)
    pressed, _ = press(base, Action(Verb.CALCULATE, "no-such"), Memory(), TODAY)

    assert [button.action for button in told.buttons] == [Action(Verb.CALCULATE)]
    assert pressed.text == told.text
