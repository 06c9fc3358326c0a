"""我能办吗 and 政策体检 in Telegram: the authors' own cases, typed and tapped, left and resumed, changed, tapped twice."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from knowledge.answers import Action, Verb
from knowledge.ask_command import TerminalChat
from knowledge.base import KnowledgeBase
from knowledge.check_command import stated, told
from knowledge.check_rendering import GO_ON, OWN
from knowledge.check_store import CheckStore
from knowledge.entries import Case, Entry
from office.assisted_checks import AssistedChecks, Wanted, chat_of
from office.ledger import people as officers
from office.office import ChatKey, Office
from office.people import Role
from tests.check_people import answered, people, stopped
from tests.handlers.check_talk import actions, as_the_person_of, key_of, labels, lines, press, tap, today
from tests.handlers.running import assert_clean_end, free_port, program
from tests.offices import own_office
from tests.telegram_api import BotProcess, Message, Person, TelegramApi
from tests.web.reading import Page
from web.chat import CHAT_COOKIE

ENTRY = "farm-machinery-subsidy"
ENTRIES = 12
OUTCOMES = ("LIKELY", "UNLIKELY", "UNDETERMINED")
WORDS = {
    "LIKELY": r"：可能符合，可以去申请",
    "UNLIKELY": r"：可能不符合：|：差一点：",
    "UNDETERMINED": r"：还差 \d+ 项：|：先问一声：|：还说不准|但现在还办不办要问一声",
    "CLOSED": r"：现在不在有效期，办不了",
}


class Place:
    """The program on a local Telegram, with the folder and port that a restart of it gets again."""

    def __init__(self, api: TelegramApi, state: Path) -> None:
        self.api, self.state, self.port = api, state, free_port()
        self.bot = self.fresh()

    def fresh(self) -> BotProcess:
        """The program, not started."""
        return program(self.api, self.state, port=self.port)


@pytest.fixture(scope="module")
def place(new_state: Callable[[], Path]) -> Iterator[Place]:
    """The program, from its start to its clean end."""
    with TelegramApi() as api:
        place = Place(api, new_state())
        place.bot.start(180)
        try:
            yield place
            assert_clean_end(api, place.bot)
        finally:
            place.bot.__exit__(None, None, None)


@pytest.fixture
def ming(place: Place) -> Person:
    """Somebody the bot has never met."""
    return place.api.user(f"小明{secrets.token_hex(3)}")


@pytest.fixture(scope="module")
def office(place: Place, shipped: KnowledgeBase) -> Iterator[Office]:
    """The program's own ledger, seen from beside it."""
    office = own_office(place.state, shipped)
    yield office
    office.ledger.close()


def is_as_then(entry: Entry, case: Case) -> bool:
    """Whether the entry stands today as on the day its author thought of."""
    return entry.status_on(case.on) is entry.status_on(today())


