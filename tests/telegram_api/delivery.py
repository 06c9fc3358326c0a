"""Sends updates to the webhook: in order within a lane, again until it answers 2xx."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from .receiving import delivery_address
from .updates import Update
from .world import World


class Delivery:
    """Runs in the server's loop; one task for each lane that has something to deliver."""

    def __init__(self, world: World, retry_seconds: float, timeout: float) -> None:
        self._world, self._retry, self._timeout = world, retry_seconds, timeout
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self.news = asyncio.Event()
        self._busy = 0
        self._free = asyncio.Condition()

    async def run(self) -> None:
        """Starts lanes as updates come, until cancelled."""
        try:
            while True:
                self.news.clear()
                for lane in self._waiting_lanes():
                    if lane not in self._lanes:
                        self._lanes[lane] = asyncio.create_task(self._drain(lane))
                await self.news.wait()
        finally:
            for task in list(self._lanes.values()):
                task.cancel()
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    def _waiting_lanes(self) -> list[str]:
        with self._world.changed:
            queue = self._world.updates
            if not queue.webhook.url:
                return []
            queue.expire()
            return list(dict.fromkeys(update.lane for update in queue.pending))

    def _next(self, lane: str) -> Update | None:
        with self._world.changed:
            queue = self._world.updates
            queue.expire()
            mine = (u for u in queue.pending if u.lane == lane)
            return next(mine, None) if queue.webhook.url else None

    async def _drain(self, lane: str) -> None:
        try:
            while update := self._next(lane):
                async with self._slot():
                    trouble = await self._post(update)
                if trouble:
                    self._note(update, trouble)
                    await asyncio.sleep(min(1.0, self._retry * 2**update.attempts))
                else:
                    await self._taken(update)
        finally:
            del self._lanes[lane]
            self.news.set()

    @contextlib.asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        async with self._free:
            await self._free.wait_for(lambda: self._busy < self._world.updates.webhook.max_connections)
            self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            async with self._free:
                self._free.notify_all()

    async def _taken(self, update: Update) -> None:
        with self._world.changed:
            queue = self._world.updates
            again, update.twice = update.twice, False
            queue.delivered(update)
            self._world.changed.notify_all()
        if again:
            await self._post(update)

    def _note(self, update: Update, trouble: str) -> None:
        with self._world.changed:
            update.attempts += 1
            hook = self._world.updates.webhook
            if hook.url:
                hook.error_at, hook.error = int(self._world.now()), trouble
            self._world.changed.notify_all()

    async def _post(self, update: Update) -> str:
        """Delivers once; empty if it was taken, else what went wrong."""
        hook = self._world.updates.webhook
        address = delivery_address(self._world, hook.url)
        if address is None:
            return "Failed to resolve host: Name or service not known"
        try:
            async with asyncio.timeout(self._timeout):
                status = await _send(address, hook.secret, json.dumps(update.as_json(), ensure_ascii=False).encode())
        except TimeoutError:
            return "Read timeout expired"
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            return "Connection refused" if isinstance(error, ConnectionRefusedError) else "Connection reset by peer"
        return "" if status.startswith("2") else f"Wrong response from the webhook: {status}"


async def _send(address: str, secret: str, body: bytes) -> str:
    """One POST on its own connection; the status code and phrase of the answer."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    try:
        lines = [
            f"POST {parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
            *([f"X-Telegram-Bot-Api-Secret-Token: {secret}"] if secret else []),
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        line = (await reader.readuntil(b"\r\n")).decode("latin-1").strip()
        await reader.read()
        return line.split(" ", 1)[1]
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
