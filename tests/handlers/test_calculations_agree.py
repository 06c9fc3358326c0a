"""One program, three ways in: each calculator gives the same figures and steps in the chat, on the page and on the command line."""

from __future__ import annotations

import html
import json
from contextlib import redirect_stdout
from decimal import Decimal
from io import StringIO
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from knowledge.calculators import CALCULATORS, UNDETERMINED
from knowledge.calculators.fields import Box, Sort
from knowledge.calculators.form_list import FORMS
from knowledge.calculators.telling import LABELS, OPEN, PARTS, yuan
from knowledge.commands import main
from tests.handlers.running import Running
from tests.telegram_api import Person


def on_the_command_line(name: str) -> dict[str, Any]:
    """What `python -m knowledge calculate` prints for the calculator's own example."""
    with redirect_stdout(StringIO()) as printed:
        assert main(["calculate", name, "--json", CALCULATORS[name].example]) == 0
    result: dict[str, Any] = json.loads(printed.getvalue())
    return result


def on_the_page(name: str, address: str) -> str:
    """The page's text for the same example in words: by the address, or by the body for private figures."""
    fields = urlencode({**FORMS[name].example, "go": "1"})
    if FORMS[name].is_private:
        request = Request(
            f"{address}/calculate/{name}", fields.encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )
    else:
        request = Request(f"{address}/calculate/{name}?{fields}")
    with urlopen(request) as response:
        return html.unescape(response.read().decode())


def in_the_chat(name: str, person: Person) -> str:
    """The result's messages after answering each question with the example, or leaving it out by its button."""
    form = FORMS[name]
    menu = person.ask("算一算")
    person.tap(menu, form.title)
    for _ in range(len(form.boxes) + 1):
        reply = person.chat.wait_for_reply()
        box = next((box for box in form.boxes if f"{box.label}？" in reply.text), None)
        if box is None:
            return reply.text
        said = form.example.get(box.key)
        if said is not None and box.sort is not Sort.CHOICE:
            person.say(said)
        else:
            person.tap(reply, _words(box, said))
    raise AssertionError(f"{name} asks without end")


def _words(box: Box, said: str | None) -> str:
    """The button of a choice, or the one that leaves the box out."""
    if box.sort is Sort.CHOICE:
        wanted = said or ("别的" if box.key == "line" else "none")
        return next(words for value, words in box.choices if value == wanted)
    return box.leave_out or "不知道"


def figures_of(result: dict[str, Any], told: dict[str, Any]) -> list[str]:
    """Every amount the result names, as people read it."""
    amounts: list[str] = []
    for name, _, style in LABELS[result["calculator"]]:
        if name not in result or style != "yuan" or (name in PARTS and PARTS[name] not in told):
            continue
        if name == "known_part_yuan" and result["net_worth_yuan"] != UNDETERMINED:
            continue
        value = result[name]
        values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        amounts += [OPEN if each == UNDETERMINED else yuan(each) for each in values]
    return amounts


@pytest.mark.parametrize("name", CALCULATORS)
def test_chat_page_and_command_line_agree(shared: Running, name: str) -> None:
    """Status, payee, every amount, every step with its ground, and for a loan every period of its plan."""
    person = shared.api.user(f"算账的{name}")
    result = on_the_command_line(name)
    chat, page = in_the_chat(name, person), on_the_page(name, shared.address)

    amounts = figures_of(result, json.loads(CALCULATORS[name].example))
    assert amounts
    steps = [step for step in result["steps"] if step["formula"] != "担保费"]
    for text in (chat, page):
        assert ("征求意见稿曾写" in text) == (result["stage"] is not None)
        assert "钱给谁：" in text
        assert all(amount in text for amount in amounts), amounts
        assert all(step["formula"] in text and step["numbers"] in text and step["clause"] in text for step in steps)
    for number, payment, principal, interest, balance in result.get("schedule", []):
        assert f"第 {number} 期　还 {payment}，本金 {principal}，利息 {interest}，还欠 {balance}" in chat
        assert all(f"{Decimal(cell):,.2f}" in page for cell in (payment, principal, interest, balance))
