"""我能办吗 and 政策体检 at the office: prefilled, typed or pressed, changed, left and resumed, reported."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.answers import Action, Verb
from knowledge.base import KnowledgeBase
from knowledge.check_views import CheckView, QuestionView, ResultView
from knowledge.checkup import BROAD_QUESTIONS, Group
from knowledge.rule_book import RuleBook
from office.check_ups import CheckUps
from office.ledger import Ledger, wrong_results
from office.office import ChatKey, Office
from office.settings import Settings

ENTRY = "farm-machinery-subsidy"


@pytest.fixture
def office(ledger: Ledger, knowledge: KnowledgeBase, tmp_path: Path) -> Office:
    """An office over an empty ledger, once on each engine."""
    return Office(Settings.from_environ({"STATE_DIR": str(tmp_path / "state")}), ledger, knowledge)


@pytest.fixture
def check_ups(office: Office) -> CheckUps:
    """Its interviews."""
    return CheckUps(office)


@pytest.fixture
def chat() -> ChatKey:
    """A chat nobody used before."""
    return ChatKey("web", secrets.token_urlsafe(18))


class LaterOffice(Office):
    """An office whose clock can be put forward."""

    later = timedelta()

    def now(self) -> datetime:
        """This instant, and `later`."""
        return datetime.now(UTC) + self.later


def question(view: CheckView | None) -> QuestionView:
    """The view as a question."""
    assert isinstance(view, QuestionView)
    return view


def result(view: CheckView | None) -> ResultView:
    """The view as a result."""
    assert isinstance(view, ResultView)
    return view


def step(name: str, detail: str = "") -> Action:
    """A press on a step."""
    return Action(Verb.CHECK_STEP, name, detail)


def known(view: CheckView) -> dict[str, str]:
    """What is shown back."""
    return {fact.key: fact.words for fact in view.known}


def test_an_interview_is_prefilled_with_what_the_chat_said(office: Office, check_ups: CheckUps, chat: ChatKey) -> None:
    """County and crop of the question asked before are shown back as heard, and are not asked."""
    office.ask("永嘉 30亩杨梅 想贷20万", chat)
    view = question(check_ups.begin(chat))

    assert {"county": "永嘉县", "crop": "杨梅", "area_mu": "30 亩"}.items() <= known(view).items()
    assert all("您在聊天里说的" in fact.text for fact in view.known)
    assert view.key not in {"county", "crop", "area_mu"}


def test_an_answer_may_be_pressed_or_typed(check_ups: CheckUps, chat: ChatKey) -> None:
    """The button and the word lead to the same next question."""
    other = ChatKey("telegram", "7")
    first, same = question(check_ups.begin(chat)), question(check_ups.begin(other))
    choice = first.choices[3]
    by_press = question(check_ups.press(choice.button.action, chat))
    by_word = question(check_ups.reply(other, choice.word))

    assert replace(by_press, known=()) == replace(by_word, known=())
    assert known(by_press) == known(by_word) == {first.key: choice.word}
    assert same.key == first.key


def test_what_cannot_be_read_gets_one_kind_sentence_and_the_same_question(check_ups: CheckUps, chat: ChatKey) -> None:
    """Neither counted nor stored; an amount of unclear size shows its readings, and one tap settles it."""
    first = question(check_ups.begin(chat))
    again = question(check_ups.reply(chat, "嗯嗯那个"))

    assert again.key == first.key
    assert again.trouble
    assert again.progress == first.progress
    assert known(again) == {}


def test_two_readings_are_shown_and_one_tap_settles_them(check_ups: CheckUps, chat: ChatKey) -> None:
    """20 for an amount may be 20 元 or 20 万元; nothing is picked silently."""
    check_ups.begin(chat)
    question(check_ups.press(step("change", "amount_yuan"), chat))
    asked = question(check_ups.reply(chat, "20"))

    assert [choice.word for choice in asked.choices if not choice.is_skip] == ["20 元", "20 万元"]
    answered = check_ups.press(asked.choices[1].button.action, chat)
    assert known(answered)["amount_yuan"] == "20 万元"


@pytest.mark.parametrize(("word", "shown"), [("不清楚", "不清楚（没答）"), ("不想说", "不清楚（没答）")])
def test_not_knowing_and_not_telling_are_offered_everywhere_and_end_as_unknown(
    check_ups: CheckUps, chat: ChatKey, word: str, shown: str
) -> None:
    """Every question of a whole check-up offers both; nothing turns into 可能不符合 for it."""
    view = check_ups.begin(chat)
    for _ in range(BROAD_QUESTIONS):
        asked = question(view)
        assert {"不清楚", "不想说"} <= {choice.word for choice in asked.choices if choice.is_skip}
        view = check_ups.reply(chat, word)
    ended = result(view)

    assert set(known(ended).values()) == {shown}
    assert {Group.NOT, Group.NEARLY}.isdisjoint(item.group for item in ended.items)


def test_a_question_of_its_own_is_left_to_the_office(check_ups: CheckUps, chat: ChatKey) -> None:
    """Mid-interview 石斛贷利息多少 is no answer: the window asks the office, and the interview waits."""
    first = question(check_ups.begin(chat))

    assert check_ups.reply(chat, "石斛贷利息多少？") is None
    assert question(check_ups.current(chat)).key == first.key


def test_words_are_not_taken_when_no_interview_waits(check_ups: CheckUps, chat: ChatKey) -> None:
    """Before the start, after 先不答了, and on a result page typed words go to the office."""
    assert check_ups.reply(chat, "乐清") is None
    assert check_ups.current(chat) is None
    check_ups.begin(chat)
    result(check_ups.press(step("leave"), chat))
    assert check_ups.reply(chat, "乐清") is None
    assert isinstance(check_ups.reply(chat, "继续问"), QuestionView)


def test_changing_an_answer_keeps_the_rest(check_ups: CheckUps, chat: ChatKey) -> None:
    """The county is asked again, changed, and said back; the other answers stay."""
    check_ups.begin(chat)
    check_ups.press(step("change", "county"), chat)
    check_ups.reply(chat, "永嘉")
    check_ups.press(step("change", "applicant_type"), chat)
    check_ups.reply(chat, "家庭农场")
    asked = question(check_ups.press(step("change", "county"), chat))
    assert asked.key == "county"
    assert "改这一个答案" in asked.progress
    changed = check_ups.reply(chat, "我在矾山")

    assert changed is not None
    assert {"county": "苍南县", "applicant_type": "家庭农场"}.items() <= known(changed).items()
    assert any("改好了：哪个县——苍南县" in text for text in changed.notices)


def test_the_check_up_stops_after_ten_and_goes_on_when_told(check_ups: CheckUps, chat: ChatKey) -> None:
    """Ten answers, then the result with 还差 N 项; 继续问 asks the eleventh."""
    view = check_ups.begin(chat)
    for number in range(1, BROAD_QUESTIONS + 1):
        assert f"第 {number} 问" in question(view).progress
        assert ("先问到这里" in question(view).progress) == (number == BROAD_QUESTIONS)
        assert "最后一问" not in question(view).progress  # more can be asked
        view = check_ups.reply(chat, "不清楚")
    stopped = result(view)

    assert re.search(r"还差 \d+ 项", stopped.missing)
    assert "继续问" in [button.label for button in stopped.buttons]
    assert "第 11 问" in question(check_ups.press(step("go"), chat)).progress


def test_what_somebody_has_already_is_listed_no_more(check_ups: CheckUps, chat: ChatKey) -> None:
    """已有 takes the entry out of the result, its title is said, and it can be taken back."""
    check_ups.begin(chat)
    before = result(check_ups.press(step("leave"), chat))
    item = before.items[0]
    after = result(check_ups.press(item.own.action, chat))

    assert item.code not in {each.code for each in after.items}
    assert after.owned == (item.title,)
    assert item.code in {each.code for each in result(check_ups.press(step("disown", item.code), chat)).items}


def test_papers_of_the_chosen_entries_are_merged(check_ups: CheckUps, chat: ChatKey, knowledge: KnowledgeBase) -> None:
    """Each paper once with its office; an entry whose document names none is said to be silent."""
    check_ups.begin(chat)
    likely = result(check_ups.press(step("leave"), chat)).papers.chosen
    asked = {prepared.rules.entry.code: prepared.rules.entry for prepared in knowledge.check_up_book.entries}
    stated = [code for code, entry in asked.items() if entry.papers][:2]
    silent = next(code for code, entry in asked.items() if entry.papers is None)
    for code in (*likely, *stated, silent):  # those listed at first are taken off, the others put on
        view = check_ups.press(step("choose", code), chat)
    chosen = result(view)
    names = [line.text.split("；")[0].split(". ", 1)[1].split("（")[0] for line in chosen.papers.papers]

    assert set(chosen.papers.chosen) == {*stated, silent}
    assert len(names) == len(set(names)) >= 2
    assert all("哪里开：" in line.text for line in chosen.papers.papers)
    assert knowledge.entries[silent].title in chosen.papers.notes[0].text
    toggled = result(check_ups.press(step("choose", silent), chat))
    assert set(toggled.papers.chosen) == set(stated)


def test_a_wrong_result_is_reported_once_without_who_it_was(
    office: Office, check_ups: CheckUps, chat: ChatKey, caplog: pytest.LogCaptureFixture
) -> None:
    """结果不对 keeps publication, answers and outcomes under a reference; pressing again gives the same one."""
    office.ask("我在永嘉岩头镇，种杨梅", chat)
    check_ups.begin(chat)
    check_ups.reply(chat, "家庭农场")
    first = result(check_ups.press(step("wrong"), chat))
    second = result(check_ups.press(step("wrong"), chat))
    reference = re.search(r"编号 ([2-9A-Z]{6})", first.notices[0])
    with office.ledger.begin() as connection:
        reports = wrong_results.unsettled(connection, office.cipher)

    assert reference is not None
    assert reference.group(1) in second.notices[0]
    assert [report.reference for report in reports] == [reference.group(1)]
    assert reports[0].publication == office.knowledge.version
    assert reports[0].answers["county"] == "永嘉县"
    assert reports[0].shown == {item.code: item.group.value for item in first.items}
    assert reference.group(1) in caplog.text
    assert chat.id not in caplog.text + str(reports)
    assert "岩头" not in str(reports)


def test_an_interview_survives_a_restart_for_seven_days(
    ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path, chat: ChatKey
) -> None:
    """Another process goes on with the next answer; after seven days an old button starts afresh and says so."""
    settings = Settings.from_environ({"STATE_DIR": str(tmp_path / "state")})
    first = Office(settings, Ledger.open(ledger_url), knowledge)
    asked = question(CheckUps(first).begin(chat))
    CheckUps(first).reply(chat, "不清楚")
    first.ledger.close()
    second = LaterOffice(settings, Ledger.open(ledger_url), knowledge)
    resumed = question(CheckUps(second).reply(chat, "不清楚"))
    assert "第 3 问" in resumed.progress
    assert asked.key in known(resumed)
    second.later = timedelta(days=7, seconds=1)
    assert CheckUps(second).current(chat) is None
    fresh = question(CheckUps(second).press(asked.choices[0].button.action, chat))
    assert "7 天" in fresh.notices[0]
    second.ledger.close()


def test_one_entry_is_checked_after_the_check_up_without_asking_again(check_ups: CheckUps, chat: ChatKey) -> None:
    """Answers of the check-up count for 我能办吗 of one entry; back in the check-up nothing was lost."""
    check_ups.begin(chat)
    check_ups.press(step("change", "applicant_type"), chat)
    check_ups.reply(chat, "家庭农场")
    view = result(check_ups.begin(chat, ENTRY))

    assert view.scope == ENTRY
    assert [item.group for item in view.items] == [Group.LIKELY]
    assert known(view) == {"applicant_type": "家庭农场"}
    back = question(check_ups.begin(chat))
    assert known(back) == {"applicant_type": "家庭农场"}
    assert "第 2 问" in back.progress


def test_one_entry_has_ten_questions_of_its_own_after_a_whole_check_up(check_ups: CheckUps, chat: ChatKey) -> None:
    """Ten answers given in the check-up do not use up those of an entry, and the check-up still shows its result."""
    view = check_ups.begin(chat)
    while isinstance(view, QuestionView):
        view = check_ups.press(view.choices[-1].button.action, chat)
    single = question(check_ups.begin(chat, "graduate-farming-aid"))

    assert "第 1 问" in single.progress
    assert check_ups.reply(chat, "不清楚") is not None
    assert isinstance(check_ups.begin(chat), ResultView)


def test_looking_keeps_nothing(check_ups: CheckUps, chat: ChatKey) -> None:
    """A page that is only opened shows the first question and leaves no form behind."""
    first = question(check_ups.look(chat))

    assert check_ups.current(chat) is None
    assert question(check_ups.begin(chat)) == first


def test_a_form_that_names_its_question_answers_that_one(check_ups: CheckUps, chat: ChatKey) -> None:
    """Words typed on a page opened long ago answer the question of that page, whatever is asked now."""
    check_ups.begin(chat)
    check_ups.reply(chat, "家庭农场", "applicant_type")
    asked = question(check_ups.reply(chat, "看天气？", "area_mu"))
    assert asked.key == "area_mu"
    assert asked.trouble
    answered = check_ups.reply(chat, "三十亩", "area_mu")
    assert answered is not None
    assert known(answered) == {"applicant_type": "家庭农场", "area_mu": "30 亩"}


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ("石斛贷利息", True),
        ("永嘉杨梅保险多少钱", True),
        ("有人让我先交保证金才放款", True),
        ("永嘉", False),
        ("在乐清呢", False),
        ("不知道怎么说", False),
        ("嗯嗯那个", False),
    ],
)
def test_free_words_are_an_answer_or_a_question(check_ups: CheckUps, chat: ChatKey, text: str, is_own: bool) -> None:
    """Asked for the county: what names an entry, asks about something or smells of fraud is left to the office."""
    check_ups.begin(chat)
    assert question(check_ups.press(step("change", "county"), chat)).key == "county"
    assert (check_ups.reply(chat, text) is None) is is_own


def test_the_result_so_far_can_be_read_without_ending_the_questions(check_ups: CheckUps, chat: ChatKey) -> None:
    """It is that of `leave`, of any scope, and the question still waits; an unknown code is a LookupError."""
    asked = question(check_ups.begin(chat))
    check_ups.reply(chat, "家庭农场", "applicant_type")
    seen, single = check_ups.result(chat), check_ups.result(chat, ENTRY)
    with pytest.raises(LookupError):
        check_ups.result(chat, "no-such-entry")

    assert single.items[0].group is Group.LIKELY
    assert question(check_ups.current(chat)).key == asked.key
    assert result(check_ups.press(step("leave"), chat)).outcome_lines == seen.outcome_lines


def test_turning_to_a_scope_leaves_its_pause(check_ups: CheckUps, chat: ChatKey) -> None:
    """Stopped here and there, `enter` shows the results again, `begin` the questions; a pause without a form is none."""
    check_ups.pause(chat)
    assert check_ups.current(chat) is None
    check_ups.begin(chat)
    check_ups.pause(chat)
    question(check_ups.begin(chat, "graduate-farming-aid"))
    assert not result(check_ups.enter(chat)).scope
    assert check_ups.reply(chat, "乐清") is None
    question(check_ups.begin(chat))
    with pytest.raises(LookupError):
        check_ups.enter(chat, "no-such-entry")


def test_an_unknown_entry_is_refused_and_one_without_conditions_says_so(
    check_ups: CheckUps, chat: ChatKey, knowledge: KnowledgeBase
) -> None:
    """LookupError for a code nobody has; a plain sentence where the document states nothing to judge."""
    with pytest.raises(LookupError):
        check_ups.begin(chat, "no-such-entry")
    bare = next(entry.code for entry in knowledge.entries.values() if not entry.conditions and not entry.exclusions)
    view = result(check_ups.begin(chat, bare))
    assert "没有能逐条判断的条件" in view.notices[0]


def test_buttons_from_any_time_lead_somewhere(check_ups: CheckUps, chat: ChatKey) -> None:
    """Unknown facts, tokens and steps show where the chat stands; an old answer's button corrects that answer."""
    asked = question(check_ups.begin(chat))
    check_ups.press(asked.choices[0].button.action, chat)
    for action in (
        Action(Verb.CHECK_ANSWER, "no_such_fact", "y"),
        Action(Verb.CHECK_ANSWER, asked.key, "w999"),
        step("dance"),
        step("own", "no-such-entry"),
        step("change", "no_such_fact"),
    ):
        assert isinstance(check_ups.press(action, chat), QuestionView)
    corrected = check_ups.press(asked.choices[1].button.action, chat)
    assert known(corrected)[asked.key] == asked.choices[1].word


