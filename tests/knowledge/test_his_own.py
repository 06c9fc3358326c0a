"""What is the asker's own is told him: his county's entry, his sum worked out, what he has done, when it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.answers import Answer, LineKind, Outcome
from knowledge.base import KnowledgeBase
from knowledge.local import beside, local_first, of_elsewhere
from tests.knowledge.talking import DAY, ask


def step_of(said: Answer) -> str:
    """The next step told."""
    return next(line.text for line in said.lines if line.kind is LineKind.NEXT)


@pytest.mark.parametrize(
    ("text", "own", "wider"),
    [
        (
            "请问我在苍南有二十亩稻田，水稻保险自己要出多少钱，遭台风一亩赔多少",
            "cangnan-farm-insurance-2024",
            "rice-full-cost-insurance-zj",
        ),
        (
            "创业担保贷款个人最多多少 利息怎么算 平阳的 开了个农家乐刚一年",
            "wenzhou-startup-loan",
            "startup-loan-personal",
        ),
    ],
)
def test_his_own_county_goes_before_a_wider_area(base: KnowledgeBase, text: str, own: str, wider: str) -> None:
    """The county's own entry is told with its status first, the one for the wider area is a press away."""
    said = ask(base, text)

    assert said.outcome is Outcome.ANSWER
    assert said.entries[0] == own
    assert said.lines[0].kind is LineKind.STATUS
    assert any(button.action.target == wider for button in said.buttons)
    assert base.titles[wider] in said.short_text


def test_what_is_over_there_goes_before_nothing_in_force(base: KnowledgeBase) -> None:
    """In a year when the wider entry is in force and the county's own is over, the wider is told and his is offered."""
    facts = {"county": "苍南县", "crop": "水稻"}
    kinds = frozenset({"水稻"})
    entries = dict(base.entries)
    wide, own = "rice-full-cost-insurance-zj", "cangnan-farm-insurance-2024"
    lasting = replace(entries[wide].validity, valid_to=date(2030, 12, 31))
    entries[wide] = replace(entries[wide], validity=lasting)
    found = base.index.rank("水稻保险一亩自己出多少钱遭台风赔多少", 10)
    assert [each.id for each in found.candidates[:2]] in ([wide, own], [own, wide])
    first = sorted(found.candidates, key=lambda each: each.id != wide)
    scored = [replace(each, score=9.0 if each.id == wide else 8.5 if each.id == own else 1.0) for each in first]
    scored.sort(key=lambda each: -each.score)
    ranking = replace(found, candidates=tuple(scored))

    again = local_first(entries, ranking, facts["county"], kinds, DAY, base.model.margin_at)
    also = beside(entries, again, facts["county"], kinds, DAY)
    assert again.candidates[0].id == wide
    assert also is not None
    assert also[0].code == own
    assert local_first(base.entries, ranking, facts["county"], kinds, DAY, 0.7).candidates[0].id == own


def test_another_countys_example_is_not_told_as_his(base: KnowledgeBase) -> None:
    """What one village of 平阳 pays is left for 展开 where somebody of 瑞安 asks, and told to one of 平阳."""
    assert "4.2 元" not in ask(base, "瑞安水稻保险自己出多少").short_text
    assert "4.2 元" in ask(base, "平阳水稻保险一亩自己出几块").short_text
    assert not of_elsewhere(base.entries["rice-full-cost-insurance-zj"], None)


def test_a_place_in_the_news_excludes_nobody(base: KnowledgeBase) -> None:
    """Reports of two counties say nothing of a third: not found, instead of 办不了."""
    said = ask(base, "我在洞头养大黄鱼，网箱保险能不能买，政府补多少")

    assert said.entries[0] == "mariculture-mutual-insurance"
    assert "没查到" in said.short_text
    assert "办不了" not in said.text
    assert said.lines[0].text.startswith("【老文件")


def test_when_to_buy_goes_on_about_the_insurance_told(base: KnowledgeBase) -> None:
    """什么时候 names nothing of its own, though other entries bear it in a name."""
    said = ask(base, "苍南水稻保险自己要出多少钱", "什么时候之前要买好")

    assert said.entries[0] == "cangnan-farm-insurance-2024"
    assert "2024-08-20" in said.short_text


@pytest.mark.parametrize(
    "first",
    [
        "我大专毕业28岁回瑞安跟我爸种葡萄,有没有什么补助,听说一年一万",
        "大学生回乡种地有什么补助",
    ],
)
def test_a_sum_points_at_the_choice_that_has_it(base: KnowledgeBase, first: str) -> None:
    """那个十万 is the one of the choices, or of what is related to the entry told, that pays 十万."""
    said = ask(base, first, "那自己开公司那个十万呢,两个能一起拿吗")

    assert said.entries[0] == "graduate-farm-startup-aid"
    assert "10 万元" in said.short_text


