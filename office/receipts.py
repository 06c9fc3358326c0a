"""Receipt numbers (回执编号): nine digits a person can say on the phone, the last of which catches a slip.

Eight random digits and a check digit after Damm, which finds every single wrong digit and every swap of neighbours.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

LENGTH = 9

_CHINESE_DIGITS = str.maketrans("零〇幺一二两三四五六七八九", "0011223456789")
_QUASIGROUP = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def make() -> str:
    """A fresh number; it never begins with a zero."""
    digits = str(secrets.randbelow(9 * 10 ** (LENGTH - 2)) + 10 ** (LENGTH - 2))
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The digit that makes the whole number right."""
    state = 0
    for digit in digits:
        state = int(_QUASIGROUP[state][int(digit)])
    return str(state)


def read(text: str) -> str | None:
    """The number typed or dictated: spaces, dashes, full width and 三八五 are taken; None when it cannot be one."""
    digits = plain_digits(text)
    if not re.fullmatch(rf"[1-9]\d{{{LENGTH - 1}}}", digits) or not digits.isascii():
        return None
    return digits if check_digit(digits) == "0" else None


def plain_digits(text: str) -> str:
    """What was typed with its digits made plain and its gaps closed."""
    plain = unicodedata.normalize("NFKC", text).translate(_CHINESE_DIGITS)
    return re.sub(r"[\s\-‐‑–—.,，。、·]", "", plain)


def spoken(receipt: str) -> str:
    """The number in threes, as it is printed and read aloud."""
    return " ".join(receipt[at : at + 3] for at in range(0, LENGTH, 3))
