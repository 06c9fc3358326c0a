"""明白卡: pictures for chats and sheets for printers, set by Typst from the templates in data/cards."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pylopdf_fonts_zh_cn
import typst
from PIL import Image

from knowledge.base import SHIPPED
from office.card_facts import CardFacts
from office.code_text import printed
from office.ledger.codes import CodeKind
from office.people import ROLE_WORDS, Person
from office.print_check import CannotPrint, QrSpec, code_address, draw

TEMPLATES = SHIPPED / "cards"
PICTURE_PPI = 254
MOST_PICTURE_BYTES = 200 * 1024
FEW = 8  # cards whose remembered layouts are not worth forgetting
RUNS_REMEMBERED = 10
PALETTE = 48  # colours of a picture: text edges stay smooth, and it stays small enough for any chat


class Layout(StrEnum):
    """A size of paper, or a picture for a chat; the value is the template's name."""

    A6 = "a6"
    A6X4 = "a6x4"
    ELDER = "elder"
    CHAT = "chat"


class Ink(StrEnum):
    """Colour, or black alone for printers and copiers without it."""

    COLOUR = "colour"
    BLACK = "black"


LAYOUT_WORDS = {Layout.A6: "A6 单张", Layout.A6X4: "A4 拼四张", Layout.ELDER: "A4 大字", Layout.CHAT: "聊天图片"}
# the side of the QR in each template, border included; a test measures the templates against it
QR_SIDES_MM = {Layout.A6: 40.0, Layout.A6X4: 38.0, Layout.ELDER: 66.5, Layout.CHAT: 34.0}


@dataclass(frozen=True, slots=True)
class Card:
    """One card: the entry's facts, the code, and the officer whose phone stands on it."""

    facts: CardFacts
    code: str
    kind: CodeKind
    officer: Person
    version: str


def file_name(name: str, layout: Layout, ink: Ink) -> str:
    """A printed file's name, without its ending: one for each paper and ink; 查真假 finds the code in it."""
    words = [LAYOUT_WORDS[layout].replace(" ", ""), *(["黑白"] if ink is Ink.BLACK else [])]
    return "-".join(("明白卡", name, *words))


def picture(card: Card, base: str, ink: Ink = Ink.COLOUR) -> bytes:
    """A PNG for a chat, at most 200 KB. Raises `CannotPrint`."""
    made = _compiled([card], base, Layout.CHAT, ink, "png")
    small = io.BytesIO()
    with Image.open(io.BytesIO(made)) as image:
        flat = image.convert("RGB").quantize(PALETTE, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        flat.save(small, "PNG", compress_level=6)
    content = small.getvalue()
    if len(content) > MOST_PICTURE_BYTES:
        raise CannotPrint(f"图片有 {len(content) // 1024} KB，超过 200 KB 发不稳；请把“{card.facts.title}”的摘要改短。")
    return content


def sheets(cards: Sequence[Card], base: str, layout: Layout, ink: Ink = Ink.COLOUR) -> bytes:
    """A PDF with all the cards, to be printed at 100 %. Raises `CannotPrint`."""
    made = _compiled(cards, base, layout, ink, "pdf")
    if len(cards) > FEW:
        _forget_layouts()
    return made


def _compiled(cards: Sequence[Card], base: str, layout: Layout, ink: Ink, form: Any) -> bytes:
    if not cards:
        raise CannotPrint("一张卡也没有，不知道印什么。")
    given = {
        "title": cards[0].facts.title if len(cards) == 1 else f"明白卡 {len(cards)} 张",
        "ink": ink.value,
        "cards": [_words(card, base, layout) for card in cards],
    }
    compiler = typst.Compiler(TEMPLATES / f"{layout.value}.typ", root=TEMPLATES, font_paths=_fonts())
    try:
        made = compiler.compile(
            format=form, ppi=PICTURE_PPI, sys_inputs={"data": json.dumps(given, ensure_ascii=False)}
        )
    except typst.TypstError as error:
        if "放不下" in error.message:
            raise CannotPrint(
                f"卡上{error.message.split('：')[-1].strip()}的字太多，放不下；请把条目的摘要改短。"
            ) from error
        raise
    if not isinstance(made, bytes):
        raise CannotPrint("一次只能出一张图片。")
    return made


def _forget_layouts() -> None:
    """Let Typst drop what it remembers of these cards, 2 MB of each: it keeps what its last ten runs have used."""
    blank = typst.Compiler(TEMPLATES / "blank.typ", root=TEMPLATES, font_paths=_fonts())
    for _ in range(RUNS_REMEMBERED + 1):
        blank.compile(format="svg")


@cache
def _fonts() -> typst.Fonts:
    """The one font of the cards, found once."""
    folder = Path(str(pylopdf_fonts_zh_cn.sans_path())).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _words(card: Card, base: str, layout: Layout) -> dict[str, Any]:
    """The words and the QR of a card as its template reads them."""
    facts = card.facts
    if not card.officer.phone.strip():
        raise CannotPrint(f"{card.officer.name} 没有登记电话，卡上必须有；请先补上再印。")
    qr = draw(code_address(base, card.code), QrSpec(QR_SIDES_MM[layout]))
    is_loan = card.kind is CodeKind.LOAN
    return {
        "heading": "担保贷款申请卡" if is_loan else "惠农政策明白卡",
        "title": facts.title,
        "status": facts.status,
        "open": facts.is_open,
        "day": facts.seen_on.isoformat(),
        "payee": _kept_whole(facts.payee),
        "summary": _kept_whole(facts.summary),
        "rows": [(label, _kept_whole(text)) for label, text in facts.rows],
        "next": _kept_whole(facts.next_step),
        "scan": "扫一扫，去申请" if is_loan else "扫一扫，看全文",
        "code": printed(card.code),
        "person": f"问{ROLE_WORDS[card.officer.role]} {card.officer.name}",
        "phone": card.officer.phone,
        "verify": f"{urlsplit(base).netloc}/verify",
        "source": f"{facts.source}，{facts.checked} 核对，版本 {card.version}。可能符合才去申请，以窗口答复为准。",
        "qr": qr.svg,
    }


def _kept_whole(text: str) -> str:
    """`text` whose ranges (10–300) stay on one line."""
    return text.replace("–", "\u2060–\u2060")
