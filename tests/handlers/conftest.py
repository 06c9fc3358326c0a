"""One program, polling, shared by the tests of a module; at its end nothing may be refused, spinning or unclean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.handlers.running import program, serving
from tests.telegram_api import Person, TelegramApi


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelegramApi]:
    """A local Telegram with the program on it."""
    state: Path = tmp_path_factory.mktemp("state")
    with TelegramApi() as telegram, serving(program(telegram, state)) as bot:
        yield telegram
        telegram.wait_until_delivered()
        assert (telegram.violations, telegram.unanswered) == ([], [])
        assert bot.stop() == 0
        assert telegram.token not in bot.output
        assert "Traceback" not in bot.output, bot.output


@pytest.fixture
def ming(api: TelegramApi) -> Person:
    """Somebody who has pressed START before."""
    return api.user("小明")
