"""The local Telegram refuses what Telegram refuses, in its words, and carries a real bot."""

import asyncio
import contextlib
import io
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from telegram import Bot, BotCommandScopeChat, InputMediaPhoto, MenuButtonWebApp, Message, WebAppInfo

from tests.telegram_api import BotProcess, DeadlineMissed, Person, RateLimits, TelegramApi
from tests.telegram_api.sending import small_picture
from tests.telegram_api.server import METHODS
from tests.telegram_api.wrong_calls import DATA, TOO_OLD, WRONG, commands, inline

ECHO = str(Path(__file__).parent / "telegram_api" / "echo_bot.py")
ROOT = Path(__file__).parent.parent


class Client:
    """Calls the API as a bot without a library would."""

    def __init__(self, api: TelegramApi) -> None:
        self.http = httpx.Client(base_url=f"{api.base_url}/bot{api.token}/", timeout=15)

    def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.post(method, json=params).json()
        return answer


@pytest.fixture
def api() -> Iterator[TelegramApi]:
    with TelegramApi() as telegram:
        yield telegram


@pytest.fixture
def call(api: TelegramApi) -> Iterator[Client]:
    client = Client(api)
    yield client
    client.http.close()


@pytest.fixture(scope="module")
def scene() -> Iterator[dict[str, Any]]:
    """A furnished server for the wrong calls: people in every state, a group, messages, a tap, an inline query."""
    with TelegramApi() as api:
        call = Client(api)
        ming, blocked, gone = api.user("小明"), api.user("阿强"), api.user("已注销")
        stranger = api.user("陌生人", started=False)
        blocked.block()
        gone.deactivate()
        group, kicked = api.group("合作社", [ming]), api.group("旧群", [ming])
        api.remove_bot(kicked, ming)
        call("sendMessage", chat_id=ming.id, text="原文", reply_markup=inline({"text": "点", "callback_data": "a"}))
        ming.say("我的话")
        call("sendPhoto", chat_id=ming.id, photo=_file_id(api, call, ming))
        old = ming.tap(ming.chat.replies[0], "点")
        call("answerCallbackQuery", callback_query_id=old.query.id)
        yield {
            "api": api, "call": call, "U": ming.id, "BLOCKED": blocked.id, "GONE": gone.id, "STRANGER": stranger.id,
            "GROUP": group.id, "KICKED": kicked.id, "SENT": ming.chat.replies[0].id, "OWN": 2,
            "PHOTO": ming.chat.last.id, "ANSWERED": old.query.id, "INLINE": ming.inline("石斛").query.id,
        }  # fmt: skip
        call.http.close()


def _file_id(api: TelegramApi, call: Client, person: Person) -> str:
    return str(person.send_photo().raw["photo"][0]["file_id"])


def filled(value: Any, scene: dict[str, Any]) -> Any:
    """Puts the ids of the scene in place of their names."""
    if isinstance(value, dict):
        return {k: filled(v, scene) if k.endswith("_id") else v for k, v in value.items()}
    return scene.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize(("method", "params", "words"), WRONG, ids=[f"{n}-{w[0]}" for n, w in enumerate(WRONG)])
def test_a_wrong_call_is_refused_in_telegrams_words(
    scene: dict[str, Any], method: str, params: dict[str, Any], words: str
) -> None:
    """Code and description are those a bot would meet at Telegram, and 400 and 404 are kept as violations."""
    api, before = scene["api"], len(scene["api"].violations)
    answer = scene["call"](method, **filled(params, scene))
    code, _, description = words.partition(" ")
    assert answer["ok"] is False
    assert answer["error_code"] == int(code)
    assert description in answer["description"]
    assert len(api.violations) - before == (code in {"400", "404"})


def test_a_wrong_token_is_unauthorized(api: TelegramApi) -> None:
    """401 for another token, 404 for something that is none."""
    assert httpx.post(f"{api.base_url}/bot1:other/getMe").status_code == 401
    assert httpx.post(f"{api.base_url}/botnone/getMe").status_code == 404
    assert httpx.get(f"{api.base_url}/").status_code == 404


