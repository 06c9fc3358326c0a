"""The queue of updates that wait for the bot, and the webhook they may be sent to."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
LIFETIME = {"callback_query": 150.0, "inline_query": 30.0}
DAY = 86400.0
KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "message_reaction", "message_reaction_count",
    "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
    "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost", "guest_message", "managed_bot",
)  # fmt: skip
ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass
class Update:
    """One update: its lane keeps order while it is delivered by webhook."""

    id: int
    kind: str
    lane: str
    body: Json
    at: float
    attempts: int = 0
    twice: bool = False

    def as_json(self) -> Json:
        """The Update object of the Bot API."""
        return {"update_id": self.id, self.kind: self.body}


@dataclass
class Webhook:
    """Where updates go when they are not polled, and how that went."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    error_at: int | None = None
    error: str = ""


@dataclass
class UpdateQueue:
    """Updates in order of their ids; those confirmed or delivered are in `done`."""

    now: Callable[[], float]
    pending: list[Update] = field(default_factory=list)
    done: list[Update] = field(default_factory=list)
    again: list[Update] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    webhook: Webhook = field(default_factory=Webhook)
    wake: Callable[[], None] = lambda: None
    duplicates: int = 0
    polls: int = 0
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(700_001))

    def push(self, kind: str, lane: str, body: Json) -> Update | None:
        """Queues an update, unless the bot did not ask for its kind."""
        wanted = kind in self.allowed if self.allowed else kind not in ON_REQUEST
        if not wanted:
            return None
        update = Update(next(self.numbers), kind, lane, body, self.now(), twice=self.duplicates > 0)
        self.duplicates -= update.twice
        self.pending.append(update)
        self.wake()
        return update

    def expire(self) -> None:
        """Forgets what Telegram no longer keeps: taps after 150 s, inline queries after 30 s, the rest after a day."""
        moment = self.now()
        self.pending = [u for u in self.pending if moment - u.at < LIFETIME.get(u.kind, DAY)]

    def confirm(self, offset: int) -> None:
        """getUpdates with an offset: what is below it was received; a negative one keeps only the last few."""
        if offset < 0:
            offset = self.pending[offset:][0].id if self.pending else 0
        self.done += [u for u in self.pending if u.id < offset]
        self.pending = [u for u in self.pending if u.id >= offset]

    def batch(self, limit: int) -> list[Update]:
        """What the next poll receives: redelivered ones first, each once more where duplicates were asked for."""
        self.expire()
        redelivered, self.again = self.again, []
        fresh = self.pending[: max(0, limit - len(redelivered))]
        twice = [u for u in fresh if u.twice]
        for update in twice:
            update.twice = False
        return redelivered + sorted(fresh + twice, key=lambda u: u.id)

    def delivered(self, update: Update) -> None:
        """The webhook took it."""
        self.pending = [u for u in self.pending if u is not update]
        self.done.append(update)

    def find(self, update_id: int) -> Update:
        """The update with that id, waiting or done."""
        return next(u for u in [*self.done, *self.pending] if u.id == update_id)
