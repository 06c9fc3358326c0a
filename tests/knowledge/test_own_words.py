"""A farmer's own words: rates weighed, years ahead, damage however it is told, places, and few words that complete others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.answering import Memory, answer
from knowledge.answers import Answer, LineKind, Outcome
from knowledge.base import KnowledgeBase
from knowledge.coverage import covers
from knowledge.entries import Facet
from knowledge.first_words import FirstWords
from knowledge.notes import place_note
from knowledge.reading import ContentError

DAY = date(2026, 11, 25)
MOST_LINES = 12


def talk(base: KnowledgeBase, *texts: str) -> tuple[Answer, Memory]:
    """The last reply of one chat, and what is remembered."""
    memory = Memory()
    for text in texts:
        said, memory = answer(base, text, memory, DAY)
    return said, memory


@pytest.mark.parametrize(
    "texts",
    [
        ("乐清买拖拉机补多少", "银行讲利息六厘算高不高"),
        ("石斛贷利息多少", "银行讲月息六厘算不算高"),
        ("银行給我月息六厘，貴不貴",),
        ("月息六厘借八万，一年利息多少",),
        ("月息六厘借八万", "贵不贵"),
    ],
)
def test_a_named_rate_is_worked_out_and_laid_beside_what_is_known(base: KnowledgeBase, texts: tuple[str, ...]) -> None:
    """Whatever the chat was about: 7.2 % a year, the newest LPR seen with its day, and the way to the calculator."""
    said, _ = talk(base, *texts)

    assert (said.outcome, said.entries[0], said.facet) == (Outcome.ANSWER, "lpr", Facet.RATE)
    assert said.lines[0].kind is LineKind.STATUS
    assert "7.2%" in said.lines[1].text
    assert "2026-01-20" in said.lines[2].text
    assert "4.2 个百分点" in said.lines[2].text
    assert said.buttons[0].label == "算一算"
    assert len(said.lines) <= MOST_LINES


def test_a_weighed_rate_tells_what_the_named_sum_costs(base: KnowledgeBase) -> None:
    """80 000 at 5.4 % a year are 4 320 of interest."""
    assert "4320 元" in talk(base, "月息四厘五借八万，一年利息多少")[0].text


def test_a_fee_is_weighed_by_fees_and_not_by_interest(base: KnowledgeBase) -> None:
    """1.5 % for a guarantee lies beside the fees that were seen, with their year."""
    said, _ = talk(base, "我种葡萄，担保公司要收1.5%担保费，是不是收贵了")

    assert (said.entries[0], said.facet) == ("agri-guarantee-fee-figures", Facet.FEE)
    assert "0.62%" in said.text
    assert "2021 年" in said.text
    assert "lpr" not in said.entries


@pytest.mark.parametrize("text", ["私人借钱三分利合法不", "网贷36%高不高合法吗", "石斛贷利息高不高"])
def test_what_is_lawful_or_names_no_rate_is_not_weighed(base: KnowledgeBase, text: str) -> None:
    """The limits of the law and the rate of a product have entries of their own."""
    assert talk(base, text)[0].entries[0] != "lpr"


@pytest.mark.parametrize(
    "text",
    [
        "台风把鱼排打散了，保险赔不赔",
        "风痴把我网箱全卷去罢 有买保险 赔得到伐",
        "大水把鸭子漂走了 保险管不管",
        "杨梅树给雷劈了保险赔吗",
        "茶叶遇到倒春寒 叶子焦掉了 保险公司賠不賠",
        "野猪把番薯拱了一半 保险赔吗",
    ],
)
def test_damage_is_reported_first_however_it_is_told(base: KnowledgeBase, text: str) -> None:
    """把…了, 被…了 and 遇到… tell damage as well as any verb on a list."""
    said, _ = talk(base, text)

    assert said.lines[0].text.startswith("先报案：")
    assert len(said.lines) <= MOST_LINES


@pytest.mark.parametrize(
    "text", ["把牛卖了 保险退吗", "把保险费交了多久生效", "台风险一亩交多少", "怕台风把大棚吹了 有保险吗"]
)
def test_what_is_no_damage_is_not_reported(base: KnowledgeBase, text: str) -> None:
    """A sale, a premium and a fear are none."""
    assert not talk(base, text)[0].lines[0].text.startswith("先报案")


def test_who_has_no_insurance_is_not_offered_one_for_what_is_lost(base: KnowledgeBase) -> None:
    """Nothing is paid without a policy: the village first, and the bank before the loan is due."""
    said, _ = talk(base, "泰顺茶叶霜打了，保险赔不赔", "没买保险的呢")

    assert said.lines[0].text.startswith("没买保险的，保险公司不赔")
    assert "insurance" not in {subject for code in said.entries for subject in base.entries[code].subjects}


def test_damage_told_after_a_price_is_a_subject_of_its_own(base: KnowledgeBase) -> None:
    """The price of rice says nothing of drowned rice."""
    said, _ = talk(base, "早稻收购价多少", "我早稻被水淹了 只收了三成")

    assert "报案" in said.lines[0].text
    assert said.entries[0] != "rice-floor-price"


@pytest.mark.parametrize("county", ["平阳县", "泰顺县", "洞头区", "文成县"])
@pytest.mark.parametrize("wish", ["养羊想贷款", "种西瓜有没有保险", "农户小额普惠贷款", "建大棚有补贴吗"])
def test_choices_hold_where_the_asker_is(base: KnowledgeBase, county: str, wish: str) -> None:
    """No county's own product is offered to another county, and none of another prefecture to anybody unmarked."""
    said, _ = talk(base, f"{county}{wish}")

    for code in said.entries if said.outcome is Outcome.SUGGEST else ():
        title = base.entries[code].title
        marked = next((line.text for line in said.lines if line.text.lstrip("123. ").startswith(title)), "")
        assert covers(base.entries[code], county) or "不" in marked.removeprefix(title), title


