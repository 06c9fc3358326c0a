"""The people's side: what a person does in the app, and what they see there."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from .sending import small_picture
from .texts import found_entities
from .views import Button, InlineAnswer, Message, Tap
from .world import Account, Json, Room

if TYPE_CHECKING:
    from .api import TelegramApi

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Chat:
    """A chat as its people see it."""

    api: "TelegramApi"
    room: Room

    @property
    def id(self) -> int:
        """The chat's id; a private chat has its person's."""
        return self.room.id

    @property
    def messages(self) -> list[Message]:
        """All messages that lie in the chat now, oldest first, edits applied."""
        with self.api.world.changed:
            return [self._view(m) for m in self.room.messages.values()]

    @property
    def replies(self) -> list[Message]:
        """The bot's messages."""
        return [m for m in self.messages if m.from_bot]

    @property
    def last(self) -> Message:
        """The bot's latest message."""
        return self.replies[-1]

    @property
    def reply_keyboard(self) -> tuple[tuple[str, ...], ...]:
        """The labels of the keyboard below the input field, row by row; empty if there is none."""
        rows = (self.room.reply_keyboard or {"keyboard": []})["keyboard"]
        return tuple(tuple(b if isinstance(b, str) else b["text"] for b in row) for row in rows)

    def message(self, number: int) -> Message:
        """The message with that number as it is now."""
        with self.api.world.changed:
            return self._view(self.room.messages[number])

    def _view(self, body: Json) -> Message:
        return Message.of(body, self.api.world.bot["id"], self.room.edits.get(body["message_id"], 0))

    def _since_mark(self, kind: str, containing: str) -> Message | None:
        for event, number in self.room.bot_events[self.room.mark :]:
            if event == kind and number in self.room.messages:
                message = self._view(self.room.messages[number])
                if containing in message.text:
                    return message
        return None

    def wait_for_reply(self, containing: str = "", timeout: float | None = None) -> Message:
        """The first message the bot sent since a person last did something here."""
        what = f"a reply containing {containing!r} in chat {self.id}"
        return self.api.wait_until(lambda: self._since_mark("sent", containing), what, timeout)

    def wait_for_edit(self, containing: str = "", timeout: float | None = None) -> Message:
        """The first message the bot edited since a person last did something here."""
        what = f"an edit containing {containing!r} in chat {self.id}"
        return self.api.wait_until(lambda: self._since_mark("edited", containing), what, timeout)

    def wait_for_replies(self, count: int, timeout: float | None = None) -> list[Message]:
        """The bot's messages since a person last did something here, once there are so many."""

        def enough() -> list[Message] | None:
            numbers = [n for event, n in self.room.bot_events[self.room.mark :] if event == "sent"]
            found = [self._view(self.room.messages[n]) for n in numbers if n in self.room.messages]
            return found if len(found) >= count else None

        return self.api.wait_until(enough, f"{count} replies in chat {self.id}", timeout)


