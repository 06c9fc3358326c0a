"""Entry pages: truth first, forwardable, printable, small."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.entries import Status
from knowledge.rendering import facet_sentences, status_text
from office.office import Office
from tests.web.reading import ADDRESS, Page, Visit

pytestmark = pytest.mark.anyio

MOST_BYTES = 60 * 1024
DAYS = (None, date(2023, 12, 1))


@pytest.mark.parametrize("day", DAYS, ids=str)
async def test_every_entry_page_says_first_whether_it_still_holds(
    visit: Visit, office: Office, day: date | None
) -> None:
    """The first line is the status in words; a warning stands there whenever the entry is not plainly in force."""
    async with visit() as visitor:
        for code, entry in office.knowledge.entries.items():
            page = Page((await visitor.get(f"/e/{code}", params={"on": str(day)} if day else {})).text)
            asked = day or office.today()
            kind, text = page.lines[0]

            assert status_text(entry, asked) in text, code
            assert kind == "status" or (kind == "good" and entry.status_on(asked) is Status.IN_FORCE), code


@pytest.mark.parametrize("day", DAYS, ids=str)
async def test_every_entry_page_holds_what_the_entry_says(visit: Visit, office: Office, day: date | None) -> None:
    """All facets with that day's figures, payee, next step and source; no figure is left as a gap in braces."""
    async with visit() as visitor:
        for code, entry in office.knowledge.entries.items():
            asked = day or office.today()
            text = Page((await visitor.get(f"/e/{code}", params={"on": str(asked)})).text).text

            assert "{" not in text, code
            said = office.sheet(code, asked)
            kinds = ("status", "payee", "next", "source")
            assert all(line.text in text for line in said.lines if line.kind.value in kinds), code
            for facet in entry.facets:
                if entry.facets[facet]:
                    assert all(sentence in text for sentence in facet_sentences(entry, facet, asked)), (code, facet)


async def test_forwarded_page_carries_status_day_version_and_address(visit: Visit, office: Office) -> None:
    """On the page and in the Open Graph card, for every entry."""
    async with visit() as visitor:
        for code, entry in office.knowledge.entries.items():
            page = Page((await visitor.get(f"/e/{code}")).text)
            card = page.metas["og:description"]

            assert page.metas["og:url"] == f"{ADDRESS}/e/{code}"
            assert page.metas["og:title"] == entry.title
            for needed in (status_text(entry, office.today()), str(office.today()), office.knowledge.version):
                assert needed in card, (code, needed)
                assert needed in page.text, (code, needed)
            assert f"{ADDRESS}/e/{code}" in page.text
            assert str(entry.checked) in page.text


async def test_every_entry_page_is_small(visit: Visit, office: Office) -> None:
    """Page, style sheet, script and picture together stay under 60 KB before compression."""
    async with visit() as visitor:
        first = Page((await visitor.get("/")).text)
        shared = sum([len((await visitor.get(address)).content) for address in first.loaded])
        sizes = {code: len((await visitor.get(f"/e/{code}")).content) + shared for code in office.knowledge.entries}

    assert max(sizes.values()) <= MOST_BYTES, max(sizes, key=lambda code: sizes[code])


async def test_entry_answers_head_without_a_body(visit: Visit, office: Office) -> None:
    """Link checkers and messengers may look before they load."""
    async with visit() as visitor:
        response = await visitor.head(f"/e/{next(iter(office.knowledge.entries))}")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/e/no-such-entry", 404, "没有这一条"),
        ("/nowhere", 404, "没有这一页"),
        ("/e/dendrobium-loan?on=2026-13-01", 400, "日期要写成"),
        ("/e/dendrobium-loan?on=1899-01-01", 400, "2000 年到 2100 年"),
        ("/words/没有的词", 404, "还没有解释"),
    ],
)
async def test_wrong_address_is_answered_kindly(visit: Visit, address: str, status: int, words: str) -> None:
    """It says what is wrong and leads to the front page, the menus and a person."""
    async with visit() as visitor:
        response = await visitor.get(address)
    page = Page(response.text)

    assert response.status_code == status
    assert words in page.text
    assert {"/", "/browse", "/person"} <= set(page.links)


async def test_page_of_another_day_says_so(visit: Visit) -> None:
    """A page as of a past day cannot be taken for today's."""
    async with visit() as visitor:
        page = Page((await visitor.get("/e/dendrobium-loan?on=2023-12-01")).text)

    assert "这是按 2023-12-01 那天看的" in page.text
    assert "/e/dendrobium-loan" in page.links


async def test_related_entries_show_that_a_lapsed_draft_was_a_draft(visit: Visit, office: Office) -> None:
    """Beside a link the status reads as on the entry's own page: never 已过期 alone for a draft for comment."""
    async with visit() as visitor:
        for code, entry in office.knowledge.entries.items():
            related = [office.knowledge.entries[name] for name in entry.related if name in office.knowledge.entries]
            if related:
                text = Page((await visitor.get(f"/e/{code}")).text).text
                assert all(f"{other.title}{status_text(other, office.today())}" in text for other in related), code