def test_right_calls_are_accepted_in_every_body_format(api: TelegramApi, call: Client) -> None:
    """Query string, form, JSON and multipart carry the same call."""
    ming = api.user()
    assert call.http.get("sendMessage", params={"chat_id": ming.id, "text": "一"}).json()["ok"]
    markup = json.dumps(inline({"text": "点", "callback_data": "字" * 21 + "a"}))
    assert call.http.post("SENDMESSAGE", data={"chat_id": ming.id, "text": "二", "reply_markup": markup}).json()["ok"]
    assert call("sendMessage", chat_id=ming.id, text="三", reply_markup=markup)["ok"]
    files = {"document": ("表.txt", "内容".encode(), "text/plain")}
    sent = call.http.post("sendDocument", data={"chat_id": str(ming.id), "caption": "四"}, files=files).json()
    assert sent["result"]["document"]["mime_type"] == "text/plain"
    assert [m.text for m in ming.chat.messages] == ["一", "二", "三", "四"]
    assert api.violations == []


def test_html_becomes_text_and_entities_in_utf16_units(api: TelegramApi, call: Client) -> None:
    """A person sees the text without tags; entities count emoji twice; both ends are trimmed."""
    ming = api.user()
    source = '  🌱<b>石斛<i>贷</i></b> &lt;5% <a href="https://example.org/a?b&amp;c">原文</a> <code>c</code>\n'
    assert call("sendMessage", chat_id=ming.id, text=source, parse_mode="HTML")["ok"]
    shown = ming.chat.last
    assert shown.text == "🌱石斛贷 <5% 原文 c"
    assert (shown.styled("bold"), shown.styled("italic"), shown.styled("code")) == (["石斛贷"], ["贷"], ["c"])
    assert shown.links == ["https://example.org/a?b&c"]
    assert shown.entities[0] == {"type": "bold", "offset": 2, "length": 3}


def test_length_is_counted_after_parsing(api: TelegramApi, call: Client) -> None:
    """4096 characters pass however much markup surrounds them; a full-width space counts and is kept."""
    ming = api.user()
    assert call("sendMessage", chat_id=ming.id, text="<b>" + "字" * 4096 + "</b>", parse_mode="HTML")["ok"]
    assert call("sendMessage", chat_id=ming.id, text="\u3000首行缩进")["ok"]
    assert ming.chat.last.text == "\u3000首行缩进"


def test_an_edit_replaces_text_and_keyboard(api: TelegramApi, call: Client) -> None:
    """Without a keyboard in the call the old one goes; the person sees the latest state."""
    ming = api.user()
    call("sendMessage", chat_id=ming.id, text="旧", reply_markup=inline(DATA))
    number = ming.chat.last.id
    assert call("editMessageText", chat_id=ming.id, message_id=number, text="新")["ok"]
    assert (ming.chat.last.text, ming.chat.last.buttons, ming.chat.last.edits) == ("新", [], 1)
    assert call("deleteMessage", chat_id=ming.id, message_id=number)["ok"]
    assert ming.chat.messages == []


def test_the_reply_keyboard_stays_until_it_is_removed(api: TelegramApi, call: Client) -> None:
    """Keys lie below the input field over several messages."""
    ming = api.user()
    call("sendMessage", chat_id=ming.id, text="选", reply_markup={"keyboard": [["甲", {"text": "乙"}]]})
    call("sendMessage", chat_id=ming.id, text="再")
    assert ming.chat.reply_keyboard == (("甲", "乙"),)
    assert ming.press("乙").text == "乙"
    call("sendMessage", chat_id=ming.id, text="完", reply_markup={"remove_keyboard": True})
    assert not ming.chat.reply_keyboard


def test_a_tap_can_be_answered_once_and_in_time(api: TelegramApi, call: Client) -> None:
    """A tap is listed as unanswered until the first answer; a late or second answer is refused."""
    ming = api.user()
    call("sendMessage", chat_id=ming.id, text="点", reply_markup=inline(DATA))
    first, late = ming.tap(ming.chat.last, "点"), ming.tap(ming.chat.last, data="a")
    assert [t.query.id for t in api.unanswered] == [first.query.id, late.query.id]
    assert call("answerCallbackQuery", callback_query_id=first.query.id, text="好", show_alert=True)["ok"]
    assert first.answer == {"text": "好", "show_alert": True}
    api.advance(61)
    assert TOO_OLD in call("answerCallbackQuery", callback_query_id=late.query.id)["description"]
    assert late.answer is None


