"""The whole program in a process of its own, led to the local Telegram."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
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
def serving(bot: BotProcess, start_seconds: float = 90) -> Iterator[BotProcess]:
    """The program from its start, however slow on a busy machine, to its end, which is a kill if it still runs."""
    bot.start(start_seconds)
    try:
        yield bot
    finally:
        bot.__exit__(None, None, None)
