"""Evidence written as data: words that are enough, sets of words that must come together, words that veto."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.reading import Item
from knowledge.text import normalise

CUE_KEYS = ("words", "with", "near", "unless")

GAP = "…"  # inside a word: at most four characters between
_SHORT_GAP = ".{0,4}"
_GROUP = re.compile(r"<([^<>]+)>")
_NEVER = re.compile("(?!)")

AnyOf = re.Pattern[str]
Groups = Mapping[str, str]


@dataclass(frozen=True)
class Cues:
    """The evidence for one subject.

    `words`: one of them is enough. `together`: every set of a row must be found; a part {first, then, within} of a row
    is two sets in this order with little between them (把鱼排打散了). `near`: the same as a row by itself. `unless`: a
    row whose sets are all found takes the evidence away.
    """

    words: AnyOf
    together: tuple[tuple[AnyOf, ...], ...]
    near: tuple[AnyOf, ...]
    unless: tuple[tuple[AnyOf, ...], ...]

    def hold(self, text: str) -> bool:
        """Whether a normalised text gives the evidence and no veto."""
        return self._found(text) and not _any_row(self.unless, text)

    def _found(self, text: str) -> bool:
        if self.words.search(text) is not None or _any_row(self.together, text):
            return True
        return any(pair.search(text) is not None for pair in self.near) if self.near else False


def read_groups(item: Item | None) -> dict[str, str]:
    """Named word sets as patterns; a later group may use an earlier one as <name>."""
    groups: dict[str, str] = {}
    for name, words in item.mapping(()).items() if item is not None else ():
        groups[name] = _source(words, groups)
    return groups


def read_cues(fields: Mapping[str, Item], groups: Groups) -> Cues:
    """The evidence written under words, with, near and unless; what is missing never matches."""
    return Cues(
        words=read_words(fields["words"], groups) if "words" in fields else _NEVER,
        together=_rows(fields.get("with"), groups),
        near=tuple(_near(row, groups) for row in fields["near"].sequence()) if "near" in fields else (),
        unless=_rows(fields.get("unless"), groups),
    )


def _any_row(rows: tuple[tuple[AnyOf, ...], ...], text: str) -> bool:
    """Whether every set of some row is found; plain loops, for this is asked of every subject at every question."""
    for row in rows:
        for any_of in row:
            if any_of.search(text) is None:
                break
        else:
            return True
    return False


def _rows(item: Item | None, groups: Groups) -> tuple[tuple[AnyOf, ...], ...]:
    """A row is one set or a list of sets."""
    if item is None:
        return ()
    return tuple(
        tuple(_part(part, groups) for part in row.sequence()) if row.is_sequence else (read_words(row, groups),)
        for row in item.sequence()
    )


def _part(item: Item, groups: Groups) -> AnyOf:
    """One part of a row: a set, or {first, then, within} for two sets close together."""
    if not item.is_mapping:
        return read_words(item, groups)
    fields = item.mapping(("first", "then", "within"))
    if not {"first", "then", "within"} <= fields.keys():
        return _NEVER
    return _close(fields["first"], fields["then"], fields["within"], groups)


def _near(row: Item, groups: Groups) -> AnyOf:
    """[first set, second set, at most so many characters between]."""
    parts = row.sequence()
    if len(parts) != 3:
        row.fault("near 的一行写三样：先出现的词、后出现的词、中间最多隔几个字。例如 [有人|他, 先交|先打, 12]。")
        return _NEVER
    return _close(parts[0], parts[1], parts[2], groups)


def _close(first: Item, second: Item, gap: Item, groups: Groups) -> AnyOf:
    return re.compile(f"{_source(first, groups)}.{{0,{gap.whole()}}}{_source(second, groups)}")


def read_words(item: Item, groups: Groups) -> AnyOf:
    """A set of words parted by |, one of which is to be found."""
    return re.compile(_source(item, groups))


def _source(item: Item, groups: Groups) -> str:
    """Words parted by | (or a list of such) as one pattern; each word is folded like the question it is sought in."""
    texts = item.texts() if item.is_sequence else (item.text(),)
    parts: list[str] = []
    for word in (word.strip() for text in texts for word in text.split("|")):
        group = _GROUP.fullmatch(word)
        if group is not None and group.group(1) in groups:
            parts.append(groups[group.group(1)])
        elif group is not None:
            item.fault(f"没有叫 {group.group(1)} 的词组。词组写在文件开头的 groups。")
        elif all(normalise(piece) for piece in word.split(GAP)):
            parts.append(_SHORT_GAP.join(re.escape(normalise(piece)) for piece in word.split(GAP)))
        else:
            item.fault("有一个词是空的，看看是不是多写了一个 |。")
    return f"(?:{'|'.join(parts)})" if parts else "(?!)"
