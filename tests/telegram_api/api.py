"""TelegramApi: the server together with the people who use the bot."""

import itertools
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from .errors import ApiError
from .limits import RateLimits
from .people import Chat, Person
from .profile import member
from .sending import describe
from .server import BotApiServer, Call
from .texts import checked_caption, checked_text
from .updates import Update
from .views import InlineAnswer, Message, Tap
from .world import Account, Json, Query, Room, World

T = TypeVar("T")
TOKEN = "4242424242:" + "L0CAL" * 7


class TelegramApi:
    """A strict local Telegram. Use it as a context manager; every wait has a deadline of `timeout` seconds."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "huinong_test_bot",
        rate_limits: RateLimits | None = None,
        timeout: float = 60.0,
        query_seconds: float = 60.0,
        webhook_retry_seconds: float = 0.05,
    ) -> None:
        self.token, self.timeout = token, timeout
        self.world = World(token, username, "惠农政策一键查", query_seconds)
        self.world.report = self._report
        self._server = BotApiServer(self.world, rate_limits, webhook_retry_seconds, timeout)
        self.faults = self._server.faults
        self._people, self._groups = itertools.count(1001), itertools.count(2001)

    def start(self) -> "TelegramApi":
        """Listens on a free loopback port."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Ends the server; held calls are let go."""
        self._server.stop()

    def __enter__(self) -> "TelegramApi":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """The value for TELEGRAM_API_BASE_URL."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def calls(self) -> list[Call]:
        """All calls so far, except getUpdates."""
        return list(self._server.calls)

    @property
    def violations(self) -> list[Call]:
        """The calls refused with 400 or 404 through the bot's own fault."""
        return list(self._server.violations)

    @property
    def unanswered(self) -> list[Tap]:
        """The taps that still spin."""
        with self.world.changed:
            return [Tap(self, q) for q in self.world.queries.values() if q.answer is None]

    @property
    def undelivered(self) -> list[Update]:
        """The updates the bot has not confirmed yet."""
        with self.world.changed:
            return list(self.world.updates.pending)

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def wait_until(self, probe: Callable[[], T | None], what: str, timeout: float | None = None) -> T:
        """Waits until probe gives something; it runs at every change and must not block."""
        return self.world.wait_until(probe, what, self.timeout if timeout is None else timeout)

    def wait_for_call(self, method: str, count: int = 1, timeout: float | None = None) -> Call:
        """The count-th finished call of that method."""

        def found() -> Call | None:
            finished = [c for c in self._server.calls if c.method == method and c.finished]
            return finished[count - 1] if len(finished) >= count else None

        return self.wait_until(found, f"call {count} of {method}", timeout)

    def wait_until_delivered(self, timeout: float | None = None) -> None:
        """Returns when every update was confirmed by the poll's offset or taken by the webhook."""
        self.wait_until(lambda: not self.world.updates.pending, "the bot to take all updates", timeout)

    def wait_until_receiving(self, after_polls: int = 0, timeout: float | None = None) -> None:
        """Returns when the bot polls (more often than after_polls) or has set a webhook."""
        updates = self.world.updates
        self.wait_until(lambda: updates.polls > after_polls or updates.webhook.url, "the bot to receive", timeout)

    def user(
        self, first_name: str = "小明", username: str | None = None, started: bool = True, language: str = "zh-hans"
    ) -> Person:
        """A person; not started means that they never wrote to the bot, which then may not write to them."""
        with self.world.changed:
            number = next(self._people)
            account = Account(number, first_name, username, language, f"+86139{number:08d}", started)
            room = Room(number, "private", first_name, username)
            self.world.accounts[number], self.world.rooms[number] = account, room
            return Person(self, account, Chat(self, room))

    def group(self, title: str, members: list[Person], creator: Person | None = None) -> Chat:
        """A group of people with the bot in it."""
        with self.world.changed:
            room = Room(-next(self._groups), "group", title)
            room.members = {p.id: "creator" if p is creator else "member" for p in members}
            self.world.rooms[room.id] = room
            self.status_changed(room, members[0].account, "left", "member")
            return Chat(self, room)

    def remove_bot(self, chat: Chat, by: Person) -> None:
        """Kicks the bot out of a group."""
        with self.world.changed:
            chat.room.bot_status = "kicked"
            self.status_changed(chat.room, by.account, "member", "kicked")

    def route(self, public: str, local: str) -> None:
        """Webhook deliveries to addresses that begin with `public` (https) go to `local` (http on loopback)."""
        with self.world.changed:
            self.world.routes[public] = local

    def advance(self, seconds: float) -> None:
        """Moves the clock: taps grow old, undelivered updates are forgotten."""
        with self.world.changed:
            self.world.clock_offset += seconds
            self.world.updates.expire()
            self.world.changed.notify_all()

    def redeliver(self, update: Update) -> None:
        """Delivers an update once more under its old id, although the bot has confirmed it."""
        with self.world.changed:
            queue = self.world.updates
            again = Update(update.id, update.kind, update.lane, update.body, self.world.now())
            (queue.pending if queue.webhook.url else queue.again).append(again)
            queue.wake()

    def deliver_twice(self, count: int = 1) -> None:
        """The next so many updates that people cause are delivered twice."""
        with self.world.changed:
            self.world.updates.duplicates += count

    @property
    def delivered(self) -> list[Update]:
        """The updates the bot has confirmed, in that order."""
        with self.world.changed:
            return list(self.world.updates.done)

    def post_from(self, account: Account, room: Room, content: Json, reply_to: int | None = None) -> Message:
        """A person's message: into the chat, and as an update to the bot if it may read it."""
        if room.private and account.blocked:
            raise ValueError(f"{account.first_name} blocked the bot and must unblock it first")
        account.started = account.started or room.private
        if reply_to is not None:
            content = content | {"reply_to_message": self.world.replied(room, reply_to)}
        body = self.world.post(room, account.as_user(), content)
        room.mark = len(room.bot_events)
        if room.private or self._may_read(room, body):
            self.world.updates.push("message", f"m{room.id}", body)
        return Message.of(body, self.world.bot["id"], 0)

    def _may_read(self, room: Room, body: Json) -> bool:
        """Privacy mode: in a group the bot sees commands, replies to it and mentions of it only."""
        if room.bot_status in {"kicked", "left"}:
            return False
        if not self.world.privacy_mode or room.bot_status == "administrator":
            return True
        text, name = body.get("text", ""), f"@{self.world.bot['username']}"
        if body.get("reply_to_message", {}).get("from", {}).get("id") == self.world.bot["id"] or name in text:
            return True
        kinds = {entity["type"] for entity in body.get("entities", [])}
        return text.startswith("/") and "bot_command" in kinds and "@" not in text.split()[0]

    def received_file(self, kind: str, name: str, content: bytes, mime_type: str) -> Json:
        """The part of a person's message that carries a file."""
        with self.world.changed:
            stored = self.world.store(name, content, mime_type)
            return {kind: describe(kind, stored)}

    def queue_tap(self, account: Account, body: Json) -> Tap:
        """Keeps a tap until it is answered and tells the bot."""
        query = Query(body["id"], account.id, self.world.now(), body)
        self.world.queries[query.id] = query
        self.world.updates.push("callback_query", f"c{account.id}", body)
        return Tap(self, query)

    def queue_inline(self, account: Account, text: str, offset: str) -> InlineAnswer:
        """Keeps an inline query until it is answered and tells the bot."""
        with self.world.changed:
            body: Json = {"id": self.world.new_id(), "from": account.as_user(), "query": text, "offset": offset}
            query = Query(body["id"], account.id, self.world.now(), body)
            self.world.inline[query.id] = query
            self.world.updates.push("inline_query", f"i{account.id}", body)
            return InlineAnswer(self, query)

    def choose_result(self, person: Person, answer: InlineAnswer, result_id: str, chat: Chat) -> Message:
        """Sends an inline result as the person's message and reports the choice."""
        assert answer.answer is not None, "the bot has not answered this inline query"
        result = next(r for r in answer.answer["results"] if r["id"] == result_id)
        with self.world.changed:
            content = _message_of(result) | {"via_bot": self.world.bot}
            body = self.world.post(chat.room, person.account.as_user(), content)
            chosen = {"result_id": result_id, "from": person.account.as_user(), "query": answer.query.body["query"]}
            if "reply_markup" in body:
                chosen["inline_message_id"] = self.world.new_id()
                self.world.inline_messages[chosen["inline_message_id"]] = (chat.id, body["message_id"])
            self.world.updates.push("chosen_inline_result", f"i{person.id}", chosen)
            return Message.of(body, self.world.bot["id"], 0)

    def status_changed(self, room: Room, account: Account, old: str, new: str) -> None:
        """Tells the bot that its own membership in a chat changed."""
        body = {"chat": room.as_chat(), "from": account.as_user(), "date": int(self.world.now())}
        body |= {"old_chat_member": member(self.world.bot, old), "new_chat_member": member(self.world.bot, new)}
        self.world.updates.push("my_chat_member", f"m{room.id}", body)

    def _report(self) -> str:
        lines = [f"undelivered updates: {len(self.world.updates.pending)}, polls: {self.world.updates.polls}"]
        lines += [f"violation {call}" for call in self._server.violations[-5:]]
        return "\n".join([*lines, *(f"call {call}" for call in self._server.calls[-10:])])


def _message_of(result: Json) -> Json:
    """The message that an inline result becomes."""
    markup = {"reply_markup": result["reply_markup"]} if "reply_markup" in result else {}
    content: dict[str, Any] = result.get("input_message_content", {})
    if "message_text" in content:
        text, entities = checked_text({**content, "text": content["message_text"]})
        return {"text": text} | ({"entities": entities} if entities else {}) | markup
    if content:
        return {k: v for k, v in content.items() if k in {"latitude", "longitude"}} | markup
    caption, _ = checked_caption(result)
    return {"text": caption or result.get("title", result["id"])} | markup


__all__ = ["TOKEN", "ApiError", "TelegramApi"]
