"""The application form, its receipt, the status page and the papers, as a browser without script sends them."""

from __future__ import annotations

import asyncio
import io
import re
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pillow_heif
import pypdfium2
import pytest
from PIL import Image
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from starlette.applications import Starlette

from knowledge.base import KnowledgeBase
from office import receipts
from office.applicants import Applicants
from office.application_links import link_of, linked_chat
from office.applications import ConsentKind, Move, Reason, State
from office.applications_desk import Applications
from office.case_papers import CasePapers
from office.codes import CodeKind, issue
from office.ledger import audit, chats, outbox, people
from office.ledger import ledger as ledger_module
from office.ledger.ledger import Ledger
from office.office import ChatKey, Office
from office.paper_pictures import PaperRefused, redrawn
from office.papers_store import PapersStore
from office.people import Person, Role
from office.privacy import generate_field_key
from office.settings import Settings
from tests.office.signing import TOKEN, init_data
from tests.postgres import PostgresServer
from tests.web.reading import ADDRESS, Page
from web.application import build
from web.apply import FORMS_AN_HOUR

pytestmark = pytest.mark.anyio

OPEN, UNCHECKED, CLOSED = "startup-loan-personal", "huinong-guarantee", "dendrobium-loan"
FILLED = {
    "name": "张阿大",
    "phone": "138 1234 5678",
    "place": "乐清市大荆镇下山头村",
    "amount": "20 万",
    "purpose": "买石斛苗",
    "follow_up": "yes",
    "pass_on": "yes",
}
KEY = re.compile(r'name="key" value="([^"]+)"')
SEAL = re.compile(r'name="seal" value="([^"]+)"')
NUMBER = re.compile(r'<p class="number">回执编号<b>([\d ]+)</b>')


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL for this module; without it the tests that need it are skipped, and say why."""
    try:
        server = PostgresServer()
    except Exception as error:  # whatever keeps it from starting is the reason shown
        pytest.skip(f"no PostgreSQL: pgserver could not start it ({type(error).__name__}: {error})")
    yield server
    server.stop()


def make_office(knowledge: KnowledgeBase, state: Path, url: str, **more: str) -> Office:
    """An office over a fresh ledger."""
    given = {
        "STATE_DIR": str(state),
        "DATABASE_URL": url,
        "SECRET_KEY": "s" * 48,
        "FIELD_KEY": generate_field_key(),
        "PUBLIC_BASE_URL": ADDRESS,
        **more,
    }
    return Office(Settings.from_environ(given), Ledger.open(url, connections=12), knowledge)


@pytest.fixture
def office(shipped: KnowledgeBase, tmp_path: Path) -> Iterator[Office]:
    """An office on SQLite."""
    office = make_office(shipped, tmp_path, f"sqlite:///{tmp_path / 'ledger.db'}")
    yield office
    office.ledger.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, shipped: KnowledgeBase, tmp_path: Path) -> Iterator[Office]:
    """An office, once on each engine."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'either.db'}"
    else:
        url = request.getfixturevalue("postgres").create_database()
    office = make_office(shipped, tmp_path, url)
    yield office
    office.ledger.close()


