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
from office.ledger import audit, help_requests
from office.ledger import follow_ups as kept
from office.ledger.follow_ups import FollowUpOutcome
from office.notices import notify
from office.office import Office
from tests.handlers.running import running
from tests.handlers.walking import let_go_on
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
    standing = farmer.ask("进度").text
    assert f"编号 {number[1]}" in standing
    assert "等共富金融专员林海生联系您" in standing
    assert number[1] not in world.api.user("别家").ask("进度").text


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


class Asking:
    """An officer who fills in for a farmer: what is said and tapped, and that every page names whom it is for."""

    def __init__(self, person: Person, head: str) -> None:
        self.person, self.head = person, head

    def replied(self, containing: str = "") -> Message:
        """The reply, which belongs to the farmer's interview in every word and every button."""
        message = self.person.chat.wait_for_reply(containing or self.head)
        assert message.text.startswith(self.head), message.text
        own = [
            button.callback_data or ""
            for button in message.buttons
            if not (button.callback_data or "").startswith("1|e|")
        ]
        assert all(data.startswith("1|t|") and len(data.encode()) <= 64 for data in own), own
        return message

    def say(self, text: str, containing: str = "") -> Message:
        """Type words."""
        self.person.say(text)
        return self.replied(containing)

    def tap(self, message: Message, label: str, containing: str = "") -> Message:
        """Tap a button."""
        self.person.tap(message, label)
        return self.replied(containing)


def begun(world: World, officer: Person, name: str, phone: str) -> tuple[Asking, Message]:
    """An interview for a farmer of HERE who is there, and its first question."""
    let_go_on(world.office.ledger, world.office, officer)
    officer.say("替他体检")
    officer.chat.wait_for_reply("怎么称呼他")
    officer.say(name)
    asked = officer.chat.wait_for_reply("他的电话")
    if phone:
        officer.say("1370000")
        officer.chat.wait_for_reply("少了或多了几位")
        officer.say(phone)
    else:
        officer.tap(asked, "不留电话")
    consent = officer.chat.wait_for_reply("他本人在场，同意您替他填吗")
    assert f"{name}，乐清市大荆镇下山头村，{'电话尾号 ' + phone[-4:] if phone else '没留电话'}。" in consent.text
    officer.tap(consent, "他在场，同意")
    first = officer.chat.wait_for_reply("第 2 问")  # the village says the county
    number = re.match(rf"替 {name} 体检 · (T\d{{7}})\n", first.text)
    assert number
    return Asking(officer, number[0].strip()), first


def deeds(world: World, number: str) -> list[str]:
    """What was done to an interview, in order, reading apart."""
    with world.office.ledger.read() as connection:
        found = audit.recent(connection, 200, target=number)
    return [one.verb for one in reversed(found) if one.verb != "read_check"]


def test_an_officer_fills_in_a_check_up_and_the_farmer_confirms_it(world: World, officer: Person) -> None:
    """Typed and tapped, asked something else, changed, recorded; his own interview stays where it was; confirmed by number."""
    officer.say("体检")
    officer.chat.wait_for_reply("第 1 问")
    officer.say("苍南")
    own = officer.chat.wait_for_reply("第 2 问")
    asking, first = begun(world, officer, "王阿大", "13700001234")
    number = asking.head[-8:]
    assert "请照着念" in first.text
    assert "第 3 问" in asking.say("家庭农场", "记下了：经营身份：家庭农场").text
    officer.say("石斛贷利息多少")
    other = officer.chat.wait_for_reply("来源：")
    again = asking.tap(other, "接着替王阿大体检", "第 3 问")
    changing = asking.tap(again, "改：哪个县", "改这一个答案")
    changed = asking.tap(changing, "永嘉县", "改好了：哪个县——永嘉县。")
    left = asking.tap(changed, "先不答了", "初步结果")
    assert "发“替他体检”就能接着" in left.text
    listed = asking.tap(left, next(button.text for button in left.buttons if button.text.startswith("还差信息 ")))
    officer.tap(listed, "下一页")
    turned = officer.chat.wait_for_edit("11. ")
    assert turned.text.startswith(asking.head)
    assert "材料单" in asking.tap(left, "材料单").text
    sheet = asking.tap(left, "存下来，给他核对", "等他核对")
    assert f"填编号 {number} 和电话后四位" in sheet.text
    assert "结果已经存下来了。要改，先点“还要改”。" in _late(officer, left, "继续问").text
    mine = _late(officer, own, "先不答了")
    assert "按您说的判断：哪个县：苍南县。" in mine.text

    farmer, stranger = world.api.user("王阿大"), world.api.user("不相干的")
    assert "编号和电话后四位一起发" in farmer.ask(number).text
    assert "对不上" in stranger.ask(f"{number} 9999").text
    shown = farmer.ask(f"{number.lower()} 1234")
    assert "林海生（共富金融专员）问、代填；王阿大回答，本人在场。" in shown.text
    assert "您是这样回答的：哪个县：永嘉县；经营身份：家庭农场。" in shown.text
    right = next(button.callback_data for button in shown.buttons if button.text == "核对过了，没错")
    stranger.tap(stranger.chat.last, data=right)
    assert "旧的" in stranger.chat.wait_for_reply().text
    farmer.tap(shown, "核对过了，没错")
    assert "谢谢您核对" in farmer.chat.wait_for_reply("农户自己用编号核对过").text
    assert deeds(world, number) == ["begin_check", "record_check", "confirm_check"]
    assert "他已经核对过了" in _late(officer, sheet, "还要改").text


