"""The bot in a process of its own, to be started, stopped and killed by a test."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType

from .api import TelegramApi


class BotProcess:
    """Runs a command with the settings that lead it to the local Telegram; killed at the end of the block."""

    def __init__(
        self, api: TelegramApi, argv: list[str], env: dict[str, str] | None = None, cwd: Path | None = None
    ) -> None:
        self.api, self._cwd = api, cwd
        self._argv = [sys.executable, *argv] if argv[0].endswith(".py") or argv[0] == "-c" else argv
        settings = {"TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_BASE_URL": api.base_url}
        self._env = {**os.environ, **settings, **(env or {})}
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, timeout: float = 30.0) -> "BotProcess":
        """Starts the process; returns when it polls or has set its webhook."""
        updates, polls, calls = self.api.world.updates, self.api.world.updates.polls, len(self.api.calls)
        process = self._process = subprocess.Popen(
            self._argv, env=self._env, cwd=self._cwd, stdout=self._output, stderr=subprocess.STDOUT
        )
        threading.Thread(target=self._tell_the_end, args=[process], daemon=True).start()

        def settled() -> bool:
            # A webhook may be set from an earlier life of the bot: it counts once this process has called.
            by_webhook = bool(updates.webhook.url) and len(self.api.calls) > calls
            return updates.polls > polls or by_webhook or process.poll() is not None

        try:
            self.api.wait_until(settled, "the bot to receive", timeout)
            assert process.poll() is None, f"the bot ended at once with status {process.returncode}"
        except AssertionError as missed:
            self.kill()
            output = self.output
            self._output.close()
            raise AssertionError(f"{missed}\noutput of the bot:\n{output}") from missed
        return self

    def _tell_the_end(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        with self.api.world.changed:
            self.api.world.changed.notify_all()

    @property
    def output(self) -> str:
        """What the process has written so far."""
        self._output.flush()
        return os.pread(self._output.fileno(), 2**24, 0).decode(errors="replace")

    def kill(self) -> None:
        """kill -9, at once; returns when the process is gone."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        if self._process:
            self._process.wait(15)

    def stop(self, timeout: float = 30.0) -> int:
        """SIGTERM; the exit status, once it has ended by itself."""
        assert self._process is not None, "the bot was not started"
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout)

    def __enter__(self) -> "BotProcess":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.kill()
        self._output.close()
