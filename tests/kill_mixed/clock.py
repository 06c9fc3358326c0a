"""The order of a run: how many actions there are, which of them a kill follows, and what was done."""

from __future__ import annotations

import threading
from collections import Counter
from random import Random

AHEAD = 8
"""So many actions may begin after the one that a kill waits for: they are what is under way when it comes."""
LONGEST = 300.0
SHARES = {"form post": 0.25, "desk move": 0.1}
"""How much of all actions these may be, so that fast browsers leave room for people who type."""


class Clock:
    """Numbers the actions of all threads; holds them back where a kill is due, so that none comes after the last."""

    def __init__(self, actions: int, kills: int, rng: Random) -> None:
        self.actions, self.done = actions, Counter[str]()
        self._points = sorted(rng.sample(range(actions // 10 + 1, actions - AHEAD), kills))
        self._begun, self._killed, self._is_broken = 0, 0, False
        self._changed = threading.Condition()

    def begins(self, kind: str) -> bool:
        """Whether there is another action to do; waits while a kill is due."""
        with self._changed:
            self._changed.wait_for(lambda: self._may_go_on(kind), LONGEST)
            if self._begun >= self.actions or self._is_broken:
                return False
            self._begun += 1
            self.done[kind] += 1
            self._changed.notify_all()
            return True

    def next_kill(self) -> int | None:
        """The action whose number is reached and which a kill follows; None when there are no more kills."""
        if self._killed == len(self._points):
            return None
        with self._changed:
            point = self._points[self._killed]
            assert self._changed.wait_for(lambda: self._begun >= point or self._is_broken, LONGEST), self.done
            return None if self._is_broken else point

    def killed(self) -> None:
        """The kill has happened: on with the actions."""
        with self._changed:
            self._killed += 1
            self._changed.notify_all()

    def break_off(self) -> None:
        """Something is wrong: no more actions."""
        with self._changed:
            self._is_broken = True
            self._changed.notify_all()

    def _may_go_on(self, kind: str) -> bool:
        if self._is_broken or self._begun >= self.actions:
            return True
        if self.done[kind] > SHARES.get(kind, 1) * self._begun:
            return False
        return self._killed == len(self._points) or self._begun < self._points[self._killed] + AHEAD