def _late(person: Person, message: Message, label: str) -> Message:
    """The reply to a button of long ago."""
    person.tap(message, label)
    return person.chat.wait_for_reply()


def test_without_a_phone_the_signed_sheet_confirms_and_it_can_be_left_and_found_again(
    world: World, officer: Person
) -> None:
    """取消 lets it lie; 替他体检 lists it; reopened and recorded anew, then 他已签字."""
    asking, first = begun(world, officer, "李阿婆", "")
    number = asking.head[-8:]
    officer.say("取消")
    officer.chat.wait_for_reply("替他体检先放下")
    officer.say("/checkfor")
    pending = officer.chat.wait_for_reply("没做完的，点下面接着")
    officer.say("张某某某某某某某某某某某某某某某某某某某某某")
    officer.chat.wait_for_reply("名字写短一点")
    resumed = asking.tap(pending, f"接着问：李阿婆 {number}", "第 2 问")
    assert [b.callback_data for b in resumed.buttons][:3] == [b.callback_data for b in first.buttons][:3]
    asking.say("普通农户", "第 3 问")
    sheet = asking.tap(asking.say("停", "初步结果"), "存下来，给他核对", "没留电话")
    reopened = asking.tap(sheet, "还要改", "第 3 问")
    early = _late(officer, sheet, "他已签字")
    assert "结果还没有存" in early.text
    again = asking.tap(early, "回到这一份")
    assert again.text == reopened.text
    signed = asking.tap(asking.tap(asking.say("停", "初步结果"), "存下来，给他核对", "等他核对"), "他已签字", "签过字")
    assert not signed.buttons
    assert deeds(world, number) == ["begin_check", "record_check", "reopen_check", "record_check", "confirm_check"]


def test_who_may_not_fill_in_is_refused_with_a_line_in_the_audit(world: World, officer: Person) -> None:
    """A farmer; an officer of another village, by number; nobody in a group; the administrator names the village."""
    asking, first = begun(world, officer, "陈阿公", "")
    number = asking.head[-8:]
    farmer = world.api.user("农户甲")
    assert "由村里的共富金融专员来做" in farmer.ask("/checkfor").text
    farmer.tap(farmer.chat.last, data=first.buttons[0].callback_data)
    assert "由村里的共富金融专员来做" in farmer.chat.wait_for_reply().text
    with world.in_by_link(world.admin) as browser:
        digits = world.slip(browser, "officer", "苏小白", "永嘉县/岩头镇/苍坡村")
    other = world.api.user("苏小白")
    other.say(f"/desk {digits}")
    other.chat.wait_for_replies(2)
    assert "不归您管" in other.ask(f"/checkfor {number}").text
    group = world.api.group("村里的群", [officer])
    officer.say(f"/checkfor@{world.api.world.bot['username']}", group)
    assert group.wait_for_reply("不在群里问")
    admin = world.admin
    admin.say("/checkfor 周阿姨")
    admin.chat.wait_for_reply("他的电话")
    admin.say("不留")
    admin.chat.wait_for_reply("他是哪个村的")
    admin.say("火星")
    admin.chat.wait_for_reply("没认出是哪个县")
    admin.say("下山头村")
    admin.chat.wait_for_reply("他本人在场，同意您替他填吗")
    admin.say("不在场")
    admin.chat.wait_for_reply("那先不做")
    with world.office.ledger.read() as connection:
        refusals = [one for one in audit.recent(connection, 50) if one.verb == "refused"]
    assert [one.target for one in reversed(refusals)][-3:] == ["/checkfor", "/checkfor", number]
    assert {one.purpose for one in refusals[:3]} == {"fill_in"}
