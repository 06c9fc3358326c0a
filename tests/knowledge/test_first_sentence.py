"""The first sentence of a reply: the thing asked, its sum, the printed line, its year; nothing twice, twelve lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from knowledge.answering import Memory, answer, press
from knowledge.answers import Action, Answer, LineKind, Verb
from knowledge.base import KnowledgeBase
from knowledge.entries import Facet, Status
from knowledge.focus import Focus, figures_in, of_the_programme
from knowledge.leading import year_of
from knowledge.sums import sum_text
from knowledge.thresholds import measured

DAY = date(2026, 11, 25)


def leads(said: Answer) -> list[str]:
    """The leading lines of a reply."""
    return [line.text for line in said.lines if line.kind is LineKind.LEAD]


def ask(base: KnowledgeBase, text: str, memory: Memory | None = None) -> Answer:
    """The reply to one question."""
    return answer(base, text, memory or Memory(), DAY)[0]


def test_a_discount_is_worked_out_for_the_amount_named(base: KnowledgeBase) -> None:
    """One point on 45 万 is 4500 a year, for no longer than is printed, said to be ours."""
    said = ask(base, "开民宿贷45万，服务业经营主体贷款贴息能贴多少")

    assert said.entries[0] == "service-loan-discount-2026"
    assert leads(said)[1] == "按您说的 45 万元算，一年贴息约 4500 元，最长贴 1 年（我们算的，以办理时为准）。"


@pytest.mark.parametrize(
    ("code", "facts", "day", "says"),
    [
        ("sme-loan-discount-2026", {"amount_yuan": "2000000"}, DAY, "一年贴息约 3 万元"),
        ("sme-loan-discount-2026", {"amount_yuan": "80000000"}, DAY, "一年贴息约 75 万元"),  # of 5000 万 at most
        ("consumer-loan-discount", {"amount_yuan": "500000"}, DAY, "一年贴息到顶，最多 3000 元"),
        ("dendrobium-loan", {"amount_yuan": "200000"}, DAY, "照那时的数"),
        ("dendrobium-loan", {"amount_yuan": "200000"}, DAY, "担保费约 1000 元，财政补 600 元，自己出 400 元"),
        (
            "dendrobium-loan",
            {"amount_yuan": "200000"},
            date(2024, 6, 1),
            "自己出 400 元；贴息约 2000 元（我们算的，以办",
        ),
        ("lucheng-farm-guarantee", {"loan_amount_yuan": "100000"}, DAY, "一年利息（含担保费）约 4500 元"),
        ("lucheng-farm-guarantee", {"loan_amount_yuan": "100000"}, DAY, "要先问"),
        ("low-income-household-loan", {"amount_yuan": "50000"}, DAY, "一年贴息约 1500 元"),
        ("lucheng-grain-aid", {"area_mu": "60"}, DAY, "照那时的数，按您说的 60 亩、每亩 120 元算，一共约 7200 元"),
        ("low-income-household-loan", {"amount_yuan": "90000"}, DAY, "比这里写的最高 5 万元还多"),
        ("sme-loan-discount-2026", {"amount_yuan": "2000000"}, date(2025, 6, 1), None),  # not yet
        ("startup-loan-personal", {"amount_yuan": "100000"}, DAY, None),  # half of a rate nobody knows
        ("guarantee-fee-subsidy", {"amount_yuan": "100000"}, DAY, None),  # paid to guarantors
        ("dendrobium-loan", {"amount_yuan": ["100000", "200000"]}, DAY, None),
        ("dendrobium-loan", {"amount_yuan": "100000", "loan_amount_yuan": "200000"}, DAY, None),
        ("dendrobium-loan", {}, DAY, None),
    ],
)
def test_sums_keep_to_caps_days_and_what_is_known(
    base: KnowledgeBase, code: str, facts: dict[str, object], day: date, says: str | None
) -> None:
    """Worked out exactly or not at all; past figures are said to be past, unconfirmed ones to be asked."""
    said = sum_text(base.entries[code], facts, day, Focus({}))

    assert said is None if says is None else says in (said or "")


def test_land_is_multiplied_only_by_the_figure_it_is_for(base: KnowledgeBase) -> None:
    """Two kinds of tea have two figures: the one named is taken, without a name each is told; too little land is said."""
    entry = base.entries["taishun-tea-support"]
    named = Focus({"白毫": 1.0})

    assert sum_text(entry, {"area_mu": "8"}, DAY, named) == (
        "您说的 8 亩，不到写明的 10 亩，恐怕够不上；办理的人说了算。"
    )
    assert "每亩 2000 元算，一共约 3 万元" in (sum_text(entry, {"area_mu": "15"}, DAY, named) or "")
    each = sum_text(entry, {"area_mu": "15"}, DAY, Focus({})) or ""
    assert "本地小叶种约 2.25 万元；香菇寮白毫约 3 万元" in each


def test_the_figure_of_the_thing_asked_comes_first_and_others_wait(base: KnowledgeBase) -> None:
    """Who asks for a planter reads of planters; tractors and cotton pickers are behind 展开."""
    said = ask(base, "旧播种机报废更新，农业机械报废更新补贴补多少")

    assert said.entries[0] == "machinery-scrap-subsidy"
    assert "播种机" in leads(said)[0].split("。")[0]
    assert "拖拉机" not in said.short_text
    assert "拖拉机" in said.text


def test_former_years_wait_behind_the_newest(base: KnowledgeBase) -> None:
    """A price list of many years tells the newest, or the year asked."""
    now = ask(base, "稻谷最低收购价多少")
    then = ask(base, "2022年的稻谷最低收购价是多少")

    assert "2024 年：" in leads(now)[0]
    assert "2021 年：" not in leads(now)[0]
    assert "2021 年：" in now.text
    assert "2022 年：" in leads(then)[0]
    assert "2024 年：" not in leads(then)[0]


def test_no_sentence_stands_twice_in_a_first_reply(base: KnowledgeBase) -> None:
    """Whatever facet of whatever entry is pressed: what the lead has said is not said again, and all else is in 展开."""
    for entry in base.entries.values():
        assert len(ask(base, entry.title).lines) <= 12, entry.code
        for facet in Facet:
            said, _ = press(base, Action(Verb.FACET, entry.code, facet.value), Memory(), DAY)
            assert len(said.lines) <= 12, (entry.code, facet)
            lead = leads(said)[0].partition("——")[0]
            details = "".join(line.text for line in said.lines if line.kind is LineKind.DETAIL)
            repeated = [
                text for text in lead.partition("：")[2].split("。") if len(text) > 6 and f"{text}。" in details
            ]
            assert not repeated, (entry.code, facet, repeated)


def test_what_the_whole_programme_spends_is_not_told_first(base: KnowledgeBase) -> None:
    """Budgets and other provinces' figures help no asker; they are read after 展开, and never are all there is."""
    said, _ = press(base, Action(Verb.FACET, "taishun-tea-support", Facet.SUBSIDY.value), Memory(), DAY)
    entry = base.entries["taishun-tea-support"]
    aside = [text for told in entry.facets.values() for text in told if of_the_programme(entry, text)]

    assert aside
    assert all(figure.name for text in aside for figure in figures_in(entry, text))
    assert "3374 万元" not in said.short_text
    assert "3374 万元" in said.text


