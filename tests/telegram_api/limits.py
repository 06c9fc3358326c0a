"""Telegram's sending limits as strict sliding windows."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from .errors import ApiError, too_many

LIMITED = ("send", "copy", "forward", "edit")


@dataclass
class RateLimits:
    """At most so many sends in a window of seconds: overall, in one chat, and per minute in a group."""

    overall: int = 30
    per_chat: int = 1
    per_group_minute: int = 20
    window: float = 1.0
    _sent: dict[object, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def check(self, method: str, chat_id: object, group: bool, now: float) -> ApiError | None:
        """Counts the call, or says how long the caller must wait; a refused call does not count."""
        if not method.startswith(LIMITED) or method == "sendChatAction":
            return None
        rules: list[tuple[object, int, float]] = [("all", self.overall, self.window)]
        if chat_id is not None:
            minute = (("minute", chat_id), self.per_group_minute, 60.0)
            rules += [minute] if group else [(("chat", chat_id), self.per_chat, self.window)]
        for key, most, window in rules:
            sent = self._sent[key]
            while sent and sent[0] <= now - window:
                sent.popleft()
            if len(sent) >= most:
                return too_many(max(1, math.ceil(sent[0] + window - now)))
        for key, _, _ in rules:
            self._sent[key].append(now)
        return None
