"""What people meet in Telegram: every door opens, every state takes every message."""

from __future__ import annotations

import base64

import pytest

from tests.telegram_api import Person, TelegramApi

QUESTION = "石斛贷利息多少"


def test_start_greets_and_shows_the_keys(api: TelegramApi) -> None:
    """START explains itself and puts the Chinese keys below the input field, also for the second time."""
    new = api.user("新人", started=False)
    new.start()
    assert "直接打字问" in new.chat.wait_for_reply().text
    assert [key for row in new.chat.reply_keyboard for key in row] == ["政策体检", "浏览", "找人问", "字大", "帮助"]
    new.start()
    assert "直接打字问" in new.chat.wait_for_reply().text


def test_a_question_is_answered_with_source_and_a_person(ming: Person) -> None:
    """The reply names the entry and its source, and offers 找人问 last."""
    reply = ming.ask(QUESTION)
    assert "石斛" in reply.text
    assert "来源：" in reply.text
    assert reply.buttons[-1].text == "找人问"
    assert len(reply.buttons) <= 5


def test_a_follow_up_keeps_the_subject_of_its_own_chat(api: TelegramApi, ming: Person) -> None:
    """Two people interleaved never get each other's subject."""
    hong = api.user("小红")
    first, other = ming.ask(QUESTION), hong.ask("杨梅保险保什么")
    assert first.text != other.text
    assert "石斛" in ming.ask("那额度呢").text
    assert "杨梅" in hong.ask("那材料呢").text


def test_every_button_under_an_answer_leads_on(api: TelegramApi, ming: Person) -> None:
    """Each press is answered at once and followed by a reply that is not empty."""
    reply = ming.ask(QUESTION)
    for button in reply.buttons:
        tap = ming.tap(reply, button.text)
        said = ming.chat.wait_for_reply()
        assert said.text.strip()
        assert said.buttons[-1].text == "找人问"
        tap.wait_for_answer()


def test_browsing_turns_the_page_in_place(ming: Person) -> None:
    """The catalogue opens by its key; pressing a heading changes the same message."""
    menu = ming.ask("浏览")
    ming.tap(menu, menu.buttons[0].text)
    page = ming.chat.wait_for_edit()
    assert page.id == menu.id
    assert len(page.buttons) > 2
    ming.tap(page, "从头找")
    top = ming.chat.wait_for_edit()
    assert top.buttons[0].text == menu.buttons[0].text
    ming.tap(top, top.buttons[0].text)  # there again within moments: no double tap
    home = ming.chat.wait_for_edit().button("从头找").callback_data
    fresh = ming.ask("浏览")
    ming.tap(fresh, data=home)
    assert ming.chat.wait_for_reply().text == "已经是这一页了。"


def test_every_entry_is_within_three_presses_and_long_menus_have_pages(api: TelegramApi, ming: Person) -> None:
    """Leafing through the longest list shows each of its entries once and opens the last."""
    menu = ming.ask("浏览")
    ming.tap(menu, menu.buttons[0].text)
    page = ming.chat.wait_for_edit()
    ming.tap(page, page.buttons[0].text)
    page = ming.chat.wait_for_edit()
    seen = [b.text for b in page.buttons if "|e|" in (b.callback_data or "")]
    while any(b.text == "下一页" for b in page.buttons):
        ming.tap(page, "下一页")
        page = ming.chat.wait_for_edit()
        seen += [b.text for b in page.buttons if "|e|" in (b.callback_data or "")]
    assert len(seen) == len(set(seen)) > 0
    ming.tap(page, seen[-1])
    assert "来源：" in ming.chat.wait_for_reply().text


def test_a_double_tap_has_one_effect_and_both_are_answered(api: TelegramApi, ming: Person) -> None:
    """The second tap within moments stops spinning, says so, and brings nothing more."""
    reply = ming.ask(QUESTION)
    first, second = ming.tap(reply, "谁能办"), ming.tap(reply, "谁能办")
    assert not first.wait_for_answer().get("text")
    assert second.wait_for_answer().get("text") == "刚才点过了，请看下面的消息。"
    said = ming.chat.wait_for_reply().text
    ming.ask("帮助")
    assert [m.text for m in ming.chat.replies].count(said) == 1


@pytest.mark.parametrize("data", ["v1:more", "1|e|no-such-entry", "0|p", "1|f|no-such-entry|rate", "x" * 64])
def test_a_stale_button_says_so_kindly(ming: Person, data: str) -> None:
    """Buttons of other versions and of entries that are gone are answered with a way on."""
    old = ming.ask("帮助")
    tap = ming.tap(old, data=data)
    tap.wait_for_answer()
    reply = ming.chat.wait_for_reply()
    assert "旧的" in reply.text
    assert reply.buttons[-1].text == "找人问"


def test_an_edited_question_replaces_its_reply(ming: Person) -> None:
    """The reply to the corrected words stands where the first reply stood."""
    asked = ming.say(QUESTION)
    first = ming.chat.wait_for_reply()
    ming.edit(asked, "杨梅保险保什么")
    changed = ming.chat.wait_for_edit()
    assert changed.id == first.id
    assert "杨梅" in changed.text
    assert "按您改过的话重新答" in changed.text


