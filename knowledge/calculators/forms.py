"""The eleven calculators as forms a person can fill: what each is called, what it asks, and the answers worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from knowledge.calculators.catalogue import CALCULATORS, Calculator, calculate
from knowledge.calculators.fields import Box, Read, Taken, take
from knowledge.calculators.inputs import InputError
from knowledge.calculators.result import Result


@dataclass(frozen=True, slots=True)
class Form:
    """One calculator as people meet it. `places` leads a faulty input back to its box where the names differ.

    `is_private`: its figures are somebody's own affairs and never stand in an address.
    """

    name: str
    title: str
    about: str
    boxes: tuple[Box, ...]
    example: Mapping[str, str]
    assemble: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    is_private: bool = False

    @property
    def calculator(self) -> Calculator:
        """The calculator behind the form."""
        return CALCULATORS[self.name]

    def box(self, key: str) -> Box:
        """The box `key`."""
        return next(box for box in self.boxes if box.key == key)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A form worked out, or the problems that stand in the way, by box; "" for one that belongs to no box."""

    result: Result | None
    problems: Mapping[str, Taken]
    input: Mapping[str, Any]


def read_boxes(boxes: tuple[Box, ...], texts: Mapping[str, str]) -> Read:
    """Every box read; a required one that is empty is a problem, one that does not matter now is left out."""
    read = Read()
    for box in boxes:
        if not matters(box, texts):
            continue
        taken = take(box, texts.get(box.key, ""))
        if taken.problem:
            read.problems[box.key] = taken
        elif taken.value is not None:
            read.values[box.key] = taken.value
        elif box.required:
            read.problems[box.key] = Taken(problem=missing(box))
    return read


def missing(box: Box) -> str:
    """What is said of a required box that is empty."""
    return f"{box.label}没有填，例如 {box.example}。"


def matters(box: Box, texts: Mapping[str, str]) -> bool:
    """Whether what stands in `box` counts, given what another box says; one filled in by itself counts too."""
    if box.only_if is None:
        return True
    other, wanted = box.only_if
    said = texts.get(other, "").strip()
    return said in wanted or (not said and bool(texts.get(box.key, "").strip()))


def input_of(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The calculator's input."""
    if form.assemble is not None:
        return form.assemble(values)
    told: dict[str, Any] = {}
    for box in form.boxes:
        if box.key in values:
            *above, last = box.place
            part = told
            for name in above:
                part = part.setdefault(name, {})
            part[last] = values[box.key]
    return told


def work(form: Form, texts: Mapping[str, str], on: date) -> Outcome:
    """Work the form out as of a day; never raises for what a person typed."""
    read = read_boxes(form.boxes, texts)
    if read.problems:
        return Outcome(None, read.problems, {})
    told = input_of(form, read.values)
    try:
        return Outcome(calculate(form.name, told, on), {}, told)
    except InputError as error:
        return Outcome(None, {box_of(form, error.field): Taken(problem=problem_of(form, error))}, told)


def box_of(form: Form, name: str) -> str:
    """The box a faulty input came from, "" when there is none."""
    bare = name.partition("[")[0]
    for place in (bare, bare.rpartition(".")[0]):
        if place in form.places:
            return form.places[place]
        for box in form.boxes:
            if place and place in (".".join(box.place), box.place[0]):
                return box.key
    return ""


def problem_of(form: Form, error: InputError) -> str:
    """The calculator's sentence in the form's own words."""
    key = box_of(form, error.field)
    why = in_plain_words(form, error.why)
    if not key:
        return f"{in_plain_words(form, error.label or error.field)}{why}。"
    box = form.box(key)
    return f"{box.label}{why}，例如 {box.example.splitlines()[0]}。"


def in_plain_words(form: Form, text: str) -> str:
    """`text` with the names of inputs replaced by what the form calls them."""
    names = {item.name: item.label for item in form.calculator.inputs}
    names |= {box.place[-1]: box.label for box in form.boxes}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(f"{name}（{names[name]}）", names[name]).replace(name, names[name])
    return text
