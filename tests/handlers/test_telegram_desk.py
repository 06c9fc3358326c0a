"""Telegram for people of the office, and for farmers who want a person: /desk, /script, 找人, the follow-up's buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from knowledge.base import KnowledgeBase
from office import follow_ups
from office.ledger import follow_ups as kept
from office.ledger import help_requests
from office.ledger.follow_ups import FollowUpOutcome
from office.notices import notify
from office.office import Office
from tests.handlers.running import running
from tests.offices import own_office
from tests.telegram_api import Message, Person, TelegramApi

ADMIN = "1001"  # the first person that a local Telegram knows
HERE = "乐清市/大荆镇/下山头村"
LINK = re.compile(r"http://\S+/desk/enter/(\S+)")
SLIP = re.compile(r'class="secret">(\d{4} \d{4})<')
SEAL = re.compile(r'name="seal" value="([0-9a-f]+)"')


@dataclass(frozen=True)
class World:
    """The program, its administrator's chat, and its ledger opened a second time by the test."""

    api: TelegramApi
    admin: Person
    address: str
    office: Office

    @contextmanager
    def in_by_link(self, person: Person) -> Iterator[httpx.Client]:
        """A browser signed in with the link that /desk gives."""
        found = LINK.search(person.ask("/desk").text)
        assert found
        with httpx.Client(base_url=self.address) as browser:
            assert browser.post("/desk/sign-in", data={"secret": found[1]}).status_code == 303
            yield browser

    def slip(self, browser: httpx.Client, role: str, name: str, villages: str = "") -> str:
        """The digits of somebody the administrator has just invited."""
        seal = SEAL.search(browser.get("/desk/people").text)
        assert seal
        form = {"seal": seal[1], "role": role, "name": name, "phone": "", "villages": villages, "kind": "code"}
        found = SLIP.search(browser.post("/desk/people", data=form).text)
        assert found
        return found[1]


@pytest.fixture(scope="module")
def world(new_state: Callable[[], Path], shipped: KnowledgeBase) -> Iterator[World]:
    """One program for the module, with an administrator's chat."""
    with running(new_state(), ADMIN_CHAT_ID=ADMIN) as place:
        admin = place.api.user("管理员")
        assert str(admin.id) == ADMIN
        office = own_office(place.state, shipped)
        yield World(place.api, admin, place.address, office)
        office.ledger.close()


@pytest.fixture(scope="module")
def officer(world: World) -> Person:
    """The officer of HERE, linked by the digits on his slip."""
    with world.in_by_link(world.admin) as browser:
        digits = world.slip(browser, "officer", "林海生", HERE)
    person = world.api.user("林海生")
    said = person.ask(f"/desk {digits}")
    assert "认得您了：林海生" in said.text
    return person


def test_the_administrators_chat_gets_a_link_that_works_once(world: World) -> None:
    """ADMIN_CHAT_ID is the first administrator; the link used again is refused."""
    with world.in_by_link(world.admin) as browser:
        assert browser.get("/desk/people").status_code == 200
    found = LINK.search(world.admin.ask("/desk").text)
    assert found
    with httpx.Client(base_url=world.address) as twice:
        assert twice.post("/desk/sign-in", data={"secret": found[1]}).status_code == 303
        assert twice.post("/desk/sign-in", data={"secret": found[1]}).status_code == 403


def test_strangers_get_no_link_and_no_script(world: World) -> None:
    """A farmer is told kindly that this is not for him; wrong digits open nothing; in a group nobody gets a link."""
    farmer = world.api.user("农户")
    assert "直接打字问" in farmer.ask("/desk").text
    assert "直接打字问" in farmer.ask("/script 石斛贷").text
    said = farmer.ask("/desk 12345678")
    assert "进不去" in said.text
    assert not LINK.search(said.text)
    group = world.api.group("村里的群", [world.admin, farmer])
    world.admin.say(f"/desk@{world.api.world.bot['username']}", group)
    assert not LINK.search(group.wait_for_reply("单独对我说").text)


def test_an_officer_linked_by_his_slip_gets_link_and_script(world: World, officer: Person) -> None:
    """His list shows; the script has the status first, at most 240 characters, and a question."""
    with world.in_by_link(officer) as browser:
        assert "我的活" in browser.get("/desk").text
        assert browser.get("/desk/people").status_code == 403
    text, _, question = officer.ask("/script 石斛贷").text.partition("\n\n")
    assert text.startswith("【已过期")
    assert len(text) <= 240
    assert question.startswith("念完问一句")
    assert "哪一条" in officer.ask("/script").text


def test_a_call_for_a_person_gets_a_number_and_reaches_the_officer(world: World, officer: Person) -> None:
    """Said with 找人 before it; the officer is told in his chat, the words and the place are kept."""
    farmer = world.api.user("李四")
    assert "找人 乐清市" in farmer.ask("找人问").text
    said = farmer.ask("找人 乐清市大荆镇下山头村 石斛贷交了材料没人回")
    number = re.search(r"编号 (W\d{7})", said.text)
    assert number
    assert "林海生" in said.text
    assert number[1] in officer.chat.wait_for_reply(number[1]).text
    with world.office.ledger.read() as connection:
        kept_call = help_requests.find(connection, world.office.cipher, number[1])
    assert kept_call is not None
    assert (kept_call.village, kept_call.chat, kept_call.phone) == (HERE, str(farmer.id), "")
    assert "石斛贷交了材料没人回" in kept_call.question


def test_a_follow_up_is_answered_by_one_press(world: World, officer: Person) -> None:
    """没去办 asks for the barrier, whose press ends it; another's press is told the button is old."""
    farmer, other = world.api.user("王五"), world.api.user("别人")
    question = _asked(world, farmer)
    tap = farmer.tap(question, "没去办")
    barriers = farmer.chat.wait_for_reply("卡在哪里")
    tap.wait_for_answer()
    farmer.tap(barriers, "路远、没人带")
    farmer.chat.wait_for_reply("不会再问了")
    data = question.buttons[0].callback_data or ""
    with world.office.ledger.read() as connection:
        found = kept.find(connection, world.office.cipher, data.split("|")[2])
    assert found is not None
    assert (found.outcome, found.reason) == (FollowUpOutcome.NOT_GONE, "far")
    stolen = other.ask("你好")
    other.tap(stolen, data=data)
    assert "旧的" in other.chat.wait_for_reply().text


def _asked(world: World, farmer: Person) -> Message:
    """The question as it comes on day 6."""
    office = world.office
    with office.ledger.begin() as connection:
        follow_up = follow_ups.begin(
            office, connection, entry="dendrobium-loan", village=HERE, name="王五", phone="13700000000",
            chat=str(farmer.id),
        )  # fmt: skip
        one = kept.find(connection, office.cipher, str(follow_up))
        assert one is not None
        notify(
            office, connection, key=f"follow-up:{one.id}:6", chat=str(farmer.id),
            text=follow_ups.question(office, one), buttons=follow_ups.outcome_buttons(one.id),
        )  # fmt: skip
    return farmer.chat.wait_for_reply("后来办得怎么样了")
