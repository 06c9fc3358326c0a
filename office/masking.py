"""Masks personal numbers in free text before it is stored or logged: 身份证, 手机, 银行卡, 座机.

Digits may be ASCII, full-width, circled or Chinese (一三八…), mixed, and parted by spaces, dashes, dots or commas.
Amounts, areas, dates, document numbers, entry codes and receipt numbers are left as they stand. The text is read
as segments (digits of one script without a gap); a window of whole segments is masked when it reads as a number of
`office.personal_numbers`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NewType

from office.personal_numbers import Kind, Reading, recognise, recognise_inside

Masked = NewType("Masked", str)
"""Text that went through `mask`."""

LABELS = {
    Kind.IDENTITY: "〔身份证号〕",
    Kind.MOBILE: "〔手机号〕",
    Kind.BANK_CARD: "〔银行卡号〕",
    Kind.LANDLINE: "〔座机号〕",
}

_FEWEST_DIGITS = 10
_LONGEST_WINDOW = 24
_CUE_REACH = 14

_CHINESE_DIGITS = dict(zip("零〇○一幺二三四五六七八九壹贰叁肆伍陆柒捌玖", "00011234567891" + "23456789", strict=True))
_LOOK_ALIKES = {"O": "0", "o": "0", "l": "1", "I": "1"}
_SEPARATORS = " \t\u3000\xa0-‐‑–—－_.．·•,，、/()（）+"
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f\u20e3\xad")


@dataclass(frozen=True)
class _Segment:
    """Digits of one script without a gap: `digits` may end in X, `gap` is what parts it from the one before."""

    start: int
    end: int
    digits: str
    is_chinese: bool
    gap: str


def mask(text: str) -> Masked:
    """The text with every personal number replaced by the name of its kind."""
    if sum(character in _LOOK_ALIKES or _digit(character) is not None for character in text) < _FEWEST_DIGITS:
        return Masked(text)
    pieces: list[str] = []
    position = 0
    for first, last, kind in _findings(text):
        start, end = _with_trimmings(text, first, last)
        pieces += [text[position:start], LABELS[kind]]
        position = end
    return Masked("".join([*pieces, text[position:]]))


def _with_trimmings(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the plus and bracket before a country code, and the invisible rest of a key-cap digit."""
    if start and text[start - 1] in "+＋":
        start -= 1
    if start and text[start - 1] in "(（" and re.search(r"[)）]", text[start:end]):
        start -= 1
    while end < len(text) and text[end] in _INVISIBLE:
        end += 1
    return start, end


def _findings(text: str) -> Iterator[tuple[int, int, Kind]]:
    for run in _runs(text):
        index = 0
        while index < len(run):
            found = _longest_window(text, run, index)
            if found is None:
                yield from _inside(text, run[index])
                index += 1
            else:
                last, kind = found
                yield run[index].start, run[last].end, kind
                index = last + 1


def _longest_window(text: str, run: Sequence[_Segment], first: int) -> tuple[int, Kind] | None:
    """The longest window of whole segments from `first` that reads as a personal number."""
    best = None
    digits = ""
    groups: list[int] = []
    gaps = ""
    for last in range(first, len(run)):
        segment = run[last]
        if last > first and segment.gap:
            gaps += segment.gap
            groups.append(0)
        digits += segment.digits
        groups = [*groups[:-1], groups[-1] + len(segment.digits)] if groups else [len(segment.digits)]
        if len(digits) > _LONGEST_WINDOW:
            break
        reading = Reading(
            digits=digits,
            groups=tuple(groups),
            gaps=gaps,
            before=text[max(0, run[first].start - _CUE_REACH) : run[first].start],
            after=text[segment.end : segment.end + 4],
        )
        if kind := recognise(reading):
            best = last, kind
    return best


def _inside(text: str, segment: _Segment) -> Iterator[tuple[int, int, Kind]]:
    """Numbers glued to other digits: within Chinese digits anywhere, within others only back to back."""
    positions = [at for at in range(segment.start, segment.end) if text[at] not in _INVISIBLE]
    for start, end, kind in recognise_inside(segment.digits, anywhere=segment.is_chinese):
        yield positions[start], positions[end - 1] + 1, kind


def _runs(text: str) -> Iterator[list[_Segment]]:
    """Segments that only separators part, together; a run too short to hold a number is dropped."""
    run: list[_Segment] = []
    for segment in _segments(text):
        if run and segment.gap is _BREAK:
            yield from _worthwhile(run)
            run = []
        run.append(segment)
    yield from _worthwhile(run)


def _worthwhile(run: list[_Segment]) -> Iterator[list[_Segment]]:
    if sum(len(segment.digits) for segment in run) >= _FEWEST_DIGITS:
        yield run


_BREAK = "break"


def _segments(text: str) -> Iterator[_Segment]:
    end = 0
    at = 0
    while at < len(text):
        if _digit(text[at]) is None:
            at += 1
            continue
        segment = _read_segment(text, at, _gap(text[end:at]) if end else _BREAK)
        yield segment
        at = end = segment.end


def _read_segment(text: str, start: int, gap: str) -> _Segment:
    is_chinese = text[start] in _CHINESE_DIGITS
    digits = ""
    end = at = start
    while at < len(text):
        character = text[at]
        digit = _digit(character)
        if digit is not None and (character in _CHINESE_DIGITS) == is_chinese:
            digits += digit
            end = at + 1
        elif character in _LOOK_ALIKES and _stands_for_digit(text, at, digits):
            digits += _LOOK_ALIKES[character]
            end = at + 1
        elif character not in _INVISIBLE:
            break
        at += 1
    return _with_check_letter(text, _Segment(start, end, digits, is_chinese, gap))


def _stands_for_digit(text: str, at: int, digits: str) -> bool:
    """A letter O or l among digits: the rest of the word must be digits or such letters."""
    word = re.match(r"[0-9OolI]+(?![A-Za-z])", text[at:])
    return word is not None and len(digits) >= 2 and sum(c.isdigit() for c in digits + word[0]) >= 6


def _with_check_letter(text: str, segment: _Segment) -> _Segment:
    """Take in the X that ends some identity numbers."""
    found = re.match(r"[ \-]?([XxＸｘ×Хх叉])(?![A-Za-z0-9])", text[segment.end : segment.end + 3])
    if found is None:
        return segment
    end = segment.end + found.end()
    return _Segment(segment.start, end, segment.digits + "X", segment.is_chinese, segment.gap)


def _gap(between: str) -> str:
    """What parts two segments: nothing, separators, or a break."""
    visible = "".join(character for character in between if character not in _INVISIBLE)
    if len(visible) > 3 or any(character not in _SEPARATORS for character in visible):
        return _BREAK
    return unicodedata.normalize("NFKC", visible)


@lru_cache(maxsize=4096)
def _digit(character: str) -> str | None:
    if character in _CHINESE_DIGITS:
        return _CHINESE_DIGITS[character]
    value = unicodedata.digit(character, None)
    return None if value is None else str(value)
