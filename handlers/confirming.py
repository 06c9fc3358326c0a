"""The farmer looks over what was filled in for them, by number and last digits (T1234567 1234), and says that it is right."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from handlers.assisted_pages import in_short
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from handlers.wrapping import PERSON, keyboard, notice, wrapped
from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from office.applicants import LookUpRefusal
from office.assisted_checks import HOW_WORDS, AssistedChecks, number_in
from office.code_answers import day_of
from office.ledger import open_forms, people
from office.ledger.assisted_checks import LETTER, AssistedCheck
from office.people import ROLE_WORDS, Person

KIND = "confirming"  # what this chat has been shown for number and digits; the button alone proves nothing
OWN = "own"
ASKED = re.compile(r"(?:查|查询|核对)?\s*(T\s?\d{7})(?:\D+(\d{4}))?\D*", re.IGNORECASE)
IN_PRIVATE = "请点我的头像，单独对我发，群里别人看得到。"
BOTH = "请把编号和电话后四位一起发给我，中间空一格，比如：{number} 1234。"
WRONG = "编号和后四位对不上，没有查到。请看清楚再发一次；一小时里最多错 5 次。"
TOO_MANY = "错得太多了，先歇一小时。急的话打电话问村里的共富金融专员，或者打 12345。"
NOT_YET = "还没做完，结果还没有存。等替您填的人存好了再来看。"
OLD = "这个按钮是旧的。请把编号和电话后四位再发一次。"
THANKS = "记下了，谢谢您核对。"
RIGHT = "看看“您是这样回答的”对不对。对了点“核对过了”。不对别点，告诉替您填的人{phone}。"


def on_typed(text: str, visit: Visit) -> tuple[Outgoing, ...] | None:
    """The interview of a number and its last digits; None when the message is no such pair."""
    found = ASKED.fullmatch(unicodedata.normalize("NFKC", text).strip())
    number = number_in(found[1].replace(" ", "")) if found else None
    if found is None or number is None:
        return None
    if visit.is_group:
        return (_said(IN_PRIVATE, visit),)
    if found[2] is None:
        return (_said(BOTH.format(number=number), visit),)
    seen = AssistedChecks(visit.office).look_up(visit.connection, number, found[2], f"telegram:{visit.where.id}")
    if isinstance(seen, LookUpRefusal):
        return (_said(TOO_MANY if seen is LookUpRefusal.TOO_MANY else WRONG, visit),)
    key = visit.key
    proof = _proof(seen)
    open_forms.save(visit.connection, visit.office.cipher, key.channel, key.id, KIND, proof, visit.now)
    return _shown(seen, visit)


def is_ours(action: Action) -> bool:
    """Whether the button is the farmer's 核对过了."""
    return action.verb is Verb.ASSIST and action.target == OWN


def on_press(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """核对过了, in the very chat that named the last digits."""
    key, number = visit.key, number_in(f"{LETTER}{action.detail}")
    proof = open_forms.load(visit.connection, visit.office.cipher, key.channel, key.id, KIND, visit.now)
    checks = AssistedChecks(visit.office)
    check = checks.find(visit.connection, number, to_change=True) if number is not None else None
    if visit.is_group or check is None or proof is None or proof != _proof(check):
        return (_said(OLD, visit),)
    checks.confirm(visit.connection, check.number)
    return _shown(checks.find(visit.connection, check.number) or check, visit, THANKS)


def _proof(check: AssistedCheck) -> dict[str, str]:
    """What the chat has seen: a result recorded anew must be seen anew."""
    return {"number": check.number, "recorded": check.recorded_at.isoformat() if check.recorded_at else ""}


def _shown(check: AssistedCheck, visit: Visit, remark: str = "") -> tuple[Outgoing, ...]:
    by = people.find(visit.connection, visit.office.cipher, check.filled_by)
    lines = [Line(LineKind.TITLE, f"替您做的体检 · {check.number}"), Line(LineKind.NOTE, _by(check, by))]
    if check.result is None:
        return (_said("\n".join([*(line.text for line in lines), NOT_YET]), visit),)
    result = check.result
    answers = "；".join(f"{label}：{words}" for label, words in result["known"])
    lines += [Line(LineKind.HEARD, f"您是这样回答的：{answers}。"), *in_short(result)]
    lines.append(Line(LineKind.NOTE, f"{result['note']}{result['as_of']}每一条的条件在 {visit.site}/s 看得到。"))
    buttons: tuple[Button, ...] = (PERSON,)
    if check.confirmed_at is not None and check.confirmed_by is not None:
        lines.append(Line(LineKind.NEXT, f"核对过了：{HOW_WORDS[check.confirmed_by]}，{day_of(check.confirmed_at)}。"))
    else:
        lines.append(Line(LineKind.NEXT, RIGHT.format(phone=f"：{by.phone}" if by and by.phone else "")))
        own = Action(Verb.ASSIST, OWN, check.number.removeprefix(LETTER))
        buttons = (Button("核对过了，没错", own), PERSON)
    elder = visit.known.elder_mode
    *before, last = wrapped(Answer(Outcome.SUGGEST, tuple(lines)), visit.where.id, elder=elder, note=remark)
    return (*before, replace(last, rows=keyboard(buttons, elder=elder)))


def _by(check: AssistedCheck, by: Person | None) -> str:
    who = f"{by.name}（{ROLE_WORDS[by.role]}）" if by else "办事台"
    return f"{who}问、代填；{check.name}回答，本人在场。"


def _said(text: str, visit: Visit) -> Outgoing:
    return notice(text, visit.where.id, reply_to=visit.reply_to)
