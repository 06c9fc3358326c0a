"""`python -m knowledge check`: all faults of data/, and a table of what the knowledge looks like today."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from knowledge.asking import Asking
from knowledge.base import SHIPPED
from knowledge.canonical import canonical_files, not_canonical
from knowledge.crops import Crops
from knowledge.dialect import DialectTable
from knowledge.entries import Entry, Facet, Status
from knowledge.facts import load_facts
from knowledge.fraud import FraudPatterns
from knowledge.glossary import load_glossary
from knowledge.lint import check_entry, check_questions, check_together
from knowledge.loading import load_entries, load_entry
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


def check(root: Path, only: Sequence[Path] = (), questions: Sequence[str] = ()) -> tuple[list[Fault], list[Entry]]:
    """Every fault of data/ below `root` (or of the files `only`), and the entries that could be read."""
    return check_folder(root / "data", only, questions)


def check_folder(
    data: Path, only: Sequence[Path] = (), questions: Sequence[str] = (), *, is_canonical: bool = True
) -> tuple[list[Fault], list[Entry]]:
    """The same for any folder shaped like data/; `is_canonical=False` lets every form of YAML pass."""
    root = data.parent
    faults: list[Fault] = [] if only else _faults_of_tables(data)
    if missing := _missing(data):
        return missing, []
    facts = load_facts(data / "facts.yaml", faults)
    entries = load_entries(data / "entries", faults, root)
    chosen = entries
    if only:
        faults = [fault for fault in faults if any(path.match(fault.path) for path in only)]
        names = {str(path) for path in only}
        chosen = [entry for entry in entries if entry.path in names or str(root / entry.path) in names]
        chosen += [
            e
            for path in only
            if path.name and not _is_loaded(path, entries, root) and (e := load_entry(path, str(path), faults))
        ]
    plan = re.sub(r"\s", "", _plan(data).read_text(encoding="utf-8"))
    codes = frozenset(entry.code for entry in entries)
    for entry in chosen:
        faults.extend(check_entry(entry, facts, codes, plan))
    together = [*check_together(entries), *check_questions(chosen, questions)]
    paths = {entry.path for entry in chosen}
    faults.extend(fault for fault in together if fault.path in paths)
    if is_canonical:
        faults.extend(_faults_of_form(data, only))
    return sorted(set(faults)), chosen


def _faults_of_tables(data: Path) -> list[Fault]:
    """Faults of the files beside the entries: places, crops, topics and the like."""
    faults: list[Fault] = []
    for name, load in TABLES.items():
        try:
            if (data / name).exists():
                load(data / name)
        except ContentError as error:
            faults.extend(error.faults)
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


def _faults_of_form(data: Path, only: Sequence[Path]) -> list[Fault]:
    root = data.parent
    names = {path: str(path.relative_to(root)) for path in canonical_files(data)}
    wanted = {path.resolve() for path in only} | {(root / path).resolve() for path in only}
    return [
        fault
        for path, name in names.items()
        if not only or path.resolve() in wanted
        for fault in not_canonical(path, name)
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


def _is_loaded(path: Path, entries: Sequence[Entry], root: Path) -> bool:
    names = {entry.path for entry in entries}
    return str(path) in names or (
        path.is_absolute() and path.is_relative_to(root) and str(path.relative_to(root)) in names
    )
