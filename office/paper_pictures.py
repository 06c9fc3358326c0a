"""Papers handed in (材料照片): recognised by their bytes, drawn anew without metadata, or refused in plain words."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from enum import StrEnum

import pillow_heif
import pypdfium2  # type: ignore[import-untyped]  # ships no types
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 3000
LONGEST_PAGE_SIDE = 2400
MOST_PAGES = 30
DOTS_AN_INCH = 150
QUALITY = 85

TOO_LARGE = "这个文件超过 10 兆，传不上来。照片请用手机里“中等大小”再发一次。"
NOT_TAKEN = "这里只收照片（JPG、PNG、HEIC）和 PDF。您传的不是，或者坏了，请重新拍一张。"
TOO_MANY_PAGES = f"这份 PDF 超过 {MOST_PAGES} 页，请只传要的那几页。"
LOCKED = "这份 PDF 加了密码，打不开。请传没有密码的，或者拍照片。"

_pdfium = threading.Lock()  # PDFium must not be entered by two threads


class PaperRefused(Exception):  # noqa: N818 - names say what happened
    """A file is not taken; the message says in Chinese why and what to do."""


class PaperKind(StrEnum):
    """What a paper is kept as; the value is its media type."""

    PICTURE = "image/jpeg"
    DOCUMENT = "application/pdf"


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A paper ready to be kept: only what can be seen of it."""

    kind: PaperKind
    content: bytes


def redrawn(content: bytes) -> Redrawn:
    """The paper drawn anew: place, time, camera, scripts and attachments are gone. Raises `PaperRefused`.

    The file's name and what the browser says of its type count for nothing.
    """
    if len(content) > LARGEST_BYTES:
        raise PaperRefused(TOO_LARGE)
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return Redrawn(PaperKind.DOCUMENT, _document(content))
    kind = _picture_kind(content)
    if kind is None:
        raise PaperRefused(NOT_TAKEN)
    return Redrawn(PaperKind.PICTURE, _picture(content, kind))


def _picture_kind(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    is_heif = content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1")
    return "HEIF" if is_heif else None


def _picture(content: bytes, kind: str) -> bytes:
    if kind == "HEIF":
        pillow_heif.register_heif_opener()  # twice does no harm
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PaperRefused("这张照片太大了，请用手机里“中等大小”再发一次。")
            upright = ImageOps.exif_transpose(picture)
            plain = _on_white(upright)
    except PaperRefused:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise PaperRefused(NOT_TAKEN) from error
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return _jpeg(plain)


def _on_white(picture: Image.Image) -> Image.Image:
    """Colours alone, in a picture of its own that carries nothing else."""
    clear = picture.convert("RGBA")
    plain = Image.new("RGB", clear.size, "white")
    plain.paste(clear, mask=clear.getchannel("A"))
    return plain


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _document(content: bytes) -> bytes:
    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise PaperRefused(LOCKED if "password" in str(error).lower() else NOT_TAKEN) from error
        try:
            if not 1 <= len(document) <= MOST_PAGES:
                raise PaperRefused(TOO_MANY_PAGES if len(document) else NOT_TAKEN)
            pages = [_page(document, number) for number in range(len(document))]
        except pypdfium2.PdfiumError as error:
            raise PaperRefused(NOT_TAKEN) from error
        finally:
            document.close()
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=DOTS_AN_INCH, quality=QUALITY)
    return out.getvalue()


def _page(document: pypdfium2.PdfDocument, number: int) -> Image.Image:
    page = document[number]
    longest = max(page.get_size()) or 1
    scale = min(DOTS_AN_INCH / 72, LONGEST_PAGE_SIDE / longest)
    picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    page.close()
    return picture
