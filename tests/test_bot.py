"""bot.py starts with nothing, says what it does in Chinese, keeps secrets out of its log, and stops cleanly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.handlers.running import ROOT, free_port, program
from tests.telegram_api import TelegramApi

CLEAN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def start(state: Path, **env: str) -> subprocess.Popen[str]:
    """bot.py on a state folder, without Telegram."""
    settings = {**CLEAN, "STATE_DIR": str(state), "PYTHONUNBUFFERED": "1", **env}
    return subprocess.Popen(
        [sys.executable, "bot.py"], cwd=ROOT, env=settings, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What the program says up to a line that holds `words`."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"{words!r} was not said:\n{said}")


def wait_until_ready(port: int, seconds: float = 20) -> None:
    """Returns when /readyz says so; connecting is retried until the deadline."""
    deadline = time.monotonic() + seconds
    with httpx.Client(transport=httpx.HTTPTransport(retries=3)) as client:
        while client.get(f"http://127.0.0.1:{port}/readyz").status_code != 200:
            assert time.monotonic() < deadline, "not ready in time"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_with_nothing_serves_the_web_and_stops_with_status_0(tmp_path: Path, number: signal.Signals) -> None:
    """No token, no server: the address is said, pages are served, and how to add Telegram is told."""
    port = free_port()
    process = start(tmp_path, PORT=str(port))
    said = read_until(process, "Ctrl-C")
    assert f"http://127.0.0.1:{port}" in said
    assert "WEB_HOST=0.0.0.0" in said
    assert "TELEGRAM_BOT_TOKEN=" in said
    wait_until_ready(port)
    assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "lots"), ("TELEGRAM_BOT_TOKE", "1:x"), ("LOG_FORMAT", "xml"), ("DATABASE_URL", "x://")]
)
def test_a_wrong_setting_ends_the_start_with_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    """Exit 2, one line that names the setting, no traceback."""
    process = start(tmp_path, **{name: value})
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 2
    assert name in output
    assert len(output.strip().splitlines()) == 1


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """Exit 1 and a sentence with the remedy."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(tmp_path, PORT=str(taken.getsockname()[1]))
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "PORT=8001" in output
    assert "Traceback" not in output


def test_a_public_address_is_drawn_as_a_code_and_the_log_is_json_without_the_token(tmp_path: Path) -> None:
    """Machines can read every line on standard error; Telegram failing at first is waited for."""
    with TelegramApi() as api:
        api.faults.server_error("getMe", 500)
        bot = program(api, tmp_path, LOG_FORMAT="json", LOG_LEVEL="DEBUG", PUBLIC_BASE_URL="https://huinong.example")
        with bot:
            api.user().ask("石斛贷利息多少")
            assert bot.stop() == 0
            output = bot.output
    assert "公开地址：https://huinong.example" in output
    assert "█" in output
    assert api.token not in output
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert any("连不上 Telegram" in line["message"] for line in lines)
    assert "石斛贷利息多少" not in output
