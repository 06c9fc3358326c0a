"""Requests to Telegram by aiohttp, in place of python-telegram-bot's own by httpx: the same promises, a third of its work.

Measured beside each other in one run: a reply costs 3.5 ms less processor time (docs/decisions/0007-telegram-path.md).
"""

from __future__ import annotations

from typing import Any

import aiohttp
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_SECONDS = 5.0
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""Causes of an error that say: Telegram has seen nothing of the request."""


class AiohttpRequest(BaseRequest):
    """At most `connections` requests at once; an answer that is silent for `read_timeout` seconds is given up.

    A proxy is taken from HTTPS_PROXY and NO_PROXY, certificates from where httpx takes them. Errors are the library's:
    `TimedOut` and `NetworkError`, caused by aiohttp's own.
    """

    def __init__(self, *, connections: int, read_timeout: float) -> None:
        self._connections, self._read_timeout = connections, read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds of silence, unless a call says otherwise."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the connections' pool; again is no harm."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, ssl=httpx.create_ssl_context())
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=True,
            )

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - whoever sends ends a send as a whole
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - waiting for the pool is part of connecting
    ) -> tuple[int, bytes]:
        """Status and body of the answer."""
        if self._session is None:
            raise RuntimeError("the request is not initialised")
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=_seconds(connect_timeout, CONNECT_SECONDS),
            sock_read=_seconds(read_timeout, self._read_timeout),
        )
        try:
            async with self._session.request(
                method, url, data=_form(request_data), timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut(f"aiohttp.{type(error).__name__}") from error
        except aiohttp.ClientError as error:
            raise NetworkError(f"aiohttp.{type(error).__name__}") from error


def _seconds(given: Any, usual: float) -> float | None:
    seconds: float | None = usual if given is BaseRequest.DEFAULT_NONE else given
    return seconds


def _form(data: RequestData | None) -> aiohttp.FormData | None:
    """The fields as a form; files make it one of parts, their names as they are."""
    if data is None:
        return None
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