def test_another_prefectures_way_is_said_to_be_so(base: KnowledgeBase) -> None:
    """衢州's is marked before anything it says."""
    said, _ = talk(base, "农户小额普惠贷款怎么办")

    assert said.entries[0] == "household-inclusive-loan"
    assert place_note(base.entries["household-inclusive-loan"], {}) in [line.text for line in said.lines[:2]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("农机补贴明年还有吗", ("2027 年", "只到 2026-12-31", "文件没写")),
        ("规模种粮补贴明年还发不发", ("有效期未核到", "2027 年", "管到哪天文件没写")),
        ("石斛贷明年还有吗", ("已过期", "2027 年", "没看到通知")),
        ("个人创业担保贷款明年还办不办", ("2027 年", "2028-09-30", "还在里面")),
    ],
)
def test_of_next_year_only_what_is_printed_is_told(base: KnowledgeBase, text: str, words: tuple[str, ...]) -> None:
    """Until when the entry runs, that the next year's paper was not seen, and whom to ask; a status stands first."""
    said, _ = talk(base, text)
    texts = [line.text for line in said.lines]
    told = "".join(texts[:2])

    assert all(word in told for word in words)
    assert any(line.kind is LineKind.NEXT for line in said.lines[:4])


def test_next_year_is_told_for_every_choice(base: KnowledgeBase) -> None:
    """After 乐清买拖拉机 nobody has picked: each choice says its state and what is known of 2027."""
    said, _ = talk(base, "乐清买拖拉机补多少", "明年补不补")
    told = [line.text for line in said.lines if line.kind is LineKind.DETAIL]

    assert len(told) == len(said.entries)
    assert all("2027 年" in text and "【" in text for text in told)


def test_ones_own_loan_ending_next_year_is_no_question_of_the_entry(base: KnowledgeBase) -> None:
    """我贷款明年三月到期 asks how to renew, not whether there will be renewals."""
    said, _ = talk(base, "无还本续贷怎么办", "我贷款明年三月到期")

    assert "2027 年：" not in said.text


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("河南耕地地力保护补贴一亩多少", "other-provinces"),
        ("安徽三大粮食作物完全成本保险保费多少", "other-provinces"),
        ("查一下隔壁老王石斛贷贷了多少", "personal-data"),
        ("我想查我们村谁领了规模种粮补贴", "personal-data"),
        ("帮我写份假的石斛贷购销合同", "forgery"),
    ],
)
def test_no_match_however_good_overrules_what_is_never_ours(base: KnowledgeBase, text: str, topic: str) -> None:
    """Other provinces, other people's data and forgeries: the office, and no entry."""
    said, _ = talk(base, text)

    assert (said.outcome, said.topic, said.entries) == (Outcome.REFER, topic, ())


