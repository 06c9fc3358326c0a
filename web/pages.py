"""Pages rendered on the server: one shell, one style sheet, one small script, three sizes of type."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from knowledge.answers import Action, Verb
from knowledge.applying import apply_label, can_apply
from office.office import Office
from web.replies import shown

HERE = Path(__file__).resolve().parent
STATIC_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
SIZE_COOKIE = "size"
SIZES = ("标准", "大字", "特大")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
YEAR = 31_536_000


class Pages:
    """Turns templates into responses; `extra` are the other windows' pages that the header leads to."""

    def __init__(self, office: Office, extra: Sequence[tuple[str, str]] = ()) -> None:
        self.office = office
        self.address = office.settings.public_base_url.rstrip("/")
        self.is_https = self.address.startswith("https://")
        self.static = {
            path.name: path.read_bytes() for path in sorted((HERE / "static").iterdir()) if path.suffix in STATIC_TYPES
        }
        self._extra = tuple(extra)
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # templates change with the program alone; looking at the files costs every page
        )
        self._templates.globals.update(
            static=self._static_address,
            pressed=pressed_address,
            browse=browse_address,
            shown=shown,
            sizes=SIZES,
            quote=quote,
            can_apply=can_apply,
            apply_label=apply_label,
        )

        self._templates.filters["dated"] = dated

    def render(self, request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """The page as a response; a size chosen by `?elder=` is remembered in a cookie."""
        chosen = _size(request.query_params.get("elder"))
        size = chosen if chosen is not None else _size(request.cookies.get(SIZE_COOKIE)) or 0
        html = self._templates.get_template(template).render(
            request_path=request.url.path,
            size=size,
            size_links=[(word, _with_size(request, number)) for number, word in enumerate(SIZES)],
            extra=self._extra,
            version=self.office.knowledge.version,
            today=self.office.today(),
            address=self.address,
            **context,
        )
        response = HTMLResponse(html, status, headers={"Cache-Control": "private, no-cache", "Vary": "Cookie"})
        if chosen is not None:
            self.keep_cookie(response, SIZE_COOKIE, str(chosen), YEAR)
        return response

    def keep_cookie(self, response: Response, name: str, value: str, seconds: int, *, path: str = "/") -> None:
        """A cookie out of reach of scripts and of other sites' forms, on https only where the address is https."""
        response.set_cookie(name, value, seconds, path=path, secure=self.is_https, httponly=True, samesite="lax")

    def piece(
        self, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
    ) -> HTMLResponse:
        """A part of a page, which the script adds to the page at hand."""
        html = self._templates.get_template(template).render(**context)
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store", **(headers or {})})

    def part(self, template: str, **context: Any) -> Markup:
        """A part of a page for `render`, to be kept where it is the same for everybody."""
        return Markup(self._templates.get_template(template).render(**context))  # noqa: S704 - escaped by the template

    def _static_address(self, name: str) -> str:
        return f"/static/{name}?v={hashlib.sha256(self.static[name]).hexdigest()[:10]}"


async def static_file(request: Request) -> Response:
    """A style sheet, script or picture; its address changes with its bytes, so browsers may keep it for good."""
    name = request.path_params["name"]
    content = request.app.state.window.pages.static.get(name)
    if content is None:
        return Response(status_code=404)
    headers = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
    return Response(content, media_type=STATIC_TYPES[Path(name).suffix], headers=headers)


def dated(text: object) -> Markup:
    """`text` escaped, its dates kept on one line."""
    return Markup(DATE.sub(r'<span class="day">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped just before


def pressed_address(action: Action) -> str:
    """Where a button of a reply leads in a browser without script; what is worked out has pages of its own."""
    if action.verb is Verb.CHECK:
        return f"/check/{quote(action.target)}" if action.target else "/check"
    if action.verb is Verb.APPLY and action.target:
        return f"/apply/{quote(action.target)}"
    if action.verb is Verb.CALCULATE:
        query = urlencode([("entry", code) for code in (action.target, action.detail) if code])
        return f"/calculate/compare?{query}" if query else "/calculate"
    return f"/?{urlencode({'a': action.data})}"


def browse_address(action: Action) -> str:
    """Where a choice of a menu leads: a further menu or the entry's page."""
    if action.verb is Verb.ENTRY:
        return f"/e/{quote(action.target)}"
    if action.verb is Verb.BROWSE:
        return f"/browse?{urlencode({'k': action.target})}"
    return pressed_address(action)


def _size(text: str | None) -> int | None:
    return int(text) if text in ("0", "1", "2") else None


def _with_size(request: Request, size: int) -> str:
    others = [(key, value) for key, value in request.query_params.multi_items() if key != "elder"]
    return f"{quote(request.url.path)}?{urlencode([*others, ('elder', size)])}"
