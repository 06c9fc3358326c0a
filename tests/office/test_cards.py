"""明白卡: what must stand on them, what is never printed, what phones can read, and which have become wrong."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from knowledge.base import KnowledgeBase
from knowledge.entries import Entry
from office import print_check
from office.card_facts import CardFacts, facts_of
from office.cards import QR_SIDES_MM, TEMPLATES, Card, Ink, Layout, file_name, picture, sheets
from office.code_text import find, printed, with_check
from office.ledger.codes import CodeKind
from office.people import Person, Role
from office.print_check import CannotPrint, QrSpec
from tests.office.spoiling import CAMERA_DPI, WAYS, framed, pages, read_codes, words

BASE = "https://nong.wenzhou.cn"
DAY = date(2026, 11, 25)
OFFICER = Person("p1", Role.OFFICER, "章小满", "0577-6220 1111", (), True, None)
CODE = with_check("K7M4PX9R2")
ADDRESS = f"{BASE}/c/{CODE}"
PAPERS = (Layout.A6, Layout.A6X4, Layout.ELDER)
SIZES_MM = {Layout.A6: (105, 148), Layout.A6X4: (210, 297), Layout.ELDER: (210, 297)}
SHOWN = ("dendrobium-loan", "farm-machinery-subsidy", "draft-plan-products")


def card_of(entry: Entry, code: str = CODE, kind: CodeKind = CodeKind.POLICY) -> Card:
    """The card of an entry on the tests' day."""
    return Card(facts_of(entry, DAY), code, kind, OFFICER, "abc123")


def squeezed(text: str) -> str:
    """`text` as a PDF gives it back: without spaces."""
    return "".join(text.split())


@pytest.mark.parametrize("layout", PAPERS)
@pytest.mark.parametrize("ink", Ink)
def test_required_lines_stand_on_every_sheet(knowledge: KnowledgeBase, layout: Layout, ink: Ink) -> None:
    """Title, status and date, who is paid, 官方不收费, phone, where to check, code in five plus five."""
    for name in SHOWN:
        card = card_of(knowledge.entries[name])
        (page,) = words(sheets([card], BASE, layout, ink))
        required = (
            card.facts.title,
            card.facts.status,
            "2026-11-25印",
            f"钱给谁：{card.facts.payee}",
            "官方不收费、不要验证码",
            "96110",
            OFFICER.phone,
            OFFICER.name,
            "查真假：nong.wenzhou.cn/verify",
            printed(CODE),
        )

        assert [line for line in required if squeezed(line) not in page] == []


@pytest.mark.parametrize("layout", PAPERS)
@pytest.mark.parametrize("ink", Ink)
def test_zxing_reads_every_page_also_spoilt(knowledge: KnowledgeBase, layout: Layout, ink: Ink) -> None:
    """As it is, blurred, noisy, tilted, at 60 % and as a bad photocopy: every code of every page."""
    nines = ("K7M4PX9R2", "ABCDEFGHJ", "222222222", "ZZZZZZZZZ")[: 4 if layout is Layout.A6X4 else 2]
    made = [card_of(knowledge.entries[SHOWN[number % 3]], with_check(nine)) for number, nine in enumerate(nines)]
    wanted = {f"{BASE}/c/{card.code}" for card in made}
    seen = pages(sheets(made, BASE, layout, ink), dpi=110 if layout is Layout.ELDER else CAMERA_DPI)

    assert len(seen) == (1 if layout is Layout.A6X4 else 2)
    seen = [card for page in seen for card in framed(page, 4 if layout is Layout.A6X4 else 1)]
    for way, spoil in WAYS.items():
        assert set().union(*(read_codes(spoil(page)) for page in seen)) == wanted, way


@pytest.mark.parametrize("name", SHOWN)
def test_the_picture_for_chats_is_small_and_readable(knowledge: KnowledgeBase, name: str) -> None:
    """At most 200 KB, and read by zxing-cpp as it is and in every spoilt way."""
    content = picture(card_of(knowledge.entries[name]), BASE)

    assert len(content) <= 200 * 1024
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "PNG"
        for way, spoil in WAYS.items():
            assert read_codes(spoil(image)) == {ADDRESS}, way


@pytest.mark.parametrize("layout", PAPERS)
def test_paper_and_modules_have_their_size(knowledge: KnowledgeBase, layout: Layout) -> None:
    """Pages measure what they must at 100 %, and a module of the QR on them is what the check was told."""
    seen = pages(sheets([card_of(knowledge.entries[SHOWN[0]])], BASE, layout), dpi=300)[0]
    (found,) = zxingcpp.read_barcodes(seen)
    corners = found.position
    width_px = corners.top_right.x - corners.top_left.x
    modules = len(print_check.draw(ADDRESS, QrSpec(QR_SIDES_MM[layout])).rows) - 2 * print_check.BORDER

    assert tuple(round(size / 300 * 25.4) for size in seen.size) == SIZES_MM[layout]
    assert width_px / 300 * 25.4 / modules == pytest.approx(QR_SIDES_MM[layout] / (modules + 8), rel=0.03)
    assert QR_SIDES_MM[layout] / (modules + 8) >= 0.5


