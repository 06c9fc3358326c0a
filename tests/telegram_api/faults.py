"""Faults that a test orders for the calls to come."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError, too_many

Json = dict[str, Any]
Match = Callable[[Json], bool] | Json | None


@dataclass
class Gate:
    """A held call: `reached` says that it arrived, `release` lets it go on."""

    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def wait(self, timeout: float = 15.0) -> None:
        """Returns once a call is held; AssertionError if none comes in time."""
        assert self.reached.wait(timeout), f"no call reached the gate within {timeout:g} s"

    def release(self) -> None:
        """Lets this and all later calls pass."""
        self.released.set()


@dataclass
class Fault:
    """What shall happen to the next `times` calls of a method whose parameters match."""

    method: str
    match: Match
    times: int
    after: bool = False
    error: ApiError | None = None
    html: bool = False
    drop: bool = False
    delay: float = 0.0
    gate: Gate | None = None
    run: Callable[[], None] | None = None

    def hits(self, method: str, params: Json) -> bool:
        """Whether it applies to that call."""
        if self.times <= 0 or self.method not in {method, "*"}:
            return False
        if callable(self.match):
            return self.match(params)
        return all(params.get(key) == value for key, value in (self.match or {}).items())


class Faults:
    """The faults ordered so far; "*" as method means every call except getUpdates."""

    def __init__(self, lock: threading.Condition) -> None:
        self._lock = lock
        self._faults: list[Fault] = []

    def _add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def take(self, method: str, params: Json) -> list[Fault]:
        """The faults for this call, used up by it: the first one before it is performed and the first one after."""
        taken: dict[bool, Fault] = {}
        for fault in self._faults:
            everything = fault.method == "*" and method == "getUpdates"
            if fault.after not in taken and not everything and fault.hits(method, params):
                fault.times -= 1
                taken[fault.after] = fault
        self._faults = [f for f in self._faults if f.times > 0]
        return list(taken.values())

    def clear(self) -> None:
        """Withdraws all faults that have not happened yet."""
        with self._lock:
            self._faults.clear()

    def too_many_requests(self, method: str, retry_after: int = 1, times: int = 1, match: Match = None) -> Fault:
        """429 with retry_after; the call is not performed."""
        return self._add(Fault(method, match, times, error=too_many(retry_after)))

    def refuse(self, method: str, code: int, description: str, times: int = 1, match: Match = None) -> Fault:
        """Any other refusal in given words; the call is not performed."""
        return self._add(Fault(method, match, times, error=ApiError(code, description)))

    def server_error(self, method: str, code: int = 502, times: int = 1, match: Match = None) -> Fault:
        """5xx; 502, 503 and 504 come from a proxy and carry HTML instead of JSON. Not performed."""
        error = ApiError(code, "Internal Server Error")
        return self._add(Fault(method, match, times, error=error, html=code in {502, 503, 504}))

    def drop_before(self, method: str, times: int = 1, match: Match = None) -> Fault:
        """The connection breaks and the call was not performed."""
        return self._add(Fault(method, match, times, drop=True))

    def lose_answer(self, method: str, times: int = 1, match: Match = None) -> Fault:
        """The call is performed, then the connection breaks instead of the answer."""
        return self._add(Fault(method, match, times, after=True, drop=True))

    def delay(self, method: str, seconds: float, times: int = 1, match: Match = None) -> Fault:
        """The answer comes late."""
        return self._add(Fault(method, match, times, delay=seconds))

    def hold(self, method: str, after: bool = False, match: Match = None) -> Gate:
        """Holds the next call of the method at a gate, before it is performed or after (its answer)."""
        gate = Gate()
        self._add(Fault(method, match, 1, after=after, gate=gate))
        return gate

    def run(self, method: str, action: Callable[[], None], after: bool = False, match: Match = None) -> Fault:
        """Runs action when the next such call arrives (or was performed) and drops its connection: a kill in the act.

        The action runs outside the server's thread and lock.
        """
        return self._add(Fault(method, match, 1, after=after, run=action, drop=True))
