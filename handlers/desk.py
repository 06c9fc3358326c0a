"""What the loops of the window share: the office, the ledger's threads, the clock, and this process's name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import ParamSpec, TypeVar

from handlers.meters import Meters
from office.ledger.ledger import Ledger
from office.office import Office
from office.privacy import FieldCipher

P = ParamSpec("P")
T = TypeVar("T")

WORKERS = 8


@dataclass(frozen=True)
class Desk:
    """Shared by receiving, working and sending; `name` is the same again after a restart on this machine and port."""

    office: Office
    name: str
    meters: Meters
    threads: ThreadPoolExecutor
    handling: ThreadPoolExecutor
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
