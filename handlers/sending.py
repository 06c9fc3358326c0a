"""Sends what the outbox holds, in order for each chat; what becomes of a send is decided by the kind of error."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters, WebAppInfo
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from handlers import card_files, words
from handlers.desk import Desk, woken
from handlers.errors import apologise, noted
from handlers.outgoing import Outgoing, unseal
from handlers.receiving import seconds_of
from handlers.requests import NOT_SENT
from handlers.visits import CHANNEL
from office.card_desk import CardFile
from office.ledger import chats, outbox
from office.ledger.outbox import Delivery, Status

log = logging.getLogger(__name__)

MOST_AT_ONCE = 8
SEND_SECONDS = 8.0
LEASE_SECONDS = 10.0  # longer than a send can take, so that nobody repeats one under way
IDLE_SECONDS = 1.0
GATHER_SECONDS = 0.005
MAX_ATTEMPTS = 60
LONGEST_PAUSE = 60.0
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")

Outcome = Callable[[Connection], None]


class Sender:
    """Takes due messages, sends them, and writes down what became of them: all in turns, many at a time."""

    def __init__(self, desk: Desk, bot: Bot) -> None:
        self._desk, self._bot = desk, bot
        self._sending: set[asyncio.Task[None]] = set()
        self._outcomes: list[Outcome] = []
        self._recovery_due = desk.now()

    async def run(self, stopping: asyncio.Event) -> None:
        """Sends until `stopping`; sends under way are finished and written down."""
        while not stopping.is_set():
            if self._sending:
                await asyncio.sleep(GATHER_SECONDS)  # so that several share a commit
            free = MOST_AT_ONCE - len(self._sending)
            due = await self._turn(free)
            for delivery in due:
                self._begin(delivery)
            if not due and not self._outcomes:
                await woken(self._desk.queued, IDLE_SECONDS)
        await asyncio.gather(*self._sending, return_exceptions=True)
        if self._outcomes:
            await self._turn(0)

    def _begin(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._send(delivery))
        self._sending.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._desk.queued.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            noted("a sender broke; its message comes again when the lease ends", error)

    async def _turn(self, free: int) -> list[Delivery]:
        outcomes, self._outcomes = self._outcomes, []
        try:
            return await self._desk.off_loop(self._write_and_take, outcomes, free)
        except Exception as error:
            self._outcomes = outcomes + self._outcomes
            noted("outbox turn failed, again in a second", error)
            await asyncio.sleep(1)
            return []

    def _write_and_take(self, outcomes: list[Outcome], free: int) -> list[Delivery]:
        """One commit: what became of the last sends, and the next ones marked as under way."""
        now = self._desk.now()
        with self._desk.ledger.begin(durable=False) as connection:
            for outcome in outcomes:
                outcome(connection)
            if not free:
                return []
            if now >= self._recovery_due:
                self._recovery_due = now + timedelta(seconds=1)
                self._recover(connection)
            return outbox.claim_due(connection, now, free, LEASE_SECONDS)

    def _recover(self, connection: Connection) -> None:
        """Messages whose sender died: due again once their lease has run out."""
        found = outbox.recover(connection, self._desk.now(), MAX_ATTEMPTS)
        if found.again or found.uncertain or found.given_up:
            log.warning("发到一半断了的：重发 %d，不明 %d，放弃 %d", found.again, found.uncertain, found.given_up)
            self._desk.meters.sends.labels("repeated").inc(found.again)

    async def _send(self, delivery: Delivery) -> None:
        try:
            message, file = await self._unsealed(delivery)
        except Exception as error:
            self._refused(delivery, error)
            return
        try:
            async with asyncio.timeout(card_files.SEND_SECONDS if file else SEND_SECONDS):
                number = await self._call(message, file)
        except RetryAfter as error:
            self._later(delivery, error, seconds_of(error))
        except Forbidden as error:
            self._blocked(delivery, error)
        except BadRequest as error:
            if "message is not modified" in str(error).lower():
                self._sent(delivery, message.edit)
            else:
                self._refused(delivery, error)
        except NetworkError as error:
            if isinstance(error.__cause__, NOT_SENT):
                self._later(delivery, error, _pause(delivery.attempts))
            else:
                self._uncertain(delivery, error)
        except TimeoutError as error:
            self._uncertain(delivery, error)
        except TelegramError as error:
            self._refused(delivery, error)
        else:
            self._sent(delivery, number)

    async def _unsealed(self, delivery: Delivery) -> tuple[Outgoing, CardFile | None]:
        message = unseal(delivery.body, self._desk.cipher)
        if not message.card:
            return message, None
        return await asyncio.to_thread(card_files.prepared, self._desk, delivery.seq, message)

    async def _call(self, message: Outgoing, file: CardFile | None) -> int | None:
        """The call to Telegram; the number of the message that is there now."""
        if message.edit is not None:
            try:
                await self._bot.edit_message_text(
                    message.text, message.chat, message.edit, reply_markup=_inline_keyboard(message)
                )
            except BadRequest as error:
                if not any(words_ in str(error).lower() for words_ in GONE):
                    raise
            else:
                return message.edit
        try:
            return await self._post(message, message.chat, file)
        except ChatMigrated as moved:
            return await self._post(message, moved.new_chat_id, file)

    async def _post(self, message: Outgoing, chat: int, file: CardFile | None) -> int:
        extra: dict[str, Any] = {}
        if message.reply_to is not None:
            extra["reply_parameters"] = ReplyParameters(message.reply_to, allow_sending_without_reply=True)
        markup = words.keys() if message.shows_keys else _inline_keyboard(message)
        if file is None:
            sent = await self._bot.send_message(chat, message.text, reply_markup=markup, **extra)
        elif file.is_picture:
            extra["caption"] = message.text
            sent = await self._bot.send_photo(chat, card_files.upload(file), reply_markup=markup, **extra)
        else:
            extra["caption"] = message.text
            sent = await self._bot.send_document(chat, card_files.upload(file), reply_markup=markup, **extra)
        return sent.message_id

    def _sent(self, delivery: Delivery, number: int | None) -> None:
        self._note("sent", lambda connection: outbox.mark_sent(connection, [(delivery.seq, number)], self._desk.now()))

    def _later(self, delivery: Delivery, error: Exception, seconds: float) -> None:
        """Not taken: exactly one will come of it."""
        when = self._desk.now() + timedelta(seconds=seconds)
        log.warning("not sent, again in %.0f s: %s", seconds, error)
        self._note("later", lambda connection: outbox.retry_at(connection, delivery.seq, type(error).__name__, when))

    def _uncertain(self, delivery: Delivery, error: Exception) -> None:
        """Perhaps taken, perhaps not: sent again, and counted."""

        def outcome(connection: Connection) -> None:
            now = self._desk.now()
            retry = now + timedelta(seconds=_pause(delivery.attempts))
            name = type(error).__name__
            status = outbox.mark_uncertain(connection, delivery.seq, name, now, retry=retry, max_attempts=MAX_ATTEMPTS)
            log.warning("answer to a send lost (%s: %s): %s", name, error, status.value)
            self._desk.meters.sends.labels("repeated" if status is Status.WAITING else status.value).inc()

        self._note("uncertain", outcome)

    def _blocked(self, delivery: Delivery, error: Exception) -> None:
        log.info("chat cannot be written to: %s", error)

        def outcome(connection: Connection) -> None:
            now = self._desk.now()
            outbox.mark_blocked(connection, delivery.lane, now)
            chats.block(connection, CHANNEL, delivery.lane, now)

        self._note("blocked", outcome)

    def _refused(self, delivery: Delivery, error: Exception) -> None:
        """Never again with this text; the person is told, unless that was what was refused."""
        number = noted("a send was refused", error, key=delivery.key)

        def outcome(connection: Connection) -> None:
            now = self._desk.now()
            outbox.mark_failed(connection, delivery.seq, f"{type(error).__name__} [{number}]", now)
            if not delivery.key.startswith("sorry:"):
                apologise(connection, self._desk.cipher, delivery.lane, delivery.key, number=number, now=now)

        self._note("failed", outcome)

    def _note(self, result: str, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._desk.meters.sends.labels(result).inc()


def _inline_keyboard(message: Outgoing) -> InlineKeyboardMarkup | None:
    if not message.rows:
        return None
    return InlineKeyboardMarkup([[_button(label, data) for label, data in row] for row in message.rows])


def _button(label: str, data: str) -> InlineKeyboardButton:
    """A page of ours opens inside Telegram (only in private chats, which is where such buttons are put)."""
    if data.startswith("https://"):
        return InlineKeyboardButton(label, web_app=WebAppInfo(data))
    return InlineKeyboardButton(label, callback_data=data)


def _pause(attempts: int) -> float:
    return min(LONGEST_PAUSE, 2.0 ** min(attempts - 1, 10))
