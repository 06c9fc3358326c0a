"""What happens to a printed card before a phone sees it: blur, noise, tilt, shrinking and a worn photocopier."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

SEED = 310
CAMERA_DPI = 200  # a phone held so that an A4 page fills its picture sees about this much


def pages(pdf: bytes, dpi: int = CAMERA_DPI) -> list[Image.Image]:
    """Every page of a PDF as a picture, drawn by another program than the one that made it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


def framed(page: Image.Image, cards: int) -> list[Image.Image]:
    """The cards of a page one by one, as a phone frames them: the page itself, or its four quarters."""
    if cards == 1:
        return [page]
    wide, high = page.width // 2, page.height // 2
    return [page.crop((x, y, x + wide, y + high)) for y in (0, high) for x in (0, wide)]


def words(pdf: bytes) -> list[str]:
    """The text of every page, without line breaks and joiners."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return ["".join(page.get_textpage().get_text_bounded().split()).replace("\u2060", "") for page in document]
    finally:
        document.close()


def read_codes(picture: Image.Image) -> set[str]:
    """What zxing-cpp reads off a picture."""
    return {found.text for found in zxingcpp.read_barcodes(picture.convert("L"))}


def blurred(picture: Image.Image) -> Image.Image:
    """A shaky hand: half a module of blur."""
    return picture.convert("L").filter(ImageFilter.GaussianBlur(2.6))


def noisy(picture: Image.Image) -> Image.Image:
    """Bad light: strong noise, and one dot in forty black or white."""
    random = np.random.default_rng(SEED)
    values = np.asarray(picture.convert("L"), dtype=np.float32)
    values = values * 0.7 + 40 + random.normal(0, 45, values.shape)
    dots = random.random(values.shape)
    values[dots < 0.0125] = 0
    values[dots > 0.9875] = 255
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def tilted(picture: Image.Image) -> Image.Image:
    """Held askew: turned by fifteen degrees and seen from one side."""
    turned = picture.convert("L").rotate(15, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    width, height = turned.size
    lean = 0.10
    corners = (0, 0, -lean * width, height, width * (1 + lean), height, width, 0)
    return turned.transform((width, height), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=255)


def shrunk(picture: Image.Image) -> Image.Image:
    """Printed at 60 %."""
    width, height = picture.size
    return picture.convert("L").resize((int(width * 0.6), int(height * 0.6)), Image.Resampling.LANCZOS)


def photocopied(picture: Image.Image, streak: float = 0.45) -> Image.Image:
    """A copy of a copy: thick strokes, one side darker, dirt, a black streak, then nothing but black and white.

    `streak` says where it runs, as a part of the width. One through a corner square of a QR is beyond zxing-cpp;
    the benchmark lets it wander over the whole page and counts.
    """
    random = np.random.default_rng(SEED)
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(1.6)).filter(ImageFilter.MinFilter(3))
    values = np.asarray(grey, dtype=np.float32)
    shade = np.linspace(-25, 35, values.shape[1])[None, :]
    values = values + shade + random.normal(0, 22, values.shape)
    left = int(values.shape[1] * streak)
    values[:, left : left + 2] = 0
    copy = Image.fromarray(np.where(values > 128, 255, 0).astype(np.uint8))
    dirt = Image.new("L", copy.size, 255)
    pen = ImageDraw.Draw(dirt)
    for x, y in zip(random.integers(0, copy.width, 250), random.integers(0, copy.height, 250), strict=True):
        pen.ellipse((int(x), int(y), int(x) + 3, int(y) + 3), fill=0)
    return ImageChops.darker(copy, dirt)


WAYS: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda picture: picture,
    "blurred": blurred,
    "noisy": noisy,
    "tilted 15°": tilted,
    "at 60 %": shrunk,
    "bad photocopy": photocopied,
}
