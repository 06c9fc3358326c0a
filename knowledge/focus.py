"""What a question dwells on: its telling words and its per-what, and which sentences of an entry speak of them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.entries import Entry, Facet, Figure
from knowledge.lexicon import Lexicon
from knowledge.rendering import PLACEHOLDER
from knowledge.text import normalise

COMMON_SHARE = 0.12  # a word in more of the entries than this tells nothing apart
SURE = 0.65  # one rather rare word
PER_WEIGHT = 1.0
LONGEST_WORD = 5
A_THING = 3  # characters: a word this long names a thing, and its last character says of what kind (收割机)
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_ASKING = re.compile("有没有|能不能|是不是|可不可以|现在|今年|政府|国家|我们|自己|个人|什么|怎么|哪里|多少")
_TOTALS = re.compile("(?<!融)资金|实际发放|^预计|惠及|余额|占比|建档率|覆盖率|增长|外省")
_A_YEAR = re.compile(r"((?:19|20)\d{2}) 年：")
_NUMERALS = re.compile("[零〇一二两三四五六七八九十百千万亿几半]+[几多]?")
_PERS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile("[一每1]亩"), ("mu", "mu_year")),
    (re.compile("[一每1]头"), ("head",)),
    (re.compile("[一每1]台"), ("machine",)),
    (re.compile("[一每1]百斤"), ("100jin",)),
    (re.compile("[一每1]户"), ("household", "household_year")),
    (re.compile("[一每1]个?人"), ("person", "person_year", "person_month")),
)


@dataclass(frozen=True)
class Rarity:
    """In how many entries a run of two to five characters occurs; built once for a publication."""

    counts: Mapping[str, int]
    entries: int

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Rarity:
        """Count over what every entry says in its facets."""
        counts: Counter[str] = Counter()
        number = 0
        for entry in entries:
            number += 1
            counts.update({gram for text in _texts(entry) for gram in _grams(text)})
        return cls(counts, number)

    def weight(self, word: str) -> float:
        """How much a word tells, between 0 (said by many entries, or by none) and 1 (said by one)."""
        count = self.counts.get(word, 0)
        if not count or count > max(COMMON_SHARE * self.entries, 1):
            return 0.0
        return 1.0 - math.log(count) / math.log(max(self.entries, 2))


@dataclass(frozen=True)
class Focus:
    """The telling words of one question with their weights, and the measures it asks by (一亩补多少)."""

    words: Mapping[str, float]
    pers: tuple[str, ...] = ()
    year: int | None = None

    def heard_in(self, sentence: str) -> tuple[str, ...]:
        """The telling words a sentence says; of a word inside a longer one only the longer."""
        plain = normalise(PLACEHOLDER.sub(" ", sentence))
        said = [word for word in self.words if word in plain]
        return tuple(word for word in said if not any(word != other and word in other for other in said))

    def score(self, entry: Entry, sentence: str) -> float:
        """How much a sentence of an entry speaks of what the question dwells on."""
        said = sum(self.words[word] for word in self.heard_in(sentence))
        return said + (PER_WEIGHT if self._has_measure(entry, sentence) else 0.0)

    def first(self, entry: Entry, sentences: Sequence[str]) -> tuple[str, ...]:
        """The sentences, the figure that is most for what was asked before the others; otherwise in their own order."""
        scores = [self.score(entry, text) if figures_in(entry, text) else 0.0 for text in sentences]
        order = sorted(range(len(sentences)), key=lambda place: -scores[place])
        return tuple(sentences[place] for place in order)

    def best(self, entry: Entry) -> Facet | None:
        """The facet with the sentence that speaks of it most, when one does so plainly."""
        scored = [
            (self.score(entry, sentence), facet) for facet, sentences in entry.facets.items() for sentence in sentences
        ]
        score, facet = max(scored, key=lambda pair: pair[0], default=(0.0, Facet.STATUS))
        return facet if score >= SURE else None

    def aside(self, entry: Entry, sentences: Sequence[str], *, measured: bool = True) -> frozenset[str]:
        """What is left for 展开: figures of another thing of the same kind than the one asked (拖拉机 for 收割机),
        other measures where one 亩 was asked for, former years, and what the whole programme spends; never everything."""
        spoken = {sentence: self.heard_in(sentence) for sentence in sentences}
        things = {word for said in spoken.values() for word in said if len(word) >= A_THING}
        former = self._of_former_years(sentences)
        by_measure = measured and any(self._has_measure(entry, sentence) for sentence in sentences)
        aside = {
            text
            for text, said in spoken.items()
            if of_the_programme(entry, text)
            or text in former
            or (figures_in(entry, text) and any(_is_of_another(text, each) for each in things))
            or (figures_in(entry, text) and not said and by_measure and not self._has_measure(entry, text))
        }
        return frozenset(aside) if len(aside) < len(spoken) else frozenset()

    def _of_former_years(self, sentences: Sequence[str]) -> frozenset[str]:
        """Where year after year is told (2024 年：…，2023 年：…), those that are not the newest or the one asked."""
        years = {text: int(match.group(1)) for text in sentences if (match := _A_YEAR.match(text)) is not None}
        wanted = self.year if self.year in years.values() else max(years.values(), default=0)
        return frozenset(text for text, year in years.items() if year != wanted)

    def _has_measure(self, entry: Entry, sentence: str) -> bool:
        return any(figure.per in self.pers and figure.bound is None for figure in figures_in(entry, sentence))


NO_FOCUS = Focus({})


def focus_of(
    plain: str, lexicon: Lexicon, rarity: Rarity, not_telling: Iterable[str] = (), year: int | None = None
) -> Focus:
    """The telling words of a folded question; `not_telling` are the places said in it, `year` is asked."""
    known = [normalise(word) for word in not_telling]
    words: dict[str, float] = {}
    for part in _HAN.findall(_NUMERALS.sub(" ", _ASKING.sub(" ", plain))):
        for word in lexicon.cut(part):
            weight = rarity.weight(word) if len(word) > 1 and not any(word in name for name in known) else 0.0
            if weight > 0:
                words[word] = weight
    return Focus(words, tuple(per for pattern, pers in _PERS if pattern.search(plain) for per in pers), year)


def figures_in(entry: Entry, sentence: str) -> tuple[Figure, ...]:
    """The figures a sentence of an entry names, whatever their day."""
    keys = set(PLACEHOLDER.findall(sentence))
    return tuple(figure for figure in entry.figures if figure.key in keys)


def _is_of_another(sentence: str, thing: str) -> bool:
    """Whether a sentence begins with a thing of the kind that `thing` ends with (拖拉机 beside 收割机)."""
    return thing not in sentence and re.match(rf"[\u4e00-\u9fff]{{2,4}}?{thing[-1]}(?![具构])", sentence) is not None


def of_the_programme(entry: Entry, sentence: str) -> bool:
    """Whether all figures of a sentence are what a programme spends or reaches, or another province's, not his."""
    figures = figures_in(entry, sentence)
    return bool(figures) and all(_TOTALS.search(f"{figure.name}{figure.clause or ''}") for figure in figures)


def _texts(entry: Entry) -> Iterable[str]:
    return (normalise(PLACEHOLDER.sub(" ", text)) for sentences in entry.facets.values() for text in sentences)


def _grams(text: str) -> Iterable[str]:
    for run in _HAN.findall(text):
        for size in range(2, LONGEST_WORD + 1):
            for start in range(len(run) - size + 1):
                yield run[start : start + size]
