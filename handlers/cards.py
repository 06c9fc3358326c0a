"""/card, 明白卡, for people who hand out cards: a village, an entry, then the picture for the chat and PDFs to print."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence

from handlers import staff
from handlers.applying import QUESTION
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from handlers.wrapping import keyboard, notice
from knowledge.answers import Action, Button, Verb
from knowledge.applying import can_apply
from knowledge.entries import Entry
from knowledge.rendering import status_text
from office.card_desk import PICTURE, CardDesk, CardForm, said
from office.cards import Ink, Layout
from office.code_answers import KIND_WORDS, validity
from office.code_text import plain, printed
from office.codes import Code, CodeKind, CodeRefused, responsible
from office.ledger import audit, open_forms, people
from office.ledger import codes as rows
from office.ledger.audit import Deed
from office.people import Duty, Person, may
from office.print_check import CannotPrint

KIND = "card"
IN, AS = "in", "as"  # what a button chooses when it is no entry: a village, a paper
KINDS = {"p": CodeKind.POLICY, "l": CodeKind.LOAN}
MOST_VILLAGES = 12
LONGEST_LABEL = 20
PAPERS = (
    ("A6 彩色", CardForm(Layout.A6)),
    ("A4 拼四张", CardForm(Layout.A6X4)),
    ("A4 大字", CardForm(Layout.ELDER)),
    ("A6 黑白", CardForm(Layout.A6, Ink.BLACK)),
    ("拼四张 黑白", CardForm(Layout.A6X4, Ink.BLACK)),
)

IN_PRIVATE = "明白卡只能私下发。请点我的头像，单独对我说“明白卡”。"
NOT_YOURS = "明白卡由村里的共富金融专员发，刚才这一次已经记下。想知道哪条政策，直接打字问就行。"
NOT_HERE = "这个村不归您管，刚才这一次已经记下。要是本该归您，请找管理员给您加上这个村。"
WHICH_VILLAGE = "发哪个村的卡？点一下，或者打字，比如：乐清市大荆镇下山头村。"
WHICH_ENTRY = "{village}，发哪一条的卡？点一下，或者打字，比如：石斛贷。"
SEVERAL = "像是这几条，您要哪一条？"
NOT_FOUND = "没找到“{words}”这一条。换个说法再试，或者点一个。"
GONE = "这一条撤下来了，不能再发卡。发“明白卡”重新选。"
OLD = "这个按钮是旧的。发“明白卡”重新选。"
DROPPED = "好的，不发卡了。"
PRINT = "{what}，{village}。请按 100% 的大小印，不要选“适合页面”。印好先拿手机扫一张。"


def on_command(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    """/card, with a village, an entry or both behind it, or nothing: what is wanting is asked."""
    if visit.is_group:
        return (_said(IN_PRIVATE, visit),)
    person = _allowed(visit)
    if person is None:
        return (_refused(visit, "/card"),)
    village, words = _village_first(rest, visit)
    return _asked(person, village, words, visit)


def on_typed(text: str, visit: Visit) -> tuple[Outgoing, ...] | None:
    """The village or the entry that was asked for; None when none is, or when the words ask something."""
    if visit.is_group or QUESTION.search(text):
        return None
    form = _form(visit)
    person = _allowed(visit) if form is not None else None
    if form is None or person is None:
        return None
    if form["village"]:
        return _asked(person, form["village"], text, visit)
    try:
        village = CardDesk(visit.office).village(text)
    except CodeRefused as refused:
        return (_said(str(refused), visit),)
    return _asked(person, village, form["entry"], visit)


def on_press(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """A button: a village, an entry, or a paper."""
    person = None if visit.is_group else _allowed(visit)
    if person is None:
        return (_refused(visit, "/card"),)
    if action.target == AS:
        return _paper(person, action.detail, visit)
    village = _known_village(person, action.detail[-8:], visit)
    if village is None:
        return (_said(OLD, visit),)
    if action.target == IN:
        return _asked(person, village, "", visit)
    return _card(person, village, action.target, visit, KINDS.get(action.detail[:1], CodeKind.POLICY))


def on_cancel(visit: Visit) -> bool:
    """取消: whether a village or an entry was being asked for."""
    return open_forms.drop(visit.connection, visit.key.channel, visit.key.id, KIND)


def _asked(person: Person, village: str, words: str, visit: Visit) -> tuple[Outgoing, ...]:
    """The card, or the question for what is still wanting."""
    desk = CardDesk(visit.office)
    found = desk.find(words) if words else []
    own = person.villages[:1]
    village = village or (own[0] if own and desk.villages(visit.connection, person) == own else "")
    if not village:
        return (_which_village(person, found[0].code if len(found) == 1 else "", visit),)
    if not may(person, Duty.ISSUE_CODES, village):
        return (_refused(visit, village, person),)
    if len(found) == 1:
        return _card(person, village, found[0].code, visit)
    _keep(visit, village, "")
    if found:
        return (_choice(SEVERAL, found, village, visit),)
    asked = NOT_FOUND.format(words=words[:20]) if words else WHICH_ENTRY.format(village=said(village))
    return (_choice(asked, desk.suggested(visit.connection, person, village), village, visit),)


def _which_village(person: Person, entry: str, visit: Visit) -> Outgoing:
    _keep(visit, "", entry)
    known = CardDesk(visit.office).villages(visit.connection, person)[:MOST_VILLAGES]
    buttons = [
        Button(village.rpartition("/")[2], Action(Verb.CARD, entry or IN, f"{'p' if entry else ''}{_digest(village)}"))
        for village in known
    ]
    return _menu(WHICH_VILLAGE, buttons, visit)


def _choice(text: str, entries: Sequence[Entry], village: str, visit: Visit) -> Outgoing:
    today = visit.office.today()
    lines = [f"{number}. 【{status_text(one, today)}】{one.title}" for number, one in enumerate(entries, 1)]
    buttons = [
        Button(f"{number}. {one.title}"[:LONGEST_LABEL], Action(Verb.CARD, one.code, f"p{_digest(village)}"))
        for number, one in enumerate(entries, 1)
    ]
    return _menu("\n".join([text, *lines]), buttons, visit)


def _card(
    person: Person, village: str, entry: str, visit: Visit, kind: CodeKind = CodeKind.POLICY
) -> tuple[Outgoing, ...]:
    """The picture with its code and address below it; the same village and entry have the same code again."""
    if not may(person, Duty.ISSUE_CODES, village):
        return (_refused(visit, village, person),)
    if entry not in visit.office.knowledge.entries:
        return (_said(GONE, visit),)
    desk = CardDesk(visit.office)
    try:
        desk.check(PICTURE)
        code = desk.code_for(visit.connection, person, village, entry, kind)
    except (CodeRefused, CannotPrint) as refused:
        return (_said(str(refused), visit),)
    on_cancel(visit)
    _note(visit, person, "send_card", code.code)
    rows_ = keyboard(_papers(code, visit), elder=visit.known.elder_mode)
    return (Outgoing(visit.where.id, _caption(code, visit), rows_, card=_named(code.code, PICTURE)),)


def _paper(person: Person, detail: str, visit: Visit) -> tuple[Outgoing, ...]:
    """The PDF of a card; printing is noted with the message that brings the file."""
    text, layout, ink = [*detail.split("."), "", ""][:3]
    code, form = rows.find(visit.connection, plain(text)), CardForm.read(layout, ink)
    if code is None or form is None:
        return (_said(OLD, visit),)
    if not may(person, Duty.ISSUE_CODES, code.village):
        return (_refused(visit, code.code, person),)
    desk = CardDesk(visit.office)
    try:
        desk.check(form)
        desk.note_print(visit.connection, [code], form, person.id)
    except CannotPrint as refused:
        return (_said(str(refused), visit),)
    what = f"{visit.office.knowledge.entries[code.entry].title}，{_words(form)}"
    text = html.escape(PRINT.format(what=what, village=said(code.village)), quote=False)
    return (Outgoing(visit.where.id, text, card=_named(code.code, form)),)


def _caption(code: Code, visit: Visit) -> str:
    """Status first, then what the card is of, its code and address, and whose phone is on it."""
    office = visit.office
    entry = office.knowledge.entries[code.entry]
    issuer = people.find(visit.connection, office.cipher, code.officer)
    officer = responsible(visit.connection, office.cipher, code, issuer)
    lines = [
        f"<b>【{html.escape(status_text(entry, office.today()), quote=False)}】</b>",
        f"<b>{html.escape(entry.title, quote=False)}</b>",
        f"{said(code.village)}，{KIND_WORDS[code.kind]} <code>{printed(code.code)}</code>，{validity(code)}",
        f"{visit.site}/c/{code.code}",
        *([f"卡上的电话：{html.escape(f'{officer.name} {officer.phone}', quote=False)}"] if officer else []),
        "图片直接转发给他。要印，点下面要 PDF。",
    ]
    return "\n".join(lines)


def _papers(code: Code, visit: Visit) -> list[Button]:
    buttons = [Button(label, Action(Verb.CARD, AS, _named(code.code, form))) for label, form in PAPERS]
    if code.kind is CodeKind.POLICY and can_apply(visit.office.knowledge.entries[code.entry]):
        buttons.append(Button("换成申请用的农贷码", Action(Verb.CARD, code.entry, f"l{_digest(code.village)}")))
    return [*buttons, Button("再发一张", Action(Verb.CARD, IN, _digest(code.village)))]


def _words(form: CardForm) -> str:
    return next((label for label, one in PAPERS if one == form), "PDF")


def _village_first(rest: str, visit: Visit) -> tuple[str, str]:
    """A whole village before the entry's words, when it is given."""
    first, _, others = rest.partition(" ")
    for text, words in ((first, others.strip()), (rest, "")):
        try:
            return CardDesk(visit.office).village(text), words
        except CodeRefused:
            continue
    return "", rest


