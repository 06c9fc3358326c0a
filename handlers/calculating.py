"""算一算 in a chat: typed numbers and buttons go to the open calculation, everything else is answered as always."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from handlers.outgoing import Outgoing
from handlers.visits import Visit
from handlers.wrapping import with_way_back, wrapped
from knowledge.answers import Action, Answer, Button, Line, LineKind, Verb
from office import calculations

FILL_IN = Button("自己填数算", Action(Verb.CALCULATE, "loan_cost"))


def on_command(visit: Visit) -> tuple[Outgoing, ...]:
    """/calc, 算一算: what can be worked out."""
    return _wrapped(calculations.menu(), visit)


def on_typed(text: str, visit: Visit) -> tuple[Outgoing, ...] | None:
    """The reply to an answer typed for the open calculation; None when there is none or the words ask something else."""
    said = calculations.typed(visit.office, visit.key, text, visit.connection)
    return None if said is None else _wrapped(said, visit)


def on_press(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """A button of a calculation, or the cost of entries (算一算一年真实成本) with the page where it can be changed."""
    if action.target not in visit.office.knowledge.entries:
        return _wrapped(calculations.pressed(visit.office, visit.key, action, visit.connection), visit)
    said = visit.office.press(action, visit.key, connection=visit.connection)
    query = urlencode([("entry", code) for code in (action.target, action.detail) if code])
    link = Line(LineKind.NEXT, f"网页上改数再比：{visit.site}/calculate/compare?{query}")
    return _wrapped(replace(said, lines=(*said.lines, link), buttons=(*said.buttons, FILL_IN)), visit)


def on_cancel(visit: Visit) -> bool:
    """取消: whether a calculation was open and is given up."""
    return calculations.cancel(visit.key, visit.connection)


def reminded(replies: tuple[Outgoing, ...], visit: Visit) -> tuple[Outgoing, ...]:
    """The answer to another question with a button back to the open calculation."""
    button = calculations.going_on(visit.office, visit.key, visit.connection)
    return replies if button is None else with_way_back(replies, button)


def _wrapped(said: Answer, visit: Visit) -> tuple[Outgoing, ...]:
    return wrapped(said, visit.where.id, elder=visit.known.elder_mode, reply_to=visit.reply_to)
