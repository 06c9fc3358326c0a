"""The write turn (轮流写): one writer at a time, and nobody loses it again and again to luckier ones."""

from __future__ import annotations

import threading
import time
from collections import deque

PATIENCE_SECONDS = 0.5


class Turns:
    """A lock that whoever runs may take, until somebody has waited too long: from then on it is handed on by rank.

    A plain lock alone starves: under load one thread lost every race for half a minute while each turn took
    milliseconds. Handing on by rank alone costs a change of threads for every turn, half the writes a second.
    """

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[_Place] = deque()

    def __len__(self) -> int:
        """How many are waiting."""
        with self._guard:
            return len(self._waiting)

    def take(self, seconds: float) -> bool:
        """Wait for the turn; False when it did not come within `seconds`."""
        place = _Place()
        while True:
            with self._guard:
                if place.is_called or not self._is_taken:
                    self._is_taken = True
                    self._leave(place)
                    return True
                left = place.since + seconds - time.monotonic()
                if left <= 0:
                    self._leave(place)
                    return False
                place.bell.clear()
                if place not in self._waiting:
                    self._waiting.append(place)
            place.bell.wait(left)

    def give_back(self) -> None:
        """Let the next one have it: whoever waits too long by right, else whoever comes first."""
        with self._guard:
            first = self._waiting[0] if self._waiting else None
            self._is_taken = False
            if first is not None:
                if time.monotonic() - first.since > self._patience:
                    self._is_taken = first.is_called = True
                first.bell.set()

    def _leave(self, place: _Place) -> None:
        if place in self._waiting:
            self._waiting.remove(place)


class _Place:
    """Somebody's place in the queue: since when, whether the turn is theirs, and what wakes them."""

    def __init__(self) -> None:
        self.since = time.monotonic()
        self.is_called = False
        self.bell = threading.Event()
