"""Reads a page as a visitor would: its text, its links, what it loads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from html.parser import HTMLParser

import httpx

ADDRESS = "https://huinong.example"
Visit = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

VOID = {"meta", "link", "input", "br", "hr", "img", "path"}


class Page(HTMLParser):
    """The parts of a page that tests ask about."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.metas: dict[str, str] = {}
        self.inline: list[str] = []
        self.lines: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._line: str | None = None
        self.feed(html)

    @property
    def text(self) -> str:
        """All visible words in order, without line breaks."""
        return "".join(self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if tag == "a":
            self.links.append(given["href"])
        if tag in ("script", "img", "iframe") or (tag == "link" and given.get("rel") in ("stylesheet", "icon")):
            self.loaded.append(given.get("src") or given.get("href") or "")
        if tag == "meta":
            self.metas[given.get("property") or given.get("name") or ""] = given.get("content", "")
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        if tag == "p" and given.get("class", "").startswith("line "):
            self._line = given["class"].removeprefix("line ")
            self.lines.append((self._line, ""))

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag in self._open:
            while self._open.pop() != tag:
                continue
        if tag == "p":
            self._line = None

    def handle_data(self, data: str) -> None:
        if "main" not in self._open and "footer" not in self._open and "section" not in self._open:
            return
        self.words.append(data.strip("\n"))
        if self._line is not None:
            kind, text = self.lines[-1]
            self.lines[-1] = (kind, text + data)
