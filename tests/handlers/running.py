"""The whole program in a process of its own, led to the local Telegram."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.telegram_api import BotProcess, TelegramApi

ROOT = Path(__file__).resolve().parents[2]
SECRET = "s3cret-of-the-webhook"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(api: TelegramApi, state: Path, *, webhook: bool = False, port: int = 0, **env: str) -> BotProcess:
    """bot.py on a state folder; the same folder and port again are the same machine after a restart."""
    port = port or free_port()
    settings = {"STATE_DIR": str(state), "PORT": str(port), "PYTHONWARNINGS": "default", **env}
    if webhook:
        settings |= {"TELEGRAM_WEBHOOK_SECRET": SECRET, "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}"}
    return BotProcess(api, ["bot.py"], settings, ROOT)


@contextlib.contextmanager
def serving(bot: BotProcess, start_seconds: float = 180) -> Iterator[BotProcess]:
    """The program from its start, however slow on a busy machine, to its end, which is a kill if it still runs."""
    bot.start(start_seconds)
    try:
        yield bot
    finally:
        bot.__exit__(None, None, None)


def assert_clean_end(api: TelegramApi, bot: BotProcess, *, had_faults: bool = False) -> None:
    """Nothing was refused, no button spins, the program stops with status 0; no token, and without faults no error, is logged."""
    api.wait_until_delivered()
    assert (api.violations, api.unanswered) == ([], [])
    assert bot.stop() == 0
    assert api.token not in bot.output
    assert had_faults or "Traceback" not in bot.output, bot.output


@dataclass(frozen=True)
class Running:
    """A program at work: its Telegram, its state folder, and the address of its pages."""

    api: TelegramApi
    bot: BotProcess
    state: Path
    address: str


@contextlib.contextmanager
def running(state: Path, **env: str) -> Iterator[Running]:
    """The program on a Telegram of its own, from its start to its clean end."""
    port = free_port()
    with TelegramApi() as api, serving(program(api, state, port=port, **env)) as bot:
        yield Running(api, bot, state, f"http://127.0.0.1:{port}")
        assert_clean_end(api, bot)
