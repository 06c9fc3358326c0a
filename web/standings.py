"""Entries as they stand today, for the lists people of the office choose from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from knowledge.entries import Entry
from knowledge.rendering import status_text


class Standing(NamedTuple):
    """One line of such a list."""

    code: str
    title: str
    status: str


def standings(entries: Iterable[Entry], today: date) -> list[Standing]:
    """The entries by title, each with its status."""
    found = (Standing(entry.code, entry.title, status_text(entry, today)) for entry in entries)
    return sorted(found, key=lambda standing: standing.title)
