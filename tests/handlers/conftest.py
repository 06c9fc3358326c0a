"""One program, polling, shared by the tests that need nothing special of it; at its end all must be clean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.handlers.running import Running, running
from tests.telegram_api import Person, TelegramApi


@pytest.fixture(scope="session")
def shared(new_state: Callable[[], Path]) -> Iterator[Running]:
    """The program as on one's own machine."""
    with running(new_state()) as program:
        yield program


@pytest.fixture(scope="session")
def api(shared: Running) -> TelegramApi:
    """The local Telegram with the shared program on it."""
    return shared.api


@pytest.fixture
def ming(api: TelegramApi) -> Person:
    """Somebody who has pressed START before."""
    return api.user("小明")
