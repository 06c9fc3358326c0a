"""Cut one text into the three channels the matcher compares: words, character pairs, single characters."""

import re
from collections.abc import Iterable
from itertools import pairwise

from knowledge.lexicon import Lexicon
from knowledge.text import Fillers, normalise, strip_fillers

MAX_CHARS = 200  # of a question
MAX_BODY_CHARS = 600  # of an entry's own text: its first sentences say what it is about

CHANNELS = ("words", "pairs", "characters")

_UNIT = re.compile(r"[0-9][0-9.%]*|[a-z]+|[^\W_]")


def prepare(text: str, fillers: Fillers, limit: int = MAX_CHARS) -> str:
    """Return the text both sides are compared in: normalised, shortened, without filler words."""
    return strip_fillers(normalise(text[: 2 * limit])[:limit], fillers)


def cut_channels(text: str, lexicon: Lexicon) -> tuple[list[str], list[str], list[str]]:
    """Return the tokens of a prepared text, one list a channel, repeated as often as they occur."""
    units = _UNIT.findall(text)
    pairs = [first + second for first, second in pairwise(units)]
    return lexicon.cut(text), pairs, units


def is_figure(token: str) -> bool:
    """Tell whether a token holds a number: "30", "30亩", "3.5%"; such tokens are facts, not a topic."""
    return any("0" <= character <= "9" for character in token)


def distinct(tokens: Iterable[str]) -> list[str]:
    """Return the tokens once each, in order."""
    return list(dict.fromkeys(tokens))
