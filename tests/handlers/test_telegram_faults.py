"""When Telegram fails: what was not taken comes once, what may have been taken is repeated and counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.handlers.running import SECRET, assert_clean_end, free_port, program, serving
from tests.telegram_api import BotProcess, TelegramApi

QUESTION = "石斛贷利息多少"


@pytest.fixture(scope="module")
def served(new_state: Callable[[], Path]) -> Iterator[tuple[TelegramApi, BotProcess, int]]:
    """The program behind a webhook, with its port."""
    port = free_port()
    with TelegramApi() as api, serving(program(api, new_state(), webhook=True, port=port)) as bot:
        yield api, bot, port
        assert_clean_end(api, bot, had_faults=True)


@pytest.fixture
def api(served: tuple[TelegramApi, BotProcess, int]) -> TelegramApi:
    """The local Telegram of the program."""
    return served[0]


def repeats(port: int) -> float:
    """How many sends the program counts as perhaps doubled."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    found = re.search(r'huinong_telegram_sends_total\{result="repeated"\} ([\d.]+)', text)
    return float(found[1]) if found else 0.0


def asked_and_settled(api: TelegramApi, name: str) -> list[str]:
    """One question by somebody new, and all that they got once a later question was answered too."""
    person = api.user(name)
    person.say(QUESTION)
    person.chat.wait_for_reply("石斛")
    person.say("帮助")
    person.chat.wait_for_reply("怎么用")
    return [m.text for m in person.chat.replies if "石斛" in m.text and "怎么用" not in m.text]


@pytest.mark.parametrize("fault", ["too_many_requests", "server_error", "drop_before"])
def test_a_send_that_was_not_performed_arrives_once(api: TelegramApi, fault: str) -> None:
    """429, 5xx and a broken connection: one reply in the end."""
    getattr(api.faults, fault)("sendMessage")
    assert len(asked_and_settled(api, fault)) == 1


def test_a_lost_answer_is_repeated_and_counted(served: tuple[TelegramApi, BotProcess, int]) -> None:
    """Performed, but the connection broke: the person gets it twice at most, and the counter says so."""
    api, _, port = served
    before = repeats(port)
    api.faults.lose_answer("sendMessage")
    assert len(asked_and_settled(api, "丢了回音")) == 2
    assert repeats(port) == before + 1


def test_a_flood_wait_of_one_chat_does_not_hold_up_another(api: TelegramApi) -> None:
    """While one chat must wait three seconds, the other is served; order within the first is kept."""
    slow, quick = api.user("等"), api.user("不等")
    api.faults.too_many_requests("sendMessage", retry_after=3, match={"chat_id": slow.id})
    slow.say(QUESTION)
    api.wait_for_call("sendMessage", len(api.calls_of("sendMessage")) + 1)
    slow.say("帮助")
    assert "石斛" in quick.ask(QUESTION).text
    assert slow.chat.replies == []
    api.wait_until(lambda: len(slow.chat.replies) == 2, "both replies")
    assert ["石斛" in m.text and "来源" in m.text for m in slow.chat.replies] == [True, False]


def test_a_redelivered_update_has_one_effect(api: TelegramApi) -> None:
    """The same update_id again is known and does nothing."""
    person = api.user("重投")
    api.deliver_twice(1)
    assert len(asked_and_settled(api, "重投二")) == 1
    person.ask(QUESTION)
    api.redeliver(api.delivered[-1])
    person.ask("帮助")
    assert len(person.chat.replies) == 2


def test_someone_who_blocked_is_left_alone_until_they_come_back(api: TelegramApi) -> None:
    """A reply refused as blocked is not tried again; unblocked, the person is served as before."""
    person = api.user("拉黑")
    gate = api.faults.hold("sendMessage", match={"chat_id": person.id})
    person.say(QUESTION)
    gate.wait()
    person.block()
    gate.release()
    api.user("旁人").ask(QUESTION)
    refused = [call for call in api.calls_of("sendMessage") if call.params.get("chat_id") == person.id]
    assert len(refused) == 1
    person.unblock()
    assert "石斛" in person.ask(QUESTION).text


def test_a_message_that_is_gone_is_not_edited_but_sent_anew(api: TelegramApi) -> None:
    """The reply was deleted before the question was corrected."""
    person = api.user("删了")
    asked = person.say(QUESTION)
    person.chat.wait_for_reply()
    api.faults.refuse("editMessageText", 400, "Bad Request: message to edit not found")
    person.edit(asked, "杨梅保险保什么")
    assert "杨梅" in person.chat.wait_for_reply().text


def test_a_refused_text_is_apologised_for_with_a_number(served: tuple[TelegramApi, BotProcess, int]) -> None:
    """The number in the sentence leads to the log."""
    api, bot, _ = served
    person = api.user("不收")
    api.faults.refuse("sendMessage", 400, "Bad Request: text must be non-empty", match={"chat_id": person.id})
    reply = person.ask(QUESTION)
    number = re.search(r"编号 ([0-9a-f]{6})", reply.text)
    assert number is not None
    assert f"[{number[1]}] a send was refused" in bot.output


def test_only_telegram_may_knock(served: tuple[TelegramApi, BotProcess, int]) -> None:
    """403 without the secret or with another, 400 for no update, 413 for too much; the token is nowhere in the log."""
    api, bot, port = served
    url, header = f"http://127.0.0.1:{port}/telegram", "X-Telegram-Bot-Api-Secret-Token"
    assert httpx.post(url, content=b"{}").status_code == 403
    assert httpx.post(url, content=b"{}", headers={header: "other-secret"}).status_code == 403
    assert httpx.post(url, content=b"[1]", headers={header: SECRET}).status_code == 400
    assert httpx.post(url, content=b" " * 1_000_001, headers={header: SECRET}).status_code == 413
    assert api.token not in bot.output