def _known_village(person: Person, digest: str, visit: Visit) -> str | None:
    """The village a button names; the one that was typed last is known as well."""
    form = _form(visit)
    typed = [form["village"]] if form else []
    known = [*CardDesk(visit.office).villages(visit.connection, person), *typed]
    return next((village for village in known if _digest(village) == digest), None)


def _digest(village: str) -> str:
    """Eight letters for a village: a button holds 64 bytes, and no Chinese."""
    return hashlib.sha256(village.encode()).hexdigest()[:8]


def _named(code: str, form: CardForm) -> str:
    return f"{code}.{form.layout.value}.{form.ink.value}"


def _form(visit: Visit) -> dict[str, str] | None:
    key = visit.key
    return open_forms.load(visit.connection, visit.office.cipher, key.channel, key.id, KIND, visit.now)


def _keep(visit: Visit, village: str, entry: str) -> None:
    state, key = {"village": village, "entry": entry}, visit.key
    open_forms.save(visit.connection, visit.office.cipher, key.channel, key.id, KIND, state, visit.now)


def _allowed(visit: Visit) -> Person | None:
    person = staff.staff_of(visit)
    return person if person is not None and may(person, Duty.ISSUE_CODES) else None


def _refused(visit: Visit, target: str, person: Person | None = None) -> Outgoing:
    """Kindly, and with a line in the audit, as a page of the desk refuses."""
    known = person or staff.staff_of(visit)
    _note(visit, known, "refused", target)
    return _said(NOT_HERE if person else NOT_YOURS, visit)


def _note(visit: Visit, person: Person | None, verb: str, target: str) -> None:
    actor = person.id if person else "somebody"
    audit.record(visit.connection, Deed(actor, verb, target, Duty.ISSUE_CODES.value, visit.now))


def _menu(text: str, buttons: Sequence[Button], visit: Visit) -> Outgoing:
    rows_ = keyboard(buttons, elder=visit.known.elder_mode)
    return Outgoing(visit.where.id, html.escape(text, quote=False), rows_)


def _said(text: str, visit: Visit) -> Outgoing:
    return notice(text, visit.where.id, reply_to=visit.reply_to)
