"""Handing in photographs of papers on the status page, and looking at them at the desk."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from office.ledger import application_papers
from office.office import WENZHOU
from office.paper_pictures import LARGEST_BYTES, PaperKind
from web.forms import refuse_foreign

ROOM_FOR_FIELDS = 16 * 1024
KIND_WORDS = {PaperKind.PICTURE.value: "照片", PaperKind.DOCUMENT.value: "PDF"}


@dataclass(frozen=True, slots=True)
class PaperShown:
    """One line of the list of papers handed in."""

    name: str
    words: str


class InMemory(MultiPartParser):
    """Keeps an upload in memory: an unsealed photograph never touches the disk."""

    spool_max_size = LARGEST_BYTES + ROOM_FOR_FIELDS


async def read_upload(request: Request) -> tuple[dict[str, str], bytes]:
    """The fields and the one file of an upload; what is too large is refused before it has all arrived."""
    refuse_foreign(request)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise HTTPException(415, "这里只收文件。")
    parser = InMemory(request.headers, _limited(request), max_files=1, max_fields=8, max_part_size=ROOM_FOR_FIELDS)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, "文件没有传完整，请再传一次。") from error
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    file = form.get("file")
    content = await file.read() if isinstance(file, UploadFile) else b""
    await form.close()
    return fields, content


async def _limited(request: Request) -> AsyncGenerator[bytes, None]:
    received = 0
    async for part in request.stream():
        received += len(part)
        if received > LARGEST_BYTES + ROOM_FOR_FIELDS:
            raise HTTPException(413, "这个文件超过 10 兆，传不上来。照片请用手机里“中等大小”再发一次。")
        yield part


def papers_shown(connection: Connection, case_id: int) -> tuple[PaperShown, ...]:
    """The list for the applicant: what, in which form, when; never the file itself."""
    return tuple(
        PaperShown(paper.name, f"{KIND_WORDS[paper.kind]}，{paper.at.astimezone(WENZHOU).date()}")
        for paper in application_papers.of_case(connection, case_id)
    )
