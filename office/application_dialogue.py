"""The application form asked in turn (一问一答) for chats without a browser: state in the ledger, any time to be given up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from office.applicants import Applicants, Registered
from office.application_case import Wish
from office.application_form import FIELDS, read_form, read_one
from office.applications import ConsentKind
from office.ledger import open_forms
from office.office import ChatKey, Office

KIND = "application"
CHECK = "check"
STEPS = (*(one.key for one in FIELDS), *(kind.value for kind in ConsentKind), CHECK)
OPTIONAL = frozenset(one.key for one in FIELDS if not one.is_required)


@dataclass(frozen=True, slots=True)
class Talk:
    """How far one form has come: `at` is the step that is asked now, `fault` what to mend in it."""

    entry: str
    form: str
    at: str = STEPS[0]
    values: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""

    @property
    def number(self) -> int:
        """Which step it is, from one."""
        return STEPS.index(self.at) + 1

    @property
    def consents(self) -> frozenset[ConsentKind]:
        """What has been agreed to so far."""
        return frozenset(kind for kind in ConsentKind if self.values.get(kind.value) == "yes")


class Dialogues:
    """Open application forms of chats; the caller's transaction is the update's."""

    def __init__(self, office: Office, connection: Connection) -> None:
        self._office, self._connection = office, connection

    def begin(self, chat: ChatKey, entry: str) -> Talk:
        """A fresh form of an entry; the one that is open for it goes on where it stood."""
        before = self.at_hand(chat)
        if before is not None and before.entry == entry:
            return before
        return self._kept(chat, Talk(entry, secrets.token_urlsafe(12)))

    def at_hand(self, chat: ChatKey) -> Talk | None:
        """The chat's open form, if it has one and its entry still exists."""
        state = open_forms.load(self._connection, self._office.cipher, chat.channel, chat.id, KIND, self._office.now())
        if state is None or state["entry"] not in self._office.knowledge.entries or state["at"] not in STEPS:
            return None
        return Talk(state["entry"], state["form"], state["at"], state["values"])

    def answer(self, chat: ChatKey, talk: Talk, text: str) -> Talk:
        """Take one answer: the next step, or the same one with what to mend. Private numbers are masked first."""
        if talk.at in (kind.value for kind in ConsentKind):
            return self._kept(chat, _advanced(talk, "yes" if text == "yes" else "no"))
        if talk.at == CHECK:
            return talk
        if talk.at in OPTIONAL and text == "":
            return self._kept(chat, _advanced(talk, ""))
        value, fault = read_one(talk.at, text, self._office.knowledge, self._office.today())
        return replace(talk, fault=fault) if fault else self._kept(chat, _advanced(talk, value))

    def back(self, chat: ChatKey, talk: Talk) -> Talk:
        """Ask the step before once more."""
        return self._kept(chat, replace(talk, at=STEPS[max(STEPS.index(talk.at) - 1, 0)]))

    def hand_in(self, chat: ChatKey, talk: Talk) -> Registered | Talk:
        """The case; or, should the form not read as a whole, its first step that needs mending."""
        read = read_form(talk.values, self._office.knowledge, self._office.today())
        if read.applicant is None:
            first = next(key for key in STEPS if key in read.faults)
            return replace(self._kept(chat, replace(talk, at=first)), fault=read.faults[first])
        applicants = Applicants(self._office)
        wish = Wish(read.applicant, applicants.pin(talk.entry), talk.consents)
        made = applicants.register(wish, f"talk:{talk.form}", chat=chat, connection=self._connection)
        self.drop(chat)
        return made

    def drop(self, chat: ChatKey) -> bool:
        """Give the form up; what was typed is deleted. False when there was none."""
        return open_forms.drop(self._connection, chat.channel, chat.id, KIND)

    def _kept(self, chat: ChatKey, talk: Talk) -> Talk:
        state: dict[str, Any] = {
            "entry": talk.entry,
            "form": talk.form,
            "at": talk.at,
            "values": dict(talk.values),
        }
        open_forms.save(self._connection, self._office.cipher, chat.channel, chat.id, KIND, state, self._office.now())
        return talk


def _advanced(talk: Talk, value: str) -> Talk:
    following = STEPS[STEPS.index(talk.at) + 1]
    return replace(talk, at=following, values={**talk.values, talk.at: value}, fault="")
