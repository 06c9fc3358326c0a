"""Verdicts: the project's cases, three kinds of unknown, one thing asked once, and broken rules that stay visible."""

import dataclasses
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.candidates import comparisons_by_fact, values_of
from knowledge.eligibility import Judgement, Verdict, VerdictOutcome, estimate, read_rules
from knowledge.entries import Case, Condition, Entry
from knowledge.facts import FactError, FactTable, shipped_facts
from knowledge.near_miss import near_misses
from knowledge.showing import verdict_json

ROOT = Path(__file__).resolve().parents[2]
EXTRA = yaml.safe_load((ROOT / "tests" / "cases" / "eligibility.yaml").read_text(encoding="utf-8"))
DAY = date(2026, 11, 23)
UNKNOWNS = (None, "不知道", "不清楚", "")


@pytest.fixture(scope="session")
def entries(base: KnowledgeBase) -> dict[str, Entry]:
    """All entries by code."""
    return dict(base.entries)


def judged(verdict: Verdict) -> list[tuple[str, Judgement]]:
    """Each condition's sentence with its judgement."""
    return [(item.condition.text, item.judgement) for item in verdict.judged]


@pytest.mark.parametrize("case", EXTRA, ids=lambda case: case["name"])
def test_a_reading_of_the_policies_holds(case: dict[str, Any], entries: dict[str, Entry]) -> None:
    """Outcome and verdict on the wording are those of the table."""
    verdict = estimate(entries[case["code"]], case["facts"], case["day"])

    assert (verdict.outcome, verdict.text_conditions) == (case["outcome"], case["text"])


def test_every_entry_judges_its_own_cases_as_written(entries: dict[str, Entry]) -> None:
    """All cases of all entries come out as their authors expect."""
    cases = [(entry, case) for entry in entries.values() for case in entry.cases]
    wrong = [
        (entry.code, case.name) for entry, case in cases if estimate(entry, case.facts, case.on).outcome != case.outcome
    ]

    assert len(cases) > 250
    assert wrong == []


def test_unknown_is_one_thing_in_all_its_spellings(entries: dict[str, Entry]) -> None:
    """In every case of every entry, absent, null and 不知道 for any fact give the same judgements, and never a failure
    that was not there."""
    for entry in entries.values():
        for case in entry.cases:
            before = estimate(entry, case.facts, case.on)
            for key in case.facts:
                _check_forgetting(entry, case, before, key)


def _check_forgetting(entry: Entry, case: Case, before: Verdict, key: str) -> None:
    without = {name: value for name, value in case.facts.items() if name != key}
    absent = estimate(entry, without, case.on)

    assert [estimate(entry, {**without, key: word}, case.on) for word in UNKNOWNS] == [absent] * len(UNKNOWNS)
    for (text, now), (_, then) in zip(judged(absent), judged(before), strict=True):
        assert now in (then, Judgement.MISSING), (entry.code, case.name, key, text)
    if before.outcome is not VerdictOutcome.UNLIKELY:
        assert absent.outcome is not VerdictOutcome.UNLIKELY


@st.composite
def someone_asking(draw: st.DrawFn, entries: dict[str, Entry]) -> tuple[Entry, dict[str, Any], frozenset[str]]:
    """An entry, answers to the facts it names that do not contradict each other, and some of them to forget."""
    entry = entries[draw(st.sampled_from(sorted(code for code, entry in entries.items() if entry.conditions)))]
    declared, rules = shipped_facts(), read_rules(entry)
    tests = comparisons_by_fact([rules])
    facts: dict[str, Any] = {}
    for key in (key for key in rules.keys if key in declared and key not in declared.known(facts, DAY)):
        facts[key] = draw(st.sampled_from(values_of(key, declared, tests)))
    for key in list(facts):
        follows = declared.known({name: value for name, value in facts.items() if name != key}, DAY).get(key)
        if follows not in (None, facts[key]):
            del facts[key]  # "个体工商户" and "大型企业" at once is no person
    forgotten = [key for key in facts if draw(st.booleans())]
    return entry, facts, frozenset(forgotten)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_mix_of_answers_turns_unknown_into_no(entries: dict[str, Entry], data: st.DataObject) -> None:
    """Whatever is answered, forgetting some answers never makes a result 可能不符合 that was not so before."""
    entry, facts, forgotten = data.draw(someone_asking(entries))
    day = data.draw(st.sampled_from([DAY, date(2024, 6, 1), date(2023, 10, 1), date(2022, 3, 1)]))
    unknown = data.draw(st.sampled_from(UNKNOWNS))

    full = estimate(entry, facts, day)
    partly = estimate(entry, {key: unknown if key in forgotten else value for key, value in facts.items()}, day)

    for (text, now), (_, then) in zip(judged(partly), judged(full), strict=True):
        assert now in (then, Judgement.MISSING, Judgement.BROKEN), text
        assert now is not Judgement.UNMET or then is Judgement.UNMET
    if partly.outcome is VerdictOutcome.UNLIKELY:
        assert full.outcome is VerdictOutcome.UNLIKELY


