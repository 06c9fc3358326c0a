"""The program at a public address: printed codes, cards and 查真假 in Telegram, and the form that opens inside it."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from knowledge.base import KnowledgeBase
from office import codes
from office.code_text import printed
from office.ledger import audit, code_prints, outbox, people, scans
from office.ledger import codes as rows
from office.ledger.codes import Code
from office.office import Office
from office.people import Person as Colleague
from office.people import Role
from tests.handlers.running import running
from tests.kill_mixed.counting import is_idle
from tests.offices import own_office
from tests.telegram_api import BotProcess, Message, Person, TelegramApi

PUBLIC = "https://nong.example"
VILLAGE, ENTRY, OTHER = "乐清市/大荆镇/下山头村", "dendrobium-loan", "farm-machinery-subsidy"
NEXT_VILLAGE, FOREIGN = "乐清市/大荆镇/水涨村", "永嘉县/岩头镇/苍坡村"


@dataclass(frozen=True)
class World:
    """The running program, and codes that were issued at its office."""

    api: TelegramApi
    bot: BotProcess
    office: Office
    live: str
    dead: str
    officer: Colleague

    def sign_in(self, colleague: Colleague, name: str) -> Person:
        """The chat of somebody of the office."""
        person = self.api.user(name)
        with self.office.ledger.begin() as connection:
            people.link_chat(connection, colleague.id, str(person.id))
        return person

    def file_of(self, message: Message) -> bytes:
        """The bytes of the picture or the document that a message carries."""
        shown = message.raw.get("document") or message.raw["photo"][0]
        return self.api.world.files[shown["file_id"]].content

    def address_on(self, message: Message) -> str:
        """What a phone reads on the picture of a message."""
        with Image.open(io.BytesIO(self.file_of(message))) as picture:
            (found,) = zxingcpp.read_barcodes(picture)
        return str(found.text)

    def codes_of(self, village: str, entry: str) -> list[Code]:
        """The codes that hang in a village for an entry."""
        with self.office.ledger.read() as connection:
            return [code for code in rows.in_places(connection, [village]) if code.entry == entry]


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
        yield World(place.api, place.bot, office, made[0].code, made[1].code, officer)
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


@pytest.fixture(scope="module")
def officer(world: World) -> Person:
    """The chat of the officer of VILLAGE."""
    return world.sign_in(world.officer, "章小满")


def test_an_officer_gets_the_picture_and_the_same_code_again(world: World, officer: Person) -> None:
    """明白卡, an entry by its name: a small PNG that leads to the code; said again it is the very same code, made once."""
    asked = officer.ask("明白卡")
    assert "哪一条" in asked.text
    assert asked.buttons[0].text.startswith("1. ")
    sent = officer.ask("农机补贴")
    (code,) = [one for one in world.codes_of(VILLAGE, OTHER) if one.withdrawn_at is None]

    assert sent.kind == "photo"
    assert len(world.file_of(sent)) <= 200 * 1024
    assert world.address_on(sent) == f"{PUBLIC}/c/{code.code}"
    assert sent.text.startswith("【")
    assert printed(code.code) in sent.text
    assert f"{PUBLIC}/c/{code.code}" in sent.text
    assert "0577-62201111" in sent.text
    again = officer.ask("/card 农机补贴")
    assert world.address_on(again) == world.address_on(sent)
    assert "哪一条" not in officer.ask("石斛贷").text  # the form is done with: this is a question as always


def test_a_live_code_that_was_printed_before_is_used_for_the_chat(world: World, officer: Person) -> None:
    """The batch on paper and the picture carry one code; the loan code of the same entry is another one."""
    sent = officer.ask("/card 石斛贷")
    assert world.address_on(sent) == f"{PUBLIC}/c/{world.live}"
    officer.tap(sent, "换成申请用的农贷码")
    loan = officer.chat.wait_for_reply()
    assert "农贷码" in loan.text
    assert world.address_on(loan) != world.address_on(sent)
    assert len(world.codes_of(VILLAGE, ENTRY)) == 2


def test_the_paper_comes_as_a_pdf_and_is_noted_once(world: World, officer: Person) -> None:
    """A button under the picture; the ledger knows what hangs out there, however often the file is asked for."""
    for label in ("A4 拼四张", "A6 黑白", "A4 拼四张"):
        officer.tap(officer.ask("/card 石斛贷"), label)
        paper = officer.chat.wait_for_reply("100%")
        assert paper.kind == "document"
        assert world.file_of(paper).startswith(b"%PDF")
        assert paper.raw["document"]["file_name"].startswith(f"明白卡-{world.live}-A")
    with world.office.ledger.read() as connection:
        out = [one for one in code_prints.still_out(connection) if one.code.code == world.live]
    assert sorted((one.layout, one.copies) for one in out) == [("a6", 1), ("a6x4", 4)]


def test_a_card_outlives_a_refusal_and_a_broken_line(world: World, officer: Person) -> None:
    """Told to wait, then cut off before Telegram has it: the picture comes all the same, and once."""
    world.api.faults.too_many_requests("sendPhoto", retry_after=1)
    world.api.faults.drop_before("sendPhoto")
    before = len(officer.chat.replies)
    officer.say("/card 石斛贷")
    officer.chat.wait_for_reply("石斛贷", timeout=30)
    assert officer.ask("/help").kind == "text"
    kinds = [message.kind for message in officer.chat.replies[before:]]

    assert kinds.count("photo") == 1
    while not is_idle(world.office.ledger):
        threading.Event().wait(0.05)  # the ledger rings no bell
    own = outbox.outbox.select().where(outbox.outbox.c.lane == str(officer.id)).order_by(outbox.outbox.c.seq)
    with world.office.ledger.read() as connection:
        *before_help, _ = connection.execute(own).all()
    assert {(row.status, row.body) for row in before_help} == {("sent", None)}


def test_a_code_that_died_before_it_was_sent_is_said_to_be_dead(world: World, officer: Person) -> None:
    """The card is drawn when it is sent: a code withdrawn meanwhile is never sent as a picture."""
    gate = world.api.faults.hold("sendMessage")
    officer.say("/help")
    gate.wait()
    officer.say(f"/card {NEXT_VILLAGE.replace('/', '')} 石斛贷")
    refused = officer.chat
    gate.release()
    assert "不归您管" in refused.wait_for_reply("不归您管").text

    gate = world.api.faults.hold("sendMessage")
    officer.say("/help")
    gate.wait()
    officer.say("/card 农机补贴")
    (code,) = [one for one in world.codes_of(VILLAGE, OTHER) if one.withdrawn_at is None]
    world.api.wait_until(lambda: _is_queued(world, officer), "the card in the outbox")
    with world.office.ledger.begin() as connection:
        codes.withdraw(connection, code.code, by="test", reason="印错了", now=world.office.now())
    gate.release()
    said = officer.chat.wait_for_reply("卡没出来")
    assert said.kind == "text"
    assert "停用" in said.text


def _is_queued(world: World, officer: Person) -> bool:
    with world.office.ledger.read() as connection:
        waiting = outbox.outbox.select().where(
            outbox.outbox.c.lane == str(officer.id), outbox.outbox.c.status == "waiting"
        )
        return bool(connection.execute(waiting).all())


def test_staff_choose_the_village_and_the_card_bears_its_officer(world: World) -> None:
    """A village typed in full, then the entry; a village without an officer has no phone to print."""
    with world.office.ledger.begin() as connection:
        colleague = people.add(
            connection, world.office.cipher, Role.STAFF, "李四", "0577-88880000", by="test", now=world.office.now()
        )
    staff = world.sign_in(colleague, "李四")
    assert "哪个村" in staff.ask("/card").text
    assert "村要写全" in staff.ask("乐清市大荆镇").text
    assert "哪一条" in staff.ask("乐清市大荆镇下山头村").text
    sent = staff.ask("石斛贷")
    assert "章小满" in sent.text
    assert world.address_on(sent) == f"{PUBLIC}/c/{world.live}"
    assert "没有共富金融专员" in staff.ask(f"/card {FOREIGN.replace('/', '')} 石斛贷").text


def test_others_are_refused_kindly_and_it_is_noted(world: World, officer: Person) -> None:
    """A farmer, a guarantee company, an officer for a foreign village, in a group; an old button of theirs gives nothing."""
    farmer = world.api.user("农户")
    with world.office.ledger.begin() as connection:
        company = people.add(
            connection, world.office.cipher, Role.GUARANTOR, "农担", "", by="test", now=world.office.now()
        )
    guarantor = world.sign_in(company, "农担")
    for somebody in (farmer, guarantor):
        said = somebody.ask("明白卡")
        assert "共富金融专员发" in said.text
        somebody.tap(said, data=f"1|d|as|{world.live}.a6.colour")
        assert somebody.chat.wait_for_reply().kind == "text"
    assert "不归您管" in officer.ask(f"/card {FOREIGN.replace('/', '')} 石斛贷").text
    group = world.api.group("村里的群", [officer, farmer])
    officer.say(f"/card@{world.api.world.bot['username']}", group)
    assert group.wait_for_reply("单独对我说").kind == "text"
    with world.office.ledger.read() as connection:
        refused = [(one.actor, one.target) for one in audit.recent(connection, 200) if one.verb == "refused"]
    assert refused.count(("somebody", "/card")) == 2
    assert refused.count((company.id, "/card")) == 2
    assert (world.officer.id, FOREIGN) in refused


def test_the_office_has_its_commands_in_the_menu_of_its_chats_alone(world: World) -> None:
    """By role, as soon as somebody uses one of them; gone once the person has left; nobody else sees them."""

    def menu(person: Person) -> list[str]:
        scope = f"chat:{person.id}::"
        return [command["command"] for command in world.api.world.commands.get(scope, [])]

    with world.office.ledger.begin() as connection:
        made = [
            people.add(connection, world.office.cipher, role, "某人", "1", by="test", now=world.office.now())
            for role in (Role.OFFICER, Role.BANK)
        ]
    office, bank = (world.sign_in(one, "某人") for one in made)
    for person, commands in ((office, ["desk", "card", "checkfor", "script"]), (bank, ["desk", "script"])):
        person.ask("/desk")
        world.api.wait_until(lambda one=person: bool(menu(one)), "the menu of the chat")
        assert menu(person)[: len(commands)] == commands
        assert menu(person)[len(commands) : len(commands) + 2] == ["start", "browse"]
    with world.office.ledger.begin() as connection:
        people.leave(connection, made[0].id, world.office.now())
    office.ask("/desk")
    world.api.wait_until(lambda: not menu(office), "the menu gone")
    stranger = world.api.user("路人")
    stranger.ask("/desk")
    assert menu(stranger) == []


def test_the_check_up_is_a_key_and_a_deep_link(world: World) -> None:
    """?start=check greets and asks the first question; the key below the input asks it as well."""
    farmer = world.api.user("新来的", started=False)
    farmer.start("check")
    greeting, question = farmer.chat.wait_for_replies(2)
    assert "直接打字问" in greeting.text
    assert any((button.callback_data or "").startswith("1|a|") for button in question.buttons)
    farmer.press("政策体检")
    assert farmer.chat.wait_for_reply().buttons[0].callback_data == question.buttons[0].callback_data


def test_a_card_that_waits_and_the_offices_menus_outlive_a_restart(world: World, officer: Person) -> None:
    """Stopped while Telegram will not take the picture: after the start it comes once, and the menu is there unasked."""
    world.api.faults.too_many_requests("sendPhoto", retry_after=4)
    tried = len(world.api.calls_of("sendPhoto"))
    officer.say("/card 石斛贷")
    world.api.wait_for_call("sendPhoto", tried + 1)
    assert world.bot.stop() == 0
    scope = f"chat:{officer.id}::"
    world.api.world.commands.pop(scope, None)
    world.bot.start(180)
    sent = officer.chat.wait_for_reply("石斛贷")
    assert world.address_on(sent) == f"{PUBLIC}/c/{world.live}"
    world.api.wait_until(lambda: scope in world.api.world.commands, "the menu of the officer")
    assert [one["command"] for one in world.api.world.commands[scope]][:4] == ["desk", "card", "checkfor", "script"]
    assert officer.ask("/help").kind == "text"
    assert len(world.api.calls_of("sendPhoto")) == tried + 2
