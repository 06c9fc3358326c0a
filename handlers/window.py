"""The Telegram window as a whole: starts and stops receiving, working and sending over one office."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Coroutine
from typing import Any

from prometheus_client import CollectorRegistry
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from handlers import application, dispatching
from handlers.desk import Desk
from handlers.errors import noted
from handlers.meters import Meters
from handlers.outgoing import ChatMenu
from handlers.profile import set_chat_menu, set_menus
from handlers.receiving import Intake, Polling, Webhook
from handlers.sending import Sender
from handlers.staff import commands_of
from handlers.working import Workers
from office.ledger import leases, people
from office.office import Office
from office.people import STAFF_ROLES
from office.settings import Settings

log = logging.getLogger(__name__)

WEBHOOK_PATH = "/telegram"
SETTING_UP = "telegram-set-up"
SET_UP_SECONDS = 20
STOP_SECONDS = 20


class TelegramWindow:
    """One office seen through Telegram. `webhook` is the door to hang into the web server, None when polling."""

    def __init__(self, office: Office, registry: CollectorRegistry, *, is_limited: bool = True) -> None:
        settings = office.settings
        self._settings = settings
        self._application = application.build(settings, is_limited=is_limited)
        self._bot: Bot = self._application.bot
        self._desk = Desk.of(office, f"{socket.gethostname()}:{settings.port}", Meters(registry))
        self._intake = Intake(self._desk)
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._receiving: asyncio.Task[None] | None = None
        self.webhook = _webhook(settings, self._intake)
        self.is_ready = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Serves until `stopping`; then takes nothing more in, finishes what is in hand, and returns."""
        self._receiving = asyncio.create_task(self._receive())
        await stopping.wait()
        await self._stop()

    async def _receive(self) -> None:
        """Connects, however long that takes, then works and receives until cancelled."""
        await self._connect()
        self._tasks = [
            self._supervised(Workers(self._desk, self._bot, dispatching.handle).run(self._stopping)),
            self._supervised(Sender(self._desk, self._bot).run(self._stopping)),
        ]
        await self._set_up()
        self.is_ready = True
        log.info("Telegram 窗口开了：@%s", self._bot.username)
        if self.webhook is None:
            await Polling(self._desk, self._bot, self._intake).run()

    def _supervised(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._note_end)
        return task

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.is_ready = False
            noted("a loop of the Telegram window ended", error)

    async def _connect(self) -> None:
        pause = 1.0
        while True:
            try:
                return await self._application.initialize()
            except InvalidToken:
                log.error("Telegram 不认 TELEGRAM_BOT_TOKEN，请到 @BotFather 核对；一分钟后再试，网页窗口照常。")
                pause = 60.0
            except TelegramError as error:
                log.warning("连不上 Telegram（%s），%.0f 秒后再试；网页窗口照常。", error, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 60.0)

    async def _set_up(self) -> None:
        """Tell Telegram where updates go, and the menus; of several processes one does so."""
        if not await self._desk.off_loop(self._take_set_up):
            return
        pause = 1.0
        while True:
            try:
                await self._direct_updates()
                break
            except TelegramError as error:
                log.warning("没能告诉 Telegram 消息往哪里送（%s），%.0f 秒后再试", error, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 60.0)
        self._tasks.append(self._supervised(self._set_menus()))

    async def _set_menus(self) -> None:
        """Everybody's menu, then that of each chat of somebody of the office."""
        await set_menus(self._bot)
        for menu in await self._desk.off_loop(self._staff_menus):
            await set_chat_menu(self._bot, menu)

    def _staff_menus(self) -> list[ChatMenu]:
        with self._desk.ledger.read() as connection:
            known = [one for role in STAFF_ROLES for one in people.linked(connection, self._desk.cipher, role)]
        return [ChatMenu(int(chat), commands_of(person)) for person, chat in known]

    async def _direct_updates(self) -> None:
        secret = self._settings.telegram_webhook_secret
        if secret is not None:
            await self._bot.set_webhook(
                f"{self._settings.public_base_url}{WEBHOOK_PATH}",
                secret_token=secret.reveal(),
                allowed_updates=dispatching.KINDS,
            )
        elif (await self._bot.get_webhook_info()).url:
            await self._bot.delete_webhook(drop_pending_updates=False)

    def _take_set_up(self) -> bool:
        with self._desk.ledger.begin(durable=False) as connection:
            return leases.acquire(connection, SETTING_UP, self._desk.name, self._desk.now(), SET_UP_SECONDS)

    async def _stop(self) -> None:
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.gather(self._receiving, return_exceptions=True)
        self._stopping.set()
        self._desk.arrived.set()
        self._desk.queued.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
        await self._application.shutdown()
        self._desk.close()


def _webhook(settings: Settings, intake: Intake) -> Webhook | None:
    secret = settings.telegram_webhook_secret
    return None if secret is None else Webhook(intake, secret.reveal())
