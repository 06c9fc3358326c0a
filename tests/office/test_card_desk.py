"""What the windows hand out and fill in, on both engines: one code for one wish however many ask at once; interviews kept and gone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from office.assisted_checks import AssistedChecks, AssistedError, Wanted, chat_of, number_in
from office.card_desk import PICTURE, CardDesk, CardForm
from office.cards import Ink, Layout
from office.check_ups import CheckUps
from office.codes import CodeKind, CodeRefused
from office.ledger import Ledger, assisted_checks, codes, people
from office.ledger.assisted_checks import Confirmed
from office.office import Office
from office.people import Person, Role
from office.print_check import CannotPrint
from office.privacy import PrivacyError, generate_field_key
from office.retention import clean
from office.settings import Settings
from tests.offices import ClockedOffice

VILLAGE, TOWN = "乐清市/大荆镇/下山头村", "乐清市/大荆镇"
ENTRY = "startup-loan-personal"
AT_ONCE = 10


@pytest.fixture
def office(ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[ClockedOffice]:
    """An office with a public address, once on each engine."""
    given = {
        "STATE_DIR": str(tmp_path),
        "DATABASE_URL": ledger_url,
        "SECRET_KEY": "s" * 48,
        "FIELD_KEY": generate_field_key(),
        "PUBLIC_BASE_URL": "https://nong.wenzhou.cn",
    }
    office = ClockedOffice(Settings.from_environ(given), Ledger.open(ledger_url), knowledge)
    yield office
    office.ledger.close()


def new_officer(office: Office, *villages: str, phone: str = "0577-62201111") -> Person:
    """An officer of some villages or towns."""
    with office.ledger.begin() as connection:
        return people.add(
            connection, office.cipher, Role.OFFICER, "章小满", phone, villages, by="test", now=office.now()
        )  # fmt: skip


def test_many_taps_at_once_make_one_code(office: Office) -> None:
    """Ten threads, one wish: one code; another kind, another village and a withdrawn code each give a new one."""
    officer, desk = new_officer(office, TOWN), CardDesk(office)

    def tap(number: int) -> str:
        with office.ledger.begin() as connection:
            return desk.code_for(connection, officer, VILLAGE, ENTRY).code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = set(pool.map(tap, range(AT_ONCE)))
    with office.ledger.begin() as connection:
        loan = desk.code_for(connection, officer, VILLAGE, ENTRY, CodeKind.LOAN)
        elsewhere = desk.code_for(connection, officer, f"{TOWN}/水涨村", ENTRY)
        codes.withdraw(connection, *made, actor="test", reason="丢了", now=office.now())
        fresh = desk.code_for(connection, officer, VILLAGE, ENTRY)
        assert desk.villages(connection, officer) == tuple(
            dict.fromkeys(code.village for code in desk.codes(connection, officer))
        )

    assert len(made) == 1
    assert len({*made, loan.code, elsewhere.code, fresh.code}) == 4


def test_words_lead_to_entries(office: Office) -> None:
    """A name gives that entry alone, a crop several, nonsense none; suggestions begin with what was made last."""
    desk, officer = CardDesk(office), new_officer(office, VILLAGE)

    assert [entry.code for entry in desk.find("石斛贷")] == ["dendrobium-loan"]
    assert len(desk.find("茶叶")) > 1
    assert desk.find("今天天气") == []
    with office.ledger.begin() as connection:
        desk.code_for(connection, officer, VILLAGE, "dendrobium-loan")
        suggested = desk.suggested(connection, officer, VILLAGE)
    assert suggested[0].code == "dendrobium-loan"
    assert len({entry.code for entry in suggested}) == len(suggested) == 8


def test_no_card_without_a_phone_and_none_of_half_a_village(office: Office) -> None:
    """Said before a code is made; a paper that is none is no form."""
    desk, mute = CardDesk(office), new_officer(office, VILLAGE, phone="")

    with office.ledger.begin() as connection:
        staff = people.add(connection, office.cipher, Role.STAFF, "李四", "1", by="test", now=office.now())
        assert [desk.only_village(connection, one) for one in (mute, staff)] == [VILLAGE, ""]
        with pytest.raises(CodeRefused, match="没有登记电话"):
            desk.code_for(connection, mute, VILLAGE, ENTRY)
        assert codes.of_officer(connection, mute.id) == []
    with pytest.raises(CodeRefused, match="村要写全"):
        desk.village("乐清市大荆镇")
    with pytest.raises(CodeRefused, match="只管温州"):
        desk.village("杭州市西湖区")
    assert desk.village("乐清 大荆镇 下山头村") == VILLAGE
    assert CardForm.read("a6", "black") == CardForm(Layout.A6, Ink.BLACK)
    assert CardForm.read("a7", "black") is None


def test_without_a_public_address_they_are_told_whom_to_ask(office: ClockedOffice) -> None:
    """No setting is named to people who cannot change one, whatever is wrong with the address."""
    for base, is_given in (("http://127.0.0.1:8000", False), ("http://a.cn", True), (f"https://{'a' * 30}.cn", True)):
        changed = replace(office.settings, public_base_url=base, public_base_url_given=is_given)
        with pytest.raises(CannotPrint, match="请找管理员设公开地址") as refusal:
            CardDesk(Office(changed, office.ledger, office.knowledge)).check(PICTURE)
        assert "PUBLIC" not in str(refusal.value)


def wanted(form: str, **changes: object) -> Wanted:
    """The form that begins an interview."""
    fields = {"village": VILLAGE, "scope": ENTRY, "name": "张三丰", "phone": "13700001234", "is_present": True}
    return Wanted(form, **(fields | changes))  # type: ignore[arg-type]  # the fields' own names


def answered(office: Office, officer: Person, form: str) -> str:
    """The number of an interview with one answer."""
    checks, ups = AssistedChecks(office), CheckUps(office)
    with office.ledger.begin() as connection:
        number = checks.begin(connection, officer, wanted(form))
        view = ups.current(chat_of(number), connection=connection)
        assert view is not None
        ups.press(view.choices[0].button.action, chat_of(number), connection=connection)  # type: ignore[union-attr]  # a fresh interview asks
    return number


def test_an_interview_is_recorded_confirmed_once_and_kept_for_its_time(office: ClockedOffice) -> None:
    """The record holds both persons and what was shown; confirmed it cannot be changed; after 180 days it is gone."""
    officer, checks = new_officer(office, VILLAGE), AssistedChecks(office)
    number = answered(office, officer, "one")
    with office.ledger.begin() as connection:
        assert not checks.confirm(connection, number)  # nothing is recorded yet
        check = checks.find(connection, number)
        assert check is not None
        checks.record(connection, officer, check)
        assert checks.confirm(connection, number)
        assert not checks.confirm(connection, number)
        kept = checks.find(connection, number)
        assert kept is not None
        with pytest.raises(AssistedError, match="不能再改"):
            checks.record(connection, officer, kept)
        with pytest.raises(AssistedError, match="不能再改"):
            checks.reopen(connection, officer, kept)
        sealed = connection.execute(assisted_checks.assisted_checks.select()).one()

    assert (kept.name, kept.filled_by, kept.confirmed_by) == ("张三丰", officer.id, Confirmed.CODE)
    assert kept.result is not None
    assert kept.result["version"] == office.knowledge.version
    assert kept.result["known"]
    assert "张三丰" not in repr(sealed)
    assert number_in(f" {number[0].lower()}{number[1:4]} {number[4:]}") == number
    assert number_in("123456789") is None
    office.moment = office.now() + timedelta(days=181)
    assert clean(office) >= 1
    with office.ledger.begin() as connection:
        assert checks.find(connection, number) is None


def test_a_deleted_interview_can_never_be_opened_again(office: ClockedOffice) -> None:
    """Its key goes with it: a copy of the sealed row is worth nothing; one left unfinished goes after a week."""
    officer, checks = new_officer(office, VILLAGE), AssistedChecks(office)
    number, idle = answered(office, officer, "two"), answered(office, officer, "three")
    with office.ledger.begin() as connection:
        row = connection.execute(assisted_checks.assisted_checks.select()).mappings().first()
        assert row is not None
        checks.forget(connection, row["number"])
        connection.execute(assisted_checks.assisted_checks.insert().values(**row))
    with office.ledger.read() as connection, pytest.raises(PrivacyError, match="已经销毁"):
        checks.find(connection, row["number"])
    with office.ledger.begin() as connection:
        checks.forget(connection, row["number"])
    office.moment = office.now() + timedelta(days=8)
    clean(office)
    with office.ledger.begin() as connection:
        assert [checks.find(connection, one) for one in (number, idle)] == [None, None]
