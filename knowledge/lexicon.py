"""Segment Chinese text with jieba and our own words, without touching jieba's global dictionary."""

import logging
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path


@contextmanager
def _without_module(name: str) -> Iterator[None]:
    """What is imported here cannot import `name`, unless somebody has before."""
    is_there = name in sys.modules
    if not is_there:
        sys.modules[name] = None  # type: ignore[assignment]  # how the import system is told that there is none
    try:
        yield
    finally:
        if not is_there:
            del sys.modules[name]


# jieba 0.42.1 has invalid escapes, and where it can takes the deprecated pkg_resources, a sixth of a second it never uses
with warnings.catch_warnings(), _without_module("pkg_resources"):
    warnings.simplefilter("ignore")
    import jieba

jieba.setLogLevel(logging.WARNING)  # it reports every start on standard error otherwise


class Lexicon:
    """A segmenter that knows the given words, each as one token, beside jieba's general dictionary."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        frequencies, total = _general_dictionary()
        self._tokenizer = jieba.Tokenizer()
        # Set directly: jieba's own initialize() reads and writes a marshal file in the shared temporary folder.
        self._tokenizer.FREQ, self._tokenizer.total = dict(frequencies), total
        self._tokenizer.initialized = True
        self._words = tuple(sorted({word for word in words if len(word) > 1}, key=lambda word: (len(word), word)))
        for word in self._words:  # shorter first: a longer word then outweighs its parts
            if not self.is_one_token(word):
                self._tokenizer.add_word(word, freq=self._tokenizer.suggest_freq(word, tune=False))

    @property
    def words(self) -> tuple[str, ...]:
        """The domain words this lexicon was built with."""
        return self._words

    def cut(self, text: str) -> list[str]:
        """Return the words of a normalised text and the dictionary words inside long ones."""
        return [token for token in self._tokenizer.cut_for_search(text) if not token.isspace()]

    def segment(self, text: str) -> list[str]:
        """Return the words of a text once, side by side, without the words inside long ones."""
        return [token for token in self._tokenizer.cut(text) if not token.isspace()]

    def is_one_token(self, word: str) -> bool:
        """Tell whether the word alone comes out as a single token."""
        return bool(self.segment(word) == [word])


@lru_cache(maxsize=1)
def _general_dictionary() -> tuple[dict[str, int], int]:
    """Read jieba's dictionary once; every prefix of a word is a key, as its word graph expects."""
    frequencies: dict[str, int] = {}
    total = 0
    for line in Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split(" ", 2)
        frequencies[word] = int(count)
        total += int(count)
    for word in list(frequencies):
        for end in range(len(word) - 1, 0, -1):
            if word[:end] in frequencies:
                break  # that prefix brings its own prefixes
            frequencies[word[:end]] = 0
    return frequencies, total
