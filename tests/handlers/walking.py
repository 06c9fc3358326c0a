"""A walk through everything that can be said and tapped in a chat: each kind of button once, and what came of it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from knowledge.answers import Action, Verb
from knowledge.entries import Entry
from office.ledger import Ledger, rate_limits
from office.office import Office
from tests.telegram_api import Message, Person, Tap

FAREWELL = "x|me|sure"  # deletes all that the chat was, and is pressed last
PAPER = "as"
BETWEEN_CLEARINGS = 12  # a person may ask thirty times a minute, and every third tap is two


@dataclass(frozen=True)
class Pressed:
    """A tap of the walk: what was pressed below which message, once or twice."""

    kind: str
    message: Message
    data: str
    taps: tuple[Tap, ...]


@dataclass
class Walker:
    """Somebody of a role who sends words and taps every kind of button that appears below the replies."""

    role: str
    person: Person
    office: Office
    most: int
    said: list[Message] = field(default_factory=list)
    pressed: list[Pressed] = field(default_factory=list)
    farewell: list[tuple[str, Message, str]] = field(default_factory=list)
    _queue: deque[tuple[str, Message, str]] = field(default_factory=deque)
    _seen: set[str] = field(default_factory=set)
    _looked: int = 0
    _since_cleared: int = 0

    def say(self, *texts: str) -> None:
        """Send words and look at what buttons the replies bring."""
        for text in texts:
            self._within_limits()
            self.said.append(self.person.say(text))
            self.person.chat.wait_for_reply()
            self._look()

    def walk(self) -> None:
        """Press each kind of button once, twice in a row every third time, first those that appeared first."""
        while self._queue and len(self.pressed) < self.most:
            kind, message, data = self._queue.popleft()
            self.press(kind, message, data, twice=len(self.pressed) % 3 == 1)
            self._look()

    def press(self, kind: str, message: Message, data: str, *, twice: bool = False) -> None:
        """Tap a button; it must stop spinning, and the bot must say or change something, or the tap say why not."""
        self._within_limits()
        chat, room = self.person.chat, self.person.chat.room
        taps = [self.person.tap(message, data=data)]
        mark = room.mark
        if twice:
            taps.append(self.person.tap(message, data=data))
        for tap in taps:
            tap.wait_for_answer()
        if not taps[0].wait_for_answer().get("text"):
            chat.api.wait_until(lambda: len(room.bot_events) > mark, f"an effect of {data} below {message.text[:60]!r}")
        self.pressed.append(Pressed(kind, message, data, tuple(taps)))

    def left(self) -> list[str]:
        """The kinds of buttons seen but not pressed."""
        return [kind for kind, _, _ in self._queue]

    def kinds(self) -> set[str]:
        """The kinds of buttons pressed."""
        return {one.kind for one in self.pressed}

    def say_goodbye(self) -> None:
        """删除我的信息, confirmed."""
        for kind, message, data in self.farewell:
            self.press(kind, message, data)

    def again(self, pressed: Iterable[Pressed]) -> None:
        """The same buttons once more, on the messages as they were seen then."""
        for one in list(pressed):
            self.press(one.kind, one.message, one.data)

    def _look(self) -> None:
        """Take the buttons of new and changed messages into the queue, kinds that are new only."""
        chat = self.person.chat
        events = chat.room.bot_events[self._looked :]
        self._looked += len(events)
        for number in {number for _, number in events if number in chat.room.messages}:
            message = chat.message(number)
            for button in message.buttons:
                data = button.callback_data
                if data is not None and (kind := kind_of(data, self.office.knowledge.entries)) not in self._seen:
                    self._seen.add(kind)
                    (self.farewell if kind == FAREWELL else self._queue).append((kind, message, data))

    def _within_limits(self) -> None:
        self._since_cleared += 1
        if self._since_cleared >= BETWEEN_CLEARINGS:
            self._since_cleared = 0
            let_go_on(self.office.ledger, self.office, self.person)


def let_go_on(ledger: Ledger, office: Office, person: Person) -> None:
    """Give back this chat's questions of the minute, as the next minute would."""
    key = f"ask:{office.pseudonyms.of('telegram', str(person.id))}"
    with ledger.begin() as connection:
        for _ in range(2 * BETWEEN_CLEARINGS):
            rate_limits.give_back(connection, key)


def kind_of(data: str, entries: Mapping[str, Entry]) -> str:
    """What a button does, whatever entry, village, page or number it does it to."""
    action = Action.parse(data)
    if action is None:
        return "stale"
    if action.verb is Verb.CARD and action.target != PAPER:
        action = replace(action, detail=action.detail[:1] if action.target in entries else "")  # the rest is a village
    return "|".join((action.verb.value, _class(action.target, entries), _class(action.detail, entries))).rstrip("|")


def _class(part: str, entries: Mapping[str, Entry]) -> str:
    """`part` without what only says which one it is: the entry's kind, a number as 1, the beginning of w15 or s:loan."""
    if part in entries:
        return entries[part].kind.value
    number, dot, rest = part.partition(".")
    if number.isdecimal():
        return f"1{dot}{_class(rest, entries) if dot else ''}"
    plain = re.match(r"[a-z_.]*", part)
    return (plain[0] if plain else "") + ("…" if plain is None or plain[0] != part else "")
