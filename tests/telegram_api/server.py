"""The HTTP server: every call is checked, counted, performed or refused, and may meet a fault."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import answers, editing, profile, receiving, sending, wire
from .delivery import Delivery
from .errors import ApiError, bad, conflict
from .faults import Fault, Faults
from .limits import RateLimits
from .schema import checked, spelled
from .world import Json, World

Method = Callable[[World, Json], Any]
METHODS: dict[str, Method] = {
    **sending.METHODS,
    **editing.METHODS,
    **answers.METHODS,
    **profile.METHODS,
    **receiving.METHODS,
}


@dataclass
class Call:
    """One call of the bot; status 0 means that it is not finished or its connection was broken."""

    number: int
    method: str
    params: Json
    at: float
    status: int = 0
    description: str = ""
    result: Any = None
    performed: bool = False
    finished: bool = False
    fault: bool = False

    def __str__(self) -> str:
        shown = {k: v if len(str(v)) < 80 else f"{str(v)[:77]}…" for k, v in self.params.items()}
        return f"#{self.number} {self.method} {shown} -> {self.status or 'no answer'} {self.description}".rstrip()


class Dropped(Exception):  # noqa: N818 - an event, not an error
    """The connection shall break without an answer."""


class BotApiServer:
    """Serves one bot's API on a loopback port in a thread of its own."""

    def __init__(self, world: World, limits: RateLimits | None, webhook_retry: float, webhook_timeout: float) -> None:
        self.world, self.limits = world, limits
        self.faults = Faults(world.changed)
        self.calls: list[Call] = []
        self.violations: list[Call] = []
        self.crashes: list[Exception] = []
        self.port = 0
        self._delivery_options = (webhook_retry, webhook_timeout)
        self._generation = 0
        self._gates: list[Fault] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="bot-api", daemon=True)
        self._ready = threading.Event()

    def start(self) -> None:
        """Listens; returns when calls are answered."""
        self._thread.start()
        assert self._ready.wait(15), "the Bot API server did not start"

    def stop(self) -> None:
        """Breaks all connections and ends the thread."""
        for fault in self._gates:
            if fault.gate:
                fault.gate.release()
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(15)
        assert not self._thread.is_alive(), "the Bot API server did not stop"
        if self.crashes:
            raise AssertionError(f"the local Bot API server failed: {self.crashes[0]!r}") from self.crashes[0]

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._news = asyncio.Event()
        delivery = Delivery(self.world, *self._delivery_options)

        def wake() -> None:
            self._loop.call_soon_threadsafe(self._wake, delivery)

        self.world.updates.wake = wake
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=2**20)
        self.port = server.sockets[0].getsockname()[1]
        pump = asyncio.create_task(delivery.run())
        self._ready.set()
        await self._stopping.wait()
        self.world.updates.wake = lambda: None
        server.close()
        for task in [pump, *self._connections]:
            task.cancel()
        await asyncio.gather(pump, *self._connections, return_exceptions=True)
        await server.wait_closed()

    def _wake(self, delivery: Delivery) -> None:
        self._news.set()
        self._news = asyncio.Event()
        delivery.news.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._converse(reader, writer)
        except (Dropped, ConnectionError, asyncio.IncompleteReadError):
            writer.transport.abort()
        except asyncio.CancelledError:
            writer.transport.abort()  # the server stops; nothing awaits this task but stop()
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                request = await wire.read_request(reader)
            except ApiError as error:
                writer.write(wire.failure(error))
                await writer.drain()
                return
            if request is None:
                return
            writer.write(await self._respond(request))
            await writer.drain()
            if request.headers.get("connection", "").lower() == "close":
                return

    async def _respond(self, request: wire.Request) -> bytes:
        kind, _, rest = request.path.lstrip("/").partition("/")
        if kind == "file":
            return self._download(rest)
        try:
            if not kind.startswith("bot") or ":" not in kind or request.method not in {"GET", "POST"}:
                raise ApiError(404, "Not Found")
            if kind.removeprefix("bot") != self.world.token:
                raise ApiError(401, "Unauthorized")
        except ApiError as error:
            return wire.failure(error)
        return await self._call(rest, request)

    def _download(self, rest: str) -> bytes:
        with self.world.changed:
            for stored in self.world.files.values():
                if rest == f"bot{self.world.token}/{stored.path}":
                    return wire.response(200, stored.content, "application/octet-stream")
        return wire.failure(ApiError(404, "Not Found"))

    async def _call(self, name: str, request: wire.Request) -> bytes:
        """One call from its text to its answer."""
        call = Call(len(self.calls) + 1, name, {}, time.monotonic())
        taken: list[Fault] = []
        try:
            call.method = spelled(name)
            call.params, files = wire.parameters(request)
            if call.method != "getUpdates":
                self.calls.append(call)
            call.params = checked(call.method, call.params, files)
            with self.world.changed:
                taken = self.faults.take(call.method, call.params)
            for fault in (f for f in taken if not f.after):
                await self._suffer(fault, call)
            call.result = await self._perform(call)
            call.performed = True
            for fault in (f for f in taken if f.after):
                await self._suffer(fault, call)
        except ApiError as error:
            self._note(call, error.code, error.description)
            return wire.failure(error, html=any(f.html and f.error is error for f in taken))
        except Dropped:
            raise
        except Exception as crash:
            # A fault of this server must fail the test that met it, not look like the bot's.
            self.crashes.append(crash)
            self._note(call, 500, f"the local server failed: {crash!r}")
            return wire.failure(ApiError(500, call.description))
        self._note(call, 200, "")
        return wire.success(call.result)

    async def _suffer(self, fault: Fault, call: Call) -> None:
        """What the fault does to the call; raises if it ends there."""
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.gate:
            self._gates.append(fault)
            fault.gate.reached.set()
            await asyncio.to_thread(fault.gate.released.wait)
        if fault.run:
            await asyncio.to_thread(fault.run)
        call.fault = bool(fault.error or fault.drop)
        if fault.drop:
            self._note(call, 0, "connection dropped")
            raise Dropped
        if fault.error:
            raise fault.error

    def _note(self, call: Call, status: int, description: str) -> None:
        with self.world.changed:
            call.status, call.description, call.finished = status, description, True
            if status in {400, 404} and not call.fault:
                self.violations.append(call)
            self.world.changed.notify_all()

    async def _perform(self, call: Call) -> Any:
        if call.method == "getUpdates":
            return await self._get_updates(call.params)
        method = METHODS.get(call.method)
        if method is None:
            if call.method in {"logOut", "close"}:
                return True
            raise bad(f"{call.method} is not emulated by the local server")
        with self.world.changed:
            if self.limits:
                self._count(call)
            return method(self.world, call.params)

    def _count(self, call: Call) -> None:
        chat_id = call.params.get("chat_id")
        room = self.world.rooms.get(chat_id) if isinstance(chat_id, int) else None
        group = room is not None and not room.private
        assert self.limits is not None
        refusal = self.limits.check(call.method, chat_id, group, time.monotonic() + self.world.clock_offset)
        if refusal:
            raise refusal

    async def _get_updates(self, params: Json) -> list[Json]:
        """Long polling; a newer poll ends this one with 409."""
        with self.world.changed:
            receiving.begin_poll(self.world, params)
            self.world.changed.notify_all()
        self._generation += 1
        mine, deadline = self._generation, self._loop.time() + params.get("timeout", 0)
        self._news.set()
        self._news = asyncio.Event()
        while True:
            news = self._news
            if mine != self._generation:
                raise conflict(receiving.ANOTHER_POLLER)
            with self.world.changed:
                if self.world.updates.webhook.url:
                    raise conflict("terminated by setWebhook request")
                batch = self.world.updates.batch(params.get("limit", 100))
            left = deadline - self._loop.time()
            if batch or left <= 0:
                return [update.as_json() for update in batch]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), left)
