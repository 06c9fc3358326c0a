"""bot.py starts with nothing, says what it does in Chinese, keeps secrets out of its log, and stops cleanly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

import bot
from office.settings import Settings
from tests.handlers.running import ROOT, free_port, program, serving
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


def wait_until_ready(port: int, seconds: float = 60) -> None:
    """Returns when /readyz says so; connecting is retried until the deadline."""
    deadline = time.monotonic() + seconds
    with httpx.Client(transport=httpx.HTTPTransport(retries=3)) as client:
        while client.get(f"http://127.0.0.1:{port}/readyz").status_code != 200:
            assert time.monotonic() < deadline, "not ready in time"


def test_it_starts_with_nothing_serves_the_web_and_stops_with_status_0(tmp_path: Path) -> None:
    """No token, no server: the address is said, pages are served, how to add Telegram is told; again on what it left."""
    for number in (signal.SIGTERM, signal.SIGINT):
        port = free_port()
        process = start(tmp_path, PORT=str(port))
        said = read_until(process, "Ctrl-C")
        assert f"http://127.0.0.1:{port}" in said
        assert "WEB_HOST=0.0.0.0" in said
        assert "TELEGRAM_BOT_TOKEN=" in said
        wait_until_ready(port)
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "Traceback" not in output


def test_a_wrong_setting_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    """Exit 2, one line that names the setting, no traceback."""
    process = start(tmp_path, PORT="lots")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "PORT" in output
    assert len(output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"), [("TELEGRAM_BOT_TOKE", "1:x"), ("LOG_FORMAT", "xml"), ("DATABASE_URL", "x://")]
)
def test_each_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, value: str
) -> None:
    """A misspelt name, a wrong word, an address of no engine: status 2 and one line, and no ledger is opened."""
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    monkeypatch.setenv(name, value)
    assert bot.main() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert name in line
    assert not (tmp_path / "ledger.db").exists()


def test_the_addresses_others_can_open_are_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """On all interfaces the network's address is said and leads the administrator in; http in public is warned of."""

    def said(host: str, **more: str) -> tuple[str, str | None]:
        settings = Settings.from_environ({"STATE_DIR": str(tmp_path), "WEB_HOST": host, "PORT": "8123", **more})
        bot.announce(settings, "x")
        return capsys.readouterr().out, bot.addresses(settings)[1]

    everywhere, nearby = said("0.0.0.0")  # noqa: S104 - nothing listens
    assert "网页窗口：http://127.0.0.1:8123\n" in everywhere
    assert nearby is None or "127.0.0.1" not in nearby  # None on a machine without any network
    assert f"打开：{nearby}\n" in everywhere or nearby is None
    assert f"{nearby or 'http://127.0.0.1:8123'}/desk/enter/x" in everywhere
    assert "网页窗口：http://[::1]:8123\n" in said("::")[0]
    assert "http://127.0.0.1:8123/desk/enter/x" in said("127.0.0.1")[0]
    assert "http://192.168.1.9:8123/desk/enter/x" in said("192.168.1.9")[0]
    assert "不是 https" in said("127.0.0.1", PUBLIC_BASE_URL="http://192.168.1.7:8123")[0]


def test_a_taken_port_is_named(new_state: Callable[[], Path]) -> None:
    """Exit 1 and a sentence with the remedy."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(new_state(), PORT=str(taken.getsockname()[1]))
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "PORT=8001" in output
    assert "Traceback" not in output


def test_a_public_address_is_drawn_as_a_code_and_the_log_is_json_without_the_token(
    new_state: Callable[[], Path],
) -> None:
    """Machines can read every line on standard error; Telegram failing at first is waited for."""
    with TelegramApi() as api:
        api.faults.server_error("getMe", 500)
        process = program(
            api, new_state(), LOG_FORMAT="json", LOG_LEVEL="DEBUG", PUBLIC_BASE_URL="https://huinong.example"
        )
        with serving(process):
            api.user().ask("石斛贷利息多少")
            assert process.stop() == 0
            output = process.output
    assert "公开地址：https://huinong.example" in output
    assert "█" in output
    assert api.token not in output
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert any("连不上 Telegram" in line["message"] for line in lines)
    assert "石斛贷利息多少" not in output
