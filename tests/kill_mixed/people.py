"""The people of a run: those who talk in Telegram, those who hand in forms in a browser, and one at the desk."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from urllib.parse import parse_qs, urlsplit

import httpx

from knowledge.answers import Action, Verb
from tests.kill_mixed.browsing import Browser
from tests.kill_mixed.clock import Clock
from tests.telegram_api import DeadlineMissed, Message, Person, TelegramApi

PRODUCTS = ("startup-loan-personal", "huinong-guarantee")
PRODUCT = "创业担保贷款（个人）能贷多少"
QUESTIONS = ("石斛贷利息多少", "那额度呢", "杨梅保险保什么", "种粮有什么补贴", "谁能办", "农机补贴怎么领", PRODUCT)
WORDS = ("帮助", "浏览", "进度", "体检", "我能办吗", "算一算", "找人问", "取消", "/start", "申请")
STEPS = {"name": "张阿大", "place": "乐清市大荆镇下山头村", "amount": "20 万"}
HANDED_IN = ("交好了", "先前已经登记过")
FORM_IS_OVER = (*HANDED_IN, "不交了", "没有没填完")
LOOKS_BACK = 5  # so many messages of other things may have come since the form's last question
KEY = re.compile(r'name="key" value="([^"]+)"')
SEAL = re.compile(r'name="seal" value="([0-9a-f]+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
WAY_IN = re.compile(r"/desk/enter/(\S+)")
PATIENCE = 120.0


@dataclass
class Told:
    """What the program has told people that it has: none of it may be gone afterwards."""

    forms: dict[str, str] = field(default_factory=dict)  # phone of the form → receipt number of the 303
    linked: set[str] = field(default_factory=set)  # phones of forms that hang on a chat
    chat_forms: list[frozenset[str]] = field(default_factory=list)  # handed in within Telegram: phones typed for each
    moves: set[str] = field(default_factory=set)  # receipt numbers that the desk was told are moved
    marks: list[str] = field(default_factory=list)  # links from chats to the form
    strange: list[str] = field(default_factory=list)  # answers that should not be
    repeated_posts: int = 0
    ambiguous_posts: int = 0
    phones: Iterator[str] = field(default_factory=lambda: (f"138{number:08d}" for number in itertools.count(1)))


class Talker:
    """Somebody in Telegram: asks, taps what is offered, goes through forms and the check-up, and waits for replies."""

    def __init__(self, api: TelegramApi, clock: Clock, told: Told, seed: str) -> None:
        self._clock, self._told, self._rng = clock, told, Random(seed)
        self.person: Person = api.user(f"农户{seed}")
        self._tapped: set[tuple[int, str]] = set()
        self._phones = set[str]()

    def live(self) -> None:
        """Acts until there is nothing more to do."""
        if not self._application():
            return
        while self._one_more():
            pass

    def _one_more(self) -> bool:
        open_step = self._step()
        if open_step is not None and self._rng.random() < 0.75:
            return self._filled(*open_step)
        if open_step is None and self._rng.random() < 0.3:
            return self._application()
        if self._rng.random() < 0.5 and (data := self._untapped()) is not None:
            return self._begun("tap") and self._tap(data)
        return self._begun("question") and self._said(self._rng.choice(QUESTIONS + WORDS))

    def _begun(self, kind: str) -> bool:
        return self._clock.begins(kind)

    def _said(self, text: str) -> bool:
        self.person.ask(text, timeout=PATIENCE)
        return True

    def _tap(self, data: str, below: Message | None = None) -> bool:
        """The bot says or edits something, once for two taps within moments."""
        chat = self.person.chat
        message = below or chat.last
        self._tapped.add((message.id, data))
        self.person.tap(message, data=data)
        mark = chat.room.mark
        if self._rng.random() < 0.2:
            self.person.tap(message, data=data)
        try:
            chat.api.wait_until(lambda: len(chat.room.bot_events) > mark, f"an effect of {data}", PATIENCE)
        except DeadlineMissed:
            self._told.strange.append(f"nothing came of a tap on {data}")
        return True

    def _untapped(self) -> str | None:
        last = self.person.chat.last
        data = [one.callback_data for one in last.buttons if one.callback_data]
        fresh = [one for one in data if (last.id, one) not in self._tapped]
        return self._rng.choice(fresh) if fresh else None

    def _application(self) -> bool:
        """Ask for a product, press 申请: the link to the browser form is kept for others, the form begins here."""
        if not self._begun("question"):
            return False
        self._said(PRODUCT)
        found = _button(self.person.chat.last, Verb.APPLY, PRODUCTS[0])
        if found is None or not self._begun("tap"):
            return found is None
        self._tap(found)
        for link in self.person.chat.last.links:
            self._told.marks += parse_qs(urlsplit(link).query).get("t", [])
        return True

    def _step(self) -> tuple[Message, str, str] | None:
        """The message that asks a step of the application form, the step, and whether it leads in or asks."""
        for message in reversed(self.person.chat.replies[-LOOKS_BACK:]):
            if any(words in message.text for words in FORM_IS_OVER):
                return None
            for action in _actions(message):
                if action.verb is Verb.APPLY and action.detail in ("stop", "chat"):
                    return (message, action.target, action.detail)
        return None

    def _filled(self, asked: Message, step: str, detail: str) -> bool:
        """One more step of the form."""
        if detail == "chat":
            return self._begun("form step") and self._tap(Action(Verb.APPLY, step, "chat").data, asked)
        answers = {"purpose": "skip", "check": "send", "follow_up": "yes", "push": "no", "pass_on": "yes"}
        if step not in answers:
            phone = next(self._told.phones)
            self._phones |= {phone} if step == "phone" else set()
            return self._begun("form step") and self._said({**STEPS, "phone": phone}[step])
        if not self._begun("form step"):
            return False
        self._tap(Action(Verb.APPLY, step, answers[step]).data, asked)
        if step == "check":
            said = self._after(asked)
            if said is not None and any(words in said.text for words in HANDED_IN):
                self._told.chat_forms.append(frozenset(self._phones))
                self._phones.clear()
        return True

    def _after(self, before: Message) -> Message | None:
        """The bot's word on a form that was sent."""
        words = (*FORM_IS_OVER, "/8）", "您看对不对")

        def said() -> Message | None:
            fresh = (one for one in self.person.chat.replies if one.id > before.id)
            return next((one for one in fresh if any(each in one.text for each in words)), None)

        return self.person.chat.api.wait_until(said, "the end of a form", PATIENCE)


