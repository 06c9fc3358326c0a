"""What a quantity is, and the measure words of the countryside with their exact factors to one canonical unit."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What a quantity measures."""

    MONEY = "money"
    AREA = "area"
    COUNT = "count"
    RATE = "rate"
    BASIS_POINTS = "basis_points"
    TERM = "term"
    AGE = "age"
    TEMPERATURE = "temperature"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a phrase measures. An ambiguous one has no single value: the asker is shown `readings` and asked back.

    `readings` is empty when the phrase is merely vague (几万): then `low` and `high` are all that is known.
    """

    kind: Kind
    low: Decimal
    high: Decimal
    unit: str
    span: tuple[int, int]
    text: str
    approximate: bool = False
    bound: str | None = None  # at_most | below | at_least | above, the words entries use for figures
    ambiguous: bool = False
    readings: tuple["Quantity", ...] = ()

    @property
    def value(self) -> Decimal | None:
        """The one value meant, or None for a range and for anything ambiguous."""
        return self.low if self.low == self.high and not self.ambiguous else None


@dataclass(frozen=True, slots=True)
class Unit:
    """A canonical unit and how many of it one spoken unit makes."""

    kind: Kind
    name: str
    factor: Decimal


def _unit(kind: Kind, name: str, factor: str = "1") -> Unit:
    return Unit(kind, name, Decimal(factor))


_COUNTED = {
    "person": "个人 口人 个小孩 个孩子 个老人 个工人 人 名 位",
    "household": "户人家 户 家农户",
    "firm": "家企业 家公司 家合作社 家农场 个合作社 家",
    "head": "头 只 羽 匹 尾",
    "tree": "棵 株",
    "jin": "市斤 斤",
    "kg": "公斤 千克 kg",
    "ton": "吨",
    "nest": "窝",
    "cage": "口网箱 个网箱",
    "boat": "艘 条船 只船 条渔船",
    "set": "台套 台 套",
    "deal": "笔",
    "times": "倍",
    "occurrence": "次",
    "room": "间",
    "building": "栋 幢",
    "shed": "个大棚 个棚",
    "village": "个村",
    "item": "项",
    "count": "个",
}

UNITS: dict[str, Unit] = {
    **dict.fromkeys(("亩地", "亩田", "市亩", "亩"), _unit(Kind.AREA, "mu")),
    "顷": _unit(Kind.AREA, "mu", "100"),
    "公顷": _unit(Kind.AREA, "mu", "15"),
    "平方公里": _unit(Kind.AREA, "mu", "1500"),
    **dict.fromkeys(("平方米", "平米", "平方", "㎡", "m2", "平"), _unit(Kind.AREA, "mu", "0.0015")),
    **dict.fromkeys(
        ["元人民币", "块人民币", "人民币", "元钱", "块钱", "元整", "元", "块", "圆", "钿", "rmb"],
        _unit(Kind.MONEY, "yuan"),
    ),
    **dict.fromkeys(("毛钱", "毛", "角"), _unit(Kind.MONEY, "yuan", "0.1")),
    **dict.fromkeys(("年期", "周年", "年"), _unit(Kind.TERM, "month", "12")),
    **dict.fromkeys(("个月期", "个月"), _unit(Kind.TERM, "month")),
    **dict.fromkeys(("个季度", "季度"), _unit(Kind.TERM, "month", "3")),
    **dict.fromkeys(("个工作日", "工作日"), _unit(Kind.TERM, "working_day")),
    **dict.fromkeys(("天", "日内", "日以内"), _unit(Kind.TERM, "day")),
    **dict.fromkeys(("个星期", "个礼拜", "星期", "礼拜", "周"), _unit(Kind.TERM, "day", "7")),
    **dict.fromkeys(("个小时", "小时", "个钟头"), _unit(Kind.TERM, "hour")),
    **dict.fromkeys(("周岁", "岁"), _unit(Kind.AGE, "years_of_age")),
    **dict.fromkeys(("摄氏度", "℃", "度"), _unit(Kind.TEMPERATURE, "celsius")),
    **dict.fromkeys(("个百分点", "百分点", "个点", "%", "点"), _unit(Kind.RATE, "percent")),
    **dict.fromkeys(("‰",), _unit(Kind.RATE, "percent", "0.1")),
    **dict.fromkeys(("成",), _unit(Kind.RATE, "percent", "10")),
    **dict.fromkeys(("个基点", "基点", "bp", "bps"), _unit(Kind.BASIS_POINTS, "basis_points")),
    **{word: _unit(Kind.COUNT, name) for name, words in _COUNTED.items() for word in words.split()},
}

# a measure word that is the beginning of another word measures nothing
_NOT_UNIT = {
    "年": "级代纪轮华货",
    "人": "均力工民社保参",
    "家": "庭人长里属乡",
    "个": "体税人鲜",
    "名": "单录字义额下",
    "位": "一于置",
    "块": "地田土儿状",
    "元": "旦宵",
    "头": "疼痛一",
    "只": "要有能是需好",
    "次": "数日年要",
    "成": "立本员为功熟品交",
    "天": "气河",
    "套": "餐路种",
    "台": "风州湾账",
    "点": "击半钟整多一左开就心",
    "平": "台阳安均时原衡价",
    "角": "度",
    "毛": "竹猪鸡利病蟹",
    "日": "",
    "间": "接作种",
    "户": "口籍主",
    "项": "目",
    "倍": "增",
    "周": "边围年岁转山",
    "株": "洲",
    "尾": "款",
    "度": "电数假过日量",
    "季度": "",
}


def _bounded(word: str) -> str:
    if _NOT_UNIT.get(word):
        return f"{re.escape(word)}(?![{_NOT_UNIT[word]}])"
    return re.escape(word) + ("(?![a-z])" if word.isascii() and word.isalpha() else "")


_PATTERN = re.compile("|".join(map(_bounded, sorted(UNITS, key=lambda word: (-len(word), word)))))


def read_unit(text: str, start: int) -> tuple[str, Unit] | None:
    """The longest measure word at `start`, as written, with its unit."""
    match = _PATTERN.match(text, start)
    return (match.group(), UNITS[match.group()]) if match else None