@asynccontextmanager
async def visitor(office: Office, address: str = "192.0.2.1") -> AsyncIterator[httpx.AsyncClient]:
    """A browser that keeps cookies and has seen nothing yet."""
    app: Starlette = build(office, registry=CollectorRegistry())
    transport = httpx.ASGITransport(app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client


async def form_key(client: httpx.AsyncClient, code: str = OPEN) -> str:
    """The key of the form that is shown."""
    found = KEY.search((await client.get(f"/apply/{code}")).text)
    assert found is not None
    return found[1]


async def handed_in(client: httpx.AsyncClient, code: str = OPEN, **more: str) -> str:
    """Fill the form in; the receipt number."""
    key = await form_key(client, code)
    answer = await client.post(f"/apply/{code}", data={**FILLED, **more, "key": key})
    assert (answer.status_code, answer.headers["location"]) == (303, "/s/receipt")
    found = NUMBER.search((await client.get("/s/receipt")).text)
    assert found is not None
    return found[1]


async def seal_of(client: httpx.AsyncClient) -> str:
    """The seal of the case's page."""
    found = SEAL.search((await client.get("/s/case")).text)
    assert found is not None
    return found[1]


def rows(office: Office, table: str) -> int:
    """How many rows a table has."""
    with office.ledger.read() as connection:
        number: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - names from this file
    return number


def add_person(office: Office, role: Role, *villages: str) -> Person:
    """Somebody at the desk."""
    with office.ledger.begin() as connection:
        return people.add(connection, office.cipher, role, "李四", "13700000000", villages, by="t", now=office.now())


async def test_form_has_eight_fields_with_purposes_and_nothing_ticked(office: Office) -> None:
    """Five fields and three consents; no identity or card field; each field says why; small and private."""
    async with visitor(office) as client:
        answer = await client.get(f"/apply/{OPEN}")
    html = answer.text
    inputs = re.findall(r"<input [^>]*>", html)
    asked = [one for one in inputs if 'type="hidden"' not in one]

    assert len(asked) == 8
    assert sum('type="checkbox"' in one for one in asked) == 3
    assert not any("checked" in one for one in asked)
    assert html.count("为什么要填：") == 5
    assert not any(word in one for one in asked for word in ("身份证", "银行卡"))
    assert "不用身份证号，不用银行卡号" in html
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.content) < 60_000
    assert Page(html).inline == []


@pytest.mark.parametrize(
    ("code", "first", "words"),
    [
        (OPEN, "现行有效", "办不办得成，由担保公司和银行定"),
        (UNCHECKED, "有效期未核到", "没有核到。您先登记"),
        (CLOSED, "已过期", "现在不开放办理。下面的表只是登记请人回电话"),
        ("small-loan-insurance-subsidy", "征求意见稿", "不在这里申请"),
    ],
)
async def test_status_words_come_first_and_closed_entries_say_so(
    office: Office, code: str, first: str, words: str
) -> None:
    """The first line of the page is the entry's status; the payee follows where it is somebody else."""
    async with visitor(office) as client:
        page = Page((await client.get(f"/apply/{code}")).text)

    assert first in page.lines[0][1]
    assert words in page.text
    if code == "small-loan-insurance-subsidy":
        assert page.lines[1][0] == "payee"


async def test_list_holds_what_one_registers_for_the_county_first(office: Office) -> None:
    """Guarantees and loans; no interest help a bank takes off by itself, no draft; another county's own stay away."""
    async with visitor(office) as client:
        everywhere = Page((await client.get("/apply")).text)
        page = Page((await client.get("/apply", params={"county": "乐清市"})).text)
        nonsense = await client.get("/apply", params={"county": "杭州市"})
        refused = await client.get("/apply/consumer-loan-discount")

    assert {"/apply/startup-loan-personal", "/apply/huinong-guarantee", "/apply/dendrobium-loan"} <= {*page.links}
    assert "/apply/taishun-bank-products" in everywhere.links
    assert "/apply/taishun-bank-products" not in page.links
    assert not {*everywhere.links} & {
        "/apply/consumer-loan-discount", "/apply/sme-loan-discount-2026", "/apply/tech-securitisation-subsidy",
        "/apply/typhoon-loan-2016", "/apply/forestry-finance",
    }  # fmt: skip
    assert page.text.index("全市、全省、全国都能办的") < page.text.index("现在不开放的")
    assert everywhere.text.index("创业担保贷款（个人）") < everywhere.text.index("创业担保贷款（小微企业）")
    assert "乐清市自己的，还没收到" in page.text
    assert nonsense.status_code == 200
    assert refused.status_code == 404


async def test_receipt_says_the_number_what_happens_next_and_by_whom(office: Office) -> None:
    """From the form to the receipt: number, officer by name and telephone, the day, what was understood."""
    officer = add_person(office, Role.OFFICER, "乐清市/大荆镇")
    async with visitor(office) as client:
        number = await handed_in(client)
        html = (await client.get("/s/receipt")).text
    page = Page(html)

    assert receipts.read(number) is not None
    assert "共富金融专员李四最晚" in page.text
    assert "13700000000" in page.text
    assert "20 万元" in page.text
    assert "乐清市大荆镇下山头村" in page.text
    assert "13812345678" not in html
    with office.ledger.read() as connection:
        file = Applicants(office).file(receipts.read(number) or "", connection=connection)
    assert file.case.officer == officer.id
    assert {kind for kind, one in file.consents.items() if one.is_given} == {ConsentKind.FOLLOW_UP, ConsentKind.PASS_ON}
    assert {one.wording for one in file.consents.values()} == {"2026-11-25"}