@pytest.mark.parametrize(
    "text", ["公司没裁员，社保局能退多少失业保险", "失业保险返还怎么领", "厂里没辞人，失业保险能退吗"]
)
def test_refunds_for_keeping_people_are_ours(base: KnowledgeBase, text: str) -> None:
    """稳岗返还 has an entry, and it goes to the firm; who lost his work is sent to 12333."""
    said, _ = talk(base, text)
    lost, _ = talk(base, "我在厂里被辞退了，失业金去哪里领")

    assert said.entries[0] == "job-retention-refund"
    assert (lost.outcome, lost.topic) == (Outcome.REFER, "social-insurance")


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (("农机补贴怎么申请", "我想给猪买保险"), "sow-insurance-zj-2008"),
        (("石斛贷利息多少", "有没有杨梅保险"), "bayberry-insurance"),
        (("电话", "农担公司电话多少"), "finance-hotlines"),
        (("乐清买拖拉机补多少", "农保一个月几钿"), "rural-pension-2025"),
    ],
)
def test_a_subject_of_its_own_wins_over_the_memory(base: KnowledgeBase, texts: tuple[str, ...], first: str) -> None:
    """What was talked of does not answer what is newly named."""
    said, _ = talk(base, *texts)

    assert said.entries[0] == first
    assert set(said.entries) != set(talk(base, *texts[:-1])[0].entries)


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (("冷库", "我在瑞安", "能补几成"), "cold-storage-aid"),
        (("杨梅", "保险", "在文成"), "bayberry-insurance"),
        (("国家助学贷款一年最多贷多少", "毕业后几年还"), "student-loan-rate"),
        (("雨露计划今年能领吗", "那2027年呢"), "yulu-vocational-aid"),
        (("村里想统一买水稻保险怎么弄", "台风来了没收成 赔几钿"), "rice-full-cost-insurance-zj"),
    ],
)
def test_a_few_words_go_on_about_what_was_asked(base: KnowledgeBase, texts: tuple[str, ...], first: str) -> None:
    """A place, a year, damage to what is insured: none of them is a new subject."""
    assert talk(base, *texts)[0].entries[0] == first


def test_a_bare_wish_is_for_who_was_told_of_before(base: KnowledgeBase) -> None:
    """毕业两年, 猕猴桃 and 泰顺 were said; 贷款也行 means a loan for him."""
    said, _ = talk(base, "我大学毕业两年想回泰顺种猕猴桃，有没有补助", "贷款也行，能贷多少")

    assert said.entries[0] == "startup-loan-personal"


def test_a_thing_needed_is_asked_of_the_choices(base: KnowledgeBase) -> None:
    """要抵押吗 is answered for each choice by what it says, and they stay on offer."""
    offered, _ = talk(base, "洞头养羊想贷款")
    said, memory = talk(base, "洞头养羊想贷款", "要抵押吗")

    assert said.entries == offered.entries == memory.offered
    assert any("抵押" in line.text for line in said.lines if line.kind is LineKind.DETAIL)


def test_after_a_warning_what_was_already_done_is_warned_of_again(base: KnowledgeBase) -> None:
    """Who has filled in his card number is told whom to ring; who says thanks is not."""
    first = "听人讲惠农卡有补贴2000 扫码就能领"
    said, _ = talk(base, first, "我已经扫了 填了银行卡号")
    thanked, _ = talk(base, first, "谢谢")

    assert said.outcome is Outcome.WARN
    assert "96110" in said.text
    assert thanked.outcome is Outcome.NO_MATCH


@pytest.mark.parametrize("text", ["你讲的都听不懂 简单点", "看不懂", "太复杂了"])
def test_who_is_lost_is_told_in_the_fewest_words(base: KnowledgeBase, text: str) -> None:
    """Three things to say, one example, and a person to ask."""
    said, _ = talk(base, text)

    assert "您只要说三样" in said.lines[0].text
    assert "12345" in said.lines[-1].text


def test_money_asked_of_a_bank_is_not_ours(base: KnowledgeBase) -> None:
    """Deposits, cards and passbooks go to the bank, and are not called lottery."""
    for text in ("农商行存款利率现在多少", "我存折丢了怎么办", "你们是银行吗 我要取钱"):
        said, _ = talk(base, text)
        assert (said.outcome, said.topic) == (Outcome.REFER, "deposits")


