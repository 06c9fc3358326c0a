"""Workers take updates from the inbox, chat by chat, and turn each into one commit: its end and all its effects."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from telegram import Bot, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, RetryAfter, TelegramError

from handlers import presses
from handlers.desk import WORKERS, Desk, woken
from handlers.errors import apologise, noted, queued
from handlers.outgoing import ChatMenu, Handled, InlineReply, Outgoing
from handlers.profile import set_chat_menu
from handlers.questions import reply_key
from handlers.receiving import seconds_of
from handlers.visits import Visit
from office.ledger import LeaseLost, LedgerBusy, inbox, inbox_upkeep, outbox, outbox_upkeep, rate_limits
from office.ledger.inbox import Claim

log = logging.getLogger(__name__)

LEASE_SECONDS = 60
RETRY_SECONDS = 1.0
IDLE_SECONDS = 1.0
SLOW_SECONDS = 0.8
UPKEEP = timedelta(hours=1)
TAP_PAUSES = (0.5, 2.0, 5.0)
TAP_SECONDS = 1.0

Handler = Callable[[Visit, int], Handled]


@dataclass(frozen=True)
class Work:
    """One claimed update; `update` is None when its body cannot be opened."""

    claim: Claim
    update: Update | None
    trouble: Exception | None = None


class Workers:
    """Hands updates to the handlers; at most WORKERS at once, one of a chat at a time."""

    def __init__(self, desk: Desk, bot: Bot, handle: Handler) -> None:
        self._desk, self._bot, self._handle = desk, bot, handle
        self._busy: set[asyncio.Task[None]] = set()
        self._asides: set[asyncio.Task[None]] = set()
        self._upkeep_due = desk.now()

    async def run(self, stopping: asyncio.Event) -> None:
        """Works until `stopping`; updates in hand are finished, the rest stays in the inbox for the next start."""
        freed = await self._desk.off_loop(self._free_own)
        if freed:
            log.info("上次没做完的会话：%d 个，接着做", freed)
        while not stopping.is_set():
            free = WORKERS - len(self._busy)
            if free < WORKERS // 2:  # several are claimed in one commit
                await woken(self._desk.arrived, IDLE_SECONDS)
                continue
            works = await self._claimed(free)
            for work in works:
                self._begin(work)
            if len(works) < free:
                await woken(self._desk.arrived, IDLE_SECONDS)
        await asyncio.gather(*self._busy, *self._asides, return_exceptions=True)

    async def _claimed(self, most: int) -> list[Work]:
        try:
            return await self._desk.off_loop(self._claim, most)
        except Exception as error:
            noted("inbox claim failed, again in a second", error)
            await asyncio.sleep(1)
            return []

    def _begin(self, work: Work) -> None:
        task = asyncio.create_task(self._work(work))
        self._busy.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._desk.arrived.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            noted("a worker broke; its update comes again when the lease ends", error)

    def _free_own(self) -> int:
        with self._desk.ledger.begin(durable=False) as connection:
            return inbox_upkeep.reopen_held(connection, self._desk.name, self._desk.now())

    def _claim(self, most: int) -> list[Work]:
        """Take up to `most` updates of different chats in one commit."""
        claims: list[Claim] = []
        now = self._desk.now()
        with self._desk.ledger.begin(durable=False) as connection:
            while len(claims) < most:
                claim = inbox.claim_next(
                    connection,
                    self._desk.name,
                    now,
                    LEASE_SECONDS,
                    on_given_up=lambda given_up: self._give_up(connection, given_up, now),
                )
                if claim is None:
                    break
                claims.append(claim)
            if not claims and now >= self._upkeep_due:
                inbox_upkeep.cleanup(connection, now)
                outbox_upkeep.cleanup(connection, now)
                rate_limits.cleanup(connection, now)
                self._upkeep_due = now + UPKEEP
        return [self._opened(claim) for claim in claims]

    def _give_up(self, connection: Connection, claim: Claim, now: datetime) -> None:
        """An update that never came to an end: who sent it is told, as when one fails."""
        number = secrets.token_hex(3)
        log.error("[%s] update %d was handed out %d times without an end", number, claim.update_id, claim.attempt - 1)
        self._apologise(connection, claim, number, now)
        self._desk.meters.worked.labels("set_aside").inc()

    def _opened(self, claim: Claim) -> Work:
        try:
            update = self._desk.fresh.take(claim.update_id) or json.loads(self._desk.cipher.decrypt(claim.body))
            return Work(claim, Update.de_json(update, self._bot))
        except Exception as error:
            return Work(claim, None, error)

    async def _work(self, work: Work) -> None:
        """One update: a tap is answered at once, then the effects are committed; what fails comes again."""
        update = work.update
        if update is not None and update.callback_query is not None:
            remark = await self._desk.off_loop(self._remark, update)
            answering = self._aside(self._answer_tap(update.callback_query.id, remark))
            # killed between the two, the tap comes again and is answered; the other way round its button would spin on
            await asyncio.wait([answering], timeout=TAP_SECONDS)
        loop = asyncio.get_running_loop()
        typing = loop.call_later(SLOW_SECONDS, self._show_typing, work.claim.lane)
        try:
            direct = await self._desk.handled(self._effects, work)
        except LeaseLost as lost:
            log.warning("%s", lost)
            self._desk.meters.worked.labels("lost").inc()
            return
        except Exception as error:
            await self._desk.off_loop(self._failed, work, error)
            return
        finally:
            typing.cancel()
            self._desk.queued.set()
        self._desk.meters.worked.labels("done").inc()
        self._desk.meters.handling.observe((self._desk.now() - work.claim.received_at).total_seconds())
        for effect in direct:
            if isinstance(effect, ChatMenu):
                self._aside(set_chat_menu(self._bot, effect))
            else:
                await self._answer_inline(effect)

    def _effects(self, work: Work) -> Sequence[InlineReply | ChatMenu]:
        """Everything the update brings about, in one transaction with its end.

        It may return before the disk has it: the update itself is safe in the inbox, and comes again if this is lost.
        """
        if work.trouble is not None or work.update is None:
            raise work.trouble or ValueError("no update")
        now = self._desk.now()
        with self._desk.ledger.begin(durable=False) as connection:
            visit = Visit(self._desk.office, connection, work.update, self._bot.username, now)
            handled = self._handle(visit, self._bot.id)
            sent = [message for message in handled if isinstance(message, Outgoing)]
            keys = _keys(work.update, sent)
            messages = [queued(one, key, self._desk.cipher, now) for one, key in zip(sent, keys, strict=True)]
            outbox.enqueue(connection, messages, now)
            inbox.finish(connection, work.claim, now)
        return [effect for effect in handled if not isinstance(effect, Outgoing)]

    def _failed(self, work: Work, error: Exception) -> None:
        claim, now = work.claim, self._desk.now()
        number = noted("an update failed", error, update_id=claim.update_id, attempt=claim.attempt)
        with self._desk.ledger.begin() as connection:
            kind = f"{type(error).__name__} [{number}]"
            is_own = not isinstance(error, LedgerBusy)
            is_over = inbox.fail(connection, claim, kind, now, retry_after_seconds=RETRY_SECONDS, is_its_own=is_own)
            if is_over:
                self._apologise(connection, claim, number, now)
        self._desk.meters.worked.labels("set_aside" if is_over else "failed").inc()

    def _apologise(self, connection: Connection, claim: Claim, number: str, now: datetime) -> None:
        """The person gets the sentence with the number, and the administrator's chat as well."""
        apologise(connection, self._desk.cipher, claim.lane, str(claim.update_id), number=number, now=now)
        admin = self._desk.office.settings.admin_chat_id
        if admin is not None and str(admin) != claim.lane:
            apologise(connection, self._desk.cipher, str(admin), f"admin:{claim.update_id}", number=number, now=now)

    def _aside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
        return task

    def _remark(self, update: Update) -> str:
        """What to show for a moment to somebody whose tap will bring nothing more; a look at the ledger, no turn."""
        try:
            with self._desk.ledger.read() as connection:
                return presses.remark(
                    Visit(self._desk.office, connection, update, self._bot.username, self._desk.now())
                )
        except Exception as error:  # the tap is answered and worked off all the same
            noted("no remark for a tap", error, update_id=update.update_id)
            return ""

    async def _answer_tap(self, query_id: str, remark: str) -> None:
        """Stops the button's spinning, tried again where it was not taken; one too old or answered needs nothing."""
        for pause in TAP_PAUSES:
            try:
                await self._bot.answer_callback_query(query_id, remark or None)
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
            except BadRequest as error:
                log.info("answerCallbackQuery: %s", error)
                return
            except TelegramError as error:
                log.warning("answerCallbackQuery: %s", error)
                await asyncio.sleep(pause)
            else:
                return

    async def _answer_inline(self, reply: InlineReply) -> None:
        try:
            await self._bot.answer_inline_query(reply.query_id, reply.results, cache_time=10, is_personal=True)
        except TelegramError as error:
            log.info("answerInlineQuery: %s", error)

    def _show_typing(self, lane: str) -> None:
        if lane.lstrip("-").isdigit():
            self._aside(self._type(int(lane)))

    async def _type(self, chat: int) -> None:
        try:
            await self._bot.send_chat_action(chat, ChatAction.TYPING)
        except TelegramError as error:
            log.info("sendChatAction: %s", error)


def _keys(update: Update, messages: Sequence[Outgoing]) -> list[str]:
    """Each message's business key: replies to a message can be found by it, everything else is named by its update."""
    if update.message is not None:
        chat, number = update.message.chat_id, update.message.message_id
        return [reply_key(chat, number, part) for part in range(1, len(messages) + 1)]
    return [f"update:{update.update_id}:{part}" for part in range(1, len(messages) + 1)]