async def test_double_tap_retry_and_ten_parallel_posts_make_one_case(either: Office) -> None:
    """The same form ten times at once and again later: one case, ten times the same receipt."""
    async with visitor(either) as client:
        key = await form_key(client)
        posts = [client.post(f"/apply/{OPEN}", data={**FILLED, "key": key}) for _ in range(10)]
        answers = [*await asyncio.gather(*posts), await client.post(f"/apply/{OPEN}", data={**FILLED, "key": key})]
        changed = await client.post(f"/apply/{OPEN}", data={**FILLED, "amount": "30 万", "key": key})
        kept = (await client.get(changed.headers["location"])).text

    assert {answer.status_code for answer in answers} == {303}
    assert {answer.cookies["case"].partition(".")[0] for answer in (*answers, changed)} == {
        answers[0].cookies["case"].partition(".")[0]
    }
    assert rows(either, "applications") == rows(either, "application_events") == 1
    assert "后来改的内容没有存" in kept


async def test_twenty_at_once_while_others_ask_all_get_their_receipt(either: Office) -> None:
    """Each of twenty forms is sent twice at once while Telegram's questions are written: no error, twenty cases."""
    is_over = threading.Event()

    def ask(number: int) -> None:
        while not is_over.is_set():
            either.ask("石斛贷利息多少", ChatKey("telegram", str(number)))

    async def hand_in_twice(number: int) -> list[tuple[int, str]]:
        async with visitor(either, f"192.0.2.{number}") as client:
            form = {**FILLED, "phone": f"138{number:08d}", "key": await form_key(client)}
            answers = await asyncio.gather(*(client.post(f"/apply/{OPEN}", data=form) for _ in range(2)))
        return [(answer.status_code, answer.cookies["case"].partition(".")[0]) for answer in answers]

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask, number) for number in range(3)]
        try:
            told = await asyncio.gather(*(hand_in_twice(number) for number in range(20)))
        finally:
            is_over.set()
        for one in asking:
            one.result()

    assert {status for pair in told for status, _ in pair} == {303}
    assert all(first == second for first, second in told)
    assert len({receipt for (_, receipt), _ in told}) == rows(either, "applications") == 20


async def test_form_sent_again_is_answered_even_when_the_network_has_used_up_its_forms(office: Office) -> None:
    """The sixtieth form's answer was lost on the way: pressed again, its receipt comes, not the refusal."""
    async with visitor(office) as client:
        for number in range(FORMS_AN_HOUR - 1):
            await handed_in(client, phone=f"138{number:08d}")
        form = {**FILLED, "key": await form_key(client)}
        answers = [await client.post(f"/apply/{OPEN}", data=form) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303] * 3
    assert rows(office, "applications") == FORMS_AN_HOUR


