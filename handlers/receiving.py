"""Updates come in, by polling or by webhook, and are kept in the inbox before Telegram is told that we have them."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest

from handlers.desk import Desk, Json
from handlers.dispatching import KINDS
from handlers.requests import AiohttpRequest
from office.ledger import leases
from office.ledger.inbox import IncomingUpdate, store_updates

log = logging.getLogger(__name__)

POLL_SECONDS = 25
POLLING = "telegram-polling"
LEASE_SECONDS = 60
LONGEST_BODY = 1_000_000


def lane_of(update: Json) -> str:
    """The lane an update keeps its order in: its chat, or for inline queries a lane of the person's own."""
    for kind in ("message", "edited_message", "my_chat_member"):
        if kind in update:
            return str(update[kind]["chat"]["id"])
    if "callback_query" in update:
        query = update["callback_query"]
        return str(query["message"]["chat"]["id"] if "message" in query else query["from"]["id"])
    if "inline_query" in update:
        return f"inline:{update['inline_query']['from']['id']}"
    return "other"


class Intake:
    """Keeps updates; those that come while a commit is under way share the next one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: list[tuple[Sequence[Json], asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def keep(self, updates: Sequence[Json]) -> None:
        """Returns when the updates are safe on disk."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((updates, kept))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_all())
        await kept

    async def _store_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                updates = [update for several, _ in batch for update in several]
                try:
                    new = await self._desk.off_loop(self._store, updates)
                except Exception as error:
                    for _, kept in batch:
                        kept.set_exception(error)
                    continue
                self._desk.meters.received.inc(new)
                for _, kept in batch:
                    if not kept.done():
                        kept.set_result(None)
                self._desk.arrived.set()
        finally:
            self._storing = None

    def _store(self, updates: Sequence[Json]) -> int:
        now = self._desk.now()
        rows = [
            IncomingUpdate(
                int(update["update_id"]),
                lane_of(update),
                self._desk.cipher.encrypt(json.dumps(update, ensure_ascii=False, separators=(",", ":"))),
                now + timedelta(microseconds=place),  # lanes queue up in the order of arrival
            )
            for place, update in enumerate(updates)
        ]
        with self._desk.ledger.begin() as connection:
            new = store_updates(connection, rows)
        if new == len(updates):  # of others an earlier copy is in the inbox
            self._desk.fresh.put(updates)
        return new


class Webhook:
    """The door Telegram knocks at; knows nothing of the web framework behind which it stands."""

    def __init__(self, intake: Intake, secret: str) -> None:
        self._intake, self._secret = intake, secret.encode()

    def is_telegram(self, secret: str) -> bool:
        """Whether the caller knows the secret; to be asked before the body is read."""
        return hmac.compare_digest(secret.encode(), self._secret)

    async def accept(self, body: bytes) -> HTTPStatus:
        """Keep one update; 200 means that it is on disk."""
        if len(body) > LONGEST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        try:
            update = json.loads(body)
            lane_of(update)
            int(update["update_id"])
        except (ValueError, KeyError, TypeError) as error:
            log.error("webhook body is no update (%s), %d bytes", type(error).__name__, len(body))
            return HTTPStatus.BAD_REQUEST
        await self._intake.keep([update])
        return HTTPStatus.OK


class Polling:
    """Asks Telegram for updates; exactly one process at a time does so, by a lease in the ledger."""

    def __init__(self, desk: Desk, bot: Bot, intake: Intake, request: BaseRequest | None = None) -> None:
        self._desk, self._bot, self._intake = desk, bot, intake
        self._lease_due = desk.now()
        self._request = request or AiohttpRequest(connections=1, read_timeout=POLL_SECONDS + 10)

    async def run(self) -> None:
        """Polls until cancelled: a batch is kept first, and only then confirmed by the next offset."""
        await self._request.initialize()
        offset, pause = 0, 1.0
        try:
            while True:
                if not await self._holds_lease():
                    await asyncio.sleep(2)
                    continue
                try:
                    updates = await self._ask(offset)
                    pause = 1.0
                except TelegramError as error:
                    pause = await self._wait_after(error, pause)
                    continue
                if updates:
                    await self._keep(updates)
                    offset = int(updates[-1]["update_id"]) + 1
        finally:
            await self._request.shutdown()
            await self._desk.off_loop(self._release_lease)

    async def _ask(self, offset: int) -> Sequence[Json]:
        wishes = {"timeout": POLL_SECONDS, "allowed_updates": json.dumps(KINDS)}
        query = urlencode({**wishes, **({"offset": offset} if offset else {})})
        return await self._request.post(f"{self._bot.base_url}/getUpdates?{query}")  # type: ignore[return-value]  # this method gives a list

    async def _keep(self, updates: Sequence[Json]) -> None:
        """Until the ledger takes them: unkept updates are never confirmed."""
        while True:
            try:
                return await self._intake.keep(updates)
            except Exception:
                log.exception("收到的消息写不进账本，两秒后再试")
                await asyncio.sleep(2)

    async def _wait_after(self, error: TelegramError, pause: float) -> float:
        """Waits as the error demands; returns the pause for the next one."""
        if isinstance(error, RetryAfter):
            await asyncio.sleep(seconds_of(error))
            return 1.0
        if isinstance(error, InvalidToken):
            log.error("Telegram 不认 TELEGRAM_BOT_TOKEN；请到 @BotFather 核对。一分钟后再试。")
            await asyncio.sleep(60)
            return 1.0
        if isinstance(error, Conflict):
            log.error("另有程序用同一个令牌收消息（409）；请只开一个。")
        elif not isinstance(error, NetworkError):
            log.error("getUpdates: %s", error)
        else:
            log.warning("getUpdates: %s", error)
        await asyncio.sleep(pause)
        return min(pause * 2, 30.0)

    async def _holds_lease(self) -> bool:
        """Renewed long before it runs out; taken anew when it did."""
        now = self._desk.now()
        if now < self._lease_due:
            return True
        if not await self._desk.off_loop(self._take_lease):
            return False
        self._lease_due = now + timedelta(seconds=LEASE_SECONDS / 4)
        return True

    def _take_lease(self) -> bool:
        with self._desk.ledger.begin(durable=False) as connection:
            return leases.acquire(connection, POLLING, self._desk.name, self._desk.now(), LEASE_SECONDS)

    def _release_lease(self) -> None:
        with self._desk.ledger.begin(durable=False) as connection:
            leases.release(connection, POLLING, self._desk.name)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants us to wait; the library is changing the type of it."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
