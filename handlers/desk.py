"""What the loops of the window share: the office, the ledger's threads, the clock, and this process's name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from handlers.meters import Meters
from office.ledger.ledger import Ledger
from office.office import Office
from office.privacy import FieldCipher

P = ParamSpec("P")
T = TypeVar("T")

Json = dict[str, Any]

WORKERS = 8
MOST_FRESH = 1000


class Fresh:
    """Updates this process has put into the inbox and not yet worked off: at hand without being opened again."""

    def __init__(self) -> None:
        self._updates: dict[int, Json] = {}

    def put(self, updates: Sequence[Json]) -> None:
        """Keep them at hand, as many as there is room for."""
        room = max(0, MOST_FRESH - len(self._updates))
        self._updates.update((int(update["update_id"]), update) for update in updates[:room])

    def take(self, update_id: int) -> Json | None:
        """The update, once; None when it has to be opened."""
        return self._updates.pop(update_id, None)


@dataclass(frozen=True)
class Desk:
    """Shared by receiving, working and sending; `name` is the same again after a restart on this machine and port."""

    office: Office
    name: str
    meters: Meters
    threads: ThreadPoolExecutor
    handling: ThreadPoolExecutor
    fresh: Fresh = field(default_factory=Fresh)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    queued: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def of(cls, office: Office, name: str, meters: Meters) -> Desk:
        """A desk with as many handling threads as the ledger has writers at once: SQLite has one."""
        writers = WORKERS if office.ledger.engine_name == "postgresql" else 1
        return cls(office, name, meters, ThreadPoolExecutor(3, "telegram"), ThreadPoolExecutor(writers, "handling"))

    @property
    def ledger(self) -> Ledger:
        """The office's ledger."""
        return self.office.ledger

    @property
    def cipher(self) -> FieldCipher:
        """Seals what is kept."""
        return self.office.cipher

    def now(self) -> datetime:
        """This instant, in UTC."""
        return self.office.now()

    async def handled(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a handler's work on one of the threads that are kept for it."""
        return await asyncio.get_running_loop().run_in_executor(self.handling, lambda: work(*args, **kwargs))

    def close(self) -> None:
        """Wait for the threads' last work."""
        self.handling.shutdown(wait=True)
        self.threads.shutdown(wait=True)

    async def off_loop(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking work on a thread of the desk."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: work(*args, **kwargs))


async def woken(event: asyncio.Event, seconds: float) -> None:
    """Returns when `event` is set, or after so many seconds; the event is clear again."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
    finally:
        event.clear()
