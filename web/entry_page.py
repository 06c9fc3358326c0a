"""An entry's own page: what a printed code leads to, what is forwarded, what is printed."""

from __future__ import annotations

from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.window import off_loop, window_of

FIRST_YEAR, LAST_YEAR = 2000, 2100


async def entry_page(request: Request) -> Response:
    """The page of `/e/CODE`, as of today or of `?on=DATE`."""
    window = window_of(request)
    day = _day(request.query_params.get("on"), window.office.today())
    try:
        shown = await off_loop(window.sheets.of, request.path_params["code"], day)
    except LookupError as error:
        raise HTTPException(
            404, "没有这一条。可能是编号印错了，或者这一条已经撤下来了。请在首页直接问，或者按类别找。"
        ) from error
    return window.pages.render(request, "entry.html", sheet=shown.sheet, article=shown.article)


def _day(text: str | None, today: date) -> date:
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(400, "日期要写成 2026-11-25 这样。") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise HTTPException(400, f"日期要在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间。")
    return day