def test_every_entry_fits_on_every_paper(knowledge: KnowledgeBase) -> None:
    """No entry of data/ is too long for a card; four to a sheet is the tightest, the picture the longest."""
    made = [card_of(entry) for entry in knowledge.entries.values()]
    made.sort(key=lambda card: len(card.facts.summary + card.facts.payee + card.facts.next_step + card.facts.source))

    assert len(words(sheets(made, BASE, Layout.A6X4))) == (len(made) + 3) // 4
    assert len(words(sheets(made[-12:], BASE, Layout.ELDER))) == 12
    assert len(picture(made[-1], BASE)) <= 200 * 1024


def test_a_loan_code_says_what_it_opens(knowledge: KnowledgeBase) -> None:
    """A 农贷码 leads to an application, and its card says so."""
    (page,) = words(sheets([card_of(knowledge.entries[SHOWN[0]], kind=CodeKind.LOAN)], BASE, Layout.A6))

    assert "担保贷款申请卡" in page
    assert "扫一扫，去申请" in page


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (lambda: print_check.check_base(BASE, False), "没有设 PUBLIC_BASE_URL"),
        (lambda: print_check.check_base("http://nong.wenzhou.cn", True), "不是 https 开头"),
        (lambda: print_check.check_base("https://127.0.0.1:8000", True), "只有这台电脑打得开"),
        (lambda: print_check.code_address("https://huinong.nongye.wenzhou.cn", CODE), "超过 40"),
        (lambda: print_check.draw(ADDRESS, QrSpec(36, level="M")), "纠错级别是 M"),
        (lambda: print_check.draw(ADDRESS, QrSpec(36, border=3)), "白边只有 3 格"),
        (lambda: print_check.draw(ADDRESS, QrSpec(20.4)), "小于 0.5 毫米"),
    ],
)
def test_what_cannot_be_scanned_is_not_printed(work: Callable[[], object], sentence: str) -> None:
    """Each refusal is one Chinese sentence that says what to change."""
    with pytest.raises(CannotPrint, match=sentence) as refusal:
        work()
    assert str(refusal.value).count("。") == 1


def test_the_borders_of_what_can_be_printed() -> None:
    """Exactly 40 characters, exactly half a millimetre, https: printed."""
    address = print_check.code_address("https://nong.wenzhou.co.cn/", CODE)[: print_check.LONGEST_ADDRESS]

    assert print_check.check_base(f"{BASE}/", True) == BASE
    assert len(print_check.draw(address, QrSpec(20.5)).rows) == 41
    assert print_check.draw(address, QrSpec(20.5)).module_mm == 0.5


def test_cards_without_a_phone_or_with_too_many_words_are_refused(knowledge: KnowledgeBase) -> None:
    """Half a card helps nobody."""
    card = card_of(knowledge.entries[SHOWN[0]])

    with pytest.raises(CannotPrint, match="没有登记电话"):
        sheets([replace(card, officer=replace(OFFICER, phone=" "))], BASE, Layout.A6)
    with pytest.raises(CannotPrint, match="放不下"):
        sheets([replace(card, facts=replace(card.facts, summary="很长的话。" * 300))], BASE, Layout.A6)
    with pytest.raises(CannotPrint, match="一张卡也没有"):
        sheets([], BASE, Layout.A6)


def changed(facts: CardFacts, entry: Entry) -> list[CardFacts]:
    """The card after each change that makes a printed one wrong."""
    return [
        replace(facts, title="改了名"),
        replace(facts, summary=facts.summary + "又改了。"),
        replace(facts, payee="企业"),
        replace(facts, rows=facts.rows[1:]),
        replace(facts, next_step="去别处问。"),
        replace(facts, source="出处：另一份文件"),
        facts_of(replace(entry, validity=replace(entry.validity, repealed_on=DAY)), DAY),
        facts_of(entry, date(2027, 1, 1)),
    ]


def test_the_hash_changes_with_the_facts_alone(knowledge: KnowledgeBase) -> None:
    """Words, validity and the passing of its end change it; a new check of the same rule and a later print do not."""
    entry = knowledge.entries["farm-machinery-subsidy"]
    facts = facts_of(entry, DAY)
    hashes = {one.hash for one in changed(facts, entry)}

    assert facts.hash not in hashes
    assert len(hashes) >= 7
    assert facts_of(replace(entry, checked=DAY), date(2026, 12, 1)).hash == facts.hash


def test_templates_name_no_fact() -> None:
    """What a card says of an entry comes from data; the templates hold only what every card says."""
    for path in TEMPLATES.glob("*.typ"):
        text = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))

        assert not re.search(r"万元|石斛|利率|补贴|[0-9]{4}-[0-9]{2}", text), path


def test_file_names_lead_to_the_check(tmp_path: Path) -> None:
    """The name of a printed file holds a code that 查真假 reads, and another name for each paper and ink."""
    names = {file_name(CODE, layout, ink) for layout in PAPERS for ink in Ink}

    assert len(names) == len(PAPERS) * len(Ink)
    assert all(find((tmp_path / f"{name}.pdf").name) == (CODE,) for name in names)
    assert find(file_name(f"{CODE}-01", Layout.A6X4, Ink.BLACK)) == (CODE,)
