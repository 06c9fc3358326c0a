"""Two entries side by side: how each stands, what each says on the same facets, and where to go for either."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from knowledge.answers import Line, LineKind, Table
from knowledge.entries import Entry, Facet
from knowledge.focus import of_the_programme
from knowledge.leading import filled
from knowledge.rendering import ended, facet_sentences, fill_or_say, source_text, status_lines, status_text
from knowledge.vocabulary import FACET_WORDS

COMPARED = (Facet.AMOUNT, Facet.RATE, Facet.FEE, Facet.SUBSIDY, Facet.TERM, Facet.WHO)


def comparison(
    entries: Sequence[Entry], day: date, titles: dict[str, str], places: Sequence[str] = ()
) -> tuple[tuple[Line, ...], Table]:
    """Two entries side by side, at most six rows; a silent field reads 文件没写. `places` are what to say of entries
    that do not hold where the asker is."""
    heads = tuple(entry.title for entry in entries)
    rows = [("还有效吗", *(status_text(entry, day) for entry in entries))]
    rows += [
        (FACET_WORDS[facet], *(_in_table(entry, facet, day) for entry in entries))
        for facet in COMPARED
        if any(entry.facets.get(facet) for entry in entries)
    ]
    table = Table(("", *heads), tuple(rows[:6]))
    lines = [line for entry in entries for line in _named_status(entry, day, titles)]
    lines.append(Line(LineKind.TITLE, f"{heads[0]}，和 {heads[1]}，对着看："))
    left = table.rows[1:] if len(lines) > len(entries) else table.rows  # both have said how they stand
    lines += [Line(LineKind.DETAIL, f"{row[0]}：" + "｜".join(row[1:])) for row in left]
    which = "哪个更合适，要看您在哪个县、做什么、贷多少；能不能同时办：文件没写。"
    lines.append(Line(LineKind.NOTE, "".join(places) or which))
    steps = [
        f"{entry.title}：{fill_or_say(entry, entry.next_step, entry.validity.reading_day(day))}" for entry in entries
    ]
    lines.append(Line(LineKind.NEXT, f"下一步：{''.join(ended(step) for step in steps)}"))
    lines += [Line(LineKind.SOURCE, source_text(entry)) for entry in entries]
    return tuple(lines), table


def _in_table(entry: Entry, facet: Facet, day: date) -> str:
    """A facet without what the whole programme spends or reached, unless that is all it says."""
    own = [text for text in entry.facets.get(facet, ()) if not of_the_programme(entry, text)]
    return "".join(filled(entry, own, day)) or "".join(facet_sentences(entry, facet, day))


def _named_status(entry: Entry, day: date, titles: dict[str, str]) -> list[Line]:
    return [Line(line.kind, f"{entry.title}：{line.text}") for line in status_lines(entry, day, titles)]