def test_every_button_fits_into_callback_data(check_ups: CheckUps, chat: ChatKey, knowledge: KnowledgeBase) -> None:
    """Every choice of every fact, and every step of every entry, stays within 64 bytes of ASCII and reads back."""
    longest = 0
    check_ups.begin(chat)
    for key in knowledge.rule_book.answers:
        view = check_ups.press(step("change", key), chat)
        for button in (*(choice.button for choice in question(view).choices), *(f.change for f in view.known)):
            assert button.action.data.isascii()
            assert Action.parse(button.action.data) == button.action
            longest = max(longest, len(button.action.data))
    for code in knowledge.entries:
        longest = max(longest, len(step("disown", code).data))
    assert longest <= 64


@pytest.fixture
def broken_office(office: Office, knowledge: KnowledgeBase) -> Iterator[Office]:
    """The office with one entry whose rule raises."""
    entry = knowledge.entries[ENTRY]
    odd = replace(entry.conditions[0], rule={"fact": "applicant_type", "at_least": 3})
    entries = {**knowledge.entries, ENTRY: replace(entry, conditions=(odd,))}
    broken = replace(knowledge, entries=entries)
    assert isinstance(broken.rule_book, RuleBook)
    office.swap(broken)
    yield office
    office.swap(knowledge)