def test_updates_wait_until_the_offset_confirms_them(api: TelegramApi, call: Client) -> None:
    """The same updates come again until a higher offset; a negative offset keeps the last ones."""
    ming = api.user()
    for text in "一二三":
        ming.say(text)
    first = call("getUpdates")["result"]
    assert [u["message"]["text"] for u in first] == ["一", "二", "三"]
    assert call("getUpdates")["result"] == first
    assert call("getUpdates", offset=first[1]["update_id"], limit=1)["result"] == first[1:2]
    assert [u.body["text"] for u in api.delivered] == ["一"]
    assert call("getUpdates", offset=-1)["result"] == first[2:]
    assert len(api.undelivered) == 1


def test_a_long_poll_returns_as_soon_as_something_happens(api: TelegramApi, call: Client) -> None:
    """A poll with a timeout waits for the update instead of answering empty."""
    ming, got = api.user(), []
    poll = threading.Thread(target=lambda: got.extend(call("getUpdates", timeout=10)["result"]))
    poll.start()
    api.wait_until_receiving()
    ming.say("来了")
    poll.join(5)
    assert [u["message"]["text"] for u in got] == ["来了"]


def test_two_pollers_and_a_webhook_exclude_each_other(api: TelegramApi, call: Client) -> None:
    """The newer poll ends the older with 409, and a set webhook ends polling; neither is a violation."""
    got: list[dict[str, Any]] = []
    older = threading.Thread(target=lambda: got.append(call("getUpdates", timeout=10)))
    older.start()
    api.wait_until_receiving()
    other = Client(api)
    assert other("getUpdates")["result"] == []
    older.join(5)
    assert got[0]["error_code"] == 409
    assert got[0]["description"].startswith("Conflict: terminated by other getUpdates request")
    assert call("setWebhook", url="http://127.0.0.1:1/t")["ok"]
    assert "can't use getUpdates method while webhook is active" in other("getUpdates")["description"]
    assert call("deleteWebhook")["ok"]
    assert other("getUpdates")["ok"]
    assert api.violations == []
    other.http.close()


def test_allowed_updates_are_remembered(api: TelegramApi, call: Client) -> None:
    """What a bot did not ask for never comes; the list stays until it is replaced."""
    ming = api.user()
    call("getUpdates", allowed_updates=["message"])
    ming.inline("x")
    ming.block()
    ming.unblock()
    ming.say("只有这个")
    assert [sorted(u) for u in call("getUpdates")["result"]] == [["message", "update_id"]]


def test_undelivered_taps_are_forgotten_before_messages(api: TelegramApi, call: Client) -> None:
    """150 seconds for a tap, 30 for an inline query, a day for a message."""
    ming = api.user()
    call("sendMessage", chat_id=ming.id, text="点", reply_markup=inline(DATA))
    ming.tap(ming.chat.last, "点")
    ming.inline("x")
    ming.say("留下")
    api.advance(31)
    assert {u.kind for u in api.undelivered} == {"callback_query", "message"}
    api.advance(120)
    assert {u.kind for u in api.undelivered} == {"message"}
    api.advance(86400)
    assert api.undelivered == []


def test_group_privacy_hides_what_is_not_for_the_bot(api: TelegramApi, call: Client) -> None:
    """In a group the bot reads commands, mentions and replies to it, nothing else."""
    ming = api.user()
    group = api.group("合作社", [ming])
    call("sendMessage", chat_id=group.id, text="大家好")
    ming.say("闲聊", group)
    ming.say("/start", group)
    ming.say("/start@another_bot", group)
    ming.say("@huinong_test_bot 石斛贷", group)
    ming.say("好", group, reply_to=group.last)
    texts = [u["message"]["text"] for u in call("getUpdates")["result"] if "message" in u]
    assert texts == ["/start", "@huinong_test_bot 石斛贷", "好"]