@pytest.mark.parametrize(
    ("text", "first", "compared"),
    [
        ("泰顺茶叶低温保险，最低到零下一度能不能赔", "当地最低气温 0.5℃或更低", "您说的 -1℃ 比 0.5℃ 低。"),
        ("泰顺茶叶低温保险，夜里两度能赔吗", "当地最低气温 0.5℃或更低", "您说的 2℃ 比 0.5℃ 高。"),
        ("泰顺种茶补贴，我连片八亩能不能补", "新种或改植茶园，连在一块满 10 亩的", "您说的 8 亩 比 10 亩 少。"),
    ],
)
def test_a_number_held_against_a_printed_line_gets_the_line_first(
    base: KnowledgeBase, text: str, first: str, compared: str
) -> None:
    """The line is the first sentence, beside it the bare arithmetic."""
    lead = leads(ask(base, text))[0]

    assert lead.startswith(first)
    assert compared in lead


def test_degrees_below_zero_are_negative_and_electricity_is_no_degree() -> None:
    """零下两度 is −2 ℃; 三度电 measures no warmth."""
    assert [quantity.low for quantity in measured("昨夜零下两度")] == [Decimal(-2)]
    assert [quantity.low for quantity in measured("零上三度")] == [Decimal(3)]
    assert measured("用了三度电") == ()


@pytest.mark.parametrize("text", ["规模种粮补贴23年一亩补多少", "2023年种了七十亩油菜，规模种粮补贴补多少"])
def test_figures_of_another_year_say_so_before_the_figures(base: KnowledgeBase, text: str) -> None:
    """The year asked and the year of the rule stand right after the status, and no sum is made of them."""
    said = ask(base, text)
    texts = [line.text for line in said.lines]

    assert said.entries[0] == "scale-grain-subsidy"
    assert texts[1] == "您问的是 2023 年；这里写的是 2021 年的规定，2023 年的没核到。"
    assert texts[2].startswith("补贴：2021 年")
    assert not any(text.startswith("按您说的") for text in texts)


def test_the_year_of_a_story_is_not_the_year_asked(base: KnowledgeBase) -> None:
    """The year somebody opened his farm moves nothing."""
    said = ask(base, "我2019年开的家庭农场，规模种粮补贴多少")

    assert "您问的是" not in said.text


def test_an_old_rule_names_its_year_in_the_first_sentence(base: KnowledgeBase) -> None:
    """Every entry that is the rule of one past year says which when money is asked."""
    for entry in base.entries.values():
        year = year_of(entry)
        if year is None or year == DAY.year or not entry.facets.get(Facet.AMOUNT):
            continue
        said, _ = press(base, Action(Verb.FACET, entry.code, Facet.AMOUNT.value), Memory(), DAY)
        assert str(year) in leads(said)[0], entry.code
        assert entry.status_on(DAY) is not Status.IN_FORCE


def test_several_things_asked_in_one_breath_are_all_told(base: KnowledgeBase) -> None:
    """利息、担保费、材料 each get their line, also where the paper is silent."""
    said = ask(base, "石斛贷利息多少，担保费多少，要带什么材料")

    assert {text.partition("：")[0] for text in leads(said)} == {"利率", "费用", "材料"}
    assert len(said.lines) <= 12