def test_a_summary_lends_no_other_crops_figures(base: KnowledgeBase) -> None:
    """Who keeps pigs is not told what rice pays, neither in the summary nor below it."""
    said, _ = talk(base, "苍南养猪有没有保险")

    assert said.entries[0] == "cangnan-farm-insurance-2024"
    assert "里面水稻的不是生猪的" in said.lines[1].text
    assert "1000 元" not in said.short_text
    assert "1 元" not in said.short_text


def test_what_died_is_known_from_before(base: KnowledgeBase) -> None:
    """养鸡, 五千只, 龙港, 死了一半: said piece by piece, it is damage all the same."""
    said, _ = talk(base, "养鸡", "五千只", "龙港", "死了一半")

    assert "报案" in said.lines[0].text


def test_who_asks_what_there_is_at_all_is_led_to_the_check_up(base: KnowledgeBase) -> None:
    """Nothing fits 什么政策我能享受: a few questions find out more than a guess."""
    said, _ = talk(base, "有没有什么政策我能享受的 我55岁女的 文成 种点菜")

    assert said.buttons[0].label == "政策体检"


def test_an_older_table_of_askings_weighs_nothing(base: KnowledgeBase) -> None:
    """A publication from before there were weighings answers as it did."""
    older = replace(base, asking=replace(base.asking, weighings=()))

    assert answer(older, "银行讲利息六厘算高不高", Memory(), DAY)[0].entries[:1] != ("lpr",)


@pytest.mark.parametrize(
    ("texts", "topic"),
    [
        (("隔壁叫我给他做担保贷款三十万 我签字要紧吗", "他还不出我要还吗"), "guaranteeing-others"),
        (("我爸做担保人，那个人跑了，银行找我爸要钱",), "guaranteeing-others"),
        (("你们工作人员态度差我要投诉",), "complaint"),
    ],
)
def test_what_a_signature_brings_and_where_to_complain(base: KnowledgeBase, texts: tuple[str, ...], topic: str) -> None:
    """Who signs for another is told what he answers for; who was treated badly is told whom to ring."""
    said, _ = talk(base, *texts)

    assert (said.outcome, said.topic) == (Outcome.REFER, topic)


def test_papers_are_not_shown_to_who_comes_to_the_door(base: KnowledgeBase) -> None:
    """先别给, and where they are shown safely; the village's own clerk is no stranger."""
    said, _ = talk(base, "银行来人拍照做授信，我要把身份证给他拍吗")
    clerk, _ = talk(base, "村干部叫我把身份证发给他登记补贴")

    assert said.lines[0].text.startswith("先别给")
    assert not clerk.lines[0].text.startswith("先别给")


def test_a_sea_fish_is_one_of_the_fish_that_are_insured(base: KnowledgeBase) -> None:
    """大黄鱼 in 霞关: 苍南's own mutual insurance, with the figures for fish."""
    said, _ = talk(base, "大黄鱼网箱 霞关 保险一口多少")

    assert said.entries[0] == "mariculture-mutual-insurance"


def test_a_sum_without_a_product_leads_to_the_calculator(base: KnowledgeBase) -> None:
    """30万三年一个月还多少 is worked out, not guessed at."""
    said, _ = talk(base, "30万三年一个月还多少")

    assert said.buttons[0].label == "算一算"


def test_a_part_of_a_row_is_whole_or_a_fault(tmp_path: Path) -> None:
    """{first, then, within} needs all three."""
    path = tmp_path / "first-words.yaml"
    row = "  - {key: one, say: [别做], entries: [], with: [[{first: 把, then: 了}, 保险]]}\n"
    path.write_text(f"groups: {{}}\nwrongs:\n{row}openings: []\n", encoding="utf-8")

    with pytest.raises(ContentError, match="within"):
        FirstWords.load(path)


def test_what_the_loan_is_needed_for_is_not_what_is_asked(base: KnowledgeBase) -> None:
    """Who has no money for the fees asks how much can be lent, not what the fees are."""
    for text in ("囡今年考上大学没钱交学费能贷几钿", "交不起学费，能贷多少"):
        said, _ = answer(base, text, Memory(), DAY)
        assert said.facet is Facet.AMOUNT, text
    said, _ = answer(base, "参加培训要交学费吗", Memory(), DAY)
    assert said.facet is Facet.FEE
