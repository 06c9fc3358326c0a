"""What is said about a code: opened, dead, unknown or mistyped, in the same lines for every window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from knowledge.entries import Entry
from knowledge.rendering import status_text
from office.code_text import misread, printed
from office.codes import Code, CodeKind, Found, Opened
from office.people import ROLE_WORDS, Person
from office.working_days import WENZHOU

KIND_WORDS = {CodeKind.POLICY: "政策码", CodeKind.LOAN: "农贷码"}
TYPE_AGAIN = "请对着卡再看一遍：一共十个字，五个一组，只有 2 到 9 和大写字母，没有 0、1、I、L、O。"
NOT_OURS = "不是我们发的"
ASK_POLICE = "拿不准、让您先交钱或要验证码的，先打 96110（反诈）；问政策打 12345。"
NOBODY = "村里没有共富金融专员的，问乡镇农业农村办公室，或打 12345。"


def day_of(moment: datetime) -> date:
    """The day in Wenzhou."""
    return moment.astimezone(WENZHOU).date()


def who(person: Person) -> str:
    """A person with role and phone."""
    return f"{person.name}（{ROLE_WORDS[person.role]}，电话 {person.phone}）"


def validity(code: Code) -> str:
    """Until when a code holds."""
    return f"码有效到 {day_of(code.valid_to)}" if code.valid_to else "码长期有效"


def heading(opened: Opened) -> str:
    """One line over what a live code opens: kind, code, and whom to ask about it."""
    if opened.code is None:
        raise ValueError("only an issued code has a heading")
    ask = f"，有事问{who(opened.officer)}" if opened.officer else ""
    return f"{KIND_WORDS[opened.code.kind]} {printed(opened.text)}{ask}。"


def next_officer(opened: Opened) -> str:
    """Whom to ask now: the officer of today, said to be new when another one is on the card."""
    if opened.officer is None:
        return NOBODY
    if opened.issuer is not None and opened.issuer.id != opened.officer.id:
        return f"卡上的{opened.issuer.name}已经不管了，现在找{who(opened.officer)}。"
    return f"找{who(opened.officer)}。"


def trouble(opened: Opened) -> str:
    """Why a code opens nothing, in one sentence."""
    code = opened.code
    if opened.found is Found.MISTYPED:
        never = misread(opened.text)
        return (
            f"码里没有 {'、'.join(never)} 这样的字，可能看错了。" if never else "这个码有字不对，可能看错或写反了一个。"
        )
    if opened.found is Found.UNKNOWN or code is None:
        return "我们没有发过这个码。"
    if opened.found is Found.NOT_YET:
        return f"这个码 {day_of(code.valid_from)} 起才能用。"
    if opened.found is Found.WITHDRAWN and code.withdrawn_at is not None:
        return f"这个码 {day_of(code.withdrawn_at)} 停用了：{code.withdrawn_why}。"
    if opened.found is Found.EXPIRED and code.valid_to is not None:
        return f"这个码 {day_of(code.valid_to)} 到期了。"
    return "这个码指的那一条已经撤下来了。"


def code_answer(opened: Opened, day: date, version: str) -> Answer:
    """The reply to a code that opens nothing."""
    lines = [Line(LineKind.LEAD, trouble(opened))]
    buttons: tuple[Button, ...] = ()
    if opened.code is None:
        lines += [Line(LineKind.NEXT, TYPE_AGAIN), Line(LineKind.WARNING, ASK_POLICE)]
        return Answer(Outcome.NO_MATCH, tuple(lines), version=version, on=day)
    if opened.entry is not None:
        lines.append(Line(LineKind.DETAIL, f"它说的是：{current(opened.entry, day)}"))
        buttons = (Button(f"看{opened.entry.title}"[:20], Action(Verb.ENTRY, opened.entry.code)),)
    lines.append(Line(LineKind.NEXT, next_officer(opened)))
    entries = (opened.entry.code,) if opened.entry else ()
    return Answer(Outcome.REFER, tuple(lines), (), buttons, entries, version=version, on=day)


def current(entry: Entry, day: date) -> str:
    """An entry with its status of the day."""
    return f"{entry.title}【{status_text(entry, day)}】"


def with_heading(said: Answer, opened: Opened, address: str) -> Answer:
    """The entry's own reply with the code above it; a status banner stays first."""
    if opened.code is None:
        raise ValueError("only an issued code opens an entry")
    banners = tuple(line for line in said.lines if line.kind is LineKind.STATUS)
    rest = tuple(line for line in said.lines if line.kind is not LineKind.STATUS)
    lines = [*banners, Line(LineKind.HEARD, heading(opened)), *rest]
    if opened.code.kind is CodeKind.LOAN:
        lines.append(Line(LineKind.NEXT, f"要申请：打开 {address}/c/{opened.text} 填几项就行，不用身份证号和卡号。"))
    return replace(said, lines=tuple(lines))