def chosen_cases(base: KnowledgeBase) -> list[tuple[Entry, Case]]:
    """A yes, a no and an unknown of each of some entries spread over the whole of data/, as their authors wrote them."""
    found: list[list[tuple[Entry, Case]]] = []
    for _, entry in sorted(base.entries.items()):
        cases = {case.outcome: case for case in reversed(entry.cases) if is_as_then(entry, case)}
        if cases.keys() >= set(OUTCOMES):
            found.append([(entry, cases[outcome]) for outcome in OUTCOMES])
    step = max(len(found) // ENTRIES, 1)
    return [pair for three in found[::step][:ENTRIES] for pair in three]


def test_the_authors_cases_come_out_in_the_chat_as_they_expect(place: Place, shipped: KnowledgeBase) -> None:
    """Twelve entries, each with its yes, its no and its unknown: asked and answered one by one through the bot."""
    cases = chosen_cases(shipped)
    assert len({entry.code for entry, _ in cases}) >= 10
    wrong = []
    for number, (entry, case) in enumerate(cases):
        person = place.api.user(f"第{number}位")
        said = as_the_person_of(case.facts, person, person.ask(f"/check {entry.code}"), shipped)
        line = next((line for line in lines(said) if f"{entry.title}：" in line and "初步结果" not in line), "")
        if not re.search(WORDS[case.outcome], line):
            wrong.append((entry.code, case.name, case.outcome, said.text))
        assert len(lines(said)) <= 12, said.text
        assert "由谁最终认定：" in said.text
        assert "这是初步判断，不是决定" in said.text
        assert str(today()) in said.text

    assert wrong == []


def test_what_was_heard_is_shown_first_and_one_tap_corrects_it(ming: Person) -> None:
    """Crop, county and area come from the chat before; 改 asks the county again and the rest stays."""
    ming.ask("永嘉 30亩杨梅 想贷20万")
    first = ming.ask("体检")
    assert "政策体检" in first.text
    assert first.text.index("您在聊天里说的：哪个县：永嘉县；") < first.text.index("第 1 问，后面最多还有")
    asked = press(ming, "改：哪个县")
    assert "改这一个答案" in asked.text
    changed = ming.ask("矾山")
    assert "改好了：哪个县——苍南县" in changed.text
    press(ming, "改前面的")
    assert {"哪个县：苍南县", "种养什么：杨梅", "接着答", "找人问"} <= set(labels(ming.chat.last))
    assert key_of(press(ming, "接着答")) is not None


def test_answers_are_tapped_or_typed_and_counted(ming: Person) -> None:
    """Each question has its choices, both ways not to answer and a way out; the count goes up with every answer."""
    first = ming.ask("/check")
    assert {"不清楚", "不想说", "先不答了", "找人问"} <= set(labels(first))
    assert "第 1 问，后面最多还有 9 问" in first.text
    second = tap(ming, first, labels(first)[0])
    assert "记下了：" in second.text
    assert "第 2 问，后面最多还有 8 问" in second.text
    third = ming.ask("不想说")
    assert "第 3 问，后面最多还有 7 问" in third.text
    same = ming.ask("嗯嗯那个那个")
    assert key_of(same) == key_of(third)
    assert "第 3 问" in same.text


def test_any_other_question_is_answered_and_the_way_back_is_offered(ming: Person) -> None:
    """With or without a question mark; a warning of fraud too; 接着体检 brings the same question."""
    asked = ming.ask("政策体检")
    for other in ("石斛贷利息多少", "石斛贷利息"):
        said = ming.ask(other)
        assert "来源：" in said.text
        assert {"接着体检", "找人问"} <= set(labels(said))
    assert "骗局" in ming.ask("有人让我先交保证金才放款").text
    again = press(ming, "接着体检")
    assert key_of(again) == key_of(asked)
    assert "第 1 问" in again.text


def test_of_the_entry_at_hand_or_of_all(ming: Person) -> None:
    """我能办吗 means the entry just spoken of, by word and by button; without one it is the check-up."""
    assert "政策体检" in lines(ming.ask("我能办吗？"))
    ming.ask("取消")
    told_of = ming.ask("石斛贷")
    by_word = ming.ask("我能办吗")
    assert "我能办吗：浙里担·石斛贷（乐清）" in by_word.text
    by_button = tap(ming, told_of, "我能办吗")
    assert by_button.text == by_word.text
    assert ming.ask("/check 石斛贷").text == by_word.text


def test_a_name_nobody_knows_and_a_withdrawn_entry_are_said_kindly(ming: Person) -> None:
    """The check-up is one tap away in both cases."""
    assert "没找到这一条" in ming.ask("/check 嗯嗯那个").text
    message = ming.ask("/check")
    ming.tap(message, data="1|k|no-such-entry")
    gone = ming.chat.wait_for_reply()
    assert "撤下来" in gone.text
    assert key_of(press(ming, "政策体检")) is not None


def test_leaving_lets_words_be_and_the_check_up_goes_on_later(ming: Person) -> None:
    """After 先不答了 a result stands and words are ordinary questions; 体检 asks on where it was; so does /start."""
    ming.ask("体检")
    second = ming.ask("不清楚")
    left = press(ming, "先不答了")
    assert "初步结果" in left.text
    assert "7 天" in left.text
    assert "第 2 问" not in ming.ask("乐清").text
    assert key_of(ming.ask("体检")) == key_of(second)
    ming.ask("/start")
    assert "接着体检" not in labels(ming.ask("石斛贷利息多少"))
    assert key_of(ming.ask("体检")) == key_of(second)
    assert "初步结果" in ming.ask("先不答了").text


def test_giving_up_deletes_the_answers(ming: Person) -> None:
    """取消 drops them; a button from before says so and begins afresh."""
    old = ming.ask("体检")
    ming.ask("不清楚")
    assert "都删了" in ming.ask("取消").text
    fresh = tap(ming, old, "不想说")
    assert "7 天" in fresh.text
    assert "第 1 问" in fresh.text
    assert "都删了" in ming.ask("取消").text
    assert "忘掉了" in ming.ask("取消").text


def test_the_form_asked_last_takes_the_words(ming: Person) -> None:
    """An amount goes to the calculation begun later; the way back to the check-up stays, and then words are for it."""
    asked = ming.ask("体检")
    ming.ask("算一算")
    press(ming, "贷款一年真实花多少")
    assert "年利率" in ming.ask("10万").text
    assert {"接着体检", "接着算：贷款一年真实花多少"} <= set(labels(ming.ask("石斛贷利息多少")))
    assert key_of(press(ming, "接着体检")) == key_of(asked)
    assert "第 2 问" in ming.ask("不清楚").text


def test_double_and_old_taps_do_no_harm(place: Place, ming: Person) -> None:
    """The same tap twice is one answer; a tap on an old question corrects that answer and nothing else."""
    first = ming.ask("体检")
    before = len(ming.chat.replies)
    taps = [ming.tap(first, labels(first)[0]) for _ in range(3)]
    for each in taps:
        each.wait_for_answer()
    place.api.wait_until_delivered()
    assert len(ming.chat.replies) == before + 1
    assert "第 2 问" in ming.chat.last.text
    corrected = tap(ming, first, labels(first)[1])
    assert "改好了：" in corrected.text
    assert "第 2 问" in corrected.text
    ming.tap(first, data=Action(Verb.CHECK_ANSWER, "no_such_fact", "y").data)
    assert "第 2 问" in ming.chat.wait_for_reply().text


def test_a_wrong_result_a_paper_list_and_what_one_has_already(ming: Person) -> None:
    """From the result each is one tap: reference, papers page by page, 已有 with a way back, and going on."""
    ming.ask("家庭农场 永嘉 30亩杨梅")
    ming.ask("体检")
    result = press(ming, "先不答了")
    assert {"改：哪个县", "材料单", "继续问", "结果不对？", "从头再答"} <= set(labels(result))
    likely = next(label for label in labels(result) if label.startswith("可能符合 "))
    listed = press(ming, likely)
    title = lines(listed)[1].split("：可能符合")[0].split("】")[-1].removeprefix("1. ")
    item = press(ming, "第1条")
    assert title in item.text
    assert "由谁最终认定：" in item.text
    owned = press(ming, "这个我已经有了")
    assert f"您说已有、没再列的：{title}" in owned.text
    assert "您说已有" not in press(ming, "点错了，我还没有").text
    assert f"“{title}”从材料单去掉了" in tap(ming, item, "从材料单去掉").text
    assert f"“{title}”列进材料单了" in press(ming, "再列进去").text
    papers = tap(ming, result, "材料单").text
    assert f"去之前先问：{title}" in papers or f"用在：{title}" in papers
    reported = tap(ming, result, "结果不对？")
    assert re.search(r"编号 [2-9A-Z]{6}", reported.text)
    assert "第 1 问" in tap(ming, result, "继续问").text


def test_buttons_of_an_earlier_result_belong_to_that_result(ming: Person) -> None:
    """Reported or begun anew from the entry's result, it is the entry, also when the check-up was opened since."""
    ming.ask(f"/check {ENTRY}")
    single = ming.ask("家庭农场")
    assert "初步结果" in single.text
    ming.ask("体检")
    assert lines(tap(ming, single, "结果不对？"))[0].startswith("我能办吗：")
    ming.ask("体检")
    assert "我能办吗：" in tap(ming, single, "从头再答").text


def test_in_a_group_nobody_is_asked_about_their_home(place: Place, ming: Person) -> None:
    """By command and by button one kind sentence leads into the private chat."""
    group = place.api.group("村里的群", [ming])
    ming.say("/check@" + place.api.world.bot["username"], group)
    assert group.wait_for_reply("不在群里问")
    assert all(key_of(message) is None for message in group.replies)


def test_pages_of_a_long_list_turn_in_place(place: Place, ming: Person) -> None:
    """Ten a page; 下一页 changes the message, a second tap from an old view leaves it as it is."""
    ming.ask("体检")
    result = press(ming, "先不答了")
    listed = press(ming, next(label for label in labels(result) if label.startswith("还差信息 ")))
    assert len(lines(listed)) <= 12
    ming.tap(listed, "下一页")
    turned = ming.chat.wait_for_edit()
    assert turned.id == listed.id
    assert "11. " in turned.text
    assert labels(turned)[0] == "第11条"
    before = len(ming.chat.replies)
    ming.tap(turned, data=next(b.callback_data for b in listed.buttons if b.text == "下一页"))
    place.api.wait_until_delivered()
    assert len(ming.chat.replies) == before


def everything_said_of(person: Person, result: Message) -> str:
    """All groups of a result, every page of them."""
    pages = []
    for action in actions(result):
        if action.verb is not Verb.CHECK_STEP or action.target != "list":
            continue
        person.tap(result, data=action.data)
        page = person.chat.wait_for_reply()
        pages.append(page.text)
        while "下一页" in labels(page):
            person.tap(page, "下一页")
            page = person.chat.wait_for_edit()
            pages.append(page.text)
    assert all(len([line for line in text.splitlines() if line]) <= 12 for text in pages)
    return "\n".join(pages)


def said_in_the_terminal(place: Place, base: KnowledgeBase, facts: Mapping[str, Any]) -> str:
    """The whole result in the chat of `python -m knowledge ask`."""
    store = CheckStore(place.state / f"terminal-{secrets.token_hex(4)}", lambda: datetime.now(UTC))
    store.save(stopped(facts).to_json())
    talk = TerminalChat(base, today(), store)
    talk.reply("继续")
    talk.reply("先不答了")
    return talk.reply("看全部")


def on_the_sheet(office: Office, facts: Mapping[str, Any]) -> str:
    """The outcomes on the sheet that is printed for a farmer to sign."""
    checks = AssistedChecks(office)
    with office.ledger.begin() as connection:
        by = officers.add(connection, office.cipher, Role.STAFF, "林小满", "", (), by="test", now=office.now())
        wanted = Wanted(secrets.token_hex(8), "乐清市/大荆镇/下山头村", "", "张阿公", "", is_present=True)
        number = checks.begin(connection, by, wanted)
    answered(office, chat_of(number), facts)
    with office.ledger.begin() as connection:
        begun = checks.find(connection, number)
        assert begun is not None
        checks.record(connection, by, begun)
        recorded = checks.find(connection, number)
    assert recorded is not None
    assert recorded.result is not None
    return "\n".join(item["outcome"] for section in recorded.result["sections"] for item in section["items"])


def test_every_window_and_the_printed_sheet_say_the_same(place: Place, office: Office, shipped: KnowledgeBase) -> None:
    """Some people's answers: each outcome of the result stands once in the chat, on the page, in the terminal, on paper."""
    for number, facts in enumerate(people(shipped.rule_book, 4, seed=7)):
        person = place.api.user(f"比较{number}")
        visitor = ChatKey("web", secrets.token_urlsafe(18))
        for chat in (ChatKey("telegram", str(person.chat.id)), visitor):
            answered(office, chat, facts)
        request = Request(f"http://127.0.0.1:{place.port}/check", headers={"Cookie": f"{CHAT_COOKIE}={visitor.id}"})
        with urlopen(request) as response:
            page = Page(response.read().decode()).text
        view = stated(shipped, "", facts, office.today())
        expected = [line.text for line in view.outcome_lines]
        assert len(expected) > len(shipped.entries) / 2
        person.ask("开始")
        person.tap(person.chat.last, data=Action(Verb.CHECK_STEP, "sum").data)
        shown = {
            "chat": everything_said_of(person, person.chat.wait_for_reply()),
            "page": page,
            "terminal": said_in_the_terminal(place, shipped, facts),
            "command": "\n".join(line.text for line in told(view)),
            "sheet": on_the_sheet(office, facts),
        }
        for line in (line for line in expected if not re.search(r"（\d+ 条）$", line)):
            assert {window: text.count(line) for window, text in shown.items()} == dict.fromkeys(shown, 1), line


def test_a_restart_in_the_middle_changes_nothing(place: Place, ming: Person) -> None:
    """Stopped after the second answer, the program goes on with the third; a chat's subject and its old buttons stay."""
    hong = place.api.user("小红")
    told = hong.ask("石斛贷利息多少")
    ming.ask("体检")
    ming.ask("不清楚")
    asked = ming.ask("不想说")
    assert "第 3 问" in asked.text
    assert place.bot.stop() == 0
    place.bot.__exit__(None, None, None)
    hong.say("那额度呢")
    place.bot = place.fresh()
    place.bot.start(180)
    assert "石斛" in hong.chat.wait_for_reply().text
    assert "条件" in tap(hong, told, "展开全部").text
    assert "第 4 问" in ming.ask("不清楚").text
    assert "第 4 问" in tap(ming, asked, "不想说").text


def test_steps_are_those_of_the_office(shipped: KnowledgeBase) -> None:
    """The longest code of an entry fits behind every step of the window."""
    longest = max(shipped.entries, key=len)
    for name in ("known", "item", "all", "sum", GO_ON, OWN):
        assert len(Action(Verb.CHECK_STEP, name, longest).data.encode()) <= 64
    for name in ("papers", "leaf"):
        assert len(Action(Verb.CHECK_STEP, name, f"99.{longest}").data.encode()) <= 64