class Person:
    """Someone with the app: acts in their private chat with the bot, or in a group given as `chat`."""

    def __init__(self, api: "TelegramApi", account: Account, chat: Chat) -> None:
        self.api, self.account, self.chat = api, account, chat
        self.id = account.id

    def start(self, payload: str = "") -> Message:
        """Presses START, with the payload of a deep link if there is one."""
        if payload and not PAYLOAD.fullmatch(payload):
            raise ValueError(f"Telegram drops the start payload {payload!r}: 1-64 of A-Z a-z 0-9 _ - are allowed")
        return self.say(f"/start {payload}".rstrip())

    def open_link(self, link: str) -> Message:
        """Follows https://t.me/<bot>?start=<payload> and presses START."""
        parts = urlsplit(link)
        if parts.netloc != "t.me" or parts.path.strip("/") != self.api.world.bot["username"]:
            raise ValueError(f"{link} does not lead to @{self.api.world.bot['username']}")
        return self.start(parse_qs(parts.query).get("start", [""])[0])

    def say(self, text: str, chat: Chat | None = None, reply_to: Message | None = None) -> Message:
        """Sends a text; commands in it are marked as Telegram marks them."""
        entities = found_entities(text)
        return self._post({"text": text} | ({"entities": entities} if entities else {}), chat, reply_to)

    def ask(self, text: str, chat: Chat | None = None, timeout: float | None = None) -> Message:
        """Sends a text and returns the bot's first reply to it."""
        self.say(text, chat)
        return (chat or self.chat).wait_for_reply(timeout=timeout)

    def edit(self, message: Message, text: str) -> Message:
        """Edits an own message."""
        with self.api.world.changed:
            room = self.api.world.rooms[message.chat_id]
            body = room.messages[message.id] | {"text": text, "edit_date": int(self.api.world.now())}
            entities = found_entities(text)
            body = {k: v for k, v in body.items() if k != "entities"} | ({"entities": entities} if entities else {})
            room.messages[message.id] = body
            room.mark = len(room.bot_events)
            self.api.world.updates.push("edited_message", f"m{room.id}", body)
            return Message.of(body, self.api.world.bot["id"], 1)

    def send_photo(self, content: bytes | None = None, caption: str = "", chat: Chat | None = None) -> Message:
        """Sends a picture, a small grey one if none is given."""
        shown = content or small_picture()
        return self._send_file("photo", "photo.jpg", shown, "image/jpeg", caption=caption, chat=chat)

    def send_document(self, name: str, content: bytes, mime_type: str = "application/octet-stream") -> Message:
        """Sends a file."""
        return self._send_file("document", name, content, mime_type)

    def send_voice(self, content: bytes = b"OggS") -> Message:
        """Sends a voice message."""
        return self._send_file("voice", "voice.oga", content, "audio/ogg")

    def send_sticker(self) -> Message:
        """Sends a sticker."""
        return self._send_file("sticker", "sticker.webp", b"RIFF", "image/webp")

    def send_contact(self, phone: str | None = None, of: "Person | None" = None) -> Message:
        """Shares the own contact, somebody else's, or a mere number that belongs to no account."""
        owner = of or self
        contact: Json = {"phone_number": phone or owner.account.phone, "first_name": owner.account.first_name}
        return self._post({"contact": contact | ({} if phone and of is None else {"user_id": owner.id})})

    def send_location(self, latitude: float, longitude: float) -> Message:
        """Shares a place."""
        return self._post({"location": {"latitude": latitude, "longitude": longitude}})

    def press(self, label: str) -> Message:
        """Presses a key of the reply keyboard: sends its text, or the own contact if it asks for that."""
        rows = (self.chat.room.reply_keyboard or {"keyboard": []})["keyboard"]
        keys: list[Json] = [{"text": b} if isinstance(b, str) else b for row in rows for b in row]
        found = next((key for key in keys if key["text"] == label), None)
        if found is None:
            raise ValueError(f"no key {label!r} on the keyboard {self.chat.reply_keyboard}")
        if (self.chat.room.reply_keyboard or {}).get("one_time_keyboard"):
            self.chat.room.reply_keyboard = None
        return self.send_contact() if found.get("request_contact") else self.say(label)

    def tap(self, message: Message, button: str = "", data: str | None = None) -> Tap:
        """Taps an inline button of the message as given (an old view taps the old keyboard).

        The button is named by its text, or by its callback data; data that no button of the message carries is sent
        all the same when the message has no such button any more, as a client with an old keyboard does.
        """
        pressed: Button | None = message.button(button) if button else None
        chosen = pressed.callback_data if pressed else data
        if chosen is None:
            raise ValueError(f"button {button!r} opens {pressed}, a tap on it tells the bot nothing")
        with self.api.world.changed:
            return self._tap(message, chosen)

    def _tap(self, message: Message, data: str) -> Tap:
        world = self.api.world
        room = world.rooms[message.chat_id]
        shown = room.messages.get(message.id) or {"message_id": message.id, "date": 0, "chat": room.as_chat()}
        body = {"id": world.new_id(), "from": self.account.as_user(), "message": shown, "data": data}
        body["chat_instance"] = str(room.id)
        room.mark = len(room.bot_events)
        return self.api.queue_tap(self.account, body)

    def block(self) -> None:
        """Blocks the bot; sends to this person are refused from now on."""
        with self.api.world.changed:
            self.account.blocked = True
            self.api.status_changed(self.chat.room, self.account, "member", "kicked")

    def unblock(self) -> None:
        """Takes the block back."""
        with self.api.world.changed:
            self.account.blocked = False
            self.api.status_changed(self.chat.room, self.account, "kicked", "member")

    def deactivate(self) -> None:
        """Deletes the account."""
        with self.api.world.changed:
            self.account.deactivated = True

    def inline(self, query: str, offset: str = "") -> InlineAnswer:
        """Types @bot query in some chat."""
        return self.api.queue_inline(self.account, query, offset)

    def choose(self, answer: InlineAnswer, result_id: str, chat: Chat | None = None) -> Message:
        """Sends one of the inline results into a chat."""
        return self.api.choose_result(self, answer, result_id, chat or self.chat)

    def _send_file(
        self, kind: str, name: str, content: bytes, mime_type: str, *, caption: str = "", chat: Chat | None = None
    ) -> Message:
        body: Json = self.api.received_file(kind, name, content, mime_type)
        return self._post(body | ({"caption": caption} if caption else {}), chat)

    def _post(self, content: Json, chat: Chat | None = None, reply_to: Message | None = None) -> Message:
        with self.api.world.changed:
            return self.api.post_from(self.account, (chat or self.chat).room, content, _reply_id(reply_to))


def _reply_id(message: Message | None) -> Any:
    return message.id if message else None
