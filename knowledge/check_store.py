"""The terminal's one interview in a file of the state folder: kept seven days, readable by its owner alone."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

NAME = "terminal-check.json"
TIME_TO_LIVE = timedelta(days=7)


class CheckStore:
    """The file below `folder`; `now` tells the time. Every answer replaces the file as a whole or not at all."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self.path = folder / NAME
        self._now = now

    def load(self) -> dict[str, Any] | None:
        """What was kept in the last seven days; what is older is deleted. `ValueError` when the file makes no sense."""
        try:
            kept = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        if not isinstance(kept, dict) or not isinstance(kept.get("state"), dict):
            raise ValueError("no interview")
        if datetime.fromisoformat(str(kept.get("saved_at"))) <= self._now() - TIME_TO_LIVE:
            self.drop()
            return None
        state: dict[str, Any] = kept["state"]
        return state

    def save(self, state: Mapping[str, Any]) -> None:
        """Keep `state` (plain JSON) in place of what was kept; the seven days start anew."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = json.dumps({"saved_at": self._now().isoformat(), "state": state}, ensure_ascii=False)
        descriptor, name = tempfile.mkstemp(prefix=f".{NAME}.", dir=self.path.parent)  # its owner's alone: 0600
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def sweep(self) -> int:
        """Delete it when its seven days are over or it makes no sense. Returns how many files went."""
        was_there = self.path.exists()
        try:
            self.load()
        except ValueError:
            self.drop()
        return int(was_there and not self.path.exists())

    def drop(self) -> bool:
        """Delete it; False when there was none."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        return True
