"""Measures codes and cards: reading spoilt cards, the code page beside a bare Starlette page, making and printing cards.

Run: python benchmarks/cards.py [SECONDS A PAGE IS LOADED]
"""

from __future__ import annotations

import asyncio
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import httpx
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from knowledge.base import SHIPPED, KnowledgeBase  # noqa: E402 - the project's root must be on the path first
from office import codes  # noqa: E402
from office.card_facts import facts_of  # noqa: E402
from office.cards import Card, Ink, Layout, picture, sheets  # noqa: E402
from office.code_text import new_code  # noqa: E402
from office.ledger import people  # noqa: E402
from office.ledger.codes import CodeKind  # noqa: E402
from office.office import Office  # noqa: E402
from office.people import Person, Role  # noqa: E402
from office.settings import Settings  # noqa: E402
from tests.handlers.running import free_port  # noqa: E402
from tests.office.spoiling import CAMERA_DPI, WAYS, framed, pages, photocopied, read_codes  # noqa: E402

BASE = "https://nong.wenzhou.cn"
DAY = date(2026, 11, 25)
SAMPLE = 24
BATCH = 500
CONNECTIONS = 16
WARM_UP_SECONDS = 1.0
STREAKS = tuple(number / 20 for number in range(1, 20))
VILLAGE = "乐清市/大荆镇/下山头村"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50 Mobile Safari/537.36"
SERVERS = {
    "bare Starlette page": """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
PAGE = "<!doctype html><title>x</title>" + "<p>惠农政策</p>" * 700
async def page(request):
    return HTMLResponse(PAGE)
uvicorn.run(Starlette(routes=[Route("/c/{code}", page)]), port=int(sys.argv[1]), access_log=False, log_level="error")
""",
    "code page": """
import os, sys, uvicorn
from prometheus_client import CollectorRegistry
from office.office import Office
from office.settings import Settings
from web.application import build
office = Office.open(Settings.from_environ(os.environ))
uvicorn.run(build(office, registry=CollectorRegistry()), port=int(sys.argv[1]), access_log=False, log_level="error")
""",
}


def sample(knowledge: KnowledgeBase, count: int) -> list[Card]:
    """Cards of different entries with fresh codes."""
    officer = Person("p1", Role.OFFICER, "章小满", "0577-6220 1111", (), True, None)
    facts = [facts_of(entry, DAY) for entry in knowledge.entries.values()]
    return [
        Card(facts[number % len(facts)], new_code(), CodeKind.POLICY, officer, knowledge.version)
        for number in range(count)
    ]


def reading(cards: Sequence[Card]) -> None:
    """How many codes zxing-cpp reads, by paper and by what happened to it."""
    print(f"zxing-cpp reads, of {len(cards)} codes each (pages drawn by pdfium at {CAMERA_DPI} dpi, elder at 110):")
    print(f"{'':16}" + "".join(f"{way:>16}" for way in WAYS) + f"{'streaks':>16}")
    wanted = {f"{BASE}/c/{card.code}" for card in cards}
    for layout in (Layout.A6, Layout.A6X4, Layout.ELDER):
        for ink in Ink:
            pdf = sheets(cards, BASE, layout, ink)
            seen = [
                card
                for page in pages(pdf, 110 if layout is Layout.ELDER else CAMERA_DPI)
                for card in framed(page, 4 if layout is Layout.A6X4 else 1)
            ]
            row(f"{layout.value} {ink.value}", seen, wanted)
    pictures = [Image.open(io.BytesIO(picture(card, BASE))) for card in cards]
    row("chat picture", pictures, wanted)
    print("streaks: the photocopy again with its black line at 19 places across the page; one through a corner square")
    print("of the QR is beyond the reader, the next copy is not\n")


def row(name: str, seen: Sequence[Image.Image], wanted: set[str]) -> None:
    """One line of the table."""
    counts = [len(read_all(seen, spoil) & wanted) for spoil in WAYS.values()]
    few = seen[:4]
    there = len(read_all(few, lambda page: page) & wanted)
    lined = [len(read_all(few, lambda page, at=at: photocopied(page, at)) & wanted) for at in STREAKS]
    share = f"{sum(lined)}/{there * len(STREAKS)}"
    print(f"{name:16}" + "".join(f"{f'{count}/{len(wanted)}':>16}" for count in counts) + f"{share:>16}", flush=True)


def read_all(seen: Sequence[Image.Image], spoil: Callable[[Image.Image], Image.Image]) -> set[str]:
    """Everything read off some pages after something happened to them."""
    return set().union(*(read_codes(spoil(page)) for page in seen))


def making(knowledge: KnowledgeBase, cards: Sequence[Card]) -> None:
    """Pictures a second, sheets a second, and a batch in one process of its own, for its memory."""
    picture(cards[0], BASE)
    began = time.perf_counter()
    sizes = [len(picture(card, BASE)) for card in cards]
    spent = time.perf_counter() - began
    print(f"chat pictures        {len(cards) / spent:6.1f} a second, largest {max(sizes) // 1024} KB")
    for layout in (Layout.A6, Layout.A6X4, Layout.ELDER):
        began = time.perf_counter()
        content = sheets(cards, BASE, layout)
        spent = time.perf_counter() - began
        print(f"{layout.value:20} {len(cards) / spent:6.1f} cards a second, {len(content) // 1024} KB for {len(cards)}")
    del knowledge
    subprocess.run([sys.executable, __file__, "--batch"], check=True)