def test_a_broken_rule_is_shown_and_staff_are_alerted(
    broken_office: Office, chat: ChatKey, caplog: pytest.LogCaptureFixture
) -> None:
    """The person reads 暂时判断不了, an error names entry and sentence, the other entries stand."""
    check_ups = CheckUps(broken_office)
    check_ups.begin(chat, ENTRY)
    check_ups.press(step("change", "applicant_type"), chat)
    view = result(check_ups.reply(chat, "家庭农场"))
    sentence = broken_office.knowledge.entries[ENTRY].conditions[0].text

    assert "暂时判断不了" in view.items[0].outcome
    assert any("暂时判断不了" in line.text for line in view.items[0].details)
    alerts = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert any(ENTRY in record.getMessage() and sentence in record.getMessage() for record in alerts)
    assert "家庭农场" not in caplog.text


def test_the_check_up_leaves_out_what_only_banks_and_guarantors_get(check_ups: CheckUps, chat: ChatKey) -> None:
    """A farmer is not shown conditions of a guarantee company; asked by name they still open."""
    check_ups.begin(chat)
    shown = {item.code for item in result(check_ups.press(step("leave"), chat)).items}

    assert "guarantee-fee-subsidy" not in shown
    assert "dendrobium-loan" in shown
    assert check_ups.begin(chat, "guarantee-fee-subsidy").scope == "guarantee-fee-subsidy"