async def test_form_that_finds_the_ledger_busy_comes_back_with_everything_in_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 and the same form with the same key; pressed again a little later it goes in, once."""
    async with visitor(office) as client:
        form = {**FILLED, "key": await form_key(client)}
        monkeypatch.setattr(ledger_module, "BUSY_SECONDS", 0.2)
        with office.ledger.begin():
            answer = await client.post(f"/apply/{OPEN}", data=form)
        again = await client.post(f"/apply/{OPEN}", data=form)

    assert answer.status_code == 503
    assert "还没交上去" in answer.text
    assert KEY.findall(answer.text) == [form["key"]]
    assert 'value="张阿大"' in answer.text
    assert again.status_code == 303
    assert rows(office, "applications") == 1


async def test_what_needs_mending_is_shown_beside_its_field_and_the_rest_stays(office: Office) -> None:
    """Three faults: 422, each by its field, what was right and ticked is kept, nothing is stored; mended it goes in."""
    async with visitor(office) as client:
        key = await form_key(client)
        wrong = {**FILLED, "phone": "1381234", "place": "那边", "amount": "很多", "key": key}
        answer = await client.post(f"/apply/{OPEN}", data=wrong)
        assert answer.status_code == 422
        assert answer.text.count('class="fault"') == 3
        assert 'value="张阿大"' in answer.text
        assert re.search(r'name="pass_on" value="yes" checked', answer.text)
        assert not re.search(r'name="push" value="yes" checked', answer.text)
        assert rows(office, "applications") == 0
        found = KEY.search(answer.text)
        assert found is not None
        assert (await client.post(f"/apply/{OPEN}", data={**FILLED, "key": found[1]})).status_code == 303


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("purpose", "身份证 330382197001011237 买苗"),
        ("purpose", "打到 6222 0212 3456 7890 123 这张卡"),
        ("name", "张三330382197001011237"),
        ("phone", "330382197001011237"),
        ("place", "乐清大荆 330382197001011237"),
    ],
)
async def test_identity_and_card_numbers_are_refused_kindly_and_never_come_back(
    office: Office, field: str, typed: str
) -> None:
    """Typed anywhere: the form says it is not needed, the number stands neither in the page nor in the ledger."""
    async with visitor(office) as client:
        answer = await client.post(f"/apply/{OPEN}", data={**FILLED, field: typed, "key": await form_key(client)})

    assert answer.status_code == 422
    assert "不用" in answer.text
    for number in ("330382197001011237", "6222 0212 3456 7890 123"):
        assert number not in answer.text
    assert rows(office, "applications") == 0


async def test_telephone_number_in_the_purpose_is_masked_before_it_is_stored(office: Office) -> None:
    """A second number in free text is no reason to refuse; it is not kept either."""
    async with visitor(office) as client:
        number = await handed_in(client, purpose="买苗，找我老婆 13999998888")
    kept = Applicants(office).file(receipts.read(number) or "").case.applicant

    assert kept.purpose == "买苗，找我老婆 〔手机号〕"


async def test_form_of_another_visitor_or_site_makes_no_case(office: Office) -> None:
    """Without the key of this very chat the form comes back, filled in, with a fresh one."""
    async with visitor(office) as one, visitor(office) as other:
        stolen = await form_key(one)
        await other.get(f"/apply/{OPEN}")
        for key in (stolen, "", "x.y", stolen[:-1]):
            answer = await other.post(f"/apply/{OPEN}", data={**FILLED, "key": key})
            assert answer.status_code == 403
            assert "请再按一次" in answer.text
            assert 'value="张阿大"' in answer.text
        assert rows(office, "applications") == 0
        fresh = KEY.search(answer.text)
        assert fresh is not None
        assert (await other.post(f"/apply/{OPEN}", data={**FILLED, "key": fresh[1]})).status_code == 303


async def test_forms_from_one_network_have_a_limit(office: Office) -> None:
    """The sixty-first form of an hour is asked to wait; another network goes on."""
    async with visitor(office) as client:
        for number in range(FORMS_AN_HOUR):
            await handed_in(client, phone=f"138{number:08d}")
        answer = await client.post(f"/apply/{OPEN}", data={**FILLED, "key": await form_key(client)})
        assert answer.status_code == 429
        assert "还没交上去" in answer.text
    async with visitor(office, "192.0.2.2") as client:
        await handed_in(client)


async def test_form_is_prefilled_with_what_the_chat_has_heard(office: Office) -> None:
    """County, amount and crop said in the chat stand in the form; another visitor's form is empty."""
    async with visitor(office) as client, visitor(office) as other:
        await client.get("/", params={"q": "乐清大荆种石斛，创业担保贷款想贷20万"})
        html = (await client.get(f"/apply/{OPEN}")).text
        empty = (await other.get(f"/apply/{OPEN}")).text

    assert 'name="place" value="乐清市大荆镇"' in html
    assert 'name="amount" value="20 万"' in html
    assert re.search(r'name="purpose" value="种养[^"]*石斛用"', html)
    assert 'name="place" value=""' in empty


