"""申请担保 in Telegram: the form asked in turn, the receipt, the progress, the way back; nothing typed is lost or doubled."""

from __future__ import annotations

import re

import pytest

from tests.telegram_api import Message as Seen
from tests.telegram_api import Person, TelegramApi

PRODUCT = "创业担保贷款（个人）能贷多少"
RECEIPT = re.compile(r"回执编号 (\d{3} \d{3} \d{3})")


def opened(person: Person) -> Seen:
    """Ask about a guarantee, press 申请: the first question of the form."""
    reply = person.ask(PRODUCT)
    person.tap(reply, "申请贷款" if "申请贷款" in [one.text for one in reply.buttons] else "申请担保")
    return person.chat.wait_for_reply()


def filled_in(person: Person, phone: str = "138 1234 5678") -> Seen:
    """All answers typed or tapped; the summary."""
    asked = opened(person)
    for said in ("张阿大", phone, "乐清市大荆镇下山头村", "20 万"):
        asked = person.ask(said)
    for label in ("不填，下一个", "同意", "不同意", "同意"):
        person.tap(asked, label)
        asked = person.chat.wait_for_reply()
    return asked


def notice_among(said: list[Seen], other: str) -> Seen:
    """The notice of the case; it and the reply to the tap come in either order."""
    assert any(other in one.text for one in said)
    (notice,) = (one for one in said if RECEIPT.search(one.text))
    return notice


def test_form_is_asked_in_turn_and_makes_a_case_with_a_receipt(api: TelegramApi) -> None:
    """Status first, eight steps with their purpose, the summary, and the notice with number, day and next actor."""
    person = api.user("阿大")
    first = opened(person)
    assert first.text.startswith("【现行有效")
    assert "不要身份证号" in first.text
    assert "（1/8）怎么称呼您" in first.text
    assert "为什么要填" in first.text
    summary = filled_in(person)
    for words in ("称呼：张阿大", "电话：尾号 5678", "乐清市大荆镇下山头村", "20 万元", "转给担保公司"):
        assert words in summary.text
    assert "新政策" not in summary.text
    person.tap(summary, "交上去")
    notice = notice_among(person.chat.wait_for_replies(2), "交好了")
    assert RECEIPT.search(notice.text)
    assert "已登记" in notice.text
    assert "最晚" in notice.text


def test_second_tap_on_send_and_a_second_form_are_the_same_case(api: TelegramApi) -> None:
    """The old button says that there is no form any more; the same entry again leads to the same number."""
    person = api.user("阿二")
    summary = filled_in(person)
    person.tap(summary, "交上去")
    number = RECEIPT.search(notice_among(person.chat.wait_for_replies(2), "交好了").text)
    again = filled_in(person)
    person.tap(again, "交上去")
    assert "先前已经登记过" in person.chat.wait_for_reply().text
    progress = person.ask("进度")

    assert number is not None
    assert number[1] in progress.text


def test_questions_wrong_answers_and_old_buttons_make_sense_within_the_form(api: TelegramApi) -> None:
    """A question is answered and leads back; a wrong number is asked again; a card number is refused; back goes back."""
    person = api.user("阿三")
    first = opened(person)
    answered = person.ask("杨梅保险保什么？")
    assert "杨梅" in answered.text
    person.tap(answered, "接着填登记表")
    assert "怎么称呼您" in person.chat.wait_for_reply().text
    assert "不用填身份证号" in person.ask("张三 330382197001011237").text
    asked = person.ask("张三")
    assert "（2/8）您的电话" in asked.text
    assert "少了或多了" in person.ask("1381234").text
    person.tap(asked, "改上一步")
    assert "（1/8）怎么称呼您" in person.chat.wait_for_reply().text
    person.ask("张三丰")
    person.tap(first, "不填了")
    assert "不交了" in person.chat.wait_for_reply().text
    person.tap(asked, "不填了")
    assert "没有没填完的登记表" in person.chat.wait_for_reply().text
    assert "来源：" in person.ask("石斛贷利息多少").text


def test_cancel_word_ends_the_form(api: TelegramApi) -> None:
    """取消 deletes what was typed; the next words are a question again."""
    person = api.user("阿四")
    opened(person)
    person.ask("李四")
    assert "删掉" in person.ask("取消").text
    assert "（2/8）" not in person.ask("13812345678").text


def test_progress_lists_the_cases_of_this_chat_and_takes_one_back(api: TelegramApi) -> None:
    """Two taps withdraw; somebody else's chat knows nothing of it."""
    person, other = api.user("阿五"), api.user("阿六")
    summary = filled_in(person)
    person.tap(summary, "交上去")
    person.chat.wait_for_replies(2)
    assert "没有登记过的单子" in other.ask("/status").text
    progress = person.ask("/status")
    person.tap(progress, "撤回这张单子")
    sure = person.chat.wait_for_reply()
    person.tap(sure, "确定撤回")
    assert "单子撤回了" in notice_among(person.chat.wait_for_replies(2), "好的，撤回了").text
    assert not any(button.text == "撤回这张单子" for button in person.ask("进度").buttons)


@pytest.mark.parametrize("said", ["/apply", "申请"])
def test_apply_word_says_how_to_begin_or_goes_on(api: TelegramApi, said: str) -> None:
    """Without an entry it explains; with an open form it asks the step at hand."""
    person = api.user("阿七")
    assert "想申请哪一条" in person.ask(said).text
    opened(person)
    person.ask("李七")
    assert "（2/8）" in person.ask(said).text
    assert "怎么称呼您" in person.ask("/apply huinong-guarantee").text


def test_closed_product_says_that_it_is_only_a_call_back(api: TelegramApi) -> None:
    """石斛贷 is over: the button and the first words say so."""
    person = api.user("阿八")
    reply = person.ask("石斛贷利息多少")
    person.tap(reply, "请人回电话")
    first = person.chat.wait_for_reply()

    assert first.text.startswith("【已过期")
    assert "不是申请" in first.text
