"""The program at a public address: printed codes and 查真假 in Telegram, and the form that opens inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from office import codes
from office.code_text import printed
from office.ledger import people, scans
from office.office import Office
from office.people import Role
from tests.handlers.running import running
from tests.offices import own_office
from tests.telegram_api import TelegramApi

PUBLIC = "https://nong.example"
VILLAGE, ENTRY, OTHER = "乐清市/大荆镇/下山头村", "dendrobium-loan", "farm-machinery-subsidy"


@dataclass(frozen=True)
class World:
    """The running program, and codes that were issued at its office."""

    api: TelegramApi
    office: Office
    live: str
    dead: str


@pytest.fixture(scope="module")
def world(new_state: Callable[[], Path], shipped: KnowledgeBase) -> Iterator[World]:
    """The program, and an officer with a live and a withdrawn code."""
    with running(new_state(), PUBLIC_BASE_URL=PUBLIC) as place:
        office = own_office(place.state, shipped, PUBLIC_BASE_URL=PUBLIC)
        now = office.now()
        with office.ledger.begin() as connection:
            officer = people.add(
                connection, office.cipher, Role.OFFICER, "章小满", "0577-62201111", [VILLAGE], by="test", now=now
            )
            _, made = codes.issue(connection, office.knowledge, officer, [VILLAGE], [ENTRY, OTHER], by="test", now=now)
            codes.withdraw(connection, made[1].code, by="test", reason="卡丢了", now=now)
        yield World(place.api, office, made[0].code, made[1].code)
        office.ledger.close()


def test_a_deep_link_opens_the_code_after_the_greeting(world: World) -> None:
    """/start c_CODE: greeting, then the entry with its officer; the chat goes on about it; counted once."""
    reader = world.api.user("扫码的人", started=False)
    reader.start(f"c_{world.live}")
    greeting, opened = reader.chat.wait_for_replies(2)

    assert "直接打字问" in greeting.text
    assert "石斛贷" in opened.text
    assert "章小满" in opened.text
    assert "石斛贷" in reader.ask("那利息呢").text
    with world.office.ledger.read() as connection:
        assert scans.visits_of(connection, world.live) == 1


def test_a_typed_code_works_and_a_wrong_one_is_said_to_be(world: World) -> None:
    """Small letters and dashes; one wrong character; a withdrawn one names its officer."""
    reader = world.api.user("打字的人")
    wrong = world.live[:-1] + ("2" if world.live[-1] != "2" else "3")

    assert "章小满" in reader.ask(printed(world.live).lower()).text
    assert "再看一遍" in reader.ask(f"我的码是2{wrong[1:]}").text or wrong[1:].isalpha()
    assert "卡丢了" in reader.ask(world.dead).text


@pytest.mark.parametrize("command", ["/verify {code}", "查真假 {code}"])
def test_the_check_is_a_command_and_a_word(world: World, command: str) -> None:
    """With the code behind it; alone it says how."""
    reader = world.api.user("起疑的人")

    assert "是我们发的政策码" in reader.ask(command.format(code=printed(world.live))).text
    assert "前面写上" in reader.ask(command.split(maxsplit=1)[0]).text


def test_a_swindle_is_recognised(world: World) -> None:
    """不是我们发的, 像骗局, 96110."""
    said = world.api.user("收到短信的人").ask("/verify 您的贷款已批，请先缴纳保证金2000元激活放款").text

    assert "不是我们发的" in said
    assert "像骗局" in said
    assert "96110" in said


def test_with_a_public_address_the_form_opens_inside_telegram(world: World) -> None:
    """A page button, a link for the browser, and the form in turn for whoever can open neither."""
    person = world.api.user("阿九")
    asked = person.ask("创业担保贷款（个人）能贷多少")
    person.tap(asked, "申请贷款")
    reply = person.chat.wait_for_reply()
    assert reply.text.startswith("【现行有效")
    assert reply.buttons[0].text == "打开短表"
    assert f"{PUBLIC}/apply/startup-loan-personal" in repr(reply)
    person.tap(reply, "在这里填")
    assert "（1/8）怎么称呼您" in person.chat.wait_for_reply().text