def test_a_rule_that_raises_breaks_its_own_line_only(
    entries: dict[str, Entry], caplog: pytest.LogCaptureFixture
) -> None:
    """Each rule of each entry is broken in turn: its line is BROKEN and logged, all other lines stay as they were."""
    for entry in entries.values():
        case = entry.cases[0] if entry.cases else None
        if case is None:
            continue
        before = judged(estimate(entry, case.facts, case.on))
        for index, condition in enumerate(entry.conditions):
            if condition.rule is None:
                continue
            caplog.clear()
            broken = dataclasses.replace(condition, rule={"fact": "asked_on", "at_least": 3})
            conditions = (*entry.conditions[:index], broken, *entry.conditions[index + 1 :])
            verdict = estimate(dataclasses.replace(entry, conditions=conditions), case.facts, case.on)
            after = judged(verdict)

            assert after[index] == (condition.text, Judgement.BROKEN)
            assert [line for line in after if line != after[index]] == [
                line for line in before if line != before[index]
            ]
            assert verdict.outcome is not VerdictOutcome.LIKELY
            assert len(caplog.records) == 1
            assert condition.text in caplog.text


def test_a_rule_that_cannot_be_read_is_shown_as_broken(entries: dict[str, Entry]) -> None:
    """An operator nobody knows breaks the one condition, not the whole verdict."""
    entry = entries["dendrobium-loan"]
    odd = Condition("看不懂的条件", {"fact": "county", "resembles": "乐清市"})
    verdict = estimate(dataclasses.replace(entry, conditions=(odd, *entry.conditions)), {}, date(2024, 6, 1))

    assert [item.condition.text for item in verdict.of(Judgement.BROKEN)] == ["看不懂的条件"]
    assert verdict_json(entry, verdict)["broken"][0]["text"] == "看不懂的条件"


def test_no_stated_value_reaches_the_log(entries: dict[str, Entry], caplog: pytest.LogCaptureFixture) -> None:
    """What a person said is not in the line about a broken rule, nor in a verdict's repr."""
    entry = entries["dendrobium-loan"]
    broken = Condition("坏的条件", {"fact": "crop", "at_least": 3})
    verdict = estimate(dataclasses.replace(entry, conditions=(broken,)), {"crop": "藏红花"}, date(2024, 6, 1))

    assert "坏的条件" in caplog.text
    assert "藏红花" not in caplog.text + repr(verdict)


@pytest.mark.parametrize(
    ("stated", "derived"),
    [
        ({"fruit": "草莓"}, {"crop": "草莓", "line": "草莓"}),
        ({"line": "早稻"}, {"crop": "水稻", "grows_rice": True}),
        ({"bearing": "是"}, {"bearing_trees": True}),
        ({"loan_amount_yuan": "200000"}, {"amount_yuan": Decimal(200000)}),
        ({"amount_yuan": 200000}, {"loan_amount_yuan": Decimal(200000)}),
        ({"county": "洞头区"}, {"registered_in_wenzhou_urban": True}),
        ({"county": "龙港市"}, {"registered_in_wenzhou_urban": False}),
        ({"applicant_type": "小微企业"}, {"is_small_or_micro": True, "is_sme": True}),
        ({"applicant_type": "大型企业"}, {"is_small_or_micro": False, "is_sme": False}),
        ({"applicant_type": "普通农户"}, {"independent_legal_person": False, "applicant": "个人农户", "asker": "农户"}),
        ({"applicant": "个人农户"}, {"independent_legal_person": False, "borrower": "居民个人"}),
        ({"is_small_or_micro": True}, {"is_sme": True}),
        ({}, {"asked_on": DAY}),
    ],
)
def test_what_follows_with_certainty_is_not_asked_again(stated: dict[str, Any], derived: dict[str, Any]) -> None:
    """One thing stated under one name is known under its other names too."""
    known = shipped_facts().known(stated, DAY)

    assert {key: known.get(key) for key in derived} == derived