@pytest.mark.parametrize("kind", ["sticker", "voice", "photo", "location", "contact"])
def test_what_is_not_text_is_told_kindly(ming: Person, kind: str) -> None:
    """No photo is ever needed; the reply says how to dictate."""
    {
        "sticker": ming.send_sticker,
        "voice": ming.send_voice,
        "photo": ming.send_photo,
        "location": lambda: ming.send_location(28.0, 120.7),
        "contact": ming.send_contact,
    }[kind]()
    assert "话筒" in ming.chat.wait_for_reply().text


def test_words_below_a_picture_are_a_question(ming: Person) -> None:
    """The caption counts, the picture is left alone."""
    ming.send_photo(caption=QUESTION)
    assert "石斛" in ming.chat.wait_for_reply().text


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("开始", "直接打字问"),
        ("/开始", "直接打字问"),
        ("帮助", "怎么用"),
        ("/help", "怎么用"),
        ("找人", "12345"),
        ("/person", "12345"),
        ("/browse", "想看哪方面的"),
        ("取消", "忘掉"),
        ("/forget", "忘掉"),
        ("/nosuch", "没有这个命令"),
        ("/start q_" + base64.urlsafe_b64encode("石斛贷".encode()).decode().rstrip("="), "直接打字问"),
        ("<b>&", ""),
    ],
)  # fmt: skip
def test_every_word_and_command_makes_sense_in_any_state(ming: Person, said: str, expected: str) -> None:
    """In the middle of a dialogue as well as at its start."""
    assert expected in ming.ask(said).text
    ming.ask(QUESTION)
    assert ming.ask(said).text.strip()


def test_forgetting_ends_the_subject(ming: Person) -> None:
    """After 取消 a bare follow-up is about nothing."""
    ming.ask(QUESTION)
    ming.ask("取消")
    assert "石斛" not in ming.ask("那额度呢").text


def test_large_print_gives_every_button_a_row(ming: Person) -> None:
    """字大 spaces the lines; said again it goes back."""
    assert "行距放宽" in ming.ask("字大").text
    assert all(len(row) == 1 for row in ming.ask(QUESTION).keyboard)
    assert "还原" in ming.ask("字大").text
    assert any(len(row) > 1 for row in ming.ask(QUESTION).keyboard)


def test_a_deep_link_opens_its_entry(ming: Person) -> None:
    """e_CODE greets and shows the entry; an unknown code says that it leads nowhere."""
    ming.start("e_dendrobium-loan")
    assert "石斛" in ming.chat.wait_for_replies(2)[1].text
    ming.start("e_no-such-entry")
    assert "旧的" in ming.chat.wait_for_replies(2)[1].text


def test_a_group_is_answered_only_when_it_speaks_to_the_bot(api: TelegramApi, ming: Person) -> None:
    """Mention, reply and command are answered on the message itself; other talk is not, even if the bot sees it."""
    group = api.group("合作社", [ming])
    assert "@huinong_test_bot" in group.wait_for_reply().text
    api.world.privacy_mode = False
    try:
        ming.say("今天天气不错", chat=group)
        ming.say("/help@another_bot", chat=group)
        asked = ming.say(f"@huinong_test_bot {QUESTION}", chat=group)
        reply = group.wait_for_reply()
    finally:
        api.world.privacy_mode = True
    assert "石斛" in reply.text
    assert reply.reply_to == asked.id
    assert len(group.replies) == 2
    ming.say("那额度呢", chat=group, reply_to=reply)
    assert "石斛" in group.wait_for_reply().text
    ming.say("/person", chat=group)
    assert "12345" in group.wait_for_reply().text
    assert group.reply_keyboard == ()


def test_members_of_a_group_do_not_share_a_subject(api: TelegramApi, ming: Person) -> None:
    """Somebody else's follow-up in the same group is not about ming's loan."""
    hong = api.user("小红")
    group = api.group("村里", [ming, hong])
    group.wait_for_reply()
    ming.say(f"@huinong_test_bot {QUESTION}", chat=group)
    assert "石斛" in group.wait_for_reply().text
    hong.say("@huinong_test_bot 那额度呢", chat=group)
    assert "石斛" not in group.wait_for_reply().text


def test_inline_offers_entries_to_any_chat(ming: Person) -> None:
    """Results carry the entry's reply; nothing typed gives nothing; sending one works."""
    answer = ming.inline(QUESTION)
    results = answer.wait_for_results()
    assert "石斛" in results[0]["title"]
    assert ming.inline("").wait_for_results() == []
    assert "来源" in ming.choose(answer, results[0]["id"]).text


def test_a_flood_is_slowed_with_one_kind_sentence(api: TelegramApi) -> None:
    """The 31st question of a minute is told to wait, once; others are not held up."""
    hasty, calm = api.user("急性子"), api.user("慢性子")
    for _ in range(34):
        hasty.say("石斛贷")
    calm.say(QUESTION)
    assert "石斛" in calm.chat.wait_for_reply(timeout=20).text
    api.wait_until(lambda: any("有点快" in m.text for m in hasty.chat.replies), "the kind sentence", 20)
    assert sum("有点快" in m.text for m in hasty.chat.replies) == 1


def test_menus_are_set_per_language(api: TelegramApi) -> None:
    """Default, Chinese and English, each once."""
    api.wait_for_call("setMyCommands", 3)
    languages = {call.params.get("language_code") for call in api.calls_of("setMyCommands")}
    assert languages == {None, "zh", "en"}
