"""The write turn: one at a time, nobody overtaken for ever, nobody kept longer than agreed; and what must give way to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from office.ledger import Ledger
from office.ledger.errors import LedgerBusy
from office.ledger.turns import Turns

LONG = 60.0


@contextmanager
def waiter(turns: Turns, seconds: float = LONG) -> Iterator[Future[bool]]:
    """Somebody else who waits for the turn that is taken now."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(turns.take, seconds)
        while not len(turns) and not asked.done():
            time.sleep(0)
        yield asked


def test_whoever_waited_too_long_is_next_by_right() -> None:
    """Given back and asked for again at once: refused, because the turn is the waiter's already."""
    turns = Turns(patience=0)
    assert turns.take(0)
    with waiter(turns) as asked:
        turns.give_back()
        assert not turns.take(0)
        assert asked.result(LONG)
    turns.give_back()
    assert turns.take(0)


def test_within_the_patience_the_turn_is_free_and_the_waiter_is_woken() -> None:
    """Given back while nobody has waited long: the waiter comes and takes it."""
    turns = Turns(patience=LONG)
    assert turns.take(0)
    with waiter(turns) as asked:
        turns.give_back()
        assert asked.result(LONG)
    assert not turns.take(0)


def test_waiting_ends_when_it_was_agreed_to() -> None:
    """The turn does not come: refused in time, and the place in the queue is gone."""
    turns = Turns()
    assert turns.take(0)
    with waiter(turns, 0.01) as asked:
        assert not asked.result(LONG)
    assert len(turns) == 0
    turns.give_back()
    assert turns.take(0)


@pytest.mark.parametrize("patience", [0, 0.001, LONG])
def test_two_never_have_the_turn_at_once(patience: float) -> None:
    """Sixteen threads, two thousand turns: no count is lost and nobody is left waiting."""
    turns, inside, counted = Turns(patience), threading.Lock(), []

    def work(number: int) -> None:
        assert turns.take(LONG)
        assert inside.acquire(blocking=False)
        counted.append(number)
        inside.release()
        turns.give_back()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(2000)))

    assert sorted(counted) == list(range(2000))
    assert len(turns) == 0


def test_cleaning_gives_way_to_a_reader_at_once(tmp_path: Path) -> None:
    """A long reading is under way: emptying the log is put off within seconds, so that writers do not pile up."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    with ledger.read() as reading:
        reading.execute(text("SELECT count(*) FROM audit")).scalar_one()
        with ledger.begin() as connection:
            connection.execute(text("INSERT INTO rate_limits VALUES ('k', 1, 1)"))
        began = time.monotonic()
        with pytest.raises(LedgerBusy, match="稍后再清"):
            ledger.checkpoint()
        assert time.monotonic() - began < 10
    ledger.checkpoint()
    with ledger.read() as connection:
        assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() == 30_000
    ledger.close()


def test_an_error_of_the_ledger_does_not_quote_the_row_it_was_about(ledger: Ledger) -> None:
    """The same row twice: the error that would be logged shows the statement and hides its values."""
    statement = text("INSERT INTO rate_limits VALUES (:key, 1, 1)")
    with ledger.begin() as connection:
        connection.execute(statement, {"key": "k"})
    with ledger.begin() as connection, pytest.raises(IntegrityError, match="parameters hidden"):
        connection.execute(statement, {"key": "k"})


def test_a_transaction_given_is_left_to_its_owner(ledger: Ledger) -> None:
    """`within` commits nothing of the one it is given, and opens its own where there is none."""
    with ledger.begin() as outer:
        with ledger.within(outer) as inner:
            assert inner is outer
            inner.execute(text("INSERT INTO rate_limits VALUES ('k', 1, 1)"))
        outer.rollback()
    with ledger.within(None) as own:
        assert own.execute(text("SELECT count(*) FROM rate_limits")).scalar_one() == 0
