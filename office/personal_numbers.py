"""Tells whether a row of digits is a personal number: an identity, mobile, bank card or landline number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a number is of."""

    IDENTITY = "identity"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"
    LANDLINE = "landline"


@dataclass(frozen=True)
class Reading:
    """A candidate: its digits (X may end them), how separators grouped it, and the text around it."""

    digits: str
    groups: tuple[int, ...]
    before: str
    after: str


_MOBILE = re.compile(r"1[3-9]\d{9}")
_MOBILE_WITH_PREFIX = re.compile(r"(?:0|0?086|86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}")
_LONGEST_NUMBER = 19
_AREA_CODES = (3, 4)
_MOBILE_GROUPS = frozenset(
    {(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 4, 3), (4, 3, 4), (5, 6), (3, 2, 3, 3), (1,) * 11}
)
_PROVINCES = frozenset(
    code
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
_CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"

_UNIT_AFTER = re.compile(r"\s*(?:元|块|万|亿|亩|平|㎡|斤|公斤|吨|株|头|只|户|人|%|％|[.．]\d{1,2}(?!\d))")
_MOBILE_CUE = re.compile(r"手机|电话|号码|联系|微信|致电|拨打|打给|tel|phone|mobile", re.IGNORECASE)
_IDENTITY_CUE = re.compile(r"身份证|身份号|证件号|公民身份")
_CARD_CUE = re.compile(
    r"卡号|银行卡|储蓄卡|借记卡|信用卡|社保卡|惠农卡|账号|帐号|账户|帐户|存折|卡是|[行社]卡|打卡里|卡[:：]"
)
_OTHER_NUMBER_CUE = re.compile(r"信用代码|税号|订单|单号|受理号|回执|流水号|合同号|编号|文号|版本|哈希")


def recognise(reading: Reading) -> Kind | None:
    """The kind of personal number the whole reading is, or None."""
    if re.search(r"\d\.$|[A-Fa-f]$", reading.before) and re.match(r"[A-Fa-f]", reading.after):
        return None  # inside a hexadecimal word
    if _is_identity(reading):
        return Kind.IDENTITY
    if _is_mobile(reading):
        return Kind.MOBILE
    if _is_bank_card(reading):
        return Kind.BANK_CARD
    if _is_landline(reading):
        return Kind.LANDLINE
    return None


def recognise_inside(digits: str, *, anywhere: bool) -> list[tuple[int, int, Kind]]:
    """Numbers within a longer row of digits: back to back if they fill it, else (if allowed) anywhere in it."""
    if not anywhere and len(digits) <= _LONGEST_NUMBER:
        return []
    tiles = _tile(digits, 0)
    if tiles is None:
        return list(_scan(digits)) if anywhere else []
    return tiles


def _tile(digits: str, at: int) -> list[tuple[int, int, Kind]] | None:
    if at == len(digits):
        return []
    for size, kind in ((11, Kind.MOBILE), (18, Kind.IDENTITY)):
        if _has_form(digits[at : at + size], kind) and (rest := _tile(digits, at + size)) is not None:
            return [(at, at + size, kind), *rest]
    return None


def _scan(digits: str) -> Iterator[tuple[int, int, Kind]]:
    at = 0
    while at < len(digits):
        for size, kind in ((18, Kind.IDENTITY), (11, Kind.MOBILE)):
            if _has_form(digits[at : at + size], kind):
                yield at, at + size, kind
                at += size
                break
        else:
            at += 1


def _has_form(digits: str, kind: Kind) -> bool:
    if kind is Kind.MOBILE:
        return _MOBILE.fullmatch(digits) is not None
    return len(digits) == 18 and has_identity_form(digits)


def has_identity_form(digits: str) -> bool:
    """A known province, and a possible date of birth or a right check digit (18 places; 15 before 1999)."""
    if re.fullmatch(r"\d{17}[\dX]", digits):
        return int(digits[:2]) in _PROVINCES and (_is_birth_date(digits[6:14]) or _has_check_digit(digits))
    if re.fullmatch(r"\d{15}", digits):
        return int(digits[:2]) in _PROVINCES and _is_birth_date("19" + digits[6:12])
    return False


def _is_identity(reading: Reading) -> bool:
    if _IDENTITY_CUE.search(reading.before) and re.fullmatch(r"\d{15}|\d{17}[\dX]", reading.digits):
        return True
    if _OTHER_NUMBER_CUE.search(reading.before) or not _has_identity_groups(reading.groups):
        return False
    return has_identity_form(reading.digits)


def _has_identity_groups(groups: tuple[int, ...]) -> bool:
    """Six places of region come first, whole or in threes; or every digit stands apart."""
    return groups[0] in (3, 6, 15, 17, 18, 19) or set(groups) == {1}


def _is_birth_date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    return 1900 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= 31


def _has_check_digit(digits: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_CHECK_WEIGHTS, digits[:17], strict=True))
    return _CHECK_DIGITS[total % 11] == digits[17]


def _is_mobile(reading: Reading) -> bool:
    found = _MOBILE_WITH_PREFIX.fullmatch(reading.digits)
    if found is None:
        return False
    has_cue = _MOBILE_CUE.search(reading.before) is not None
    if not has_cue and (
        _is_quantity(reading) or (len(reading.groups) > 1 and _OTHER_NUMBER_CUE.search(reading.before))
    ):
        return False
    return has_cue or _without_prefix(reading.groups, len(reading.digits) - 11) in _MOBILE_GROUPS


def _without_prefix(groups: tuple[int, ...], places: int) -> tuple[int, ...]:
    """The groups of a mobile number after 86, 086, 0086 or 0, which stand apart or are glued on."""
    if not places:
        return groups
    if groups[0] < places:
        return ()
    rest = groups[0] - places
    return (rest, *groups[1:]) if rest else groups[1:]


def _is_quantity(reading: Reading) -> bool:
    """An amount or a decimal fraction: a unit follows, or the digits come after a decimal point."""
    return _UNIT_AFTER.match(reading.after) is not None or re.search(r"\d[.．]$", reading.before) is not None


def _is_bank_card(reading: Reading) -> bool:
    digits = reading.digits
    if "X" in digits or len(set(digits)) < 2:
        return False
    if _CARD_CUE.search(reading.before) and 12 <= len(digits) <= 22:
        return True
    if not 16 <= len(digits) <= 19 or _OTHER_NUMBER_CUE.search(reading.before) or _is_quantity(reading):
        return False
    if len(reading.groups) > 1 and not _has_card_groups(reading.groups):
        return False
    if digits.startswith(("91", "92", "93")) and len(digits) == 18:
        return False  # a credit code (统一社会信用代码) of digits alone
    return digits.startswith("62") or (digits[0] in "34569" and _passes_luhn(digits))


def _has_card_groups(groups: tuple[int, ...]) -> bool:
    return all(size == 4 for size in groups[:-1]) or groups[0] == 6 or set(groups) == {1}


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_landline(reading: Reading) -> bool:
    if not _LANDLINE.fullmatch(reading.digits) or _is_quantity(reading):
        return False
    return len(reading.groups) == 1 or reading.groups[0] in _AREA_CODES
