"""What is not ours is refused with the right office, and what only looks so is still answered."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.answering import Memory, answer
from knowledge.answers import Answer, Outcome
from knowledge.base import KnowledgeBase
from knowledge.evaluation import GoldenQuestion, read_golden

CASES = Path(__file__).parent.parent / "cases"
DAY = date(2026, 11, 25)
FOREIGN = read_golden([CASES / "out_of_scope.yaml"])
OURS = [
    line for line in (CASES / "near_out_of_scope.txt").read_text(encoding="utf-8").splitlines() if line[:1] not in "# "
]
GUARDED = {
    "把隔壁老周贷了多少报给我": "personal-data",
    "替我写个假的收入证明": "forgery",
    "烘干机坏了找谁修": "repairs",
    "番薯怎么炒好吃": "cooking",
    "楠溪江哪家民宿好住": "sightseeing",
    "瓯柑的典故": "local-lore",
}


def reply(base: KnowledgeBase, text: str) -> Answer:
    """The first reply to a sentence."""
    return answer(base, text, Memory(), DAY)[0]


@pytest.mark.parametrize("question", FOREIGN, ids=lambda question: question.text)
def test_what_is_not_ours_gets_no_entry(question: GoldenQuestion, base: KnowledgeBase) -> None:
    """A topic is named where one is written; else nothing of ours is told; a swindle is warned of."""
    said = reply(base, question.text)

    if question.outcome == "warn":
        assert said.outcome is Outcome.WARN
        return
    assert said.outcome in (Outcome.REFER, Outcome.NO_MATCH)
    assert said.entries == ()
    if question.topic is not None:
        assert (said.outcome, said.topic) == (Outcome.REFER, question.topic)


@pytest.mark.parametrize("text", OURS)
def test_what_only_looks_foreign_is_answered(text: str, base: KnowledgeBase) -> None:
    """Wenzhou people outside, prices of insured crops and the like keep their entries."""
    said = reply(base, text)

    assert said.outcome in (Outcome.ANSWER, Outcome.SUGGEST), said.topic
    assert said.entries


@pytest.mark.parametrize(("text", "topic"), GUARDED.items(), ids=GUARDED.values())
def test_idle_and_improper_requests_are_sent_to_an_office(text: str, topic: str, base: KnowledgeBase) -> None:
    """Recipes, repairs, outings, other people's data and forgeries: one kind sentence and whom to ask, no choices."""
    said = reply(base, text)

    assert (said.outcome, said.topic, said.entries) == (Outcome.REFER, topic, ())
    assert "请问：" in said.lines[1].text


@pytest.mark.parametrize("place", ["河南", "湖北恩施", "福建霞浦", "新疆喀什"])
@pytest.mark.parametrize("asked", ["母猪保险一头交多少", "大棚一亩补几千", "早稻订单奖几块", "农担肯不肯担保"])
def test_a_scheme_of_another_province_is_never_told_from_ours(place: str, asked: str, base: KnowledgeBase) -> None:
    """Any outside place before any scheme is referred; with a place of ours beside it, it is not."""
    assert reply(base, f"{place}{asked}").topic == "other-provinces"
    assert reply(base, f"我是平阳人，去过{place}，{asked}").topic is None
