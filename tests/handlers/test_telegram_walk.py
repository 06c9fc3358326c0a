"""Every command and every kind of button, in each role, twice, stale and after a restart: no tap spins, no call is refused."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers import words
from handlers.commands import COMMANDS
from handlers.questions import reply_key
from knowledge.answers import Verb
from knowledge.base import KnowledgeBase
from office import follow_ups, sign_in
from office.ledger import follow_ups as kept
from office.ledger import people
from office.ledger.outbox import outbox
from office.ledger.sign_ins import TicketKind
from office.notices import notify
from office.people import STAFF_ROLES, Role
from tests.handlers.running import assert_clean_end, free_port, program
from tests.handlers.walking import Walker, let_go_on
from tests.kill_mixed.counting import is_idle
from tests.offices import ClockedOffice, own_office
from tests.telegram_api import Person, TelegramApi

pytestmark = pytest.mark.soak

HERE = "乐清市/大荆镇/下山头村"
ADMIN = "1001"
PRODUCT = "创业担保贷款（个人）能贷多少"
COMMANDS_WITH_MORE = (
    "/start e_dendrobium-loan",
    "/start c_0000000000",
    "/start q_55-z5paX6LS3",
    "/help@huinong_test_bot",
    "/apply startup-loan-personal",
    "/check 石斛贷",
    "/check 没有这一条",
    "/verify 有人让我先交保证金",
    "/person 乐清市大荆镇下山头村 石斛贷交了材料没人回",
    "/script 石斛贷",
    "/desk 12345678",
    "/nosuch",
)
OF_THE_OFFICE = ("desk", "script", "card")
QUESTIONS = (
    "石斛贷利息多少",
    "杨梅保险保什么",
    "种粮有什么补贴",
    "贷款",
    "石斛贷和创业担保贷款哪个利息低",
    "有人让我先交保证金",
    "asdfgh",
    PRODUCT,
)
MOST = 400
OTHERS_QUESTIONS = (PRODUCT,)
HAND_OUT_CARDS = (Role.OFFICER, Role.STAFF, Role.ADMIN)
FAULTS = ("too_many_requests", "server_error", "drop_before")


@dataclass
class Place:
    """The program on a folder and port that a restart of it gets again, and its ledger seen from beside it."""

    api: TelegramApi
    state: Path
    port: int
    office: ClockedOffice


@dataclass(frozen=True)
class Walked:
    """What the walks came to."""

    walkers: dict[Role, Walker]
    stale: dict[Role, int]
    without_effect: list[str]
    effects_of_second_taps: list[str]
    last_words: str


@pytest.fixture(scope="module")
def walked(new_state: Callable[[], Path], shipped: KnowledgeBase) -> Iterator[Walked]:
    """All roles walk at once; the program is stopped and started; old buttons are tapped; faults come; somebody blocks."""
    state, port = new_state(), free_port()
    office = own_office(state, shipped)
    with TelegramApi() as api:
        place = Place(api, state, port, office)
        bot = program(api, state, port=port, ADMIN_CHAT_ID=ADMIN).start(180)
        try:
            walkers = {role: _walker(place, role) for role in (Role.ADMIN, *(r for r in Role if r is not Role.ADMIN))}
            _all_at_once(_first_life, walkers)
            assert_clean_end(api, bot)
            bot.start(180)
            before = {role: len(walker.pressed) for role, walker in walkers.items()}
            _all_at_once(_second_life, walkers)
            _with_faults(place, walkers[Role.FARMER])
            walkers[Role.FARMER].walk()  # what only the last taps brought to light
            last = _blocked_and_back(api, walkers[Role.OFFICER].person)
            stale = {role: len(walker.pressed) - before[role] for role, walker in walkers.items()}
            mute, doubled = _judged(place, walkers)
            for walker in walkers.values():
                walker.say_goodbye()
            assert_clean_end(api, bot, had_faults=True)
            yield Walked(walkers, stale, mute, doubled, last)
        finally:
            bot.__exit__(None, None, None)
            office.ledger.close()


def _all_at_once(life: Callable[[Walker], None], walkers: dict[Role, Walker]) -> None:
    with ThreadPoolExecutor(len(walkers)) as pool:
        list(pool.map(life, walkers.values()))


def _walker(place: Place, role: Role) -> Walker:
    """Somebody of the role, their chat linked to their account by the digits on a slip."""
    person = place.api.user(f"{role.value}")
    walker = Walker(role.value, person, place.office, MOST)
    if role is Role.ADMIN:
        assert str(person.id) == ADMIN
    elif role in STAFF_ROLES:
        villages = (HERE,) if role is Role.OFFICER else ()
        with place.office.ledger.begin() as connection:
            one = people.add(
                connection, place.office.cipher, role, "李四", "13700000000", villages, by="t", now=place.office.now()
            )
            digits = sign_in.invite(place.office, connection, one, TicketKind.CODE, by="t")
        assert "认得您了" in person.ask(f"/desk {digits}").text
    return walker


def _first_life(walker: Walker) -> None:
    """Every command and word, then every kind of button; a farmer also goes through a form and is asked a follow-up."""
    names = sorted(COMMANDS, key=lambda name: name not in OF_THE_OFFICE)
    walker.say(
        "/card 乐清市大荆镇下山头村", *(f"/{name}" for name in names), *words.COMMAND_OF_WORD, *COMMANDS_WITH_MORE
    )
    if walker.role == Role.FARMER:
        walker.say(*QUESTIONS)
        _follow_up(walker)
        _registered(walker)
    else:
        walker.say(*OTHERS_QUESTIONS)
    walker.walk()


def _second_life(walker: Walker) -> None:
    """The buttons of messages that were sent before the restart, and whatever they bring that is new."""
    walker.again(walker.pressed[::3])
    walker.most += 5
    walker.walk()


def _registered(walker: Walker) -> None:
    """The form to its end, so that its receipt, its progress and the way to take it back are walked as well."""
    person = walker.person
    walker.say("取消", "取消", "取消", "取消")
    let_go_on(walker.office.ledger, walker.office, person)
    person.say(PRODUCT)
    person.tap(person.chat.wait_for_reply("创业担保贷款"), "申请贷款")
    asked = person.chat.wait_for_reply("怎么称呼您")
    for said in ("张阿大", "13812345678", "乐清市大荆镇下山头村", "20 万"):
        person.say(said)
        asked = person.chat.wait_for_reply("/8）")
    labels = ("不填，下一个", "同意", "不同意", "同意", "交上去")
    for label, expected in zip(labels, ("6/8", "7/8", "8/8", "您看对不对", "交好了"), strict=True):
        person.tap(asked, label)
        asked = person.chat.wait_for_reply(expected)
    person.chat.wait_for_reply("回执编号")
    walker.say("进度", "体检")


def _follow_up(walker: Walker) -> None:
    """The question as it comes on day 6."""
    office, chat = walker.office, str(walker.person.id)
    with office.ledger.begin() as connection:
        number = follow_ups.begin(
            office, connection, entry="dendrobium-loan", village=HERE, name="王五", phone="13700000000", chat=chat
        )
        one = kept.find(connection, office.cipher, str(number))
        assert one is not None
        text, buttons = follow_ups.question(office, one), follow_ups.outcome_buttons(one.id)
        notify(office, connection, key=f"follow-up:{one.id}:6", chat=chat, text=text, buttons=buttons)
    walker.person.chat.wait_for_reply("后来办得怎么样了")


def _with_faults(place: Place, walker: Walker) -> None:
    """429, 5xx and broken connections meet the reply and the tap's own answer; a lost answer to a reply as well."""
    some = walker.pressed[1::7]
    for number, one in enumerate(some[:8]):
        fault = FAULTS[number % len(FAULTS)]
        method = ("sendMessage", "answerCallbackQuery")[number // len(FAULTS) % 2]
        getattr(place.api.faults, fault)(method)
        walker.press(one.kind, one.message, one.data)
    place.api.faults.lose_answer("sendMessage")
    walker.say("石斛贷利息多少")


def _blocked_and_back(api: TelegramApi, person: Person) -> str:
    """Blocked while a reply is on its way, then back again."""
    gate = api.faults.hold("sendMessage", match={"chat_id": person.id})
    person.say("石斛贷利息多少")
    gate.wait()
    person.block()
    gate.release()
    api.user(secrets.token_hex(3)).ask("帮助")
    person.unblock()
    person.say("帮助")
    return person.chat.wait_for_reply("怎么用").text


def _judged(place: Place, walkers: dict[Role, Walker]) -> tuple[list[str], list[str]]:
    """By the ledger: words and taps that brought nothing to see, and second taps within moments that were answered twice."""
    while not is_idle(place.office.ledger):
        threading.Event().wait(0.05)  # the ledger rings no bell
    numbers = {str(one.body["id"]): one.id for one in place.api.delivered if one.kind == "callback_query"}
    with place.office.ledger.read() as connection:
        sent = set(connection.execute(select(outbox.c.key).where(outbox.c.status == "sent")).scalars())
    mute, doubled = list[str](), list[str]()
    for walker in walkers.values():
        mute += [m.text for m in walker.said if reply_key(m.chat_id, m.id, 1) not in sent]
        for one in walker.pressed:
            first, *second = (f"update:{numbers[tap.query.id]}:1" in sent for tap in one.taps)
            is_told = (one.taps[0].answer or {}).get("text")
            mute += [] if first or is_told else [f"{one.data} below {one.message.text[:60]!r}"]
            doubled += [one.data] if any(second) else []
    return mute, doubled


def test_every_command_and_button_of_every_role_does_something(walked: Walked) -> None:
    """The program's ends were clean: nothing refused, nothing spinning. Here: each tap was seen to do something."""
    assert walked.without_effect == []
    for role, walker in walked.walkers.items():
        print(
            f"{role.value}: {len(walker.said)} commands and words, {len(walker.kinds())} kinds of buttons,"
            f" {sum(len(one.taps) for one in walker.pressed)} taps, {walked.stale[role]} of them after the restart"
        )
        assert walker.left() == []
        assert len(walker.said) >= len(COMMANDS) + len(words.COMMAND_OF_WORD)
        assert len(walker.kinds()) >= (100 if role is Role.FARMER else 60)
        assert any(kind.startswith(Verb.CARD) for kind in walker.kinds()) is (role in HAND_OUT_CARDS)


def test_the_second_of_two_taps_has_no_effect(walked: Walked) -> None:
    """It stops spinning and brings no second message."""
    doubled = [one for walker in walked.walkers.values() for one in walker.pressed if len(one.taps) == 2]
    assert len(doubled) >= 60
    assert walked.effects_of_second_taps == []


def test_who_blocked_and_came_back_is_served(walked: Walked) -> None:
    """The next words are answered as always."""
    assert "怎么用" in walked.last_words
