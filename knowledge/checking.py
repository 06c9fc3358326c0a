"""`python -m knowledge check`: all faults of data/, and a table of what the knowledge looks like today."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from knowledge.asking import Asking
from knowledge.base import SHIPPED
from knowledge.canonical import canonical_files, not_canonical
from knowledge.crops import Crops
from knowledge.dialect import DialectTable
from knowledge.entries import Entry, Facet, Status
from knowledge.facts import load_facts
from knowledge.first_words import FirstWords
from knowledge.fraud import FraudPatterns
from knowledge.glossary import load_glossary
from knowledge.lint import check_entry, check_questions, check_together
from knowledge.loading import load_entries, load_entry
from knowledge.parameters import load_parameters
from knowledge.places import Places
from knowledge.reading import ContentError, Fault
from knowledge.topics import Topics
from knowledge.vocabulary import STATUS_WORDS, SUBJECTS

PLAN = Path("sources") / "wenzhou-draft-plan.txt"
TABLES: Mapping[str, Callable[[Path], object]] = {
    "places.yaml": Places.load,
    "crops.yaml": Crops.load,
    "dialect.yaml": DialectTable.load,
    "asking.yaml": Asking.load,
    "topics.yaml": Topics.load,
    "fraud.yaml": FraudPatterns.load,
    "glossary.yaml": load_glossary,
}


class NothingThere(Exception):  # noqa: N818 - named for what happened
    """A file or folder that was to be checked and is not there, or a folder with nothing to check."""


def check_paths(
    data: Path, paths: Sequence[Path] = (), questions: Sequence[str] = ()
) -> tuple[list[Fault], list[Entry]]:
    """Every fault of `data`, or of the files and folders `paths` alone, and the entries that could be read.

    One folder that holds a whole content of its own, as `export` writes it, is checked by itself, in any form of YAML.
    Raises `NothingThere`.
    """
    places = [_place(path, data) for path in paths]
    if len(places) == 1 and places[0].is_dir() and _is_content(places[0]):
        is_own = places[0] == data.resolve()
        return check_folder(places[0], (), questions, is_canonical=is_own)
    files = [file for place in places for file in _files(place)]
    return check_folder(data, files, questions)


def check_folder(
    data: Path, only: Sequence[Path] = (), questions: Sequence[str] = (), *, is_canonical: bool = True
) -> tuple[list[Fault], list[Entry]]:
    """The same for a folder shaped like data/, or for its files `only` and entries that are not in it yet.

    `is_canonical=False` lets every form of YAML pass.
    """
    root = data.parent
    wanted = {path.resolve() for path in only}
    faults = _faults_of_tables(data)
    if missing := _missing(data):
        return missing, []
    facts = load_facts(data / "facts.yaml", faults)
    entries = load_entries(data / "entries", faults, root)
    chosen = entries
    if only:
        faults = [fault for fault in faults if (root / fault.path).resolve() in wanted]
        chosen = [entry for entry in entries if (root / entry.path).resolve() in wanted]
        shared = load_parameters(data / "parameters", [], root)
        fresh = [path for path in only if not path.resolve().is_relative_to(data.resolve())]
        chosen += [entry for path in fresh if (entry := load_entry(path, str(path), faults, shared)) is not None]
    plan = re.sub(r"\s", "", _plan(data).read_text(encoding="utf-8"))
    codes = frozenset(entry.code for entry in entries)
    for entry in chosen:
        faults.extend(check_entry(entry, facts, codes, plan))
    together = [*check_together(entries), *check_questions(chosen, questions)]
    paths = {entry.path for entry in chosen}
    faults.extend(fault for fault in together if fault.path in paths)
    if is_canonical:
        faults.extend(_faults_of_form(data, wanted))
    return sorted(set(faults)), chosen


def _place(path: Path, data: Path) -> Path:
    """Where `path` is, seen from here or from the folder that `data` is in."""
    for place in (path, data.parent / path):
        if place.exists():
            return place.resolve()
    raise NothingThere(f"没有 {path} 这个文件或文件夹。写 data/ 里的，例如 data/entries/loans；不写就查全部。")


def _is_content(folder: Path) -> bool:
    return (folder / "facts.yaml").is_file() and (folder / "entries").is_dir()


def _files(place: Path) -> list[Path]:
    """The file itself, or the YAML files of a folder."""
    if not place.is_dir():
        return [place]
    files = sorted(place.rglob("*.yaml"))
    if not files:
        raise NothingThere(f"文件夹 {place} 里没有 .yaml 文件，没有东西可查。")
    return files


def _faults_of_tables(data: Path) -> list[Fault]:
    """Faults of the files beside the entries: places, crops, topics and the like."""
    faults: list[Fault] = []
    for name, load in (*TABLES.items(), ("first-words.yaml", FirstWords.load)):
        try:
            if (data / name).exists():
                load(data / name)
        except ContentError as error:
            faults.extend(replace(fault, path=f"{data.name}/{name}") for fault in error.faults)
    return faults


def _missing(data: Path) -> list[Fault]:
    faults = [
        Fault(f"{data.name}/{name}", 1, "缺少这个文件。从 python -m knowledge export 写出的文件夹里补上。")
        for name in ("facts.yaml", *TABLES)
        if not (data / name).exists()
    ]
    if not any((data / "entries").rglob("*.yaml")):
        faults.append(Fault(f"{data.name}/entries", 1, "一个条目也没有。"))
    return faults


def _plan(data: Path) -> Path:
    """The text of the draft plan: the folder's own, else the one that comes with the program."""
    own = data / PLAN
    return own if own.exists() else SHIPPED / PLAN


def _faults_of_form(data: Path, wanted: Set[Path]) -> list[Fault]:
    root = data.parent
    return [
        fault
        for path in canonical_files(data)
        if not wanted or path.resolve() in wanted
        for fault in not_canonical(path, str(path.relative_to(root)))
    ]


def table(entries: Sequence[Entry], day: date) -> list[str]:
    """Entries by subject and status, empty facets, share of ask_staff, and what must be looked at in 90 days."""
    lines = [f"条目 {len(entries)} 个，截至 {day}"]
    status = Counter(entry.status_on(day) for entry in entries)
    lines.append("状态：" + "，".join(f"{STATUS_WORDS[word]} {status[word]}" for word in Status if status[word]))
    subjects = Counter(subject for entry in entries for subject in entry.subjects[:1])
    lines.append("类别：" + "，".join(f"{SUBJECTS[key]} {count}" for key, count in subjects.most_common()))
    conditions = [condition for entry in entries for condition in (*entry.conditions, *entry.exclusions)]
    staff = sum(condition.ask_staff for condition in conditions)
    share = f"{100 * staff / len(conditions):.0f}%" if conditions else "0%"
    lines.append(f"条件 {len(conditions)} 条，其中要人工看的 {staff} 条（{share}）")
    empty = {
        entry.code: sum(not entry.facets.get(facet) for facet in Facet if facet is not Facet.STATUS)
        for entry in entries
    }
    many = [f"{code}({count})" for code, count in sorted(empty.items()) if count > 6]
    lines.append(f"“文件没写”超过 6 项的 {len(many)} 条：{'、'.join(many) or '无'}")
    due = sorted((e.validity.review_by, e.code) for e in entries if e.validity.review_by <= day + timedelta(days=90))
    lines.append(
        f"90 天内要复核的 {len(due)} 条："
        + "、".join(f"{code} {review}" for review, code in due[:12])
        + (" …" if len(due) > 12 else "")
    )
    return lines