@pytest.mark.parametrize(
    ("stated", "key"),
    [
        ({"applicant_type": "中小微企业"}, "is_small_or_micro"),
        ({"applicant_type": "家庭农场"}, "independent_legal_person"),
        ({"crop": "枇杷"}, "grows_rice"),
        ({"is_sme": True}, "is_small_or_micro"),
        ({"county": "不知道"}, "registered_in_wenzhou_urban"),
    ],
)
def test_what_does_not_follow_stays_unknown(stated: dict[str, Any], key: str) -> None:
    """Nothing is derived that could be wrong."""
    assert key not in shipped_facts().known(stated, DAY)


def test_what_was_stated_is_never_overwritten() -> None:
    """A stated fact stands, even against what would be derived."""
    known = shipped_facts().known(
        {"county": "鹿城区", "registered_in_wenzhou_urban": "否", "asked_on": "2025-01-01"}, DAY
    )

    assert known["registered_in_wenzhou_urban"] is False
    assert known["asked_on"] == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"county": "乐清"}, "泰顺县"),
        ({"mu_rating": "E"}, "A、B、C、D"),
        ({"applicant_type": "渔民"}, "农民合作社"),
        ({"ownership": "合资"}, "民营、国有"),
        ({"age": "不小了"}, "数字"),
        ({"age": float("nan")}, "数字"),
        ({"amount_yuan": [300000, 200000]}, "数字"),
        ({"grows_rice": "种一点"}, "是 或 否"),
        ({"loan_disbursed_on": "三月"}, "日期"),
        ({"crop": {"name": "杨梅"}}, "一个词"),
        (["county"], "facts"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_would_do(facts: Any, said: str, entries: dict[str, Entry]) -> None:
    """The error names the fact and shows the list or an example."""
    with pytest.raises(FactError, match=said):
        estimate(entries["dendrobium-loan"], facts, DAY)


def test_a_fact_nobody_declared_is_left_unused_and_said_so(entries: dict[str, Entry]) -> None:
    """An unknown key changes nothing and is named with the nearest known one."""
    entry = entries["dendrobium-loan"]
    plain = estimate(entry, {"county": "乐清市"}, DAY)
    noted = estimate(entry, {"county": "乐清市", "contry": "x"}, DAY)

    assert noted == plain
    assert "county" in verdict_json(entry, noted)["notes"][0]


def test_the_command_line_refuses_a_closed_list_with_exit_2() -> None:
    """check-eligibility with a county outside the list shows the list on standard error and exits 2."""
    facts = json.dumps({"county": "义乌市"})
    run = subprocess.run(
        [sys.executable, "-m", "knowledge", "check-eligibility", "dendrobium-loan", "--facts", facts, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 2
    assert "鹿城区" in run.stderr
    assert run.stdout == ""


def test_a_verdict_in_json_shows_every_condition_with_its_figures(entries: dict[str, Entry]) -> None:
    """Sentences carry their figures, facts and clauses; each condition stands in exactly one list."""
    for entry in entries.values():
        shown = verdict_json(entry, estimate(entry, {}, DAY))
        lines = [line for name in ("met", "unmet", "missing", "broken") for line in shown[name]]

        assert len(lines) == len(entry.conditions) + len(entry.exclusions)
        assert not [line["text"] for line in lines if "{" in line["text"]]
        assert all({"text", "fact", "clause"} <= line.keys() for line in lines)
        json.dumps(shown, ensure_ascii=False)


def test_every_fact_heard_in_a_chat_is_declared(base: KnowledgeBase) -> None:
    """What the chat hears has a label and a question, so that it can be shown back and corrected."""
    table = base.facts
    heard = ("has_collateral", "has_guarantor", "has_house_property", "is_company", "town", "village")

    assert isinstance(table, FactTable)
    assert [key for key in heard if not table[key].label or not table[key].question] == []


def test_every_fact_is_asked_in_words() -> None:
    """Every declared fact has a label and a question that addresses the farmer."""
    table = shipped_facts()

    assert [key for key, fact in table.items() if not fact.label or not fact.question] == []


def test_no_change_is_hinted_that_would_only_leave_the_condition_unknown(base: KnowledgeBase) -> None:
    """A farmer is not told to register as a family farm where a paper wants a 中小微企业: that would still be open."""
    entry = base.entries["job-retention-refund"]
    verdict = estimate(entry, {"applicant_type": "普通农户"}, DAY, base.facts)

    assert verdict.outcome is VerdictOutcome.UNLIKELY
    assert near_misses(entry, verdict, base.facts) == ()
