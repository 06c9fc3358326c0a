"""Words farmers stumble on (反担保、贴息、代偿 …) and their one-line explanations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from knowledge.reading import ContentError, Fault, read_yaml
from knowledge.text import normalise

NAME = "data/glossary.yaml"
LONGEST_EXPLANATION = 60

_WHAT = "(?:什么|啥|甚么|何乜|何物|何)"
_ASKED_BEFORE = re.compile(f"(?:{_WHAT}(?:是|叫做|叫作|叫)|何谓|何为|解释(?:一下)?|讲讲|说说)(?:所谓的?)?$")
_ASKED_AFTER = re.compile(
    f"^(?:这个词|这两个字|这三个字|一词|两个字|三个字)?(?:到底|究竟|具体)?(?:"
    f"(?:是|指的是|是指|指|算是|叫)?{_WHAT}(?:个)?(?:意思|含义|概念|东西|讲究|名堂)?|怎么(?:理解|解释|讲)|(?:是)?(?:咋|怎么)(?:个|一)?回事)"
    "(?:啊|呀|呢|吗|嘛|的|来的|哦)?$"
)


def load_glossary(path: Path) -> dict[str, str]:
    """Read data/glossary.yaml (word: explanation); raises `ContentError` with every fault found."""
    faults: list[Fault] = []
    root = read_yaml(path, NAME, faults)
    glossary: dict[str, str] = {}
    for word, item in root.mapping(()).items() if root is not None else ():
        glossary[word] = item.text()
        if len(glossary[word]) > LONGEST_EXPLANATION:
            item.fault(f"“{word}”的解释有 {len(glossary[word])} 个字，最多 {LONGEST_EXPLANATION} 个。")
    if faults:
        raise ContentError(faults)
    return glossary


def definition_asked(text: str, glossary: Mapping[str, str]) -> str | None:
    """The word whose meaning is asked (反担保是什么意思, 啥叫贴息), or None when something else is asked."""
    folded = normalise(text)
    words = _folded(tuple(glossary))
    for match in _pattern(tuple(words)).finditer(folded):
        before, after = folded[: match.start()], folded[match.end() :]
        if _ASKED_AFTER.search(after) or (_ASKED_BEFORE.search(before) and after in {"", "啊", "呀", "呢", "的"}):
            return words[match.group()]
    return None


@lru_cache(maxsize=4)
def _folded(words: tuple[str, ...]) -> dict[str, str]:
    return {normalise(word): word for word in words}


@lru_cache(maxsize=4)
def _pattern(folded: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(folded, key=lambda word: (-len(word), word))
    return re.compile("|".join(re.escape(word) for word in longest_first) or "(?!)")
