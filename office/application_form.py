"""The application form: five short fields with their purpose, read as people write them. Same for web page and chat."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.base import KnowledgeBase
from knowledge.fact_answers import AskBack, Unknown, read_answer
from office.application_case import Applicant
from office.masking import LABELS, mask
from office.personal_numbers import Kind
from office.receipts import plain_digits

LONGEST_NAME = 20
LONGEST_PLACE = 60
LONGEST_PURPOSE = 200
LEAST_YUAN, MOST_YUAN = Decimal(1000), Decimal(100_000_000)
NOT_WANTED_HERE = {LABELS[Kind.IDENTITY]: "身份证号", LABELS[Kind.BANK_CARD]: "银行卡号"}
MOST_PHONE_DIGITS = 15  # from here on it can be an identity or card number, which is not shown again
MOBILE = re.compile(r"(?:\+?0{0,2}86)?(1[3-9]\d{9})")
LANDLINE = re.compile(r"0\d{2,3}[2-9]\d{6,7}")
PARTS = re.compile(r"[^/]{2,12}/[^/]{2,12}/[^/]{2,20}")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what is asked, why it must be filled in, an example."""

    key: str
    label: str
    purpose: str
    example: str
    is_required: bool = True


FIELDS = (
    Field("name", "怎么称呼您", "打电话时好称呼您。", "张三"),
    Field("phone", "您的电话", "只为这张单子打给您，查进度也用它的后四位。", "139 开头的 11 位手机号"),
    Field("place", "哪个县、哪个镇、哪个村", "好知道归谁管，由他联系您。", "乐清市大荆镇下山头村"),
    Field("amount", "最多想贷多少", "好看哪一条够用。", "20 万", is_required=False),
    Field("purpose", "钱用来做什么", "有的贷款只能用在种养上。", "买石斛苗、搭大棚", is_required=False),
)


@dataclass(frozen=True, slots=True)
class ReadForm:
    """What was understood: the applicant, or by field what to mend; `values` are safe to show again."""

    applicant: Applicant | None
    values: Mapping[str, str]
    faults: Mapping[str, str]


def read_form(given: Mapping[str, str], knowledge: KnowledgeBase, today: date) -> ReadForm:
    """Read the five fields; identity and card numbers are refused and not shown again."""
    texts = {field.key: _tidy(given.get(field.key, "")) for field in FIELDS}
    faults: dict[str, str] = {}
    values = {key: text if key == "phone" else mask(text) for key, text in texts.items()}
    for key, masked in values.items():
        if key != "phone" and (unwanted := [word for label, word in NOT_WANTED_HERE.items() if label in masked]):
            faults[key] = f"这里不用填{'和'.join(unwanted)}，已经替您去掉了，没有存。请看一眼再交。"
    phone = read_phone(texts["phone"], faults)
    if phone is None:
        values["phone"] = texts["phone"] if _digits(texts["phone"]) < MOST_PHONE_DIGITS else ""
    name, place = _name(values["name"], faults), read_place(values["place"], knowledge, faults)
    amount = _amount(values["amount"], knowledge, today, faults)
    if len(values["purpose"]) > LONGEST_PURPOSE:
        faults.setdefault("purpose", f"写短一点，{LONGEST_PURPOSE} 个字以内。")
    if faults or phone is None:
        return ReadForm(None, values, faults)
    return ReadForm(Applicant(name, phone, place, amount, values["purpose"]), values, faults)


def read_one(key: str, text: str, knowledge: KnowledgeBase, today: date) -> tuple[str, str]:
    """One field by itself, for a chat that asks them in turn: the text to keep, and what to mend (or nothing)."""
    read = read_form({key: text}, knowledge, today)
    return read.values[key], read.faults.get(key, "")


def village_words(village: str) -> str:
    """乐清市/大荆镇/下山头村 as people read it."""
    return village.replace("/", "")


def _tidy(text: str) -> str:
    """One line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _name(text: str, faults: dict[str, str]) -> str:
    if not text:
        faults.setdefault("name", "请写怎么称呼您，写姓加先生、女士也行。")
    elif len(text) > LONGEST_NAME:
        faults.setdefault("name", f"称呼写短一点，{LONGEST_NAME} 个字以内。")
    elif any(label in text for label in LABELS.values()) or text.isdigit():
        faults.setdefault("name", "这里写称呼，不写号码。")
    return text


def read_phone(text: str, faults: dict[str, str]) -> str | None:
    """The number to ring up; None, with what to mend under `phone` of `faults`, when it is none."""
    digits = plain_digits(text).replace("(", "").replace(")", "")
    if mobile := MOBILE.fullmatch(digits):
        return mobile[1]
    if LANDLINE.fullmatch(digits):
        return digits
    faults["phone"] = _phone_fault(text)
    return None


def _phone_fault(text: str) -> str:
    if not text:
        return "请写一个能打通的电话，不然没法联系您。"
    if _digits(text) >= MOST_PHONE_DIGITS:
        return "这里写电话，不用写身份证号和银行卡号；刚才写的没有存。"
    return "这个号码好像少了或多了几位。手机是 11 位；座机前面要加区号，比如 0577。"


def _digits(text: str) -> int:
    return len(re.sub(r"\D", "", unicodedata.normalize("NFKC", text)))


def read_place(text: str, knowledge: KnowledgeBase, faults: dict[str, str]) -> str:
    """县市区/镇街/村, as much of it as was said; empty, with what to mend under `place` of `faults`, when not ours."""
    if not text:
        faults.setdefault("place", "请写是哪个县、哪个镇、哪个村，比如：乐清市大荆镇下山头村。")
    elif len(text) > LONGEST_PLACE:
        faults.setdefault("place", f"写短一点，{LONGEST_PLACE} 个字以内，只写县、镇、村。")
    elif PARTS.fullmatch(text):
        text = text.replace("/", "")
    if "place" in faults:
        return ""
    found = knowledge.places.find(text)
    inside = [one for one in found if one.county is not None and not one.ambiguous]
    if inside:
        best = max(inside, key=lambda one: (one.village is not None, one.town is not None))
        parts = [best.county, best.town, best.village]
        while parts and parts[-1] is None:
            parts.pop()
        return "/".join(part or "" for part in parts)
    if any(one.outside for one in found):
        faults["place"] = "这里只管温州的县（市、区）。您那里请打当地的 12345 问。"
    else:
        faults["place"] = "没认出是哪个县（市、区）。请把县名写上，比如：乐清市大荆镇下山头村。"
    return ""


def _amount(text: str, knowledge: KnowledgeBase, today: date, faults: dict[str, str]) -> int | None:
    """Whole yuan; of a range the upper end, because the question is how much at most. A bare 20 can only be 20 万."""
    if not text:
        return None
    reading = read_answer(knowledge.facts["amount_yuan"], text, today)
    if isinstance(reading, Unknown):
        return None
    if isinstance(reading, AskBack):
        likely = [value for _, value in reading.readings if LEAST_YUAN <= value <= MOST_YUAN]
        reading = likely[0] if len(likely) == 1 else reading
    upper = reading[1] if isinstance(reading, tuple) else reading
    if isinstance(upper, Decimal) and LEAST_YUAN <= upper <= MOST_YUAN:
        return int(upper)
    faults.setdefault("amount", "没看懂是多少。请写数字和“万”，比如：20 万；没想好就空着。")
    return None
