"""Who opened the Mini App: only Telegram's own, fresh word is believed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from office.mini_app import visitor_of
from tests.office.signing import NOW, TOKEN, init_data


def test_the_persons_own_fresh_data_is_believed() -> None:
    """Up to an hour old, whatever is in the name."""
    assert visitor_of(init_data(), TOKEN, NOW) == 4711
    assert visitor_of(init_data(), TOKEN, NOW + timedelta(minutes=60)) == 4711
    assert visitor_of(init_data(), TOKEN, NOW - timedelta(minutes=5)) == 4711


@pytest.mark.parametrize(
    "data",
    [
        "",
        "nonsense",
        "a=1&a=2",
        init_data(token="123456:another-token"),
        init_data(hash="0" * 64),
        init_data(hash=""),
        init_data(user='{"id": 1}'),
        init_data(auth_date=str(int(NOW.timestamp()) + 1)),
        init_data(extra="1"),
        init_data() + "&user=%7B%22id%22%3A1%7D",
        init_data(at=NOW - timedelta(minutes=61)),
        init_data(at=NOW + timedelta(minutes=6)),
    ],
    ids=lambda data: data[:12],
)
def test_forged_old_and_future_data_is_nobody(data: str) -> None:
    """Another bot's, changed in any field, given twice, older than an hour, from the future."""
    assert visitor_of(data, TOKEN, NOW) is None
