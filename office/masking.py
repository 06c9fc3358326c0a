"""Masks personal numbers in free text before it is stored or logged: 身份证, 手机, 银行卡, 座机.

Digits may be ASCII, full-width, circled or Chinese (一三八…), mixed, and parted by spaces, dashes, dots or commas.
Amounts, areas, dates, document numbers, entry codes and receipt numbers are left as they stand. The text is read
as segments (digits of one script without a gap); a window of whole segments is masked when it reads as a number of
`office.personal_numbers`.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
_MOST_DIGITS = 22  # of the longest account numbers; a window has no more segments than digits
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
            found = _longest_window(text, run[index : index + _MOST_DIGITS])
            if found is None:
                yield from _inside(text, run[index])
                index += 1
            else:
                window, kind = found
                yield window[0].start, window[-1].end, kind
                index += len(window)


def _longest_window(text: str, run: Sequence[_Segment]) -> tuple[Sequence[_Segment], Kind] | None:
    """The longest window of segments from the first that reads as a personal number."""
    for size in range(len(run), 0, -1):
        for window in _trimmed(text, run[:size]):
            if kind := recognise(_reading(text, window)):
                return window, kind
    return None


def _reading(text: str, window: Sequence[_Segment]) -> Reading:
    groups: list[int] = []
    for segment in window:
        if groups and not segment.gap:
            groups[-1] += len(segment.digits)
        else:
            groups.append(len(segment.digits))
    start, end = window[0].start, window[-1].end
    return Reading(
        digits="".join(segment.digits for segment in window),
        groups=tuple(groups),
        before=text[max(0, start - _CUE_REACH) : start],
        after=text[end : end + 4],
    )


def _trimmed(text: str, window: Sequence[_Segment]) -> Iterator[Sequence[_Segment]]:
    """The window, and without up to two Chinese digits at either end: 张三｜一三八…, …一三八｜一直打不通."""
    places = sum(len(segment.digits) for segment in window)
    if _FEWEST_DIGITS <= places <= _MOST_DIGITS:
        yield window
    if len(window) == 1:
        return
    fronts = range(3 if window[0].is_chinese else 1)
    backs = range(3 if window[-1].is_chinese else 1)
    for front, back in itertools.product(fronts, backs):
        first, last = window[0], window[-1]
        is_trimmed = (front or back) and front < len(first.digits) and back < len(last.digits)
        if is_trimmed and places - front - back in (11, 18):
            positions = _positions(text, first), _positions(text, last)
            yield (
                replace(first, start=positions[0][front], digits=first.digits[front:]),
                *window[1:-1],
                replace(last, end=positions[1][-back - 1] + 1, digits=last.digits[: len(last.digits) - back]),
            )


def _positions(text: str, segment: _Segment) -> list[int]:
    return [at for at in range(segment.start, segment.end) if text[at] not in _INVISIBLE]


def _inside(text: str, segment: _Segment) -> Iterator[tuple[int, int, Kind]]:
    """Numbers glued to other digits: within Chinese digits anywhere, within others only back to back."""
    positions = _positions(text, segment)
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
