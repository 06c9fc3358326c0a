"""Fold what people type, paste or dictate into one comparable spelling, and drop the words around the question."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import opencc

MIN_CHARS_LEFT = 2  # a question is never stripped below this many characters
FOLDED_TEXTS_KEPT = 8192

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_SETTLED = re.compile(r"[0-9a-z\u4e00-\u9fa5.% ]*")  # nothing in here can change in a second pass
_FOLD = re.compile(r"(?<=[0-9])\.(?=[0-9])|(?<=[0-9])\s*%|[\W_]+")
_MAX_PASSES = 8
_SECTIONS = {"[前]": "leading", "[后]": "trailing", "[中]": "inside"}


@dataclass(frozen=True)
class Fillers:
    """Greeting, politeness and dictation words that carry no intent, by where they may be dropped."""

    leading: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


class FillersError(ValueError):
    """A filler file has a line outside every section."""


@lru_cache(maxsize=FOLDED_TEXTS_KEPT)  # names of entries are compared with every question
def normalise(text: str) -> str:
    """Return the one spelling two writings of the same question share; applying it twice changes nothing."""
    folded = _fold(text)
    for _ in range(_MAX_PASSES):
        if _SETTLED.fullmatch(folded):
            break
        again = _fold(folded)
        if again == folded:
            break
        folded = again
    return folded


def strip_fillers(text: str, fillers: Fillers) -> str:
    """Drop filler words at both ends and inside a normalised text, as long as two characters stay."""
    if not text:
        return text
    leading, trailing, inside = _patterns(fillers)
    while True:
        shorter = _without(leading, text)
        shorter = _without(trailing, shorter)
        shorter = _without(inside, shorter)
        if shorter == text:
            return text
        text = shorter


def load_fillers(path: Path) -> Fillers:
    """Read a filler file: sections [前] [后] [中], one word a line, # starts a comment."""
    words: dict[str, list[str]] = {name: [] for name in _SECTIONS.values()}
    section: str | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.split("#", 1)[0].strip()
        if not line:
            continue
        if line in _SECTIONS:
            section = _SECTIONS[line]
        elif section is None:
            raise FillersError(f"{path}:{number}: '{line}' stands before any section. Start with [前], [后] or [中].")
        else:
            words[section].append(normalise(line))
    return Fillers(*(tuple(dict.fromkeys(words[name])) for name in ("leading", "trailing", "inside")))


@lru_cache(maxsize=1)
def simplified_table() -> dict[int, str]:
    """Return the traditional → simplified table of opencc, one character at a time.

    One character at a time keeps `normalise` idempotent: a phrase rule could fire only after punctuation has gone.
    """
    characters = [chr(code) for start, end in ((0x3400, 0xA000), (0x20000, 0x30000)) for code in range(start, end)]
    simple = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table = {ord(old): new for old, new in zip(characters, simple, strict=True) if old != new}
    for code, new in table.items():
        while len(new) == 1 and ord(new) in table:
            new = table[ord(new)]  # noqa: PLW2901 - a few mappings take two steps
        table[code] = new
    return table


def _fold(text: str) -> str:
    text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFKC", text).lower().translate(simplified_table())
    return _FOLD.sub(_fold_run, text)


def _fold_run(match: re.Match[str]) -> str:
    run, whole = match.group(), match.string
    if run == "." and match.start() > 0 and match.end() < len(whole):
        before, after = whole[match.start() - 1], whole[match.end()]
        if before in "0123456789" and after in "0123456789":
            return run
    if run.endswith("%") and match.start() and whole[match.start() - 1] in "0123456789" and not run[:-1].strip():
        return "%"
    if match.start() == 0 or match.end() == len(whole):
        return ""
    return " " if _is_latin(whole[match.start() - 1]) and _is_latin(whole[match.end()]) else ""


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


@lru_cache(maxsize=8)
def _patterns(fillers: Fillers) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(f"^(?:{_alternatives(fillers.leading)})+ ?"),
        re.compile(f" ?(?:{_alternatives(fillers.trailing)})+$"),
        re.compile(f"(?:{_alternatives(fillers.inside)})"),
    )


def _alternatives(words: Iterable[str]) -> str:
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return (
        "|".join(re.escape(word) + ("(?![a-z0-9])" if _is_latin(word[-1]) else "") for word in longest_first) or "(?!)"
    )


def _without(pattern: re.Pattern[str], text: str) -> str:
    shorter = pattern.sub("", text)
    return shorter if len(shorter) >= MIN_CHARS_LEFT else text