async def test_wrong_number_and_wrong_digits_get_the_same_bytes(office: Office) -> None:
    """Existing, unknown, impossible numbers and right or wrong digits: one refusal, byte for byte; then 429."""
    async with visitor(office) as client:
        number = await handed_in(client)
    async with visitor(office, "192.0.2.9") as client:
        wrong = [(number, "0000"), (receipts.make(), "5678"), ("1", "5678"), ("", ""), (number, "05678")]
        answers = [await client.post("/s", data={"receipt": r, "tail": t}) for r, t in wrong]
        closed = await client.post("/s", data={"receipt": number, "tail": "5678"})

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert closed.status_code == 429
    assert "set-cookie" not in closed.headers


async def test_status_shows_the_way_and_what_is_wanting_and_where_to_get_it(office: Office) -> None:
    """Found by number and digits: each step with its day, the reason, each paper; the address names nothing."""
    officer = add_person(office, Role.OFFICER, "乐清市")
    async with visitor(office) as client:
        number = await handed_in(client)
    receipt, desk = receipts.read(number) or "", Applications(office)
    listed = desk.papers_to_choose(desk.open(receipt, officer, "t").case)[0]
    desk.move(receipt, Move(State.CONTACTED), officer, 1)
    wanting = Move(State.PAPERS_NEEDED, Reason.PAPER_UNCLEAR, "照片太暗，看不清", (listed, "土地合同"))
    desk.move(receipt, wanting, officer, 2)
    async with visitor(office, "192.0.2.7") as client:
        answer = await client.post("/s", data={"receipt": number, "tail": "５６７８"})
        assert answer.headers["location"] == "/s/case"
        page = Page((await client.get("/s/case")).text)

    for words in (
        "待补材料",
        "轮到您",
        "原因：材料看不清。照片太暗，看不清",
        f"缺 1：{listed}。在哪里开：",
        "缺 2：土地合同（文件没写，经办的单位要的）",
        "已登记",
        "已联系",
    ):
        assert words in page.text


async def test_case_can_be_taken_back_once_and_consents_change(office: Office) -> None:
    """Withdraw, twice: one step; consents as ticked; a form without the page's seal changes nothing."""
    async with visitor(office) as client:
        number = await handed_in(client)
        receipt, seal = receipts.read(number) or "", await seal_of(client)
        assert (await client.post("/s/case", data={"do": "withdraw", "seal": "x"})).status_code == 403
        await client.post("/s/case", data={"do": "consents", "push": "yes", "seal": seal})
        for _ in range(2):
            answer = await client.post("/s/case", data={"do": "withdraw", "seal": seal})
            assert answer.headers["location"] == "/s/case?done=withdrawn"
        page = Page((await client.get("/s/case")).text)
        left = await client.post("/s/case", data={"do": "leave", "seal": seal})
        assert left.headers["location"] == "/s"
        assert (await client.get("/s/case")).status_code == 403
    file = Applicants(office).file(receipt)

    assert "撤回" in page.text
    assert "我要撤回" not in page.text
    assert [event.state for event in file.events] == [State.REGISTERED, State.WITHDRAWN]
    assert {kind for kind, one in file.consents.items() if one.is_given} == {ConsentKind.PUSH}


async def test_case_cookie_of_ones_own_making_opens_nothing(office: Office) -> None:
    """Another number in the cookie, a later end, or rubbish: the page asks for number and digits again."""
    async with visitor(office) as client:
        receipt = receipts.read(await handed_in(client)) or ""
        value = client.cookies["case"]
        number, until, seal = value.split(".")
        for forged in (f"{receipts.make()}.{until}.{seal}", f"{number}.{int(until) + 1}.{seal}", "x", "..", ""):
            answer = await client.get("/s/case", headers={"cookie": f"case={forged}"})
            assert answer.status_code == 403
    assert number == receipt