def test_figures_said_of_the_rule_at_hand_are_worked_out(base: KnowledgeBase) -> None:
    """An average fee and a balance give what the draft would pay, and the draft is said to be one first."""
    said = ask(
        base,
        "想问下普惠金融示范区方案里第七条担保费补贴，能补多少",
        "融担公司平均费率0.6%,新增在保余额2亿,按那个征求意见稿算能补多少",
    )

    assert said.entries[0] == "guarantee-fee-subsidy"
    assert "约 80 万元" in said.short_text
    assert said.lines[0].text.startswith("【征求意见稿")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("月息八厘借了20万 一年利息多少 这个算高利贷吗", ("一年 9.6%", "低 2.4 个百分点", "1.92 万元")),
        ("向私人借十万月息两分合法吗", ("一年 24%", "高 12 个百分点", "2.4 万元")),
        ("月息一分五借5万利息一年多少合法吗", ("一年 18%", "高 6 个百分点", "9000 元")),
    ],
)
def test_his_rate_stands_beside_the_ceiling(base: KnowledgeBase, text: str, words: tuple[str, ...]) -> None:
    """Whether it is usury is answered with his own rate, and the interest in money."""
    said = ask(base, text).short_text

    assert all(word in said for word in (*words, "推算的上限 12%"))
    assert "没看到写明" not in said


def test_who_has_bought_is_not_sent_to_ask_before_buying(base: KnowledgeBase) -> None:
    """How the subsidy is paid is told, and 买之前 only to who has not bought yet."""
    bought = ask(base, "买了台久保田插秧机,农机补贴怎么领,要带什么东西")
    asking = ask(base, "农机补贴怎么领")

    assert bought.entries[0] == asking.entries[0] == "farm-machinery-subsidy"
    assert "直补到户" in bought.short_text
    assert "买之前" not in bought.short_text
    assert "买之前" in step_of(asking)


def test_damage_of_last_year_is_not_to_be_reported_now(base: KnowledgeBase) -> None:
    """先报案 is for what has just happened; of last year's the days a claim runs are told."""
    past = ask(base, "永嘉枇杷去年冻了保险赔了没多少,今年冬天低到几度才赔,12月份还来得及买吗")
    now = ask(base, "今年的枇杷冻死了,去年没事,保险怎么赔")

    assert "先报案" not in past.short_text
    assert "12 月 10 日到次年 4 月 10 日" in past.short_text
    assert now.lines[0].text.startswith("先报案")


def test_land_under_the_least_is_said_to_be_too_little(base: KnowledgeBase) -> None:
    """8 亩 under 满 10 亩 is said so; from 12 on what each kind comes to is worked out."""
    little = ask(base, "泰顺的 今年新种茶叶8亩 本地小叶种 1500一亩能拿伐")
    enough = ask(base, "泰顺的 今年新种茶叶8亩 本地小叶种 1500一亩能拿伐", "如果凑到12亩 能拿多少")

    assert "您说的 8 亩，不到写明的 10 亩" in little.short_text
    assert "本地小叶种约 1.8 万元" in enough.short_text


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("我猪场四百头母猪,听讲猪也可以抵押去银行贷款,真个假个,手续哪里办", "facility-livestock-mortgage"),
        ("万一亏了还不上,是不是政府替我还了就不用还了", "startup-loan-payout-rule"),
    ],
)
def test_a_first_choice_clear_of_the_others_is_read_out(base: KnowledgeBase, text: str, first: str) -> None:
    """Who does not press again still has the heart of it and whom to ask."""
    said = ask(base, text)

    assert said.entries[0] == first
    assert said.lines[0].text == "您多半是问第 1 样，先念给您听："
    assert any(line.text.startswith("下一步：") for line in said.lines)


def test_a_comparison_ends_in_where_to_go(base: KnowledgeBase) -> None:
    """Each of the two has its next step, and the one that does not hold where he is, is said so."""
    said = ask(base, "瓯海授托贷款和农房抵押贷款哪个划算 我房子在集体土地上")

    assert step_of(said).count("：") > 2
    assert "您说的瓯海区有没有，没查到" in said.short_text
    assert len(said.lines) <= 12


def test_a_warning_of_a_past_year_names_its_year(base: KnowledgeBase) -> None:
    """The notice is of 2023, and nothing is said of a year to come as if it might be paid."""
    said = ask(base, "村里人都在传明年家庭农场每户发5万 还有红头文件拍的照片 是不是真的")

    assert "2023 年的提醒" in said.short_text
    assert "不能说一定有" not in said.short_text
