"""Hear the facts a farmer states in passing: where, how much land, what is grown, how much money, for how long."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.claims import find_claims
from knowledge.crops import Crops
from knowledge.dates import find_dates
from knowledge.dialect import DialectTable, DialectWord, translate_dialect
from knowledge.numerals import fold
from knowledge.phrases import Phrases
from knowledge.places import Places
from knowledge.quantities import Kind, Quantity, find_quantities

__all__ = ["DialectTable", "DialectWord", "HeardFact", "hear", "to_json", "translate_dialect"]

Value = Decimal | str | bool | tuple[Decimal, Decimal] | tuple[str, str]


@dataclass(frozen=True, slots=True)
class HeardFact:
    """One fact as heard. An ambiguous one has `value` None and must be asked back; `readings` are what it may mean."""

    key: str
    value: Value | None
    text: str
    ambiguous: bool = False
    readings: tuple[Value, ...] = ()
    bound: str | None = None


APPLICANT_TYPES: dict[str, str] = {
    **dict.fromkeys(("家庭农场", "家庭农场主", "农场主"), "家庭农场"),
    **dict.fromkeys(("农民专业合作社", "农民合作社", "专业合作社", "农机合作社", "合作社"), "农民合作社"),
    **dict.fromkeys(("种粮大户", "种植大户", "养殖大户", "种养大户", "种养殖大户", "专业大户", "养猪大户"), "种养大户"),
    **dict.fromkeys(("个体工商户", "个体户"), "个体工商户"),
    **dict.fromkeys(("普通农户", "散户", "小农户", "我是农民", "我是农户", "普通农民", "一般农户"), "普通农户"),
    **dict.fromkeys(("农业社会化服务组织", "社会化服务组织", "农服组织"), "农业社会化服务组织"),
    "小微农业企业": "小微农业企业",
    "小微企业": "小微企业",
    "中小微企业": "中小微企业",
    "大型企业": "大型企业",
}
_APPLICANTS = Phrases.of(APPLICANT_TYPES)
_NOT_MINE = re.compile(
    r"(?:不是|弗是|不算|没有?|没有?办|没有?成立|没有?注册|还没|通过|跟着?|加入|参加|卖给|进|找|由|和|与)(?:的|一?[家个]|了|过)?$"
)
_NOT_GROWN = re.compile(
    r"(?:不种|没种|没有种|不养|没养|没有养|不是|不搞|不再种|不再养|弗种|弗养|改掉|未种)(?:的|了|过)?$"
)
_PRODUCT_NAME = re.compile(r"\s?(?:e?贷(?!款)|银行|链贷|全产业链)")
_CLAUSE = re.compile(r"[，。；！？,;!?\n]")

_NOT_WANTED = re.compile(
    r"(?:补贴|补助|奖励|贴息|收入|利润|赚|投了|投资|投入|花了|成本|工资|保费|保额|保险|赔|亏|损失|欠|还了|还剩|剩|利息|担保费|产值|卖|存|价|租金|"
    r"最高|最多|上限|封顶|每人|每户|每亩)[^贷借]{0,5}$"
)
_WANTED = re.compile(r"(?:贷款?|借款?|申请|需要|想要|急需|要用|缺|还差|融资|周转)[^,，。？?！!]{0,4}$")
_WANTED_AFTER = re.compile(r"\s?(?:的|钱)?(?:贷款|贷(?!了)|借款|资金周转|周转|流动资金|额度)")
_HAD = re.compile(r"(?:已经?贷|贷了|贷过|贷到|借了|借过|批了|放了)[^贷借,，。]{0,4}$")
_WISH = re.compile(r"想|要|需|打算|准备|再|申请|缺")
_PER = re.compile(r"\s?(?:一(?:亩|户|头|人|个?月|斤|株|只|羽|棵)|[/每](?:亩|户|头|人|年|个?月|斤|株|只|羽|棵))")
_LOAN_TERM_BEFORE = re.compile(
    r"(?:贷款?|借|期限|分|还款期|贷款期|用款|周期|用)(?:是|为|期|个|大概|最长|到|它|款)?\s?$|[万元块][,，]?(?:贷|借|用|分)?\s?$"
)
_A_MONTH_EACH = re.compile(r"(?:要|得|就|给他)?(?:还|交|付)[\d一二两三四五六七八九十几多]")
_AN_AMOUNT = re.compile(r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]+)[万千百元块]")
_A_YEAR_EACH = re.compile("(能|可以|可|最多|最高|大概|好|给|要|得)?(贷|借|补|领|拿|交|还|发)?(多少|几|最多|最高)")
_LOAN_TERM_AFTER = re.compile(r"\s?(?:期(?!间)|还清|还完|还款|归还|的贷款|贷款|内还|后还|之内还)")
_NOT_LOAN_TERM = re.compile(
    r"(?:合同|租|流转|承包|成立|干了|种了|养了|开了|注册|做了|签了|逾期|办了|等了)[^,，。]{0,4}$"
)
_NOT_MY_AGE = re.compile(
    r"(?:老公|老婆|老伴|爸|妈|父亲|母亲|爷爷|奶奶|孩子|儿子|女儿|小孩|囡|孙子|树|猪|牛|不超过|年满|规定|要求)[^,，。]{0,4}$"
)
_EVENTS = (
    ("fully_repaid_on", re.compile(r"(?<!没)(?<!没有)(?<!未)还清")),
    ("overdue_arose_on", re.compile(r"(?<!没)(?<!没有)(?<!未)逾期的|(?<!没)(?<!没有)(?<!未)(?:开始|就)逾期")),
    ("loan_disbursed_on", re.compile(r"放的?款|下的?款|(?<!想)(?<!要)[贷借]的|到的?账")),
    ("graduated_year", re.compile("毕业")),
)
_LAND_BEFORE = re.compile(r"(?:种|养|包|承包|流转|租|有|共|田|地|山|园|棚|塘|我|家|了)[^,，。]{0,4}$")
_FARM_PLACE = re.compile(r"棚|地|田|塘|池|园|圃")


def hear(text: str, places: Places, crops: Crops, today: date) -> dict[str, HeardFact]:
    """The facts `text` states, by the keys of data/facts.yaml; what is not certain is ambiguous or left out."""
    folded = fold(text)
    facts: dict[str, HeardFact] = {}
    stated = (
        *_where(text, places),
        *_amounts(text, folded),
        *_days(folded, today),
        *_crop(folded, crops),
        *_applicant(folded),
        *_said(folded),
    )
    for fact in stated:
        facts.setdefault(fact.key, fact)
    return facts


def to_json(facts: dict[str, HeardFact]) -> dict[str, object]:
    """Plain JSON: exact numbers as strings, a range as two strings, an ambiguous fact as an object that says so."""
    return {key: _json(fact) for key, fact in facts.items()}


def _json(fact: HeardFact) -> object:
    if not fact.ambiguous:
        return _plain(fact.value)
    answer: dict[str, object] = {"ambiguous": True, "text": fact.text}
    if fact.bound:
        answer["bound"] = fact.bound
    if fact.readings:
        answer["readings"] = [_plain(reading) for reading in fact.readings]
    return answer


def _plain(value: Value | None) -> object:
    if isinstance(value, tuple):
        return [_plain(end) for end in value]
    return format(value, "f") if isinstance(value, Decimal) else value


def _one(key: str, values: Iterable[tuple[Value, str]]) -> list[HeardFact]:
    """One fact when every mention agrees, an ambiguous one when they differ, none without a mention."""
    said = list(values)
    distinct = tuple(dict.fromkeys(value for value, _ in said))
    if not distinct:
        return []
    if len(distinct) == 1:
        return [HeardFact(key, distinct[0], said[0][1])]
    return [
        HeardFact(key, None, "、".join(dict.fromkeys(words for _, words in said)), ambiguous=True, readings=distinct)
    ]


def _where(text: str, places: Places) -> list[HeardFact]:
    mentions = places.find(text)
    inside = [mention for mention in mentions if mention.counties]
    exact = [mention for mention in inside if mention.county]
    facts = _one("county", [(mention.county, mention.text) for mention in exact if mention.county])
    if not facts and inside and len(inside[0].counties) < len(places.counties):
        facts = [HeardFact("county", None, inside[0].text, ambiguous=True, readings=inside[0].counties)]
    towns = [mention for mention in exact if mention.town or mention.village]
    if len(towns) == 1:
        facts += [HeardFact("town", towns[0].town, towns[0].text)] if towns[0].town else []
        facts += [HeardFact("village", towns[0].village, towns[0].text)] if towns[0].village else []
    outside = [(mention.name, mention.text) for mention in mentions if mention.outside]
    return facts + _one("location", outside)


def _amounts(text: str, folded: str) -> list[HeardFact]:
    heard: dict[str, list[Quantity]] = {}
    for quantity in find_quantities(text):
        start, end = quantity.span
        before = _CLAUSE.split(folded[max(0, start - 14) : start])[-1]
        after = folded[end : end + 6]
        key = (
            _KEY_OF[quantity.kind](quantity, before, after, folded[max(0, start - 3) : start])
            if quantity.kind in _KEY_OF
            else None
        )
        if key:
            heard.setdefault(key, []).append(quantity)
    return [fact for key, quantities in heard.items() for fact in _quantity_fact(key, quantities)]


def _quantity_fact(key: str, quantities: list[Quantity]) -> list[HeardFact]:
    unclear = next((quantity for quantity in quantities if quantity.ambiguous or quantity.bound), None)
    if unclear is not None:
        readings: tuple[Value, ...] = tuple(reading.low for reading in unclear.readings)
        if not readings:
            readings = ((unclear.low, unclear.high),) if unclear.low != unclear.high else (unclear.low,)
        return [HeardFact(key, None, unclear.text, ambiguous=True, readings=readings, bound=unclear.bound)]
    return _one(
        key,
        [
            (quantity.low if quantity.low == quantity.high else (quantity.low, quantity.high), quantity.text)
            for quantity in quantities
        ],
    )


def _money_key(quantity: Quantity, before: str, after: str, _: str) -> str | None:
    if _PER.match(after):
        return None
    if _HAD.search(before):
        return "loan_amount_yuan"
    if _NOT_WANTED.search(before):
        return None
    if not (_WANTED.search(before) or _WANTED_AFTER.match(after) or (before.endswith("要") and quantity.low >= 1000)):
        return None
    if (quantity.bound or quantity.text[0] in "几数") and not _WISH.search(before):
        return None  # 20万以内要担保吗, 能贷几万 ask about the rule, they state nothing
    return "amount_yuan"


def _area_key(quantity: Quantity, before: str, after: str, near: str) -> str | None:
    is_floor = re.search("平|㎡|m2", quantity.text) is not None
    if is_floor and not _FARM_PLACE.search(before[-6:] + after[:3]):
        return None
    if near.endswith(("每", "/")) or (quantity.bound and not _LAND_BEFORE.search(before)):
        return None
    if quantity.low == quantity.high == 1 and quantity.text.startswith("一") and not _LAND_BEFORE.search(before):
        return None
    return "area_mu"


def _term_key(quantity: Quantity, before: str, after: str, near: str) -> str | None:
    if quantity.unit != "month" or quantity.text[0] == "几" or _NOT_LOAN_TERM.search(before):
        return None
    if quantity.text == "一年" and _AN_AMOUNT.match(after):
        return None  # 一年两万四 tells how much in each year
    if quantity.text.startswith("一年") and _A_YEAR_EACH.match(after):
        return None  # 一年能贷多少 asks how much in each year
    if quantity.text in ("一个月", "1个月") and _A_MONTH_EACH.match(after):
        return None  # 一个月还两千七 tells how much each month
    if _LOAN_TERM_AFTER.match(after) or quantity.text.endswith("期"):
        return "term_months"
    return "term_months" if _LOAN_TERM_BEFORE.search(before or near) else None


def _age_key(quantity: Quantity, before: str, _: str, __: str) -> str | None:
    if _NOT_MY_AGE.search(before) or (quantity.low != quantity.high and not quantity.approximate):
        return None
    if quantity.bound and not (quantity.approximate or "我" in before):
        return None
    return "age"


_KEY_OF = {Kind.MONEY: _money_key, Kind.AREA: _area_key, Kind.TERM: _term_key, Kind.AGE: _age_key}


def _days(folded: str, today: date) -> list[HeardFact]:
    facts: list[HeardFact] = []
    for days in find_dates(folded, today):
        after = _CLAUSE.split(folded[days.span[1] : days.span[1] + 8])[0]
        key = next((key for key, pattern in _EVENTS if pattern.search(after)), None)
        if key == "graduated_year" and days.start.year == days.end.year:
            facts.append(HeardFact(key, Decimal(days.start.year), days.text))
        elif key and key != "graduated_year":
            start, end = days.start.isoformat(), days.end.isoformat()
            facts.append(HeardFact(key, start if start == end else (start, end), days.text))
    return facts


def _crop(folded: str, crops: Crops) -> list[HeardFact]:
    grown = [
        (hit, crop)
        for hit, crop in crops.find(folded)
        if not _PRODUCT_NAME.match(folded, hit.end) and not _NOT_GROWN.search(folded[max(0, hit.start - 5) : hit.start])
    ]
    facts = _one("crop", [(crop.name, hit.word) for hit, crop in grown])
    return facts + _one("line", [(crop.line, hit.word) for hit, crop in grown if crop.line])


def _applicant(folded: str) -> list[HeardFact]:
    mine = [
        (APPLICANT_TYPES[hit.word], hit.word)
        for hit in _APPLICANTS.find(folded)
        if not _NOT_MINE.search(folded[max(0, hit.start - 6) : hit.start])
    ]
    return _one("applicant_type", mine)


def _said(folded: str) -> list[HeardFact]:
    facts = [HeardFact(said.key, said.value, said.text, ambiguous=said.value is None) for said in find_claims(folded)]
    stranger = re.search(r"(?<!不是)(?<!不算)(?:外地户口|外地人)|户口(?:不在温州|在外地|是外地)", folded)
    if stranger:
        facts.append(HeardFact("household_registration", "外地", stranger.group()))
    family = re.search(r"(?<!不是)(?<!没有)(?:(?P<out>脱贫户|脱贫家庭)|(?P<watched>监测户|监测对象|监测家庭))", folded)
    if family:
        facts.append(HeardFact("family", "脱贫家庭" if family["out"] else "防止返贫监测对象", family.group()))
    return facts
