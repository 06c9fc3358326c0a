"""差一点: one lawful, changeable fact that would move a result for the better; never area, age or amounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.eligibility import EntryRules, Judged, Judgement, Verdict, VerdictOutcome, judge, read_rules
from knowledge.entries import Entry
from knowledge.facts import ASKED_ON, Change, Fact, FactTable, shipped_facts
from knowledge.rendering import fill_or_say
from knowledge.rules import Parameters, no_parameters

RANK = {
    VerdictOutcome.CLOSED: 0,
    VerdictOutcome.UNLIKELY: 1,
    VerdictOutcome.UNDETERMINED: 2,
    VerdictOutcome.LIKELY: 3,
}


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One change with the conditions it would satisfy and the outcome it would bring."""

    fact: str
    label: str
    before: Any
    after: Any
    say: str
    outcome: VerdictOutcome
    text: str


def near_misses(
    entry: Entry | EntryRules,
    verdict: Verdict,
    declared: FactTable | None = None,
    parameters: Parameters = no_parameters,
) -> tuple[NearMiss, ...]:
    """Every single declared change that makes an UNLIKELY verdict better; empty for all other verdicts."""
    if verdict.outcome is not VerdictOutcome.UNLIKELY:
        return ()
    table = declared or shipped_facts()
    rules = entry if isinstance(entry, EntryRules) else read_rules(entry)
    known = verdict.known
    failed = [item for item in verdict.judged if item.judgement is Judgement.UNMET]
    needed = {key for item in failed for key in item.facts}
    found = []
    for key in _changeable(needed, table):
        for change in _lawful(table[key], known.get(key)):
            better = judge(
                rules, _changed(verdict.facts, known, key, change, table, verdict.on), verdict.on, parameters
            )
            if RANK[better.outcome] > RANK[verdict.outcome] and _all_met(failed, better):
                label, text = table[key].label or key, _sentence(rules.entry, change, failed, verdict.on)
                found.append(NearMiss(key, label, known[key], change.to, change.say, better.outcome, text))
    return tuple(_best_first(found))


def _all_met(failed: list[Judged], better: Verdict) -> bool:
    """Whether what failed is known to be met after the change; merely not knowing any more is no way to qualify."""
    met = {(item.condition.text, item.is_exclusion) for item in better.of(Judgement.MET)}
    return all((item.condition.text, item.is_exclusion) in met for item in failed)


def _changeable(needed: set[str], table: FactTable) -> list[str]:
    """The changeable facts among `needed` and those they are derived from; roots first."""
    sources = [source for key in sorted(needed) for source in table.sources.get(key, ())]
    return [key for key in dict.fromkeys((*sources, *sorted(needed))) if table[key].is_changeable]


def _lawful(fact: Fact, now: Any) -> Iterator[Change]:
    """The declared changes that start from what is known now; from the unknown nothing is proposed."""
    return (
        change
        for change in fact.changes
        if now is not None and change.to != now and (not change.froms or now in change.froms)
    )


def _changed(
    facts: Mapping[str, Any], known: Mapping[str, Any], key: str, change: Change, table: FactTable, day: date
) -> dict[str, Any]:
    """What would be known after the change; what was derived is derived anew."""
    stated = {name: known[name] for name in facts if name in known}
    return table.derive({**stated, ASKED_ON: known.get(ASKED_ON, day), key: change.to})


def _sentence(entry: Entry, change: Change, failed: list[Judged], day: date) -> str:
    """若登记为家庭农场，“是家庭农场或合作社”这一条就满足."""
    reading_day = entry.validity.reading_day(day)

    def quoted(*, is_exclusion: bool) -> str:
        texts = [fill_or_say(entry, item.condition.text, reading_day) for item in failed]
        return "".join(
            f"“{text}”" for text, item in zip(texts, failed, strict=True) if item.is_exclusion is is_exclusion
        )

    met, lifted = quoted(is_exclusion=False), quoted(is_exclusion=True)
    parts = [f"{met}这一条就满足"] if met else []
    parts += [f"就不再因为{lifted}被排除"] if lifted else []
    return f"若{change.say}，{'，'.join(parts)}"


def _best_first(found: list[NearMiss]) -> list[NearMiss]:
    """Best outcome first; of changes said alike only the first."""
    ranked = sorted(found, key=lambda miss: -RANK[miss.outcome])
    return list({miss.say: miss for miss in reversed(ranked)}.values())[::-1]
