"""我能办吗 and 政策体检 in the terminal: typed, changed, left, resumed by another sitting, and never mistaken for a question."""

from __future__ import annotations

import json
import re
import shlex
import stat
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.answers import Action, Verb
from knowledge.ask_command import TerminalChat, once
from knowledge.base import KnowledgeBase
from knowledge.check_command import stated
from knowledge.check_rendering import CHANGE
from knowledge.check_store import NAME, CheckStore
from knowledge.interview_state import CheckState
from knowledge.interviewing import Interviewing

DAY = date(2026, 11, 25)
ENTRY = "startup-loan-personal"


class Clock:
    """The time, put forward by a test."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """One clock for all sittings of a test."""
    return Clock()


@pytest.fixture
def sit(base: KnowledgeBase, tmp_path: Path, clock: Clock) -> Callable[[], TerminalChat]:
    """Makes sittings at the same terminal, one after another."""

    def sitting() -> TerminalChat:
        return TerminalChat(base, DAY, CheckStore(tmp_path / "var", clock))

    return sitting


def said(talk: TerminalChat, *lines: str) -> str:
    """The reply to the last of the lines."""
    for line in lines:
        reply = talk.reply(line)
    return reply


def asked_of(base: KnowledgeBase, tmp_path: Path, clock: Clock, key: str) -> TerminalChat:
    """A sitting that is asked about the fact `key`."""
    steps = Interviewing(base, DAY)
    state = steps.pressed(steps.begun(None, "", {}), Action(Verb.CHECK_STEP, CHANGE, key))
    store = CheckStore(tmp_path / "var", clock)
    store.save(state.to_json())
    talk = TerminalChat(base, DAY, store)
    talk.reply("继续")
    return talk


def test_questions_are_answered_by_number_and_by_word(sit: Callable[[], TerminalChat]) -> None:
    """Each reply says what was noted and which question it is now; both ways not to answer count as answered."""
    talk = sit()
    assert talk.prompt == "问："
    first = said(talk, "永嘉 30亩杨梅", "政策体检")
    assert talk.prompt == "答："
    assert first.index("您在聊天里说的：哪个县：永嘉县；") < first.index("第 1 问，后面最多还有 9 问")
    choices = dict(re.findall(r"(\d+)\. (\S+)", first))
    assert "先不答了" in first
    number = next(number for number, word in choices.items() if word == "家庭农场")
    assert "记下了：经营身份：家庭农场。\n第 2 问" in said(talk, f"第{number}个")
    assert "第 3 问" in said(talk, "不清楚")
    again = said(talk, "嗯嗯那个那个")
    assert "第 3 问" in again
    assert "政策体检" not in again
    skip = next(number for number, word in re.findall(r"(\d+)\. (\S+)", again) if word == "不想说")
    assert "第 4 问" in said(talk, skip)


def test_help_and_the_way_back_are_one_word(sit: Callable[[], TerminalChat]) -> None:
    """帮助 lists the words and shows the question again; a miss says how to steer; 上一题 goes back one answer a time."""
    talk = sit()
    assert said(talk, "帮助").startswith("您问，我答")
    first = said(talk, "体检")
    assert "前面没有答过" in said(talk, "上一题")
    missed = said(talk, "咕噜咕噜")
    for reply in (first, missed):
        assert all(word in reply for word in ("“停”", "“上一题”", "“改”", "“帮助”"))
    helped = said(talk, "帮助")
    assert all(word in helped for word in ("上一题", "停", "改", "从头再答", "取消"))
    assert helped.splitlines()[-2:] == first.splitlines()[-3:-1]
    second = said(talk, "永嘉")
    third = said(talk, "家庭农场")
    assert "第 3 问" in third
    assert second.splitlines()[2] in said(talk, "上一题")
    assert first.splitlines()[2] in said(talk, "上一题")
    assert "前面没有答过" in said(talk, "上一题")
    assert "改好了：哪个县——乐清市。" in said(talk, "乐清")
    assert "接下来可以打：" in said(talk, "停", "帮助")
    assert second.splitlines()[2] in said(talk, "上一题")


@pytest.mark.parametrize(
    ("key", "word", "noted"),
    [
        ("area_mu", "三十亩", "30 亩"),
        ("amount_yuan", "大概二十万", "20 万元"),
        ("amount_yuan", "1", None),
        ("county", "我在矾山", "苍南县"),
    ],
)
def test_amounts_are_typed_and_a_bare_number_is_no_choice(
    base: KnowledgeBase, tmp_path: Path, clock: Clock, key: str, word: str, noted: str | None
) -> None:
    """Where a number is itself an answer nothing is numbered; what could be 1 元 or 1 万元 is asked back."""
    talk = asked_of(base, tmp_path, clock, key)
    reply = said(talk, word)
    if noted is not None:
        assert f"：{noted}。\n第 2 问" in reply
    else:
        assert "是多少元，还是多少万？" in reply
        assert "也可以答：1 元、1 万元、不清楚、不想说。" in reply
        assert "：1 万元。\n第 2 问" in said(talk, "1 万元")


def test_another_sitting_goes_on_for_seven_days(sit: Callable[[], TerminalChat], tmp_path: Path, clock: Clock) -> None:
    """What was answered is in a file of its owner's alone; the next sitting says so, and words wait for 继续."""
    first = sit()
    said(first, "体检", "不清楚")
    assert "7 天内" in first.farewell
    path = tmp_path / "var" / NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == [NAME]
    clock.now += timedelta(days=6, hours=23)
    second = sit()
    assert "还没问完，答过 1 问" in second.greeting
    assert "第 2 问" not in second.reply("乐清")
    assert "第 2 问" in second.reply("继续")
    clock.now += timedelta(days=7)
    third = sit()
    assert "上次" not in third.greeting
    assert not path.exists()
    assert "第 1 问" in third.reply("接着体检")


