"""删除我的信息 said to the bot: told first what goes, one tap more and it is gone."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from handlers import words
from handlers.dispatching import handle
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from knowledge.answers import Action, Verb
from office import erasure
from office.applicants import Applicants
from office.ledger import chats
from tests.office.clocked import ClockedOffice
from tests.office.keeping.erasing import CHAT, leave_everything

BOT = 1
PRIVATE = {"id": int(CHAT.id), "type": "private"}
GROUP = {"id": -100, "type": "group", "title": "村里"}
PERSON = {"id": int(CHAT.id), "is_bot": False, "first_name": "甲"}


def said(office: ClockedOffice, chat: dict[str, Any], text: str) -> list[Outgoing]:
    """The replies to a message."""
    message = {"message_id": 5, "date": 1, "chat": chat, "from": PERSON, "text": text}
    return _handled(office, {"update_id": 9, "message": message})


def tapped(office: ClockedOffice, chat: dict[str, Any], data: str) -> list[Outgoing]:
    """The replies to a tap on a button."""
    message = {"message_id": 6, "date": 1, "chat": chat, "text": "…"}
    query = {"id": "1", "from": PERSON, "chat_instance": "1", "data": data, "message": message}
    return _handled(office, {"update_id": 10, "callback_query": query})


def _handled(office: ClockedOffice, update: dict[str, Any]) -> list[Outgoing]:
    with office.ledger.begin() as connection:
        visit = Visit(office, connection, Update.de_json(update, None), "bot", office.now())
        return [one for one in handle(visit, BOT) if isinstance(one, Outgoing)]


@pytest.mark.parametrize("text", ["删除我的信息", "删除我的信息。", "/forget_me"])
def test_word_and_command_say_what_goes_and_delete_nothing(office: ClockedOffice, text: str) -> None:
    """Only the button does it, and it says so."""
    left = leave_everything(office)
    (reply,) = said(office, PRIVATE, text)
    assert all(line in reply.text for line in erasure.BEFORE)
    assert erasure.ELSEWHERE in reply.text
    assert reply.rows[0][0] == ("确定删除", Action(Verb.FORGET, "me", "sure").data)
    assert Applicants(office).file(left.receipt).case.applicant.name


def test_second_tap_deletes_and_says_how_much(office: ClockedOffice) -> None:
    """The chat is not known afterwards; a tap once more finds nothing left."""
    left = leave_everything(office)
    data = Action(Verb.FORGET, "me", "sure").data
    (reply,) = tapped(office, PRIVATE, data)
    assert reply.text.startswith("删好了。\n删掉的有：登记的单子 1 张，材料 1 样")
    assert Applicants(office).file(left.receipt).case.applicant.name == ""
    with office.ledger.read() as connection:
        assert chats.get(connection, "telegram", CHAT.id) is None
    office.wait(seconds=10)
    (again,) = tapped(office, PRIVATE, data)
    assert "没有存您别的东西" in again.text


def test_group_deletes_nothing(office: ClockedOffice) -> None:
    """Others read along: the person is asked to say it in private, also when somebody taps a button there."""
    left = leave_everything(office)
    (reply,) = said(office, GROUP, "/forget_me@bot")
    (other,) = tapped(office, GROUP, Action(Verb.FORGET, "me", "sure").data)
    assert "单独对我说" in reply.text
    assert "单独对我说" in other.text
    assert Applicants(office).file(left.receipt).case.applicant.name


def test_forgetting_the_subject_is_another_thing(office: ClockedOffice) -> None:
    """取消 and the old button 忘掉 delete no case."""
    left = leave_everything(office)
    said(office, PRIVATE, "取消")
    tapped(office, PRIVATE, Action(Verb.FORGET).data)
    assert Applicants(office).file(left.receipt).case.applicant.name
    assert "删除我的信息" in words.HELP