def batch() -> None:
    """500 cards, four to a sheet, as the print command makes them: forty a file."""
    knowledge = KnowledgeBase.load(SHIPPED)
    cards = sample(knowledge, BATCH)
    before = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() // 1024
    began = time.perf_counter()
    size = sum(len(sheets(cards[start : start + 40], BASE, Layout.A6X4, Ink.BLACK)) for start in range(0, BATCH, 40))
    spent = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"batch of {BATCH}         {spent:6.1f} s, {BATCH / spent:.1f} cards a second, {size / 1e6:.1f} MB of PDF, "
        f"peak memory {after // 1024} MB ({(after - before) // 1024} MB over the loaded knowledge)"
    )


async def load(port: int, paths: Sequence[str], seconds: float) -> tuple[float, list[float], int]:
    """Requests a second, the time of each in ms, and how many failed, over a few connections that never rest.

    The visitors speak HTTP over bare sockets: a client library costs more than the page it asks for.
    """
    times: list[float] = []
    failed = 0

    async def visitor(number: int, ends: float) -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < ends:
            number += CONNECTIONS
            began = time.perf_counter()
            writer.write(request(paths[number % len(paths)], f"{PHONE} {number}"))
            failed += await status(reader) != 200
            times.append((time.perf_counter() - began) * 1000)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(visitor(number, time.perf_counter() + WARM_UP_SECONDS) for number in range(CONNECTIONS)))
    times.clear()
    began = time.perf_counter()
    await asyncio.gather(*(visitor(number, began + seconds) for number in range(CONNECTIONS)))
    return len(times) / (time.perf_counter() - began), times, failed


def request(path: str, agent: str) -> bytes:
    """A phone's request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {agent}\r\nAccept-Encoding: gzip\r\n\r\n".encode()


async def status(reader: asyncio.StreamReader) -> int:
    """Reads one response to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next(line for line in head.splitlines() if line.startswith("content-length:"))
    await reader.readexactly(int(length.partition(":")[2]))
    return int(head.split(maxsplit=2)[1])


def issue(state: str) -> list[str]:
    """An office with codes for every entry."""
    office = Office.open(Settings.from_environ({"STATE_DIR": state, "PUBLIC_BASE_URL": BASE}))
    now = office.now()
    with office.ledger.begin() as connection:
        officer = people.add(
            connection, office.cipher, Role.OFFICER, "章小满", "0577-62201111", [VILLAGE], by="bench", now=now
        )
        entries = list(office.knowledge.entries)
        _, made = codes.issue(connection, office.knowledge, officer, [VILLAGE], entries, by="bench", now=now)
    office.ledger.close()
    return [f"/c/{code.code}" for code in made]


def serving(seconds: float) -> None:
    """Both pages under load, each server alone on core 0, the visitors on the others."""
    rates = {}
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as state:
        paths = issue(state)
        environment = {**os.environ, "STATE_DIR": state, "PUBLIC_BASE_URL": BASE, "PYTHONPATH": str(ROOT)}
        for name, program in SERVERS.items():
            port = free_port()
            server = subprocess.Popen([sys.executable, "-c", program, str(port)], env=environment, cwd=ROOT)
            try:
                os.sched_setaffinity(server.pid, cores[:1])
                os.sched_setaffinity(0, cores[1:] or cores)
                wait_for(port, paths[0])
                rate, times, failed = asyncio.run(load(port, paths, seconds))
            finally:
                os.sched_setaffinity(0, cores)
                server.terminate()
                server.wait()
            rates[name] = rate
            p99 = sorted(times)[int(len(times) * 0.99)]
            print(
                f"{name:20} {rate:7.1f} requests/s on one core   p50 {statistics.median(times):6.1f} ms   "
                f"p99 {p99:6.1f} ms   {len(times)} requests, {failed} failed"
            )
    print(f"{'':20} {rates['code page'] / rates['bare Starlette page']:.0%} of the bare page; each request opens the")
    print(f"{'':20} code, counts the visit in SQLite and renders the whole entry ({CONNECTIONS} connections)\n")


def wait_for(port: int, path: str) -> None:
    """Until the server answers, at most a minute."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            httpx.get(f"http://127.0.0.1:{port}{path}", timeout=30)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"the server at {port} did not answer within a minute")


def main() -> None:
    """All three measurements."""
    if sys.argv[1:] == ["--batch"]:
        batch()
        return
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8
    knowledge = KnowledgeBase.load(SHIPPED)
    cards = sample(knowledge, SAMPLE)
    serving(seconds)
    making(knowledge, cards)
    print()
    reading(cards)


if __name__ == "__main__":
    main()
