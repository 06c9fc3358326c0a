"""申请担保 in a chat: a link to the form where there is one, else the same form asked in turn; 进度 lists the cases."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import quote

from handlers import caring
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from handlers.wrapping import PERSON, keyboard, notice, with_way_back
from knowledge.answers import Action, Button, Verb
from knowledge.applying import can_apply
from knowledge.rendering import number_text
from office import consents, receipts
from office.applicants import Applicants
from office.application_dialogue import CHECK, OPTIONAL, STEPS, Dialogues, Talk
from office.application_form import FIELDS, read_form, village_words
from office.application_links import link_of
from office.applications import ApplicationError, ConsentKind, Opening, State
from office.case_notices import case_lines
from office.pinned_entries import PinnedEntry

IN_CHAT, SKIP, BACK, SEND, STOP, WITHDRAW, SURE = "chat", "skip", "back", "send", "stop", "withdraw", "sure"
YES, NO = "yes", "no"
QUESTION = re.compile(r"[?？]|吗[。！!]?$|怎么|多少|什么时候|为什么|能不能|可不可以|哪里办|哪儿办")
YES_WORDS = re.compile(r"^(同意|好的?|可以|是的?|行|愿意|要|嗯)$")
NO_WORDS = re.compile(r"^(不同意|不好|不可以|不是|不行|不愿意?|不要?|否)$")
SKIP_WORDS = re.compile(r"^(跳过|不填|没想好|不知道|空着|下一[个步])$")
BACK_WORDS = re.compile(r"^(上一步|改上一[个步条]|填错了|写错了)$")
MOST_CASES = 5
PRIVATE_ONLY = "登记要留电话，不在群里填。请点我的头像，单独发“申请”给我。"
CHOOSE = "想申请哪一条？先问一句，比如：创业担保贷款。在回答下面点“申请担保”或者“申请贷款”就能登记。"
NOT_HERE = "这一条不是农户自己来申请的贷款或担保，不在这里登记。点“找人问”，有人告诉您去哪里。"
NO_FORM = "现在没有没填完的登记表。要登记，先问一条贷款或担保，再点下面的“申请”。"
DROPPED = "好的，这张表不交了，填的都删掉了。"
NO_CASES = "这个聊天里没有登记过的单子。在网页或窗口登记的，用回执编号和手机后四位查：{address}/s"
HANDED_IN = "交好了，回执马上发给您，请把编号记下来。"
HANDED_IN_BEFORE = "这一条您先前已经登记过，还是那张单子。要改内容，打电话告诉共富金融专员。发“进度”看它。"
HEADS = {
    Opening.OPEN: "登记以后村里的共富金融专员给您打电话。办不办得成，由担保公司和银行定。",
    Opening.UNCHECKED: "这一条现在还办不办，没有核到。您先登记，共富金融专员问清楚了打电话告诉您。",
    Opening.CLOSED: "这一条现在不开放办理。登记只是请人回电话，不是申请；共富金融专员会告诉您现在能办哪一条。",
}
FREE = "不要身份证号，不要银行卡号，不要验证码，不收费。"


def on_press(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """A button: 申请 below an entry, a step of the form, or taking a case back."""
    if visit.is_group:
        return (_said(PRIVATE_ONLY, visit),)
    if action.detail in (WITHDRAW, SURE):
        return _withdraw(action, visit)
    if action.target in visit.office.knowledge.entries:
        return _begin(action.target, visit, in_chat=action.detail == IN_CHAT)
    dialogues = Dialogues(visit.office, visit.connection)
    talk = dialogues.at_hand(visit.key)
    if talk is None:
        return (_said(NO_FORM, visit),)
    return _step(dialogues, talk, action, visit)


def on_typed(text: str, visit: Visit) -> tuple[Outgoing, ...] | None:
    """What was typed for the open form; None when there is none, or when the words ask something else."""
    if visit.is_group:
        return None
    dialogues = Dialogues(visit.office, visit.connection)
    talk = dialogues.at_hand(visit.key)
    if talk is None or QUESTION.search(text):
        return None
    plain = text.strip().strip("。！!")
    if BACK_WORDS.match(plain):
        return _asked(dialogues.back(visit.key, talk), visit)
    if talk.at == CHECK:
        return _hand_in(dialogues, talk, visit) if YES_WORDS.match(plain) or plain in ("交", "交上去", "提交") else None
    if talk.at in (kind.value for kind in ConsentKind):
        if not (YES_WORDS.match(plain) or NO_WORDS.match(plain)):
            return _asked(talk, visit)
        return _asked(dialogues.answer(visit.key, talk, YES if YES_WORDS.match(plain) else NO), visit)
    skips = talk.at in OPTIONAL and SKIP_WORDS.match(plain)
    return _asked(dialogues.answer(visit.key, talk, "" if skips else text), visit)


def on_cancel(visit: Visit) -> bool:
    """取消: whether a form was open and is given up."""
    return Dialogues(visit.office, visit.connection).drop(visit.key)


def on_apply(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    """/apply: the form of the entry named, the open form, or how to begin."""
    if visit.is_group:
        return (_said(PRIVATE_ONLY, visit),)
    if rest in visit.office.knowledge.entries:
        return _begin(rest, visit, in_chat=False)
    talk = Dialogues(visit.office, visit.connection).at_hand(visit.key)
    return _asked(talk, visit) if talk is not None else (_said(CHOOSE, visit),)


def on_status(rest: str, visit: Visit) -> tuple[Outgoing, ...]:  # noqa: ARG001 - one signature for all commands
    """/status, 进度: the cases of this chat, newest first, each with a button to take it back; then its calls for a person."""
    applicants = Applicants(visit.office)
    files = () if visit.is_group else applicants.of_chat(visit.key, connection=visit.connection)[:MOST_CASES]
    calls = caring.standings(visit)
    if not files:
        return calls or (_said(NO_CASES.format(address=visit.site), visit),)
    replies = []
    for file in files:
        officer = applicants.helper(file.case, connection=visit.connection)
        lines = case_lines(file, officer)
        button = Button("撤回这张单子", Action(Verb.APPLY, file.case.receipt, WITHDRAW))
        replies.append(_lines(lines, visit, (button,) if file.case.state.is_open else ()))
    return (*replies, *calls)


def reminded(replies: tuple[Outgoing, ...], visit: Visit) -> tuple[Outgoing, ...]:
    """The answer to another question, with a button back to the open form."""
    talk = None if visit.is_group else Dialogues(visit.office, visit.connection).at_hand(visit.key)
    if talk is None:
        return replies
    return with_way_back(replies, Button("接着填登记表", Action(Verb.APPLY, talk.entry, IN_CHAT)))


def _begin(entry: str, visit: Visit, *, in_chat: bool) -> tuple[Outgoing, ...]:
    office = visit.office
    if not can_apply(office.knowledge.entries[entry]):
        return (_said(NOT_HERE, visit),)
    if not in_chat and visit.site.startswith("https://"):
        mark = link_of(office, visit.key)
        return (_link(Applicants(office).pin(entry), f"{visit.site}/apply/{quote(entry)}", mark, visit),)
    return _asked(Dialogues(office, visit.connection).begin(visit.key, entry), visit)


def _link(pinned: PinnedEntry, address: str, mark: str, visit: Visit) -> Outgoing:
    """The way to the form in the browser; whoever cannot open it fills it in here."""
    lines = [html.escape(line) for line in (*_head(pinned), FREE)]
    link = (
        f'点下面的“打开短表”。也可以<a href="{html.escape(f"{address}?t={quote(mark)}")}">用浏览器填</a>'
        "（两小时内有效，别转给别人）。都打不开，就点“在这里填”。"
    )
    rows = keyboard((Button("在这里填", Action(Verb.APPLY, pinned.code, IN_CHAT)), PERSON))
    return Outgoing(visit.where.id, "\n".join([*lines, link]), ((("打开短表", address),), *rows))


def _head(pinned: PinnedEntry) -> list[str]:
    """Status first, then whose money it is, then what registering means."""
    lines = [pinned.status or f"【{pinned.status_words}】", f"登记：{pinned.title}"]
    return [*lines, *([pinned.payee] if pinned.payee else []), HEADS[pinned.opening]]


def _step(dialogues: Dialogues, talk: Talk, action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """A button of the form; one of an earlier question changes nothing and shows where the form stands."""
    if action.detail == STOP:
        dialogues.drop(visit.key)
        return (_said(DROPPED, visit),)
    if action.target != talk.at:
        return _asked(talk, visit)
    if action.detail == BACK:
        return _asked(dialogues.back(visit.key, talk), visit)
    if action.detail == SEND:
        return _hand_in(dialogues, talk, visit)
    return _asked(dialogues.answer(visit.key, talk, "" if action.detail == SKIP else action.detail), visit)


def _hand_in(dialogues: Dialogues, talk: Talk, visit: Visit) -> tuple[Outgoing, ...]:
    made = dialogues.hand_in(visit.key, talk)
    if isinstance(made, Talk):
        return _asked(made, visit)
    return (_said(HANDED_IN if made.is_new else HANDED_IN_BEFORE, visit),)


def _asked(talk: Talk, visit: Visit) -> tuple[Outgoing, ...]:
    """The question of the step the form is at, with its purpose and buttons."""
    lines = [] if talk.number > 1 or talk.fault else [*_head(Applicants(visit.office).pin(talk.entry)), FREE, ""]
    lines += [talk.fault] if talk.fault else []
    if talk.at == CHECK:
        return (_lines([*lines, *_summary(talk, visit)], visit, _buttons(talk, ("交上去", SEND), ("改上一步", BACK))),)
    count = f"（{talk.number}/{len(STEPS) - 1}）"
    for field in FIELDS:
        if field.key == talk.at:
            lines += [f"{count}{field.label}？比如：{field.example}", f"为什么要填：{field.purpose}"]
            skip = () if field.is_required else (("不填，下一个", SKIP),)
            back = (("改上一步", BACK),) if talk.number > 1 else ()
            return (_lines(lines, visit, _buttons(talk, *skip, *back)),)
    lines += [f"{count}{consents.asked()[ConsentKind(talk.at)]}", "同不同意都能登记。"]
    return (_lines(lines, visit, _buttons(talk, ("同意", YES), ("不同意", NO), ("改上一步", BACK))),)


def _buttons(talk: Talk, *choices: tuple[str, str]) -> tuple[Button, ...]:
    return tuple(Button(label, Action(Verb.APPLY, talk.at, detail)) for label, detail in (*choices, ("不填了", STOP)))


def _summary(talk: Talk, visit: Visit) -> list[str]:
    """What will be handed in, as it was understood."""
    read = read_form(talk.values, visit.office.knowledge, visit.office.today())
    applicant = read.applicant
    if applicant is None:
        return [*read.faults.values(), "点“改上一步”回去改。"]
    amount = "没填" if applicant.amount_yuan is None else number_text(Decimal(applicant.amount_yuan), "yuan")
    agreed = [text for kind, text in consents.asked().items() if kind in talk.consents]
    return [
        "您看对不对：",
        f"称呼：{applicant.name}",
        f"电话：尾号 {applicant.phone[-4:]}",
        f"在哪里：{village_words(applicant.village)}",
        f"最多想贷：{amount}",
        f"用来做什么：{applicant.purpose or '没填'}",
        *(agreed or ["三样都没同意，也能登记。"]),
        "对了就点“交上去”。",
    ]


def _withdraw(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """Two taps, and only for a case of this very chat."""
    applicants = Applicants(visit.office)
    mine = {file.case.receipt: file.case for file in applicants.of_chat(visit.key, connection=visit.connection)}
    case = mine.get(action.target)
    if case is None or not case.state.is_open:
        words = (
            "这张单子已经撤回了。"
            if case and case.state is State.WITHDRAWN
            else "这张单子撤不了：它不在这个聊天里，或者已经办完。"
        )
        return (_said(words, visit),)
    if action.detail == WITHDRAW:
        sure = Button("确定撤回", Action(Verb.APPLY, case.receipt, SURE))
        text = f"撤回 {receipts.spoken(case.receipt)}？撤回以后不再有人为它找您，要再办得重新登记。"
        return (notice(text, visit.where.id, buttons=(sure,)),)
    try:
        applicants.withdraw(case.receipt, connection=visit.connection)
    except ApplicationError as error:
        return (_said(str(error), visit),)
    return (_said("好的，撤回了。", visit),)


def _lines(lines: Sequence[str], visit: Visit, buttons: Sequence[Button] = ()) -> Outgoing:
    text = "\n".join(html.escape(line, quote=False) for line in lines)
    return Outgoing(visit.where.id, text, keyboard((*buttons, PERSON), elder=visit.known.elder_mode))


def _said(text: str, visit: Visit) -> Outgoing:
    return notice(text, visit.where.id, reply_to=visit.reply_to)