def test_a_question_of_their_own_is_answered_and_the_way_back_shown(sit: Callable[[], TerminalChat]) -> None:
    """Numbers choose from what the answer offered, and from the interview's choices again afterwards."""
    talk = sit()
    asked = said(talk, "政策体检")
    answered = said(talk, "石斛贷利息多少")
    assert "来源：" in answered
    assert "政策体检还停在这一问" in answered
    assert talk.prompt == "答："
    offering = said(talk, "种杨梅能贷款吗")
    assert "打数字是选上面的" in offering
    chosen = said(talk, "1")
    assert "来源：" in chosen
    assert asked.splitlines()[2] in chosen
    assert "第 2 问" in said(talk, "1")
    assert "骗局" in said(talk, "有人让我先交保证金才放款")


def test_an_answer_is_changed_and_the_rest_stays(sit: Callable[[], TerminalChat]) -> None:
    """改 lists them, 改 2 or 改县 asks that one again, 不改了 leaves it; 改 in another sense is no change."""
    talk = sit()
    said(talk, "乐清 杨梅", "体检", "家庭农场")
    listed = said(talk, "改")
    number = re.search(r"(\d)\. 经营身份：家庭农场", listed)
    assert number is not None
    assert "改这一个答案" in said(talk, f"改 {number[1]}")
    assert "第 2 问" in said(talk, "不改了")
    assert "改这一个答案" in said(talk, "改县")
    changed = said(talk, "永嘉")
    assert "改好了：哪个县——永嘉县。" in changed
    assert "第 3 问" in changed  # what was heard counts as answered once it is changed
    assert "改这一个答案" not in said(talk, "改良品种有补贴吗")


def test_from_the_result_everything_is_one_line_away(sit: Callable[[], TerminalChat], base: KnowledgeBase) -> None:
    """先不答了 shows it; then conditions, papers, 已有 and back, all of it, going on, and beginning anew."""
    talk = sit()
    left = said(talk, "家庭农场 永嘉 30亩杨梅", "体检", "先不答了")
    assert "初步结果" in left
    assert "这是初步判断，不是决定" in left
    first = re.search(r"^1\. (?:【.+?】)?(.+?)：可能符合", left, re.MULTILINE)
    assert first is not None
    title = first[1]
    assert "由谁最终认定：" in said(talk, "看 1")
    assert said(talk, "1") == said(talk, "第一条") == said(talk, "看 1")
    assert f"“{title}”从材料单去掉了。" in said(talk, "去掉 1")
    listed = said(talk, "列进1")
    assert f"“{title}”列进材料单了。" in listed
    assert title in said(talk, "材料单")
    owned = said(talk, "已有 1")
    assert f"您说已有、没再列的：{title}。" in owned
    assert "您说已有" not in said(talk, "放回")
    assert "没有第 999 条" in said(talk, "看 999")
    whole = said(talk, "看全部")
    count = len(base.check_up_book.entries)
    assert re.findall(r"^(\d+)\. ", whole, re.MULTILINE) == [str(number) for number in range(1, count + 1)]
    near = re.search(r"^(\d+)\. .*：还差 \d+ 项", whole, re.MULTILINE)
    assert near is not None
    assert f"打“问清 {near[1]}”" in said(talk, f"看 {near[1]}")
    assert "我能办吗：" in said(talk, f"问清 {near[1]}")
    assert "第 1 问" in said(talk, "政策体检")
    assert "前面答的都清掉了" in said(talk, "先不答了", "从头再答")


