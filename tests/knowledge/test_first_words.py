"""What comes before any policy: 别做 to a wrong, 先报案 to damage, 先别转 to hearsay; and which questions call for none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.answering import Memory, answer
from knowledge.answers import Answer, LineKind, Outcome
from knowledge.base import KnowledgeBase
from knowledge.first_words import FirstWords
from knowledge.question import fold
from knowledge.reading import ContentError

DAY = date(2026, 11, 25)
MOST_LINES = 12


def ask(base: KnowledgeBase, text: str, memory: Memory | None = None) -> Answer:
    """The reply to one question."""
    return answer(base, text, memory or Memory(), DAY)[0]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("有人叫我把营业执照借他用一下，帮我办贷款，一人一半", "lent-papers"),
        ("身份证借给亲戚贷款，给我两千块好处", "lent-papers"),
        ("营业执照出租给人家办贷款可以吗", "lent-papers"),
        ("我用人家的身份证去贷款行不行", "borrowed-papers"),
        ("种了五亩，多报点面积能多拿补贴吗", "made-up-figures"),
        ("怎么伪造流水多贷点", "made-up-figures"),
    ],
)
def test_a_wrong_is_answered_before_any_policy(base: KnowledgeBase, text: str, key: str) -> None:
    """别做 comes first, then what comes of it and the right way; no policy is told."""
    wrong = base.first_words.wrong(fold(base, text))
    said = ask(base, text)

    assert wrong is not None
    assert wrong.key == key
    assert said.outcome is Outcome.WARN
    assert said.lines[0].kind is LineKind.WARNING
    assert said.lines[0].text.startswith("别做")
    assert [line.text for line in said.lines[1:3]] == list(wrong.say[1:3])


@pytest.mark.parametrize(
    "text",
    [
        "能用我的营业执照贷款吗",
        "村干部虚报面积骗补贴，到哪里举报",
        "身份证丢了怎么补办，急着贷款",
        "我名下的房产证能抵押贷款吗",
        "面积报错了怎么改",
        "帮我担保的人要带身份证吗",
    ],
)
def test_an_honest_question_is_no_wrong(base: KnowledgeBase, text: str) -> None:
    """Own papers, reports of others and mistakes are asked about as any other question."""
    assert base.first_words.wrong(fold(base, text)) is None


def test_a_product_named_in_a_wrong_keeps_its_state_and_whom_to_ask(base: KnowledgeBase) -> None:
    """石斛贷报个假面积: 别做, and that it has run out, and the honest next step."""
    said = ask(base, "石斛贷报个假面积，怎么填能多贷点")

    assert said.outcome is Outcome.WARN
    assert any("2024-12-31" in line.text for line in said.lines)
    assert said.lines[-1].kind is LineKind.NEXT


@pytest.mark.parametrize(
    "text",
    [
        "母猪死了四头，保险一头赔多少",
        "鸡死了一百多只，保险赔吗",
        "鱼塘的鱼全死了，保险赔不赔",
        "大棚被雪压塌了，有保险吗",
        "船被台风打沉了，互保赔吗",
        "枇杷花冻坏了能赔吗",
    ],
)
def test_damage_is_reported_first(base: KnowledgeBase, text: str) -> None:
    """先报案 is the first line whatever was found, within twelve lines."""
    said = ask(base, text)

    assert said.lines[0].text.startswith("先报案：")
    assert len(said.lines) <= MOST_LINES


def test_an_insured_sum_of_old_is_not_told_as_the_payout(base: KnowledgeBase) -> None:
    """The sum is called 保额 and the most, and its year stands before it."""
    said = ask(base, "养了三十头母猪，死了四头，保险赔多少钱一头")
    texts = [line.text for line in said.lines]

    assert "“保额”是最多赔的数，不是一定赔这么多" in texts[1]
    assert "下面是 2008 年的" in texts[2]
    assert next(place for place, text in enumerate(texts) if "1000 元" in text) > 2


@pytest.mark.parametrize(
    "text", ["水稻保险一亩交多少", "怕今年稻子绝收，有没有保险", "没买保险，大棚倒了能贷款吗", "征地青苗淹了赔多少"]
)
def test_who_reports_no_insured_damage_is_not_told_to_report_it(base: KnowledgeBase, text: str) -> None:
    """A premium, a fear, an uninsured loss and land taken are no case for the insurer."""
    assert not ask(base, text).lines[0].text.startswith("先报案")


def test_relief_is_not_made_of_any_subsidy(base: KnowledgeBase) -> None:
    """A burnt sheepfold brings no cold store: the first thing to do, and that nothing was found."""
    said = ask(base, "羊圈着火烧死二十只羊，有没有补贴")

    assert "报案" in said.lines[0].text
    assert said.outcome is Outcome.NO_MATCH


def test_hearsay_is_not_passed_on(base: KnowledgeBase) -> None:
    """With nothing found: 没查到; with something near: what is known stands below."""
    alone = ask(base, "听说村里每家发一台冰箱是真的吗，我想转给群里")
    beside = ask(base, "听说石斛贷今年又开了，是真的吗")

    assert alone.lines[0].text.startswith("没查到有这份文件")
    assert "先别转" in alone.lines[0].text
    assert "12345" in alone.lines[1].text
    assert "先别急着信" in beside.lines[0].text
    assert beside.entries[0] == "dendrobium-loan"


def test_a_bad_record_leads_somewhere(base: KnowledgeBase) -> None:
    """Whether one may still borrow is not known; the bank, and where to look up one's own record, are."""
    said, kept = answer(base, "我欠了信用社五万，上了黑名单，还能不能办农担", Memory(), DAY)

    assert "由放款的银行定" in said.lines[0].text
    assert "credit-report-query" in said.entries
    assert kept.offered == said.entries


def test_an_older_publication_has_no_first_words(tmp_path: Path) -> None:
    """A folder without the file is served without them."""
    assert FirstWords.load(tmp_path / "first-words.yaml") == FirstWords()


def test_every_fault_of_the_file_is_named(tmp_path: Path) -> None:
    """A key used twice and words that nothing can call for are both told."""
    path = tmp_path / "first-words.yaml"
    row = "  - {key: one, say: [别做], entries: []}\n"
    path.write_text(f"groups: {{}}\nwrongs:\n{row}{row}openings: []\n", encoding="utf-8")

    with pytest.raises(ContentError) as raised:
        FirstWords.load(path)

    assert "写了两次" in str(raised.value)
    assert "永远认不出来" in str(raised.value)
