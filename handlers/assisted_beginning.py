"""替他体检 begins: his name, phone, village, and that he is there and agrees; asked in turn, tapped or typed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from handlers.applying import NO_WORDS, SKIP_WORDS, YES_WORDS
from handlers.assisted_form import Form, Replies, allowed, drop, keep, menu, refused, said
from handlers.assisted_pages import NEW
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from knowledge.answers import Action, Button, Verb
from office.application_form import read_phone, read_place
from office.assisted_checks import LONGEST_NAME, AssistedChecks, AssistedError, Wanted
from office.card_desk import is_whole
from office.card_desk import said as in_words
from office.people import Duty, Person, may

NAME, PHONE, VILLAGE, PRESENT = "name", "phone", "village", "present"
YES, NO, SKIP, HERE = "yes", "no", "skip", "here"
MOST_VILLAGES = 12
BEGINNING = "替他体检：他本人在场，您念题、他答、您点。您自己的体检不动。"
NEW_ONE = "没做完的，点下面接着。新做一个，先说："
ASK_NAME = "怎么称呼他？比如：王阿大。"
ASK_PHONE = "他的电话？可以不留；不留就只能在纸上签字核对。"
ASK_VILLAGE = "他是哪个村的？点一下，或者打字，比如：乐清市大荆镇下山头村。"
ASK_PRESENT = (
    "{name}，{village}，{phone}。\n他本人在场，同意您替他填吗？\n"
    "不问身份证号和银行卡号，不收费；结果留 180 天，他随时能要求删。"
)
NOT_WHOLE = "村要写全：县、镇、村都要有，比如：乐清市大荆镇下山头村。"
NOT_PRESENT = "那先不做，刚才填的都删了。等他在场，再发“替他体检”。"
LONG_NAME = f"名字写短一点，{LONGEST_NAME} 个字以内。"
OLD = "这个按钮是旧的。发“替他体检”重新开始。"
HERE_WORDS = ("在", "在场", "他在")
AWAY_WORDS = ("不在", "不在场")
NO_PHONE_WORDS = ("没有", "没电话", "不留", "无")


def opened(person: Person, pending: Sequence[Button], visit: Visit) -> Outgoing:
    """The first question; `pending` lead to interviews that are not finished."""
    keep(visit, {"at": NAME, "form": f"{person.id}:{visit.where.id}:{visit.message.message_id}"})
    lines = [BEGINNING, NEW_ONE, ASK_NAME] if pending else [BEGINNING, ASK_NAME]
    return menu("\n".join(lines), [*pending, new(NO, "不做了")], visit)


def told(form: Form, text: str, person: Person, visit: Visit) -> Replies | str:
    """The next question after words, the same again with what was wrong, or the number of the interview begun."""
    at, plain = form["at"], text.strip().strip("。！!")
    if at == NAME:
        name = " ".join(plain.split())
        return (
            _asked({**form, "name": name, "at": PHONE}, visit)
            if len(name) <= LONGEST_NAME
            else _asked(form, visit, LONG_NAME)
        )
    if at == PHONE:
        is_none = SKIP_WORDS.match(plain) or plain in NO_PHONE_WORDS
        return _with_phone("" if is_none else plain, form, person, visit)
    if at == VILLAGE:
        return _in_village(plain, form, person, visit)
    if YES_WORDS.match(plain) or plain in HERE_WORDS:
        return pressed(form, YES, person, visit)
    is_no = NO_WORDS.match(plain) or plain in AWAY_WORDS
    return pressed(form, NO, person, visit) if is_no else _asked(form, visit)


def pressed(form: Form | None, detail: str, person: Person, visit: Visit) -> Replies | str:
    """A button of these questions; one of an earlier question shows the one that waits."""
    if form is None:
        return (said(OLD, visit),)
    if detail == NO:
        drop(visit)
        return (said(NOT_PRESENT, visit),)
    at = form["at"]
    if at == PHONE and detail == SKIP:
        return _with_phone("", form, person, visit)
    if at == VILLAGE and (village := _named(detail, person)):
        return _in_village(village, form, person, visit)
    return _begun(form, person, visit) if at == PRESENT and detail == YES else _asked(form, visit)


def new(detail: str, label: str) -> Button:
    """A button of these questions."""
    return Button(label, Action(Verb.ASSIST, NEW, detail))


def _with_phone(text: str, form: Form, person: Person, visit: Visit) -> Replies:
    faults: dict[str, str] = {}
    phone = read_phone(text, faults) if text else ""
    if faults:
        return _asked(form, visit, "".join(faults.values()))
    only = person.villages[0] if len(person.villages) == 1 and is_whole(person.villages[0]) else ""
    return _asked({**form, "phone": phone or "", "village": only, "at": PRESENT if only else VILLAGE}, visit)


def _in_village(text: str, form: Form, person: Person, visit: Visit) -> Replies:
    """A village of the person's own may be named short."""
    short = text.rpartition("/")[2].removesuffix("村")
    own = [one for one in person.villages if is_whole(one) and one.rpartition("/")[2].removesuffix("村") == short]
    faults: dict[str, str] = {}
    village = own[0] if len(own) == 1 else read_place(" ".join(text.split()), visit.office.knowledge, faults)
    if faults or not is_whole(village):
        return _asked(form, visit, "".join(faults.values()) or NOT_WHOLE)
    if not may(person, Duty.FILL_IN, village):
        return refused(visit, village, person)
    return _asked({**form, "village": village, "at": PRESENT}, visit)


def _begun(form: Form, person: Person, visit: Visit) -> Replies | str:
    if not may(person, Duty.FILL_IN, form["village"]):
        return refused(visit, form["village"], person)
    wanted = Wanted(form["form"], form["village"], "", form["name"], form["phone"], is_present=True)
    try:
        return AssistedChecks(visit.office).begin(visit.connection, person, wanted)
    except AssistedError as error:
        return (said(str(error), visit),)


def _asked(form: Form, visit: Visit, trouble: str = "") -> Replies:
    """The question the form is at, which is kept; after what was wrong with the last answer."""
    keep(visit, form)
    text, buttons = _question(form, visit)
    return (menu("\n".join(filter(None, (trouble, text))), [*buttons, new(NO, "不做了")], visit),)


def _question(form: Form, visit: Visit) -> tuple[str, list[Button]]:
    if form["at"] == NAME:
        return ASK_NAME, []
    if form["at"] == PHONE:
        return ASK_PHONE, [new(SKIP, "不留电话")]
    if form["at"] == VILLAGE:
        person = allowed(visit)
        own = [one for one in person.villages if is_whole(one)][:MOST_VILLAGES] if person else []
        return ASK_VILLAGE, [new(_digest(one), one.rpartition("/")[2]) for one in own]
    phone = f"电话尾号 {form['phone'][-4:]}" if form["phone"] else "没留电话"
    text = ASK_PRESENT.format(name=form["name"], village=in_words(form["village"]), phone=phone)
    return text, [new(YES, "他在场，同意")]


def _named(digest: str, person: Person) -> str:
    return next((village for village in person.villages if _digest(village) == digest), "")


def _digest(village: str) -> str:
    """Eight letters for a village: a button holds 64 bytes, and no Chinese."""
    return hashlib.sha256(village.encode()).hexdigest()[:8]
