"""Who is outrun at the ledger is told so by one error, LedgerBusy, and nothing of theirs is written."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import text

from office.ledger import Ledger, engines, rate_limits
from office.ledger import ledger as ledger_module
from office.ledger.errors import LedgerBusy


def test_of_two_that_wait_for_each_other_one_is_told_and_the_other_goes_on(ledger: Ledger, now: datetime) -> None:
    """Crossing locks: PostgreSQL ends one as LedgerBusy with nothing written; SQLite lets them in one by one."""
    both_hold = threading.Barrier(2, timeout=30)

    def crossing(first: str, second: str) -> bool:
        try:
            with ledger.begin() as connection:
                rate_limits.allow(connection, first, 9, 60, now)
                if ledger.engine_name == "postgresql":
                    both_hold.wait()
                rate_limits.allow(connection, second, 9, 60, now)
        except LedgerBusy:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        ends = [pool.submit(crossing, *order) for order in (("a", "b"), ("b", "a"))]
        went_through = sum(end.result() for end in ends)
    with ledger.read() as connection:
        used = connection.execute(text("SELECT sum(used) FROM rate_limits")).scalar_one()
    assert went_through == (1 if ledger.engine_name == "postgresql" else 2)
    assert used == 2 * went_through


def test_no_connection_or_turn_in_time_is_busy(ledger_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one transaction holds the only connection, or SQLite's write turn, the next one gives up in time."""
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(ledger_module, "BUSY_SECONDS", 0.2)
    ledger = Ledger.open(ledger_url, connections=1)

    def late() -> str:
        try:
            with ledger.begin() as connection:
                rate_limits.allow(connection, "late", 1, 60, now)
        except LedgerBusy as busy:
            return str(busy)
        return ""

    with ledger.begin() as connection, ThreadPoolExecutor(1) as pool:
        rate_limits.allow(connection, "first", 1, 60, now)
        assert "0.2 秒" in pool.submit(late).result()
    assert late() == ""
    ledger.close()
