"""Requests to Telegram over real sockets: what they carry, what a proxy sees, and what a failure says of the send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import Bot
from telegram.error import NetworkError, TimedOut

from handlers.requests import NOT_SENT, AiohttpRequest
from tests.handlers.running import free_port

TOKEN = "1:" + "a" * 35
ANSWER = json.dumps(
    {"ok": True, "result": {"message_id": 7, "date": 0, "chat": {"id": 5, "type": "private"}, "text": "好"}}
).encode()
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The loop the program runs on."""
    return "asyncio"


@asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[int]:
    """A server that talks like `talk`; gives its port."""
    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def bot(base: str, read_timeout: float = 5.0) -> AsyncIterator[Bot]:
    """A bot of the library that asks through our requests; not initialised, so nothing is asked beforehand."""
    request = AiohttpRequest(connections=2, read_timeout=read_timeout)
    await request.initialize()
    try:
        yield Bot(TOKEN, base_url=f"{base}/bot", request=request, get_updates_request=request)
    finally:
        await request.shutdown()


def answering(seen: list[bytes]) -> Talk:
    """Keeps the request and sends ANSWER."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length")
        )
        seen.append(head + await reader.readexactly(length))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(ANSWER), ANSWER))
        await writer.drain()
        writer.close()

    return talk


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the request and never answers."""
    await reader.read()
    writer.close()


async def broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the request and hangs up."""
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def test_a_file_keeps_its_chinese_name() -> None:
    """The officer sees 明白卡.pdf, not a row of percent signs."""
    seen = list[bytes]()
    async with listening(answering(seen)) as port, bot(f"http://127.0.0.1:{port}") as asking:
        sent = await asking.send_document(5, b"%PDF-1.7", filename="石斛贷明白卡.pdf", caption="印出来")

    assert sent.message_id == 7
    assert 'filename="石斛贷明白卡.pdf"'.encode() in seen[0]
    assert "印出来".encode() in seen[0]
    assert b"%PDF-1.7" in seen[0]


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Telegram is only reached through one."""
    seen = list[bytes]()
    async with listening(answering(seen)) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        async with bot("http://telegram.invalid") as asking:
            await asking.send_message(5, "好")

    assert seen[0].startswith(f"POST http://telegram.invalid/bot{TOKEN}/sendMessage".encode())


async def test_a_refused_connection_says_that_nothing_was_sent() -> None:
    """So that exactly one message will come of it; the token is not in the error."""
    async with bot(f"http://127.0.0.1:{free_port()}") as asking:
        with pytest.raises(NetworkError) as caught:
            await asking.send_message(5, "好")

    assert isinstance(caught.value.__cause__, NOT_SENT)
    assert TOKEN not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize(("talk", "kind"), [(silent, TimedOut), (broken, NetworkError)])
async def test_a_lost_answer_does_not_say_so(talk: Talk, kind: type[Exception]) -> None:
    """Telegram may have the message: it is sent again and counted."""
    async with listening(talk) as port, bot(f"http://127.0.0.1:{port}", read_timeout=0.3) as asking:
        with pytest.raises(kind) as caught:
            await asking.send_message(5, "好")

    assert not isinstance(caught.value.__cause__, NOT_SENT)


async def test_a_full_pool_says_that_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waited in vain for a connection has sent nothing."""
    monkeypatch.setattr("handlers.requests.CONNECT_SECONDS", 0.2)
    async with listening(silent) as port, bot(f"http://127.0.0.1:{port}", read_timeout=1.0) as asking:
        sends = [asyncio.create_task(asking.send_message(5, "好")) for _ in range(3)]
        ends = await asyncio.gather(*sends, return_exceptions=True)

    causes = [isinstance(error.__cause__, NOT_SENT) for error in ends if isinstance(error, TimedOut)]
    assert sorted(causes) == [False, False, True]