class Applicant:
    """Somebody with a browser: each form with a key of its own, sent again until the receipt is there."""

    def __init__(self, port: int, clock: Clock, told: Told, number: int, seed: str) -> None:
        self._port, self._clock, self._told, self._number, self._rng = port, clock, told, number, Random(seed)

    def live(self) -> None:
        """Hands in one form after another."""
        for turn in itertools.count():
            if not self._clock.begins("form post"):
                return
            with Browser(self._port, f"10.{self._number}.{turn // 250}.{turn % 250 + 1}") as browser:
                self._hand_in(browser)
                self._told.repeated_posts += browser.unanswered + 1
                self._told.ambiguous_posts += browser.unanswered

    def _hand_in(self, browser: Browser) -> None:
        path, phone = f"/apply/{self._rng.choice(PRODUCTS)}", next(self._told.phones)
        mark = self._rng.choice(self._told.marks) if self._told.marks and self._rng.random() < 0.7 else ""
        key = KEY.search(browser.get(path).text)
        assert key is not None, path
        form = {**STEPS, "phone": phone, "purpose": "买苗", "follow_up": "yes", "pass_on": "yes", "t": mark}
        answer = browser.post(path, {**form, "key": key[1]})
        receipts = {_receipt(answer)} | {_receipt(browser.post(path, {**form, "key": key[1]}))}  # Back, and once more
        if len(receipts) != 1 or "" in receipts:
            self._told.strange.append(f"{path}: {answer.status_code}, receipts {sorted(receipts)}")
            return
        self._told.forms[phone] = receipts.pop()
        if mark:
            self._told.linked.add(phone)


class AtTheDesk:
    """The administrator: signs in with the link of /desk and notes cases as 已联系, whose farmers get a notice."""

    def __init__(self, person: Person, port: int, clock: Clock, told: Told) -> None:
        self.person = person
        self._port, self._clock, self._told = port, clock, told

    def live(self) -> None:
        """Moves each case that has been acknowledged, in turn."""
        with Browser(self._port, "10.99.0.1") as browser:
            done = set[str]()
            while self._clock.begins("desk move"):
                waiting = [one for one in list(self._told.forms.values()) if one not in done]
                if not waiting:
                    browser.get("/apply")
                    continue
                done.add(waiting[-1])
                self._move(browser, waiting[-1])
            self._told.ambiguous_posts += browser.unanswered

    def _move(self, browser: Browser, receipt: str) -> None:
        page = browser.get(f"/desk/cases/{receipt}")
        while page.status_code == httpx.codes.UNAUTHORIZED:
            self._sign_in(browser)
            page = browser.get(f"/desk/cases/{receipt}")
        seal, version = SEAL.search(page.text), VERSION.search(page.text)
        if seal is None or version is None:
            if page.status_code != httpx.codes.OK:
                self._told.strange.append(f"the desk's page of a case: {page.status_code}")
            return  # taken back by its farmer meanwhile
        answer = browser.post(
            f"/desk/cases/{receipt}", {"seal": seal[1], "version": version[1], "to": "contacted", "reason": ""}
        )
        if answer.status_code == httpx.codes.SEE_OTHER:
            self._told.moves.add(receipt)
        elif answer.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
            self._told.strange.append(f"a move at the desk: {answer.status_code}")

    def _sign_in(self, browser: Browser) -> None:
        found = WAY_IN.search(self.person.ask("/desk", timeout=PATIENCE).text)
        assert found is not None
        browser.post("/desk/sign-in", {"secret": found[1]})


def _receipt(answer: httpx.Response) -> str:
    """The receipt number of an acknowledged form; empty for any other answer."""
    is_taken = answer.status_code == httpx.codes.SEE_OTHER
    pairs = (header.partition("=") for header in answer.headers.get_list("set-cookie"))
    return next((value.partition(".")[0] for name, _, value in pairs if name == "case" and is_taken), "")


def _actions(message: Message) -> list[Action]:
    found = [Action.parse(one.callback_data or "") for one in message.buttons]
    return [action for action in found if action is not None]


def _button(message: Message, verb: Verb, target: str) -> str | None:
    return next((one.data for one in _actions(message) if one.verb is verb and one.target == target), None)
