"""A browser without script that sends a request again, as it was, until it is answered."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx

SECONDS_BETWEEN_TRIES = 0.1
MOST_TRIES = 1200


class Browser:
    """Keeps its cookies itself: those for https are sent to the local address as well."""

    def __init__(self, port: int, address: str) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        self._headers, self._cookies = {"X-Forwarded-For": address}, dict[str, str]()
        self.tries, self.unanswered = 0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._client.close()

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self._answered("GET", path, None)

    def post(self, path: str, form: Mapping[str, str]) -> httpx.Response:
        """What came of a form in the end; `unanswered` counts the tries that may or may not have been taken."""
        return self._answered("POST", path, form)

    def _answered(self, method: str, path: str, form: Mapping[str, str] | None) -> httpx.Response:
        for _ in range(MOST_TRIES):
            self.tries += 1
            cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            try:
                answer = self._client.request(method, path, data=form, headers={**self._headers, "Cookie": cookies})
            except httpx.TransportError as error:
                self.unanswered += method == "POST" and not isinstance(error, httpx.ConnectError)
                threading.Event().wait(SECONDS_BETWEEN_TRIES)  # a person's pause before the next press
                continue
            self._cookies |= dict(answer.cookies) | _secure(answer)
            return answer
        raise AssertionError(f"{method} {path} was never answered")


def _secure(answer: httpx.Response) -> dict[str, str]:
    """The cookies an answer sets, also those that a client on http would not take."""
    pairs = (header.partition(";")[0].partition("=") for header in answer.headers.get_list("set-cookie"))
    return {name: value for name, _, value in pairs}
