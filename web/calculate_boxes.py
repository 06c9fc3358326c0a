"""The boxes of a calculator's form as a page shows them: what stands in each, and what is the matter with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.calculators.fields import Box, Sort, Taken, option_key

PICK = "pick"
LONGEST_VALUE = 600


@dataclass(frozen=True, slots=True)
class ShownBox:
    """One box with what stands in it and what is the matter with it."""

    box: Box
    text: str
    problem: str
    picks: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    only_if: str


@dataclass(frozen=True, slots=True)
class Section:
    """Boxes under one heading; the first section has none."""

    heading: str
    boxes: tuple[ShownBox, ...]
    is_open: bool


def picked(sent: dict[str, str]) -> dict[str, str]:
    """A reading chosen beside a box (`pick=key=text`) takes the place of what stood in it."""
    key, equals, text = sent.pop(PICK, "").partition("=")
    return {**sent, key: text} if equals else sent


def texts_of(sent: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """What was sent for these boxes, cut to a length no honest answer has."""
    return {key: sent[key][:LONGEST_VALUE] for key in keys if key in sent}


def sections_of(boxes: Sequence[Box], texts: Mapping[str, str], problems: Mapping[str, Taken]) -> tuple[Section, ...]:
    """The boxes under their headings; a section with something in it stands open."""
    headings = list(dict.fromkeys(box.section for box in boxes))
    sections = []
    for heading in headings:
        own = [box for box in boxes if box.section == heading]
        is_open = any(texts.get(box.key, "").strip() not in ("", "none") or box.key in problems for box in own)
        sections.append(Section(heading, tuple(_shown(box, texts, problems) for box in own), is_open))
    return tuple(sections)


def _shown(box: Box, texts: Mapping[str, str], problems: Mapping[str, Taken]) -> ShownBox:
    taken = problems.get(box.key)
    text = texts.get(box.key, "")
    options = [(option_key(value), words) for value, words in box.choices]
    if box.sort is Sort.CHOICE:
        text = next((key for key, words in options if text in (key, words)), text)
    picks = tuple((f"{box.key}={choice}", choice) for choice in (taken.choices if taken is not None else ()))
    only_if = f"{box.only_if[0]}:{' '.join(sorted(box.only_if[1]))}" if box.only_if else ""
    return ShownBox(box, text, taken.problem if taken is not None else "", picks, tuple(options), only_if)