def test_people_act_in_many_ways(api: TelegramApi, call: Client) -> None:
    """Deep link, edit, contact, place, sticker, voice, file and blocking arrive as Telegram sends them."""
    ming, li = api.user("小明"), api.user("老李", started=False)
    assert not call("sendMessage", chat_id=li.id, text="x")["ok"]
    li.open_link("https://t.me/huinong_test_bot?start=abc_-1")
    assert call("sendMessage", chat_id=li.id, text="x")["ok"]
    ming.edit(ming.say("错字"), "对字")
    ming.send_contact()
    ming.send_contact(of=li)
    ming.send_location(28.1, 120.7)
    ming.send_sticker()
    ming.send_voice()
    file_id = ming.send_document("表.txt", b"abc").raw["document"]["file_id"]
    ming.block()
    updates = call("getUpdates")["result"]
    bodies = [u.get("message") or u.get("edited_message") or u.get("my_chat_member") for u in updates]
    assert bodies[0]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert bodies[0]["text"] == "/start abc_-1"
    assert [b["text"] for b in bodies[1:3]] == ["错字", "对字"]
    assert [b["contact"]["user_id"] for b in bodies[3:5]] == [ming.id, li.id]
    assert [next(k for k in ("location", "sticker", "voice", "document") if k in b) for b in bodies[5:9]] == [
        "location",
        "sticker",
        "voice",
        "document",
    ]
    assert bodies[9]["new_chat_member"]["status"] == "kicked"
    path = call("getFile", file_id=file_id)["result"]["file_path"]
    assert httpx.get(f"{api.base_url}/file/bot{api.token}/{path}").content == b"abc"
    with pytest.raises(ValueError, match="start payload"):
        li.start("有 空格")
    with pytest.raises(ValueError, match="blocked the bot"):
        ming.say("还在吗")


def test_pictures_are_looked_at(api: TelegramApi, call: Client) -> None:
    """What is no picture, or has impossible measures, is refused; a good one can be sent again by its id."""
    ming = api.user()
    odd, good = io.BytesIO(), io.BytesIO()
    Image.new("1", (2100, 100)).save(odd, "PNG")
    Image.new("1", (200, 100)).save(good, "PNG")
    answers = [
        call.http.post("sendPhoto", data={"chat_id": str(ming.id)}, files={"photo": ("p.png", content)}).json()
        for content in (b"text", b"", odd.getvalue(), good.getvalue())
    ]
    words = ["IMAGE_PROCESS_FAILED", "file must be non-empty", "PHOTO_INVALID_DIMENSIONS"]
    assert [a["description"] for a in answers[:3]] == [f"Bad Request: {w}" for w in words]
    size = answers[3]["result"]["photo"][0]
    assert (size["width"], size["height"]) == (200, 100)
    assert call("sendPhoto", chat_id=ming.id, photo=size["file_id"], caption="再发")["ok"]


def test_settings_are_kept_by_scope_and_language(api: TelegramApi, call: Client) -> None:
    """Commands, name and menu are read back as they were set, the general ones where there are none."""
    ming = api.user()
    for scope in ({"type": "default"}, {"type": "chat", "chat_id": ming.id}):
        assert call("setMyCommands", **commands(f"cmd_{scope['type']}", scope=scope))["ok"]
    assert call("getMyCommands")["result"][0]["command"] == "cmd_default"
    assert call("getMyCommands", scope={"type": "chat", "chat_id": ming.id})["result"][0]["command"] == "cmd_chat"
    assert call("getMyCommands", language_code="zh")["result"] == []
    call("setMyDescription", description="一查就懂")
    call("setMyDescription", description="Ask", language_code="en")
    texts = [call("getMyDescription", language_code=code)["result"]["description"] for code in ("", "en", "zh")]
    assert texts == ["一查就懂", "Ask", "一查就懂"]
    assert call("getChatMenuButton", chat_id=ming.id)["result"] == {"type": "commands"}


