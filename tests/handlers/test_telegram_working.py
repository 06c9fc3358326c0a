"""A handler that fails does not hold up its chat for good, and the person hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from handlers import application, dispatching
from handlers.desk import Desk
from handlers.meters import Meters
from handlers.outgoing import Handled
from handlers.receiving import Intake, lane_of
from handlers.sending import Sender
from handlers.visits import Visit
from handlers.working import Workers
from knowledge.base import KnowledgeBase
from office.ledger import inbox, inbox_upkeep
from office.ledger.inbox import MOST_HAND_OUTS
from office.office import Office
from tests.offices import own_office
from tests.telegram_api import TelegramApi


@pytest.fixture
def api() -> Iterator[TelegramApi]:
    """A local Telegram without a program on it."""
    with TelegramApi() as telegram:
        yield telegram


@pytest.fixture
def office(api: TelegramApi, shipped: KnowledgeBase, tmp_path: Path) -> Iterator[Office]:
    """A real office on SQLite."""
    token, base = api.token, api.base_url
    given = {"TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_BASE_URL": base, "ADMIN_CHAT_ID": "9"}
    opened = own_office(tmp_path, shipped, **given)
    yield opened
    opened.ledger.close()


def fails_on_poison(visit: Visit, bot_id: int) -> Handled:
    """The real handlers, but for one word."""
    if visit.update.message is not None and visit.update.message.text == "毒":
        raise ZeroDivisionError("毒")
    return dispatching.handle(visit, bot_id)


def test_poison_is_set_aside_the_person_is_told_and_the_next_message_is_answered(
    api: TelegramApi, office: Office
) -> None:
    """After three failures, however often kills had handed it out before; the number is the log's; staff keep the body."""
    ming = api.user()
    updates = [
        {"update_id": number, "message": {**ming.say(text).raw, "text": text}}
        for number, text in ((1, "毒"), (2, "帮助"))
    ]
    asyncio.run(served(office, updates, lambda: len(ming.chat.replies) >= 2, api, killed=9))
    assert "编号" in ming.chat.replies[0].text
    assert "怎么用" in ming.chat.replies[1].text
    with office.ledger.read() as connection:
        aside = inbox_upkeep.poisoned(connection)
        assert [(one.update_id, one.attempts, one.failures) for one in aside] == [(1, 12, 3)]
        assert "ZeroDivisionError" in (aside[0].last_error or "")
        assert inbox_upkeep.open_count(connection) == 0


def test_what_was_handed_out_again_and_again_without_an_end_is_told_to_its_person(
    api: TelegramApi, office: Office
) -> None:
    """As after so many kills: it is set aside with the sentence and its number; the next message is answered."""
    ming = api.user()
    updates = [{"update_id": number, "message": ming.say(text).raw} for number, text in ((1, "帮助"), (2, "浏览"))]
    asyncio.run(served(office, updates, lambda: len(ming.chat.replies) >= 2, api, killed=MOST_HAND_OUTS))
    assert "编号" in ming.chat.replies[0].text
    assert "想看哪方面的" in ming.chat.replies[1].text
    with office.ledger.read() as connection:
        assert [one.update_id for one in inbox_upkeep.poisoned(connection)] == [1]


async def served(
    office: Office, updates: list[dict[str, object]], done: object, api: TelegramApi, *, killed: int = 0
) -> None:
    """Intake, workers and sender in this loop until `done`; before them so many who took an update up and died."""
    app = application.build(office.settings)
    await app.initialize()
    desk, stopping = Desk.of(office, "test", Meters(CollectorRegistry())), asyncio.Event()
    await Intake(desk).keep(updates)
    for _ in range(killed):
        with office.ledger.begin() as connection:
            assert inbox.claim_next(connection, "dead", office.now(), 60, max_hand_outs=killed) is not None
            inbox_upkeep.reopen_held(connection, "dead", office.now())
    loops = [
        asyncio.create_task(Workers(desk, app.bot, fails_on_poison).run(stopping)),
        asyncio.create_task(Sender(desk, app.bot).run(stopping)),
    ]
    await asyncio.to_thread(api.wait_until, done, "the replies")
    stopping.set()
    desk.arrived.set()
    desk.queued.set()
    await asyncio.gather(*loops)
    await app.shutdown()
    desk.close()


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        ({"message": {"chat": {"id": 5}}}, "5"),
        ({"edited_message": {"chat": {"id": -7}}}, "-7"),
        ({"callback_query": {"from": {"id": 3}, "message": {"chat": {"id": 5}}}}, "5"),
        ({"callback_query": {"from": {"id": 3}, "inline_message_id": "x"}}, "3"),
        ({"my_chat_member": {"chat": {"id": 5}}}, "5"),
        ({"inline_query": {"from": {"id": 5}}}, "inline:5"),
        ({"poll": {}}, "other"),
    ],
)
def test_taps_texts_and_blocks_of_a_chat_share_a_lane(update: dict[str, object], lane: str) -> None:
    """Only inline queries run beside it."""
    assert lane_of(update) == lane
