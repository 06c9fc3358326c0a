"""Wenzhou and rural-Zhejiang words put into common speech, only where they cannot be part of another word."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.phrases import Phrases
from knowledge.reading import ContentError, Fault, read_yaml

_OPENING = re.compile(
    r"^\s*(?:阿拉(?!伯|善|丁|斯加|山口|木图|法特)[，,、\s]*)+"
)  # 我们 before the subject says nothing about it
_ASKING = re.compile(r"(?<![砍采间步讨征盗滥择皆轮])伐(?=\W*$|[，,。？?！!；;])")  # 伐 at the end of a clause asks: 吗
_CLAUSE_START = re.compile(r"[，,。？?！!；;]")
_ASKED_ALREADY = re.compile("多少|几|怎|什么|啥|哪|谁|吗|么|嘛|不|没有|多久|何|行不|是否|还是")
_CAN_BE_ASKED = re.compile("好|有|能|会|可|要|是|行|得")


@dataclass(frozen=True, slots=True)
class DialectWord:
    """A word as said, what it means, a sentence with it, and the neighbours beside which it is another word."""

    say: str
    means: str
    example: str
    not_after: str = ""
    not_before: str = ""


@dataclass(frozen=True)
class DialectTable:
    """The reviewed table, loaded once."""

    words: tuple[DialectWord, ...]
    _by_word: dict[str, DialectWord] = field(repr=False)
    _phrases: Phrases = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> "DialectTable":
        """Read data/dialect.yaml; a word given twice or an example without its word is a fault."""
        faults: list[Fault] = []
        root = read_yaml(path, path.name, faults)
        by_word: dict[str, DialectWord] = {}
        for item in root.sequence() if root is not None else []:
            parts = item.mapping(("say", "means", "example"), ("not_after", "not_before"))
            if not {"say", "means", "example"} <= parts.keys():
                continue
            word = DialectWord(**{key: part.text() for key, part in parts.items()})
            if word.say in by_word:
                item.fault(f"方言词 {word.say} 写了两次，只留一个。")
            if word.say not in word.example:
                item.fault(f"例句里没有 {word.say}。请写一句用到它的话。")
            by_word[word.say] = word
        if faults:
            raise ContentError(faults)
        return cls(tuple(by_word.values()), by_word, Phrases.of(by_word))

    def word(self, say: str) -> DialectWord:
        return self._by_word[say]

    def translate(self, text: str) -> str:
        """The same sentence in common speech; 阿拉 before it and 伐 after it leave the question what it is without."""
        return _ASKING.sub(_asked, self._with_common_words(_OPENING.sub("", text)))

    def _with_common_words(self, text: str) -> str:
        parts: list[str] = []
        position = 0
        for hit in self._phrases.find(text):
            word = self._by_word[hit.word]
            if text[hit.start - 1 : hit.start] in tuple(word.not_after) or text[hit.end : hit.end + 1] in tuple(
                word.not_before
            ):
                continue
            parts += [text[position : hit.start], word.means]
            position = hit.end
        return "".join((*parts, text[position:]))


def _asked(match: re.Match[str]) -> str:
    """吗 for a 伐 that makes its clause a question, nothing where the clause asks by itself or is only a name."""
    clause = _CLAUSE_START.split(match.string[: match.start()])[-1]
    asks = _CAN_BE_ASKED.search(clause) is not None and _ASKED_ALREADY.search(clause) is None
    return "吗" if asks else ""


def translate_dialect(text: str, table: DialectTable) -> str:
    """The sentence with its dialect words put into common speech; a sentence without any comes back unchanged."""
    return table.translate(text)