async def test_link_from_a_chat_brings_the_notices_there_and_dies(office: Office) -> None:
    """The form opened from Telegram belongs to that chat; a made-up mark is ignored."""
    chat = ChatKey("telegram", "4711")
    with office.ledger.begin() as connection:
        chats.start(connection, chat.channel, chat.id, office.now())
    async with visitor(office) as client:
        html = (await client.get(f"/apply/{OPEN}", params={"t": link_of(office, chat)})).text
        key, mark = KEY.search(html), re.search(r'name="t" value="([^"]+)"', html)
        assert key is not None
        assert mark is not None
        await client.post(f"/apply/{OPEN}", data={**FILLED, "key": key[1], "t": mark[1]})
        assert 'name="t"' not in (await client.get(f"/apply/{OPEN}", params={"t": "made-up"})).text
    with office.ledger.begin() as connection:
        (notice,) = outbox.claim_due(connection, office.now(), 5, 60)

    assert notice.lane == "4711"
    assert [file.case.chat for file in Applicants(office).of_chat(chat)] == [("telegram", "4711")]
    assert linked_chat(office, office.cipher.encrypt('["other", "telegram", "1", "2999-01-01T00:00:00+00:00"]')) is None


def picture(kind: str, size: tuple[int, int] = (80, 40)) -> bytes:
    """A photograph with a place and a camera in its metadata."""
    image = Image.new("RGB", size, "green")
    exif = Image.Exif()
    exif[0x010F] = "CameraOfZhang"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[2] = (28.0, 24.0, 12.0)
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(out, exif=exif.tobytes())
    elif kind == "PDF":
        image.save(out, "PDF", title="CameraOfZhang", author="CameraOfZhang")
    else:
        image.save(out, kind, exif=exif.tobytes())
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF", "PDF"])
async def test_photograph_is_kept_upright_sealed_and_without_metadata(
    office: Office, tmp_path: Path, kind: str
) -> None:
    """Sent twice it is kept once; on disk it cannot be read; the desk sees it as it looked, with an audit line."""
    officer = add_person(office, Role.OFFICER, "乐清市")
    content = picture(kind)
    marks = (b"CameraOfZhang", "CameraOfZhang".encode("utf-16-be"))
    assert any(mark in content for mark in marks)
    async with visitor(office) as client:
        receipt = receipts.read(await handed_in(client)) or ""
        seal = await seal_of(client)
        for _ in range(2):
            files = {"file": ("x.exe", content, "text/html")}
            answer = await client.post("/s/papers", data={"seal": seal, "name": "身份证明"}, files=files)
            assert answer.headers["location"] == "/s/case?done=paper"
        page = Page((await client.get("/s/case?done=paper")).text)
    assert "身份证明" in page.text
    (stored,) = (tmp_path / "papers").glob("*/*")
    papers = CasePapers(office)
    (kept,) = papers.listed(receipt, officer)
    _, seen = papers.look_at(receipt, kept.id, officer)

    assert stored.stat().st_mode & 0o777 == 0o600
    sealed = stored.read_bytes()
    assert not any(mark in sealed for mark in (b"JFIF", b"PDF", *marks))
    assert not any(mark in seen for mark in marks)
    if kind == "PDF":
        assert len(pypdfium2.PdfDocument(seen)) == 1
    else:
        with Image.open(io.BytesIO(seen)) as image:
            assert (image.format, image.getexif()) == ("JPEG", Image.Exif())
            assert image.size == (40, 80)
    with office.ledger.read() as connection:
        assert audit.recent(connection, target=receipt)[0].verb == "read_paper"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "没有选照片"),
        (b"<html><script>alert(1)</script>", "这里只收"),
        (b"MZ\x90\x00" + b"x" * 100, "这里只收"),
        (b"\xff\xd8\xff" + b"x" * 100, "这里只收"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "这里只收"),
        (b"%PDF-1.7 nonsense", "这里只收"),
        (b"\0\0\0\x18ftypheic" + b"x" * 100, "这里只收"),
        (b"GIF89a" + b"x" * 100, "这里只收"),
    ],
    ids=["nothing", "page", "program", "broken JPEG", "broken PNG", "broken PDF", "broken HEIC", "GIF"],
)
async def test_file_that_is_no_picture_is_refused_by_its_bytes(office: Office, content: bytes, words: str) -> None:
    """Whatever name and type it claims; nothing is kept."""
    async with visitor(office) as client:
        await handed_in(client)
        files = {"file": ("photo.jpg", content, "image/jpeg")}
        answer = await client.post("/s/papers", data={"seal": await seal_of(client), "name": "x"}, files=files)

    assert answer.status_code == 422
    assert words in answer.text
    assert rows(office, "application_papers") == 0


