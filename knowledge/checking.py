"""`python -m knowledge check`: all faults of data/, and a table of what the knowledge looks like today."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from knowledge.entries import Entry, Facet, Status
from knowledge.facts import load_facts
from knowledge.lint import check_entry, check_questions, check_together
from knowledge.loading import load_entries, load_entry
from knowledge.reading import Fault
from knowledge.vocabulary import STATUS_WORDS, SUBJECTS


def check(root: Path, only: Sequence[Path] = (), questions: Sequence[str] = ()) -> tuple[list[Fault], list[Entry]]:
    """Every fault of data/ below `root` (or of the files `only`), and the entries that could be read."""
    faults: list[Fault] = []
    facts = load_facts(root / "data" / "facts.yaml", faults)
    entries = load_entries(root / "data" / "entries", faults, root)
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
    plan = re.sub(r"\s", "", (root / "data" / "sources" / "wenzhou-draft-plan.txt").read_text(encoding="utf-8"))
    codes = frozenset(entry.code for entry in entries)
    for entry in chosen:
        faults.extend(check_entry(entry, facts, codes, plan))
    together = [*check_together(entries), *check_questions(chosen, questions)]
    paths = {entry.path for entry in chosen}
    faults.extend(fault for fault in together if fault.path in paths)
    return sorted(set(faults)), chosen


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