def test_strict_limits_answer_429_until_the_window_has_passed() -> None:
    """One message a second in a chat and so many overall; a refused call does not count."""
    with TelegramApi(rate_limits=RateLimits(overall=3)) as api:
        call, people = Client(api), [api.user() for _ in range(4)]
        assert call("sendMessage", chat_id=people[0].id, text="x")["ok"]
        refused = call("sendMessage", chat_id=people[0].id, text="x")
        assert (refused["error_code"], refused["parameters"]["retry_after"]) == (429, 1)
        answers = [call("sendMessage", chat_id=p.id, text="x")["ok"] for p in people[1:]]
        assert answers == [True, True, False]
        api.advance(2)
        assert call("sendMessage", chat_id=people[3].id, text="x")["ok"]
        assert api.violations == []
        call.http.close()


def test_ordered_faults_happen_once_to_matching_calls(api: TelegramApi, call: Client) -> None:
    """429, 5xx and other refusals meet the matching call, are not performed and are no violations."""
    ming, li = api.user(), api.user()
    api.faults.too_many_requests("sendMessage", retry_after=7, match={"chat_id": ming.id})
    api.faults.server_error("sendMessage", 500, match=lambda p: p["text"] == "五百")
    api.faults.server_error("getMe", 502)
    assert call("sendMessage", chat_id=li.id, text="过")["ok"]
    refused = call("sendMessage", chat_id=ming.id, text="x")
    assert (refused["description"], refused["parameters"]) == ("Too Many Requests: retry after 7", {"retry_after": 7})
    assert call("sendMessage", chat_id=ming.id, text="过")["ok"]
    assert call("sendMessage", chat_id=ming.id, text="五百")["error_code"] == 500
    assert call.http.post("getMe").headers["content-type"] == "text/html"
    assert call("getMe")["ok"]
    assert [m.text for m in ming.chat.messages] == ["过"]
    assert api.violations == []


def test_a_dropped_connection_may_or_may_not_have_performed_the_call(api: TelegramApi, call: Client) -> None:
    """Both look the same to the caller; only the lost answer left a message."""
    ming = api.user()
    api.faults.drop_before("sendMessage")
    with pytest.raises(httpx.TransportError):
        call("sendMessage", chat_id=ming.id, text="没做")
    api.faults.lose_answer("sendMessage")
    with pytest.raises(httpx.TransportError):
        call("sendMessage", chat_id=ming.id, text="做了")
    assert [m.text for m in ming.chat.messages] == ["做了"]
    assert [c.performed for c in api.calls_of("sendMessage")] == [False, True]


def test_a_held_call_waits_at_the_gate(api: TelegramApi, call: Client) -> None:
    """Nothing is performed before the gate opens; a deadline says what was waited for."""
    ming = api.user()
    gate = api.faults.hold("sendMessage")
    sender = threading.Thread(target=lambda: call("sendMessage", chat_id=ming.id, text="慢"))
    sender.start()
    gate.wait()
    assert ming.chat.messages == []
    with pytest.raises(DeadlineMissed, match="a reply containing"):
        ming.chat.wait_for_reply(timeout=0.05)
    gate.release()
    sender.join(5)
    assert ming.chat.wait_for_reply().text == "慢"


def test_latency_delays_the_answer(api: TelegramApi, call: Client) -> None:
    """The call takes at least as long as ordered."""
    api.faults.delay("getMe", 0.2)
    started = time.monotonic()
    assert call("getMe")["ok"]
    assert time.monotonic() - started >= 0.2


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=["polling", "webhook"])
def bot(request: pytest.FixtureRequest, api: TelegramApi) -> Iterator[BotProcess]:
    """The echo bot in its own process, receiving either way."""
    webhook = {"WEBHOOK_PORT": str(free_port()), "TELEGRAM_WEBHOOK_SECRET": "geheim_-1"}
    with BotProcess(api, [ECHO], webhook if request.param == "webhook" else {}, ROOT) as process:
        yield process


