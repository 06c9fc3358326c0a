"""The ten characters of a printed code (码): made at random, read back from what people type, paste or say.

Nine random characters and one check character. Every position has a weight of its own modulo the prime 31, so a
wrong character changes the sum, and so does any swap of two different characters, however far apart.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10
HALF = 5
NEVER_PRINTED = "0O1IL"

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(range(LENGTH, 0, -1))  # ten different numbers from 1 to 10; the check character weighs 1
_SPOKEN = str.maketrans("二两三四五六七八九零〇洞一幺妖勾", "2234567890001" + "119")
_DASHES = re.compile(r"[\s\-‐-―−_·•.,，、。:：;；~～/|'\"“”‘’()（）\[\]【】<>《》—－杠横]+")
_SHAPE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
_NEARLY = re.compile(r"[0-9A-Z]{10}")
_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])([0-9A-Za-z]{5})[ \-‐-―−·_]?([0-9A-Za-z]{5})(?![0-9A-Za-z])")
_IN_ADDRESS = re.compile(r"/c/([0-9A-Za-z]{5}[\-‐-―]?[0-9A-Za-z]{5})(?![0-9A-Za-z])")
_LEAD = re.compile(
    r"^(?:我的|这个|这张|卡上的?|卡片上的?|上面的?|扫的|输入|打开|查|看)*(?:政策码|农贷码|明白卡|二维码|号码|编码|编号|码|卡)?(?:是|为|：|:|,|，|\s)*"
)


def new_code() -> str:
    """A fresh code; nobody can guess another from it."""
    return with_check("".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1)))


def with_check(nine: str) -> str:
    """Nine characters and the check character they ask for."""
    total = sum(weight * _VALUES[character] for weight, character in zip(_WEIGHTS, nine, strict=False))
    return nine + ALPHABET[-total % len(ALPHABET)]


def is_code(text: str) -> bool:
    """Whether `text` is ten characters of the alphabet whose check character is right."""
    return bool(_SHAPE.fullmatch(text)) and (
        sum(weight * _VALUES[character] for weight, character in zip(_WEIGHTS, text, strict=True)) % len(ALPHABET) == 0
    )


def plain(text: str) -> str:
    """What was typed or said, in capitals, without dashes and spaces, 二三四 as figures; it need not be a code."""
    return _DASHES.sub("", unicodedata.normalize("NFKC", text).translate(_SPOKEN)).upper()


def parse(text: str) -> str | None:
    """The code a text stands for, when it is nothing but a code, however it was written; else None."""
    read = plain(text)
    return read if is_code(read) else None


def printed(code: str) -> str:
    """Five plus five, as it stands on the card and is dictated."""
    return f"{code[:HALF]}-{code[HALF:]}"


def find(text: str) -> tuple[str, ...]:
    """Every right code in a longer text: in addresses, file names or on its own; each once, in order."""
    folded = unicodedata.normalize("NFKC", text)
    whole = parse(folded)
    found = [whole] if whole else []
    found += [code for code in _candidates(folded) if is_code(code)]
    return tuple(dict.fromkeys(found))


def find_wrong(text: str) -> tuple[str, ...]:
    """What was plainly meant to be a code and is none: a character wrong or two swapped. Order kept, each once."""
    folded = unicodedata.normalize("NFKC", text)
    whole = plain(folded)
    candidates = [whole] if _is_meant(whole) else []
    candidates += [code for code in _candidates(folded) if _is_meant(code)]
    return tuple(dict.fromkeys(code for code in candidates if not is_code(code)))


def spoken(text: str) -> str:
    """The part of a message after words such as 我的政策码是."""
    return _LEAD.sub("", unicodedata.normalize("NFKC", text).strip(), count=1)


def misread(code: str) -> str:
    """The characters of `code` that no printed code has."""
    return "".join(dict.fromkeys(character for character in code if character in NEVER_PRINTED))


def _candidates(text: str) -> Iterator[str]:
    for match in _IN_ADDRESS.finditer(text):
        yield plain(match.group(1))
    for match in _IN_TEXT.finditer(text):
        yield (match.group(1) + match.group(2)).upper()


def _is_meant(text: str) -> bool:
    """Ten characters with a figure and a letter among them; a telephone number or an English word is not meant."""
    return bool(_NEARLY.fullmatch(text)) and not text.isdigit() and not text.isalpha()
