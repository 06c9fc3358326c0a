"""What is said before any policy: 别做 to a wrong that is asked about, 先报案 to damage, 先别转 to hearsay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.cues import CUE_KEYS, Cues, read_cues, read_groups, read_words
from knowledge.reading import ContentError, Fault, Item, read_yaml

NAME = "data/first-words.yaml"


@dataclass(frozen=True)
class Wrong:
    """Something not to do: `say` is 别做, what comes of it, and the right way; `entries` tell more."""

    key: str
    say: tuple[str, ...]
    entries: tuple[str, ...]
    cues: Cues = field(repr=False)


@dataclass(frozen=True)
class Opening:
    """A sentence that stands before the answer; `alone`, `step` and `entries` are for when nothing else was found."""

    key: str
    say: str
    more: str | None
    alone: str | None
    step: str | None
    entries: tuple[str, ...]
    beside_answers: bool
    unsuited: str | None  # the kind of wish that helps nobody here: 补贴 for a trade is no relief
    wants: str | None  # the kind of entry this calls for, even where others come nearer
    about: re.Pattern[str] | None  # words that an answer which says it already must have
    cues: Cues = field(repr=False)

    def is_said_by(self, text: str) -> bool:
        """Whether a reply about an entry already says it, so that nothing stands before it."""
        return not self.beside_answers and (self.about is None or self.about.search(text) is not None)


@dataclass(frozen=True)
class FirstWords:
    """All wrongs and openings in the order they are tried."""

    wrongs: tuple[Wrong, ...] = ()
    openings: tuple[Opening, ...] = ()

    @classmethod
    def load(cls, path: Path) -> FirstWords:
        """Read data/first-words.yaml; a publication from before there was one has none. Raises `ContentError`."""
        if not path.exists():
            return cls()
        faults: list[Fault] = []
        root = read_yaml(path, NAME, faults)
        fields = root.mapping(("groups", "wrongs", "openings")) if root is not None else {}
        groups = read_groups(fields.get("groups"))
        wrongs = [_wrong(item, groups) for item in _items(fields, "wrongs")]
        openings = [_opening(item, groups) for item in _items(fields, "openings")]
        keys = [*(wrong.key for wrong in wrongs), *(opening.key for opening in openings)]
        for number, item in enumerate((*_items(fields, "wrongs"), *_items(fields, "openings"))):
            if keys[number] in keys[:number]:
                item.fault(f"{keys[number]} 写了两次，只留一个。")
        if faults:
            raise ContentError(faults)
        return cls(tuple(wrongs), tuple(openings))

    def wrong(self, text: str) -> Wrong | None:
        """The first wrong a normalised text asks about."""
        return next((wrong for wrong in self.wrongs if wrong.cues.hold(text)), None)

    def opening(self, text: str) -> Opening | None:
        """The first opening a normalised text calls for."""
        return next((opening for opening in self.openings if opening.cues.hold(text)), None)


def _items(fields: Mapping[str, Item], name: str) -> list[Item]:
    return list(fields[name].sequence()) if name in fields else []


def _wrong(item: Item, groups: Mapping[str, str]) -> Wrong:
    fields = item.mapping(("key", "say", "entries"), CUE_KEYS)
    _needs_cues(item, fields)
    say, entries = (fields[name].texts() if name in fields else () for name in ("say", "entries"))
    return Wrong(_text(fields, "key") or "", say, entries, read_cues(fields, groups))


def _opening(item: Item, groups: Mapping[str, str]) -> Opening:
    fields = item.mapping(
        ("key", "say", "entries"), (*CUE_KEYS, "more", "alone", "step", "beside_answers", "unsuited", "wants", "about")
    )
    _needs_cues(item, fields)
    return Opening(
        _text(fields, "key") or "",
        _text(fields, "say") or "",
        _text(fields, "more"),
        _text(fields, "alone"),
        _text(fields, "step"),
        fields["entries"].texts() if "entries" in fields else (),
        fields["beside_answers"].boolean() if "beside_answers" in fields else True,
        _text(fields, "unsuited"),
        _text(fields, "wants"),
        read_words(fields["about"], groups) if "about" in fields else None,
        read_cues(fields, groups),
    )


def _text(fields: Mapping[str, Item], name: str) -> str | None:
    return fields[name].text() if name in fields else None


def _needs_cues(item: Item, fields: Mapping[str, Item]) -> None:
    if not {"words", "with", "near"} & fields.keys():
        item.fault("至少写 words、with、near 里的一样，不然永远认不出来。")
