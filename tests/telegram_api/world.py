"""Everything the server remembers: people, chats, messages, taps, files and settings of one bot."""

import itertools
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .errors import ApiError, bad, forbidden
from .updates import UpdateQueue

Json = dict[str, Any]
T = TypeVar("T")


class DeadlineMissed(AssertionError):  # noqa: N818 - it reads as what happened
    """What a test waited for did not happen in time; the text says what did happen."""


@dataclass
class Account:
    """A person with a Telegram account."""

    id: int
    first_name: str
    username: str | None
    language_code: str
    phone: str
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def as_user(self) -> Json:
        """The User object of the Bot API."""
        user = {"id": self.id, "is_bot": False, "first_name": self.first_name, "language_code": self.language_code}
        return user | ({"username": self.username} if self.username else {})


@dataclass
class Room:
    """A chat and what lies in it now."""

    id: int
    kind: str
    title: str
    username: str | None = None
    members: dict[int, str] = field(default_factory=dict)
    bot_status: str = "member"
    messages: dict[int, Json] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    bot_events: list[tuple[str, int]] = field(default_factory=list)
    mark: int = 0
    edits: dict[int, int] = field(default_factory=dict)
    reply_keyboard: Json | None = None
    pinned: list[int] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def private(self) -> bool:
        """Whether it is a chat between one person and the bot."""
        return self.kind == "private"

    def as_chat(self) -> Json:
        """The Chat object of the Bot API."""
        name = {"first_name": self.title} if self.private else {"title": self.title}
        return {"id": self.id, "type": self.kind, **name} | ({"username": self.username} if self.username else {})


@dataclass
class Query:
    """A tap on an inline button, or an inline query: something that waits for one answer."""

    id: str
    user_id: int
    at: float
    body: Json
    answer: Json | None = None


@dataclass(frozen=True)
class StoredFile:
    """A file on the server."""

    file_id: str
    name: str
    content: bytes
    mime_type: str

    def as_file(self) -> Json:
        """The fields all file objects share."""
        return {"file_id": self.file_id, "file_unique_id": f"u{self.file_id[-12:]}", "file_size": len(self.content)}

    @property
    def path(self) -> str:
        """Where it can be downloaded, below /file/bot<token>/."""
        return f"files/{self.file_id}/{self.name}"


class World:
    """The state; hold `changed` while reading or writing it, notify it after a change."""

    def __init__(self, token: str, username: str, name: str, query_seconds: float) -> None:
        self.token = token
        self.bot: Json = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": name, "username": username}
        self.query_seconds = query_seconds
        self.privacy_mode = True
        self.changed = threading.Condition(threading.RLock())
        self.clock_offset = 0.0
        self.accounts: dict[int, Account] = {}
        self.rooms: dict[int, Room] = {}
        self.queries: dict[str, Query] = {}
        self.inline: dict[str, Query] = {}
        self.inline_messages: dict[str, tuple[int, int]] = {}
        self.files: dict[str, StoredFile] = {}
        self.commands: dict[str, list[Json]] = {}
        self.profile: dict[str, str] = {}
        self.menus: dict[int, Json] = {}
        self.routes: dict[str, str] = {}
        self.updates = UpdateQueue(self.now)
        self.report: Callable[[], str] = str

    def now(self) -> float:
        """Seconds since the epoch, as moved by tests."""
        return time.time() + self.clock_offset

    def wait_until(self, probe: Callable[[], T | None], what: str, timeout: float) -> T:
        """The first value of probe that is neither None nor False; DeadlineMissed after timeout seconds."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while True:
                found = probe()
                if found is not None and found is not False:
                    return found
                left = deadline - time.monotonic()
                if left <= 0:
                    raise DeadlineMissed(f"waited {timeout:g} s for {what}\n{self.report()}")
                self.changed.wait(left)

    def new_id(self) -> str:
        """An identifier nobody can guess."""
        return str(secrets.randbits(62))

    def room(self, chat_id: int | str) -> Room:
        """The chat with that id or @username; 400 if there is none."""
        if isinstance(chat_id, str):
            named = [r for r in self.rooms.values() if r.username and f"@{r.username}" == chat_id and not r.private]
            if named:
                return named[0]
        elif chat_id in self.rooms:
            return self.rooms[chat_id]
        raise bad("chat not found")

    def writable(self, chat_id: int | str) -> Room:
        """The chat, if the bot may write to it; 403 otherwise."""
        room = self.room(chat_id)
        refusal = self._refusal(room)
        if refusal:
            raise refusal
        return room

    def _refusal(self, room: Room) -> ApiError | None:
        if not room.private:
            if room.bot_status == "kicked":
                return forbidden(f"bot was kicked from the {room.kind} chat")
            return forbidden(f"bot is not a member of the {room.kind} chat") if room.bot_status == "left" else None
        account = self.accounts[room.id]
        if account.deactivated:
            return forbidden("user is deactivated")
        if account.blocked:
            return forbidden("bot was blocked by the user")
        return None if account.started else forbidden("bot can't initiate conversation with a user")

    def store(self, name: str, content: bytes, mime_type: str) -> StoredFile:
        """Keeps a file and gives it an id."""
        stored = StoredFile(f"F{secrets.token_urlsafe(24)}", name or "file", content, mime_type)
        self.files[stored.file_id] = stored
        return stored

    def post(self, room: Room, sender: Json, content: Json) -> Json:
        """Puts a new message into the chat."""
        number = next(room.numbers)
        message = {"message_id": number, "date": int(self.now()), "chat": room.as_chat(), "from": sender, **content}
        room.messages[number] = message
        if sender["id"] == self.bot["id"]:
            room.bot_events.append(("sent", number))
        return message

    def replied(self, room: Room, message_id: int) -> Json:
        """What a reply carries of the message it answers (without that one's own reply)."""
        return {k: v for k, v in room.messages[message_id].items() if k != "reply_to_message"}