def test_a_wrong_result_can_be_worked_out_again(sit: Callable[[], TerminalChat], base: KnowledgeBase) -> None:
    """The line to hand on brings the same outcomes, and neither village nor name."""
    talk = sit()
    left = said(talk, "我在永嘉岩头镇，种杨梅", "体检", "家庭农场", "停")
    line = said(talk, "结果不对").splitlines()[-1]
    words = shlex.split(line)
    facts = json.loads(words[words.index("--facts") + 1])
    again = stated(base, "", facts, date.fromisoformat(words[words.index("--on") + 1]))
    assert "岩头" not in line
    assert {item.outcome for item in again.sections[0].items} <= {
        each.split(". ", 1)[1] for each in left.splitlines() if re.match(r"\d+\. ", each)
    }


def test_of_the_entry_just_spoken_of(sit: Callable[[], TerminalChat], base: KnowledgeBase) -> None:
    """我能办吗 means that entry, without one everything; its result has the merged papers."""
    title = base.entries[ENTRY].title
    assert said(sit(), "我能办吗？").startswith("政策体检\n")
    talk = sit()
    assert said(talk, "创业担保贷款个人", "我能办吗").startswith(f"我能办吗：{title}\n")
    left = said(talk, "停")
    assert left.startswith(f"我能办吗：{title}——初步结果")
    assert "材料单（合在一起，一样只列一次）\n1. " in left


def test_forgetting_deletes_the_file(sit: Callable[[], TerminalChat], tmp_path: Path) -> None:
    """取消 deletes what was answered and said; 删除我的信息 does so in a sitting that never opened it."""
    talk = sit()
    said(talk, "体检", "不清楚")
    assert "都删了" in said(talk, "取消")
    assert "第 1 问" in said(talk, "体检")
    assert "都删了" in said(sit(), "删除我的信息")
    assert not (tmp_path / "var" / NAME).exists()


def test_a_file_that_cannot_be_read_or_written_stops_nobody(
    sit: Callable[[], TerminalChat], base: KnowledgeBase, tmp_path: Path, clock: Clock
) -> None:
    """Said once, with the path; the interview goes on in memory, and a file without sense is replaced."""
    path = tmp_path / "var" / NAME
    path.parent.mkdir()
    for nonsense in ("{", '{"saved_at": "2026-11-25T07:00:00+00:00", "state": {"scope": 3}}', '{"state": {}}', "[]"):
        path.write_text(nonsense, encoding="utf-8")
        assert f"读不出来了（{path}）" in sit().greeting
    assert "第 2 问" in said(sit(), "体检", "不清楚")
    CheckState.from_json(json.loads(path.read_text(encoding="utf-8"))["state"], base.rule_book.declared)
    blocked = TerminalChat(base, DAY, CheckStore(path / "var", clock))
    assert "存不下来" in said(blocked, "体检")
    after = said(blocked, "不清楚")
    assert "存不下来" not in after
    assert "第 2 问" in after


def test_one_question_says_where_it_can_be_done(base: KnowledgeBase) -> None:
    """The answer to a single 政策体检 keeps its words and adds how to begin here."""
    told = once(base, "政策体检", DAY)
    assert told.startswith("政策体检：答几个问题")
    assert told.endswith("运行 python -m knowledge ask，然后输入“政策体检”。")
    assert "python" not in once(base, "石斛贷利息多少", DAY)