async def test_too_large_or_foreign_uploads_are_refused(office: Office) -> None:
    """More than ten megabytes, no seal, no case, a finished case."""
    async with visitor(office) as client:
        files: Mapping[str, tuple[str, bytes]] = {"file": ("a.jpg", picture("JPEG"))}
        assert (await client.post("/s/papers", data={"seal": "x"}, files=files)).status_code == 403
        await handed_in(client)
        seal = await seal_of(client)
        assert (await client.post("/s/papers", data={"seal": "x"}, files=files)).status_code == 403
        large = {"file": ("a.jpg", b"\xff\xd8\xff" + bytes(11 * 1024 * 1024))}
        assert (await client.post("/s/papers", data={"seal": seal}, files=large)).status_code == 413
        await client.post("/s/case", data={"do": "withdraw", "seal": seal})
        assert (await client.post("/s/papers", data={"seal": seal}, files=files)).status_code == 422
    with pytest.raises(PaperRefused, match="10 兆"):
        redrawn(b"\xff\xd8\xff" + bytes(10 * 1024 * 1024))


async def test_files_no_case_knows_are_swept(office: Office, tmp_path: Path) -> None:
    """A crash between file and row leaves a sealed file: the sweep deletes it and no other; keys rotate."""
    store = PapersStore(tmp_path, office.cipher)
    stray = store.put(b"stray")
    async with visitor(office) as client:
        receipt = receipts.read(await handed_in(client)) or ""
        CasePapers(office).hand_in(receipt, "合同", picture("JPEG"))
    assert CasePapers(office).sweep() == 1
    assert stray not in store.kept()
    assert store.rotate() == 1
    assert store.get(store.kept()[0]).startswith(b"\xff\xd8")


async def test_printed_code_leads_to_its_form_with_the_village_filled_in(office: Office) -> None:
    """A 农贷码 opens the form of its entry; the case remembers the code; a made-up code is ignored."""
    officer = add_person(office, Role.OFFICER, "乐清市/大荆镇")
    with office.ledger.begin() as connection:
        _, (code,) = issue(
            connection,
            office.knowledge,
            officer,
            ["乐清市/大荆镇/下山头村"],
            [UNCHECKED],
            kind=CodeKind.LOAN,
            by="t",
            now=office.now(),
        )
    async with visitor(office) as client:
        answer = await client.get(f"/c/{code.code}")
        html = (await client.get(answer.headers["location"])).text
        key = KEY.search(html)
        assert key is not None
        assert 'name="place" value="乐清市大荆镇下山头村"' in html
        assert f'name="c" value="{code.code}"' in html
        filled = {**FILLED, "key": key[1], "c": code.code}
        case = (await client.post(f"/apply/{UNCHECKED}", data=filled)).cookies["case"]
        assert 'name="c"' not in (await client.get(f"/apply/{UNCHECKED}", params={"c": "2345678923"})).text

    kept = Applicants(office).file(case.partition(".")[0]).case
    assert (kept.code, kept.officer) == (code.code, officer.id)


async def test_page_inside_telegram_gets_a_mark_for_the_persons_own_chat_only(
    shipped: KnowledgeBase, office: Office, tmp_path: Path
) -> None:
    """Signed by our bot and fresh: a mark of that chat; anything else, or no bot at all: none."""
    with_bot = make_office(shipped, tmp_path, f"sqlite:///{tmp_path / 'bot.db'}", TELEGRAM_BOT_TOKEN=TOKEN)
    fresh = init_data(at=office.now())
    async with visitor(with_bot) as client, visitor(office) as without_bot:
        right = await client.post("/apply/telegram/mark", data={"init_data": fresh})
        forged = await client.post("/apply/telegram/mark", data={"init_data": init_data("1:other", office.now())})
        nothing = await client.post("/apply/telegram/mark", data={"init_data": ""})
        no_bot = await without_bot.post("/apply/telegram/mark", data={"init_data": fresh})
    with_bot.ledger.close()

    assert linked_chat(with_bot, right.text) == ChatKey("telegram", "4711")
    assert [(one.status_code, one.text) for one in (forged, nothing, no_bot)] == [(403, "")] * 3
