"""Plain forms, read with a limit before anything is kept."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

LONGEST_FORM = 16 * 1024
MOST_FIELDS = 64


def refuse_foreign(request: Request) -> None:
    """403 for a form of another site's page; a browser too old to say where from is held off by the seals."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise HTTPException(403, "这张表不是在本站填的，没有收。请在本站重新填。")


async def read_form(request: Request, longest: int = LONGEST_FORM) -> dict[str, str]:
    """The fields of a urlencoded form that was filled in here; they stay at `request.state.sent` as well.

    403 for one that another site's page sends; 413 for a longer body, 415 for another kind, 400 for one that cannot
    be read.
    """
    refuse_foreign(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "这里只收普通表单。")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > longest:
            raise HTTPException(413, "写得太长了，请写短一点再交。")
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400, "表单里的字认不出来，请重新填一次。") from error
    request.state.sent = fields
    return fields
