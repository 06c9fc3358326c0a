"""Measures handing in an application and opening its status beside a bare page of the same framework, on one core.

The program and a bare Starlette page are each served by uvicorn in a process of their own, pinned to one core; the
visitors run on another. The runs alternate, so that a busy machine is unkind to all. Each post is a case of its own,
committed to disk before the answer (SQLite, synchronous=FULL). Run: python benchmarks/applications.py [POSTS]
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.handlers.running import free_port  # noqa: E402 - the project's root must be on the path first

ROUNDS = 3
AT_ONCE = 8
KEY = re.compile(r'name="key" value="([^"]+)"')
NUMBER = re.compile(r"回执编号<b>([\d ]+)</b>")
FILLED = {"name": "张阿大", "place": "乐清市大荆镇下山头村", "amount": "20 万", "purpose": "买苗", "pass_on": "yes"}
BARE = """
import os, uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
async def page(request): return HTMLResponse("<!doctype html><title>ok</title><p>ok</p>")
app = Starlette(routes=[Route("/", page)])
uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning", access_log=False)
"""
Visit = Callable[[httpx.AsyncClient, int], Awaitable[None]]


@dataclass(frozen=True)
class Run:
    """One run: requests a second, and the time the slowest hundredth took, with eight visitors at once."""

    per_second: float
    p50_ms: float
    p99_ms: float


@contextmanager
def served(argv: list[str]) -> Iterator[str]:
    """A program on the first core, answering; stopped at the end."""
    with tempfile.TemporaryDirectory() as state:
        port = free_port()
        env = {**os.environ, "PORT": str(port), "STATE_DIR": state, "LOG_LEVEL": "WARNING"}
        env.pop("TELEGRAM_BOT_TOKEN", None)
        command = ["taskset", "-c", "0", sys.executable, *argv]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address: str) -> None:
    """Return once the program answers."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"{address} did not answer")


async def measured(address: str, visit: Visit, number: int) -> Run:
    """`number` visits, eight at a time; only what `visit` awaits counts."""
    times: list[float] = []
    waiting = iter(range(number))
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=60) as client:

        async def visitor() -> None:
            for one in waiting:
                began = time.perf_counter()
                await visit(client, one)
                times.append((time.perf_counter() - began) * 1000)

        began = time.perf_counter()
        await asyncio.gather(*(visitor() for _ in range(AT_ONCE)))
        seconds = time.perf_counter() - began
    times.sort()
    return Run(number / seconds, statistics.median(times), times[int(len(times) * 0.99)])


async def bare_page(client: httpx.AsyncClient, one: int) -> None:  # noqa: ARG001 - one signature for all visits
    """GET the bare page."""
    assert (await client.get("/")).status_code == 200


@dataclass
class Counter:
    """The forms shown beforehand, each with its key and cookie, and the receipts that came of them."""

    forms: list[tuple[str, str]]
    opened: list[str]

    async def show(self, client: httpx.AsyncClient, one: int) -> None:  # noqa: ARG002
        """GET the form."""
        answer = await client.get("/apply/huinong-guarantee", headers={"cookie": ""})
        found = KEY.search(answer.text)
        assert found is not None
        self.forms.append((found[1], answer.cookies["chat"]))

    async def hand_in(self, client: httpx.AsyncClient, one: int) -> None:
        """POST one form: one case."""
        key, chat = self.forms[one]
        data = {**FILLED, "phone": f"138{one:08d}", "key": key}
        source = f"198.51.{one // 50 % 250}.{one // 12_500}"  # the limit counts sixty forms an hour from one address
        headers = {"cookie": f"chat={chat}", "x-forwarded-for": source}
        answer = await client.post("/apply/huinong-guarantee", data=data, headers=headers)
        assert answer.status_code == 303, answer.status_code
        self.opened.append(answer.cookies["case"])

    async def look(self, client: httpx.AsyncClient, one: int) -> None:
        """GET a case's page."""
        case = self.opened[one % len(self.opened)]
        assert (await client.get("/s/case", headers={"cookie": f"case={case}"})).status_code == 200


async def ours(address: str, posts: int) -> tuple[Run, Run, Run]:
    """Form page, post and status page of the program."""
    counter = Counter([], [])
    form = await measured(address, counter.show, posts)
    post = await measured(address, counter.hand_in, posts)
    status = await measured(address, counter.look, posts)
    return form, post, status


def main() -> None:
    """Prints the figures of all pages and their ratio to the bare one."""
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    names = ("bare Starlette page", "GET the form", "POST an application", "GET its status page")
    runs: dict[str, list[Run]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        with served(["-c", BARE]) as address:
            runs[names[0]].append(asyncio.run(measured(address, bare_page, posts * 2)))
        with served(["bot.py"]) as address:
            for name, run in zip(names[1:], asyncio.run(ours(address, posts)), strict=True):
                runs[name].append(run)
    print(
        f"applications: {posts} of each, {AT_ONCE} visitors at once, server on one core, median of {ROUNDS} runs, SQLite"
    )
    bare = statistics.median(run.per_second for run in runs[names[0]])
    for name, own in runs.items():
        rate, p50, p99 = (
            statistics.median(getattr(run, key) for run in own) for key in ("per_second", "p50_ms", "p99_ms")
        )
        print(
            f"{name:22} {rate:7.1f} requests/s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   {rate / bare:5.0%} of the bare page"
        )


if __name__ == "__main__":
    main()
