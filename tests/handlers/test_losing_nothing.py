"""kill -9 with twenty updates on their way: every one that Telegram was told we have is answered after the restart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from office.ledger import Ledger, inbox_upkeep, outbox_upkeep
from tests.handlers.running import free_port, program, serving
from tests.postgres import PostgresServer
from tests.telegram_api import TelegramApi

PEOPLE = 10
SENDS_BEFORE_THE_KILL = 5
CASES = [(mode, engine) for engine in ("sqlite", "postgresql") for mode in ("polling", "webhook")]
KEYS = {
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "FIELD_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}


@dataclass(frozen=True)
class Outcome:
    """What twenty questions came to."""

    answered: list[int]
    sent: int
    counted_repeats: int
    still_open: int
    violations: list[object]
    status: int


def killed_and_restarted(state: Path, mode: str, url: str | None) -> Outcome:
    """Two questions each of ten people; the program is killed in the act of a send and started again."""
    port, env = free_port(), {**KEYS, **({"DATABASE_URL": url} if url else {})}
    with TelegramApi(timeout=60) as api:
        people = [api.user(f"农户{number}") for number in range(PEOPLE)]
        with serving(program(api, state, webhook=mode == "webhook", port=port, **env)) as bot:
            people[0].ask("石斛贷利息多少")
            before = len(people[0].chat.replies)
            bodies = Counter[int]()

            def is_the_one(params: Mapping[str, object]) -> bool:
                bodies["sends"] += 1
                return bodies["sends"] == SENDS_BEFORE_THE_KILL

            api.faults.run("sendMessage", bot.kill, after=True, match=is_the_one)
            for person in people:
                person.say("石斛贷利息多少")
                person.say("那额度呢")
            api.wait_until(lambda: bodies["sends"] >= SENDS_BEFORE_THE_KILL, "the kill")
            bot.kill()
        with serving(program(api, state, webhook=mode == "webhook", port=port, **env)) as bot:
            api.wait_until(lambda: all(answers(p.chat.replies) >= {"利率", "额度"} for p in people), "all answers")
            api.wait_until_delivered()
            status = bot.stop()
        sent = sum(len(person.chat.replies) for person in people) - before
        ledger = Ledger.open(url or f"sqlite:///{state / 'ledger.db'}")
        with ledger.read() as connection:
            repeats, still_open = outbox_upkeep.count_repeats(connection), inbox_upkeep.open_count(connection)
        ledger.close()
        answered = [len(answers(p.chat.replies)) for p in people]
        return Outcome(answered, sent, repeats, still_open, list(api.violations), status)


def answers(replies: list[object]) -> set[str]:
    """Which of the two questions these replies answer: the line after the status says it."""
    texts = [getattr(reply, "text", "") for reply in replies]
    return {word for text in texts for word in ("利率", "额度") if f"\n\n{word}：" in text}


@pytest.fixture(scope="module")
def outcomes(new_state: Callable[[], Path]) -> Iterator[Mapping[tuple[str, str], Future[Outcome]]]:
    """All four runs, two side by side because much of their time is waiting for leases to run out."""
    server = PostgresServer()
    with ThreadPoolExecutor(2) as pool:
        yield {
            (mode, engine): pool.submit(
                killed_and_restarted,
                new_state(),
                mode,
                server.create_database() if engine == "postgresql" else None,
            )
            for mode, engine in CASES
        }
    server.stop()


@pytest.mark.postgres
@pytest.mark.parametrize(("mode", "engine"), CASES)
def test_nothing_acknowledged_is_lost_when_killed(
    outcomes: Mapping[tuple[str, str], Future[Outcome]], mode: str, engine: str
) -> None:
    """Every question is answered; what was sent twice is counted, and nothing is left open."""
    outcome = outcomes[mode, engine].result()
    assert outcome.answered == [2] * PEOPLE
    assert outcome.still_open == 0
    assert 0 <= outcome.sent - 2 * PEOPLE <= outcome.counted_repeats
    assert outcome.counted_repeats >= 1
    assert outcome.violations == []
    assert outcome.status == 0