def test_the_library_works_unpatched(api: TelegramApi, bot: BotProcess) -> None:
    """Start, text, tap, edit, contact, picture and inline query pass through a real bot both ways."""
    ming = api.user()
    ming.start("abc")
    assert ming.chat.wait_for_reply().text == "欢迎 abc"
    assert ming.chat.reply_keyboard == (("查政策", "发手机号"),)
    reply = ming.ask("石斛贷 <&>")
    assert (reply.text, reply.styled("bold")) == ("收到 石斛贷 <&>", ["石斛贷 <&>"])
    tap = ming.tap(reply, "看详情")
    assert tap.wait_for_answer() == {"text": "好的"}
    assert ming.chat.wait_for_edit().text == "您点了 v1:more"
    ming.edit(ming.chat.messages[-2], "安心种粮")
    assert ming.chat.wait_for_reply().text == "改为 安心种粮"
    ming.press("发手机号")
    assert ming.chat.wait_for_reply().text == "号码已收到"
    ming.send_photo(caption="看看")
    echoed = ming.chat.wait_for_reply()
    assert (echoed.kind, echoed.text[-2:]) == ("photo", "字节")
    asked = ming.inline("养蜂")
    assert asked.wait_for_results()[0]["title"] == "石斛贷"
    assert ming.choose(asked, "1").text == "政策 养蜂"
    api.wait_until_delivered()
    assert (api.violations, api.unanswered) == ([], [])
    assert bot.stop() in {0, -signal.SIGTERM}  # uvicorn ends in order, then by the signal it was sent


def test_the_library_survives_limits_and_meets_redelivery(api: TelegramApi, bot: BotProcess) -> None:
    """A 429 is waited out; a redelivered or doubled update reaches the bot again under the same id."""
    ming = api.user()
    api.faults.too_many_requests("sendMessage", retry_after=1)
    assert ming.ask("一").text == "收到 一"
    assert [c.status for c in api.calls_of("sendMessage")] == [429, 200]
    api.wait_until_delivered()
    api.redeliver(api.delivered[-1])
    api.wait_for_call("sendMessage", 3)
    assert [m.text for m in ming.chat.replies] == ["收到 一", "收到 一"]
    api.deliver_twice()
    ming.say("双")
    assert [m.text for m in ming.chat.wait_for_replies(2)] == ["收到 双", "收到 双"]


def test_a_bot_can_be_killed_in_the_act(api: TelegramApi) -> None:
    """Killed as its call arrives: the call is not performed and the process is gone; a new one goes on."""
    ming = api.user()
    with BotProcess(api, [ECHO], cwd=ROOT) as bot:
        api.faults.run("sendMessage", bot.kill)
        ming.say("一")
        killed = api.wait_for_call("sendMessage")
        assert (killed.performed, killed.status) == (False, 0)
        bot.start()
        ming.say("二")
        assert ming.chat.wait_for_reply("二").text == "收到 二"


class Hook:
    """A webhook that answers with the given status codes in turn, then 200, and keeps what it was sent."""

    def __init__(self, statuses: list[int]) -> None:
        self.statuses, self.got = statuses, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    got: list[tuple[str, dict[str, Any]]]

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                with connection, connection.makefile("rb") as stream:
                    head = {}
                    while (line := stream.readline().decode().strip()) != "":
                        head[line.partition(":")[0].lower()] = line.partition(":")[2].strip()
                    body = json.loads(stream.read(int(head["content-length"])))
                    self.got.append((head.get("x-telegram-bot-api-secret-token", ""), body))
                    status = self.statuses.pop(0) if self.statuses else 200
                    connection.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)


def test_a_webhook_gets_each_update_until_it_takes_it(api: TelegramApi, call: Client) -> None:
    """Secret header, retry in order after a refusal, the error in getWebhookInfo, routes for https addresses."""
    hook, ming = Hook([500, 403]), api.user()
    api.route("https://huinong.example", hook.url)
    assert call("setWebhook", url="https://huinong.example/telegram", secret_token="s_-1")["ok"]
    ming.say("一")
    ming.say("二")
    api.wait_until_delivered()
    assert [body["message"]["text"] for _, body in hook.got] == ["一", "一", "一", "二"]
    assert {secret for secret, _ in hook.got} == {"s_-1"}
    info = call("getWebhookInfo")["result"]
    assert (info["pending_update_count"], info["last_error_message"][:36]) == (
        0,
        "Wrong response from the webhook: 403"[:36],
    )
    assert call("deleteWebhook")["ok"]
    ming.say("三")
    assert [u.body["text"] for u in api.undelivered] == ["三"]
    hook.close()


