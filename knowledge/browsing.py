"""Browsing without typing: every entry within three presses, by subject, county or crop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.answers import Action, Button, Verb
from knowledge.entries import Entry, Status
from knowledge.rendering import status_text
from knowledge.vocabulary import COUNTIES, SUBJECTS

TOP: tuple[tuple[str, str], ...] = (("S", "按类别找"), ("R", "按县（市、区）找"), ("C", "按作物找"))


@dataclass(frozen=True, slots=True)
class Menu:
    """One page of choices; every choice browses further or opens an entry."""

    title: str
    choices: tuple[Button, ...]


class Catalogue:
    """The menus over a set of entries; keys: "" top, S R C, s:<subject>, r:<county number>, c:<crop number>."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = entries
        self._crops = tuple(sorted({crop for entry in entries.values() for crop in entry.crops}))

    def menu(self, key: str, day: date) -> Menu:
        """The menu of a key; an unknown key is the top menu."""
        if key == "S":
            used = {subject for entry in self._entries.values() for subject in entry.subjects}
            return Menu(
                "按类别找", tuple(_browse(f"s:{name}", word) for name, word in SUBJECTS.items() if name in used)
            )
        if key == "R":
            return Menu(
                "按县（市、区）找", tuple(_browse(f"r:{index}", county) for index, county in enumerate(COUNTIES))
            )
        if key == "C":
            return Menu("按作物找", tuple(_browse(f"c:{index}", crop) for index, crop in enumerate(self._crops)))
        kind, _, name = key.partition(":")
        if kind == "s" and name in SUBJECTS:
            return self._page(SUBJECTS[name], (e for e in self._entries.values() if name in e.subjects), day)
        if kind == "r" and name.isdigit() and int(name) < len(COUNTIES):
            county = COUNTIES[int(name)]
            return self._page(f"{county}的", (e for e in self._entries.values() if county in e.regions), day)
        if kind == "c" and name.isdigit() and int(name) < len(self._crops):
            crop = self._crops[int(name)]
            return self._page(crop, (e for e in self._entries.values() if crop in e.crops), day)
        return Menu("想看哪方面的？", tuple(_browse(name, word) for name, word in TOP))

    def _page(self, title: str, entries: Iterable[Entry], day: date) -> Menu:
        order = list(Status)
        rank = {Status.IN_FORCE: 0, Status.UNKNOWN: 1, Status.NOT_YET: 2}
        found = sorted(entries, key=lambda e: (rank.get(e.status_on(day), 3), order.index(e.status_on(day)), e.title))
        return Menu(title, tuple(entry_button(entry, day) for entry in found))


def entry_button(entry: Entry, day: date) -> Button:
    """A button that opens an entry; one that is not in force says so on the button."""
    status = entry.status_on(day)
    label = entry.title if status is Status.IN_FORCE else f"{entry.title}（{status_text(entry, day).split('：')[0]}）"
    return Button(label, Action(Verb.ENTRY, entry.code))


def _browse(key: str, label: str) -> Button:
    return Button(label, Action(Verb.BROWSE, key))
