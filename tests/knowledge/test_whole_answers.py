"""Every part of a question answered; another crop's figures never lent; what is for a kind of person, whatever he grows."""

from __future__ import annotations

import pytest

from knowledge.answers import LineKind, Outcome
from knowledge.base import KnowledgeBase
from knowledge.other_crops import other_crops
from tests.knowledge.talking import ask


def test_another_crops_figures_are_not_read_out(base: KnowledgeBase) -> None:
    """What 马铃薯 pays is not known; what rice pays is not told instead, nor in the follow-up."""
    first = ask(base, "苍南县种马铃薯三十亩要交多少保险费")
    second = ask(base, "苍南县种马铃薯三十亩要交多少保险费", "赔多少")

    assert "马铃薯的没核到，这里写的是水稻的" in first.text
    assert "1 元" not in first.text
    assert "马铃薯的没核到" in second.text
    assert "1000 元" not in second.text


def test_the_askers_own_crop_keeps_its_figures(base: KnowledgeBase) -> None:
    """Rice growers are told what rice pays."""
    assert "每亩自己出 1 元" in ask(base, "苍南水稻保险一亩交多少").text


def test_without_a_crop_no_sentence_is_anothers(base: KnowledgeBase) -> None:
    """Nothing is set aside for who has named no crop."""
    entry = base.entries["cangnan-farm-insurance-2024"]

    assert not other_crops(base, entry, None).sentences
    assert other_crops(base, entry, "马铃薯").sentences
    assert not any("水稻" in text for text in other_crops(base, entry, "水稻").sentences)


def test_choices_are_not_of_other_crops(base: KnowledgeBase) -> None:
    """Hens are not insured as sows or rice."""
    said = ask(base, "养鸡有没有保险可以买")

    crops = [base.entries[code].crops for code in said.entries]
    assert said.entries
    assert all(not each or "鸡" in each for each in crops)


@pytest.mark.parametrize(
    "text",
    [
        "儿子当兵回来两年，在乐清搞了个蔬菜大棚，想借三十万",
        "当兵回来搞养猪场借三十万有贴息吗",
        "大专毕业三年，想开直播卖瓯柑，三万块本钱，有啥政策",
    ],
)
def test_a_crop_does_not_stand_against_what_is_for_a_kind_of_person(base: KnowledgeBase, text: str) -> None:
    """退役军人 and 毕业生 are led to the startup loan, whatever they grow, with its sum and whom to ask."""
    said = ask(base, text)

    assert said.entries[0] == "startup-loan-personal"
    assert any(line.kind is LineKind.NEXT and "人社" in line.text for line in said.lines)


def test_every_part_of_a_question_has_its_line(base: KnowledgeBase) -> None:
    """A story that ends in three short questions: state, sum and interest are all told."""
    said = ask(base, "村里有三户老低保想养羊，2026年那个脱贫户小额贷款还办不办，最多多少，利息谁出")

    assert said.entries[0] == "assistance-microloan-2026"
    assert all(word in said.text for word in ("还有效吗：", "最高 10 万元", "利率："))


def test_a_part_no_facet_covers_is_answered_or_said_to_be_open(base: KnowledgeBase) -> None:
    """要不要房产证 gets its own line beside the sum."""
    said = ask(base, "永嘉民宿贷款最多可以贷多少钱，要不要房产证？")

    assert any(line.text.startswith("要不要房产证：") for line in said.lines)


def test_whether_one_may_is_said_from_ones_own_facts(base: KnowledgeBase) -> None:
    """At 47 one is young enough, at 60 not; the other question of the same breath is answered too."""
    young = ask(base, "头雁培训我四十七岁养鸭的能报名吗，吃住要自己出钱不")
    old = ask(base, "头雁培训我六十岁养鸭的能报名吗，吃住要自己出钱不")

    assert "能不能办：“55 周岁以下”对得上" in young.text
    assert "费用：浙江学员要不要出，没核到" in young.text
    assert "“55 周岁以下”这一条对不上" in old.text


def test_what_has_run_out_cannot_be_had(base: KnowledgeBase) -> None:
    """能不能 of an expired product is answered with its end first."""
    said = ask(base, "能不能办石斛贷")

    assert next(line for line in said.lines if line.kind is LineKind.LEAD).text.startswith("能不能办：这一份已经过期")


def test_a_follow_up_keeps_the_subject_while_it_is_the_best(base: KnowledgeBase) -> None:
    """续了会不会上征信 is about the loan just told of; what is not written is said to be so."""
    said = ask(base, "在农商行贷了八万种番薯，下个月到期，不还本能不能续", "续了会不会上征信")
    again = ask(base, "2026年那个帮扶小额贷款最多多少", "他们有一户去年贷的还没还完 能再贷一笔吗")

    assert said.entries == ("renewal-without-repayment",)
    assert "会不会上征信：没看到写明" in said.text
    assert again.entries == ("assistance-microloan-2026",)


def test_a_boat_named_by_its_gear_is_told_its_own_day(base: KnowledgeBase) -> None:
    """流刺网 belongs to those that may fish from August with a licence; keeping the ban is no loss."""
    first = ask(base, "伏季休渔到几时开捕")
    said = ask(base, "伏季休渔到几时开捕", "我那条船是流刺网的")

    assert "8 月 5 日 12 时起" in said.text
    assert "专项捕捞许可" in said.text
    assert "不守休渔，渔业补贴可能拿不到" in first.text


@pytest.mark.parametrize("text", ["冇钞票", "手头紧", "没钱了", "最近手头有点紧", "家里没钱周转"])
def test_need_is_met_with_three_doors(base: KnowledgeBase, text: str) -> None:
    """Words of need bring a question back, not 没找到."""
    said = ask(base, text)

    assert said.lines[0].text == "别急，慢慢说。您想走哪一条路？"
    assert len([line for line in said.lines if line.kind is LineKind.DETAIL]) == 3


def test_a_number_with_nothing_on_offer_is_no_question(base: KnowledgeBase) -> None:
    """After one answer there is nothing to choose."""
    said = ask(base, "石斛贷利息多少", "1")

    assert said.outcome is Outcome.NO_MATCH
    assert "没有别的可选" in said.text


@pytest.mark.parametrize(
    ("said", "county"), [("苍难县种水稻", "苍南县"), ("太顺县种茶", "泰顺县"), ("月清市养蟹", "乐清市")]
)
def test_a_county_written_by_its_sound_is_heard(base: KnowledgeBase, said: str, county: str) -> None:
    """The full name with one character of the same sound is the county."""
    assert ask(base, said).facts["county"] == county


@pytest.mark.parametrize("text", ["平江县种水稻", "龙岗区开店", "苍溪县种猕猴桃", "永康市种田"])
def test_a_county_elsewhere_is_not_taken_for_ours(base: KnowledgeBase, text: str) -> None:
    """A name that is only alike stays what it is."""
    assert "county" not in ask(base, text).facts


def test_yesterday_tells_a_story(base: KnowledgeBase) -> None:
    """前天死了 asks for no rules of that day."""
    assert "那时候" not in ask(base, "母猪前天死了怎么报保险").text