def test_a_tap_may_overtake_a_text_that_is_refused(api: TelegramApi, call: Client) -> None:
    """Taps travel in another queue than messages: a message that waits for its retry does not hold them."""
    ming = api.user()
    call("sendMessage", chat_id=ming.id, text="点", reply_markup=inline(DATA))
    call("setWebhook", url=(hook := Hook([500])).url)
    ming.say("慢")
    api.wait_until(lambda: api.world.updates.webhook.error_at, "the first refusal")
    ming.tap(ming.chat.last, "点")
    api.wait_until_delivered()
    kinds = ["callback" if "callback_query" in body else "message" for _, body in hook.got]
    assert sorted(kinds) == ["callback", "message", "message"]
    assert kinds[0] == "message"
    hook.close()


def test_every_emulated_method_is_in_the_table() -> None:
    """The table that was derived from the Bot API knows each method the server performs."""
    table = json.loads((Path(__file__).parent / "telegram_api" / "methods.json").read_text(encoding="utf-8"))
    assert set(METHODS) <= set(table["methods"])
    assert table["version"] == "Bot API 10.1"


def test_many_calls_on_one_connection_are_performed_in_order(api: TelegramApi) -> None:
    """500 calls sent without waiting for their answers all arrive, none overtakes another."""
    ming = api.user()
    with socket.create_connection(("127.0.0.1", int(api.base_url.rpartition(":")[2]))) as connection:
        for number in range(500):
            body = f"chat_id={ming.id}&text={number}"
            head = f"POST /bot{api.token}/sendMessage HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall((head + body).encode())
        api.wait_for_call("sendMessage", 500)
    assert [m.text for m in ming.chat.messages] == [str(n) for n in range(500)]


def test_a_bot_that_ends_at_start_is_reported_with_its_output(api: TelegramApi) -> None:
    """The test does not wait for the deadline, and reads why."""
    with pytest.raises(AssertionError, match=r"ended at once with status 3(.|\n)*no token"):
        BotProcess(api, ["-c", "print('no token'); raise SystemExit(3)"]).start()


def test_the_library_reads_every_answer(api: TelegramApi) -> None:
    """Settings, members, media groups and edits of media come back as objects the library understands."""
    asyncio.run(_use_the_library(api, api.user(), api.user("社长")))
    assert api.violations == []


async def _use_the_library(api: TelegramApi, ming: Person, head: Person) -> None:
    group = api.group("合作社", [ming, head], creator=head)
    picture = small_picture()
    async with Bot(api.token, base_url=f"{api.base_url}/bot", base_file_url=f"{api.base_url}/file/bot") as bot:
        assert (await bot.get_chat(group.id)).title == "合作社"
        assert (await bot.get_chat_member(group.id, ming.id)).status == "member"
        assert [m.user.id for m in await bot.get_chat_administrators(group.id)] == [head.id]
        assert await bot.set_my_commands([("start", "开始")], BotCommandScopeChat(ming.id))
        assert (await bot.get_my_commands(BotCommandScopeChat(ming.id)))[0].description == "开始"
        assert await bot.set_chat_menu_button(ming.id, MenuButtonWebApp("打开", WebAppInfo("https://example.org")))
        assert (await bot.get_chat_menu_button(ming.id)).type == "web_app"
        pair = await bot.send_media_group(ming.id, [InputMediaPhoto(picture, "一"), InputMediaPhoto(picture)])
        assert pair[0].media_group_id == pair[1].media_group_id
        edited = await pair[1].edit_media(InputMediaPhoto(picture, "换"))
        assert isinstance(edited, Message)
        assert edited.caption == "换"
        assert (await bot.copy_message(head.id, ming.id, pair[0].message_id)).message_id == head.chat.last.id
        sent = (await bot.send_document(ming.id, picture, filename="一; 二.png")).document
        assert sent
        assert sent.file_name == "一; 二.png"
        assert await bot.pin_chat_message(ming.id, pair[0].message_id)
        assert (await bot.get_webhook_info()).pending_update_count == len(api.undelivered)
