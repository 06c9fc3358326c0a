"""bot.py prints a way in for the first administrator, who needs no password, and never again afterwards."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.handlers.running import free_port
from tests.test_bot import read_until, start, wait_until_ready

LINK = re.compile(r"(http://\S+)/desk/enter/(\S+)")


def test_the_first_administrator_gets_in_by_the_printed_link_once(new_state: Callable[[], Path]) -> None:
    """Printed at the start, good for one sign-in; the next start prints none."""
    state, port = new_state(), free_port()
    process = start(state, PORT=str(port))
    found = LINK.search(read_until(process, "Ctrl-C"))
    assert found
    wait_until_ready(port)
    with httpx.Client(base_url=found[1]) as browser:
        assert browser.get("/desk").status_code == 401
        assert browser.post("/desk/sign-in", data={"secret": found[2]}).status_code == 303
        assert browser.get("/desk/people").status_code == 200
    with httpx.Client(base_url=found[1]) as other:
        assert other.post("/desk/sign-in", data={"secret": found[2]}).status_code == 403
    process.send_signal(signal.SIGTERM)
    assert "Traceback" not in process.communicate(timeout=60)[0]
    assert process.returncode == 0

    again = start(state, PORT=str(port))
    assert not LINK.search(read_until(again, "Ctrl-C"))
    wait_until_ready(port)
    again.send_signal(signal.SIGTERM)
    again.communicate(timeout=60)
    assert again.returncode == 0
