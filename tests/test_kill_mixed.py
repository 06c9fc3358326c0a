"""kill -9 at random moments of a random mix of Telegram updates and form posts: nothing acknowledged is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.kill_mixed.__main__ import table
from tests.kill_mixed.counting import Outcome
from tests.kill_mixed.running import run
from tests.postgres import PostgresServer

pytestmark = pytest.mark.soak

ACTIONS, KILLS = 100, 4
SEEDS = {"sqlite": 20261, "postgresql": 20262}


@pytest.fixture(scope="module")
def outcomes(new_state: Callable[[], Path]) -> Iterator[Mapping[str, Future[Outcome]]]:
    """A run on each engine, SQLite polling and PostgreSQL behind a webhook, side by side: much of it is waiting."""
    server = PostgresServer()
    with ThreadPoolExecutor(2) as pool:
        yield {
            engine: pool.submit(
                run,
                new_state(),
                server.create_database() if engine == "postgresql" else None,
                actions=ACTIONS,
                kills=KILLS,
                seed=seed,
                webhook=engine == "postgresql",
            )
            for engine, seed in SEEDS.items()
        }
    server.stop()


@pytest.mark.postgres
@pytest.mark.parametrize("engine", list(SEEDS))
def test_nothing_acknowledged_is_lost_or_doubled_by_kills(outcomes: Mapping[str, Future[Outcome]], engine: str) -> None:
    """Acknowledged and lost: 0; cases made twice: 0; notices sent twice: no more than are listed as ambiguous."""
    one = outcomes[engine].result()
    print(table(engine, SEEDS[engine], one))
    assert one.lost == ()
    assert one.duplicate_cases == ()
    assert one.beyond_listed == ()
    assert one.duplicate_notices <= one.ambiguous_notices
    assert (one.strange, one.violations, one.status) == ((), (), 0)
    assert sum(one.actions.values()) == ACTIONS
    assert len(one.kills) == KILLS
    assert min(one.actions.values()) > 0
    assert one.notices > 0
