"""As much HTTP/1.1 as the Bot API needs, on asyncio streams."""

import asyncio
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .errors import ApiError, bad
from .schema import Upload

Json = dict[str, Any]
QUOTED = re.compile(r'(\w+)="([^"]*)"')
BODY_LIMIT = 51 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """One HTTP request, body read in full."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of the connection, None at its end; ApiError 413 if the body is too large."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ", 2)
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    if "chunked" in headers.get("transfer-encoding", ""):
        body = await _chunked(reader)
    else:
        length = int(headers.get("content-length") or 0)
        if length > BODY_LIMIT:
            raise ApiError(413, "Request Entity Too Large")
        body = await reader.readexactly(length) if length else b""
    parts = urlsplit(target)
    return Request(method, unquote(parts.path), parts.query, headers, body)


async def _chunked(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += (await reader.readexactly(size + 2))[:-2]
        if len(body) > BODY_LIMIT:
            raise ApiError(413, "Request Entity Too Large")
    await reader.readline()
    return bytes(body)


def parameters(request: Request) -> tuple[Json, dict[str, Upload]]:
    """The parameters and files of a call, from the query string and any of the three body formats."""
    raw: Json = dict(parse_qsl(request.query, keep_blank_values=True))
    files: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "")
    try:
        if not request.body:
            return raw, files
        if kind.startswith("application/json"):
            loaded = json.loads(request.body)
            if not isinstance(loaded, dict):
                raise bad("can't parse JSON encoded parameters")
            raw |= loaded
        elif kind.startswith("multipart/form-data"):
            _multipart(request.body, kind, raw, files)
        else:
            raw |= parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True)
    except ValueError as error:
        raise bad(f"can't parse the body of the request: {error}") from error
    return raw, files


def _multipart(body: bytes, kind: str, raw: Json, files: dict[str, Upload]) -> None:
    boundary = kind.partition("boundary=")[2].strip('"').encode()
    if not boundary:
        raise bad("can't parse multipart/form-data: boundary is missing")
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        names: dict[str, str] = {}
        mime = "application/octet-stream"
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "content-disposition":
                names = dict(QUOTED.findall(value))
            elif name.lower() == "content-type":
                mime = value.strip()
        content = content.removesuffix(b"\r\n")
        if "filename" in names:
            files[names["name"]] = Upload(names["filename"], content, mime)
        else:
            raw[names["name"]] = content.decode()


def response(status: int, body: bytes, content_type: str = "application/json") -> bytes:
    """A complete response that leaves the connection open."""
    reason = HTTPStatus(status).phrase
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def success(result: Any) -> bytes:
    """The answer to a call that was performed."""
    return response(200, json.dumps({"ok": True, "result": result}, ensure_ascii=False).encode())


def failure(error: ApiError, html: bool = False) -> bytes:
    """The answer to a call that was refused; with html, what a proxy in between would say."""
    if html:
        page = f"<html><head><title>{error.code}</title></head><body>{error.code}</body></html>"
        return response(error.code, page.encode(), "text/html")
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return response(error.code, json.dumps(body, ensure_ascii=False).encode())
