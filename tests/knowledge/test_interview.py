"""The interview: few questions, none in vain, the early result equal to the full one, answers that can be changed."""

import random
import statistics
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.candidates import comparisons_by_fact, values_of
from knowledge.checkup import BROAD_QUESTIONS, Group, check_up, is_outside
from knowledge.eligibility import VerdictOutcome, estimate, read_rules, sweep
from knowledge.entries import Entry
from knowledge.fact_answers import AskBack, Unknown, read_answer
from knowledge.facts import FactTable, shipped_facts
from knowledge.interview import change_answer, next_question
from knowledge.profile import Profile
from knowledge.rule_book import RuleBook, as_book

DAY = date(2026, 11, 23)
DAYS = (DAY, date(2025, 2, 1), date(2024, 6, 1), date(2023, 6, 1), date(2020, 1, 2))
SKIPPED_SHARE = 0.1


@pytest.fixture(scope="session")
def table() -> FactTable:
    """The declared facts."""
    return shipped_facts()


@pytest.fixture(scope="session")
def book(base: KnowledgeBase) -> RuleBook:
    """All entries' rules."""
    return RuleBook.of(base.entries.values())


@pytest.fixture(scope="session")
def answers(book: RuleBook) -> dict[str, list[Any]]:
    """For every fact, the answers worth telling apart."""
    comparisons = comparisons_by_fact(prepared.rules for prepared in book.entries)
    return {key: values_of(key, book.declared, comparisons) for key in book.declared if book.declared[key].asked}


def seeded(seed: int) -> random.Random:
    """The same chances in every run."""
    return random.Random(seed)


def someone(answers: Mapping[str, list[Any]], chance: random.Random) -> dict[str, Any]:
    """A person with an answer, or a refusal, to everything that may be asked."""
    return {key: None if chance.random() < SKIPPED_SHARE else chance.choice(values) for key, values in answers.items()}


def open_questions(entries: RuleBook | list[Entry], facts: Mapping[str, Any], day: date) -> frozenset[str]:
    """All facts that may still change a result."""
    book = as_book(entries)
    still_open = book.open_entries(book.declared.known(facts, day), book.skipped(facts), day)
    return frozenset[str]().union(*(entry.facts for entry in still_open))


def interviewed(
    book: RuleBook, person: Mapping[str, Any], day: date, limit: int | None = None
) -> tuple[dict[str, Any], list[str]]:
    """The answers given when the interview stopped, and the questions in order."""
    facts: dict[str, Any] = {}
    asked: list[str] = []
    while limit is None or len(asked) < limit:
        question = next_question(book, facts, day)
        if question is None:
            break
        assert question.key not in facts
        assert question.text
        facts[question.key] = person[question.key]
        asked.append(question.key)
    return facts, asked


def full_answers(book: RuleBook, person: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Everything a full interview would ask: the person's answers to all facts, minus what follows from given ones.

    A fact that the interview learned by deriving it is not asked in a full interview either.
    """
    learned = book.declared.known(given, DAY)
    asked = {book.declared.asked_as(key) for prepared in book.entries for key in prepared.rules.keys}
    return {key: person[key] for key in asked if key in person and (key in given or key not in learned)} | dict(given)


def results(book: RuleBook, facts: Mapping[str, Any], day: date) -> list[tuple[str, str]]:
    """Outcome of every entry, and the verdict on the wording of those that are not closed."""
    verdicts = sweep((prepared.rules for prepared in book.entries), facts, book.declared.known(facts, day), day)
    return [
        (verdict.outcome, "" if verdict.outcome is VerdictOutcome.CLOSED else verdict.text_conditions)
        for verdict in verdicts
    ]


def test_stopping_early_gives_the_result_of_the_full_interview(
    book: RuleBook, answers: dict[str, list[Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """On 1,000 random profiles the early-stopped result of one entry equals the full interview's; median ≤ 6, most 10."""
    chance = seeded(20261123)
    singles = [book.only(prepared.rules.entry.code) for prepared in book.entries if prepared.rules.keys]
    counts = []
    for number in range(1000):
        single, day = singles[number % len(singles)], chance.choice(DAYS)
        person = someone(answers, chance)
        given, asked = interviewed(single, person, day)
        counts.append(len(asked))

        assert results(single, given, day) == results(single, full_answers(single, person, given), day)

    with capsys.disabled():
        print(f"\n单条问几句：中位 {statistics.median(counts)}，最多 {max(counts)}，平均 {statistics.mean(counts):.1f}")
    assert statistics.median(counts) <= 6
    assert max(counts) <= BROAD_QUESTIONS


def test_no_entry_can_take_more_than_ten_questions(book: RuleBook, answers: dict[str, list[Any]]) -> None:
    """For every entry, the profiles that drag the interview out longest still end within ten questions."""
    chance = seeded(7)
    worst: dict[str, int] = {}
    for prepared in book.entries:
        code, single = prepared.rules.entry.code, book.only(prepared.rules.entry.code)
        day = next((day for day in DAYS if open_questions(single, {}, day)), None)
        for _ in range(15 if day else 0):
            facts: dict[str, Any] = {}
            asked = 0
            while (question := next_question(single, facts, day or DAY)) is not None:
                options = [
                    value
                    for value in answers[question.key]
                    if next_question(single, {**facts, question.key: value}, day or DAY)
                ]
                facts[question.key] = chance.choice(options or answers[question.key])
                asked += 1
            worst[code] = max(worst.get(code, 0), asked)

    assert {code: count for code, count in worst.items() if count > BROAD_QUESTIONS} == {}
    assert max(worst.values()) >= 8


def test_the_whole_check_up_stops_early_with_the_full_result(book: RuleBook, answers: dict[str, list[Any]]) -> None:
    """Asked to the end, the check-up over all entries gives what the full set of answers gives."""
    chance = seeded(11)
    for _ in range(6):
        person = someone(answers, chance)
        given, _asked = interviewed(book, person, DAY)

        assert results(book, given, DAY) == results(book, full_answers(book, person, given), DAY)


def test_no_question_is_asked_in_vain(book: RuleBook, answers: dict[str, list[Any]]) -> None:
    """Brute force over the small rule sets: for every question asked, two completions that differ only in its answer
    end in different results."""
    chance = seeded(5)
    checked = 0
    for prepared in book.entries:
        single = book.only(prepared.rules.entry.code)
        day = next((day for day in DAYS if open_questions(single, {}, day)), None)
        if day is None or len(open_questions(single, {}, day)) > 5:
            continue
        for person in (someone(answers, chance) for _ in range(3)):
            facts: dict[str, Any] = {}
            while (question := next_question(single, facts, day)) is not None:
                assert _can_change(single, facts, question.key, day), (prepared.rules.entry.code, question.key)
                facts[question.key] = person[question.key]
                checked += 1
    assert checked > 200


def _can_change(book: RuleBook, facts: dict[str, Any], key: str, day: date) -> bool:
    others = sorted(open_questions(book, facts, day) - {key})
    short = {name: _told_apart(book, name) for name in others}
    relevant = _told_apart(book, key)
    for others_said in product(*(short[name] for name in others)):
        base = {**facts, **dict(zip(others, others_said, strict=True))}
        if len({tuple(results(book, {**base, key: value}, day)) for value in relevant}) > 1:
            return True
    return False


def _told_apart(book: RuleBook, key: str) -> list[Any]:
    """One answer for every way in which the rules of the book tell answers to `key` apart."""
    tried = [candidate.value for prepared in book.entries for candidate in prepared.candidates.get(key, ())]
    return list(dict.fromkeys(tried))


def test_an_interview_about_nothing_asks_nothing() -> None:
    """Without entries there is no question."""
    assert next_question([], {}, DAY) is None


def test_one_thing_is_never_asked_twice(book: RuleBook, answers: dict[str, list[Any]]) -> None:
    """No interview asks a fact under a second name, nor what follows from an earlier answer."""
    chance = seeded(3)
    for _ in range(3):
        facts: dict[str, Any] = {}
        person = someone(answers, chance)
        while (question := next_question(book, facts, DAY)) is not None:
            assert book.declared.asked_as(question.key) == question.key
            assert question.key not in book.declared.known(facts, DAY)
            facts[question.key] = person[question.key]


def test_a_skipped_question_is_not_asked_again_and_counts_as_unknown(book: RuleBook) -> None:
    """不清楚 to everything ends the interview, and no entry is 可能不符合 for it."""
    facts: dict[str, Any] = {}
    while (question := next_question(book, facts, DAY)) is not None:
        assert question.key not in facts
        facts[question.key] = None
    outcomes = {outcome for outcome, _ in results(book, facts, DAY)}

    assert "UNLIKELY" not in outcomes
    assert open_questions(book, facts, DAY) == frozenset()


def test_what_was_heard_is_prefilled_and_not_asked(book: RuleBook) -> None:
    """County, land and crop said in the chat are known; an ambiguous amount is left to be asked."""
    heard = {"county": "永嘉县", "area_mu": "30", "crop": "枇杷", "amount_yuan": {"ambiguous": True, "text": "几万"}}
    profile = Profile.heard(heard)
    asked = set()
    while (question := next_question(book, profile.facts, DAY)) is not None:
        asked.add(question.key)
        profile = profile.with_answer(question.key, None)

    assert "amount_yuan" in asked
    assert asked.isdisjoint({"county", "area_mu", "crop"})
    assert profile.asked == len(asked)


def test_the_check_up_says_what_is_missing_after_ten_answers_and_nothing_in_the_end(
    book: RuleBook, answers: dict[str, list[Any]]
) -> None:
    """After ten answers it says honestly how many are missing; answered to the end, none is."""
    person = someone(answers, seeded(2))
    profile = Profile()
    for _ in range(BROAD_QUESTIONS):
        question = next_question(book, profile.facts, DAY)
        assert question is not None
        profile = profile.with_answer(question.key, person[question.key])
    result = check_up(book, profile, DAY)

    assert result.missing == tuple(sorted(open_questions(book, profile.facts, DAY)))
    assert f"还差 {len(result.missing)} 项" in result.missing_text
    while (question := next_question(book, profile.facts, DAY)) is not None:
        profile = profile.with_answer(question.key, person[question.key])
    assert check_up(book, profile, DAY).missing_text == ""


def test_the_first_questions_of_the_check_up_are_broad(book: RuleBook) -> None:
    """County and kind of farm come first: they bear on more entries than any other fact."""
    first = next_question(book, {}, DAY)
    second = next_question(book, {"county": "乐清市"}, DAY)

    assert first is not None
    assert second is not None
    assert {first.key, second.key} == {"county", "applicant_type"}
    assert first.entries >= 10


def test_the_result_groups_every_entry_once_and_drops_what_is_owned(book: RuleBook) -> None:
    """Each entry stands in one group with who decides; an entry marked 已有 is nowhere."""
    profile = Profile.heard({"county": "永嘉县", "crop": "枇杷", "applicant_type": "普通农户"})
    result = check_up(book, profile, DAY)
    owned = result.of(Group.LIKELY)[0].code
    without = check_up(book, profile, DAY, owned=(owned,))

    assert sorted(f.code for f in result.findings) == sorted(p.rules.entry.code for p in book.entries)
    assert sum(len(result.of(group)) for group in Group) == len(result.findings)
    assert all(finding.entry.decides for finding in result.findings)
    assert [f.code for f in without.findings] == [f.code for f in result.findings if f.code != owned]
    assert {f.code for f in result.findings if f.is_outside} >= {"dendrobium-loan", "taishun-bank-products"}
    assert "agri-guarantee-dual-control" in {f.code for f in result.of(Group.NEARLY)}


def test_a_publication_is_warmed_up_with_its_rules_made_ready(base: KnowledgeBase) -> None:
    """The first person who asks after a publication does not wait for the rules to be read."""
    base.warm_up()
    assert {"rule_book", "check_up_book", "index", "lexicon"} <= vars(base).keys()


def test_a_county_left_out_of_a_wide_area_is_marked_as_outside(base: KnowledgeBase) -> None:
    """An entry for the whole city or province does not hold where it says it does not; elsewhere and nowhere it may."""
    wide = replace(base.entries["dendrobium-loan"], regions=("温州市",), excluded_places=("洞头区",))
    hills = replace(wide, regions=("山区5县",), excluded_places=())

    assert [is_outside(wide, county) for county in ("洞头区", "永嘉县", "杭州市", None)] == [True, False, False, False]
    assert [is_outside(hills, county) for county in ("乐清市", "永嘉县")] == [True, False]


def test_changing_each_answer_clears_only_what_depended_on_it(book: RuleBook, answers: dict[str, list[Any]]) -> None:
    """Each answer of full interviews is changed in turn: what stays cleared is derived from it or no longer bears on
    any condition, and everything else keeps its value."""
    chance = seeded(9)
    singles = [book.only(prepared.rules.entry.code) for prepared in book.entries if len(prepared.rules.keys) > 3]
    cleared_somewhere = 0
    for single in singles:
        day = next((day for day in DAYS if open_questions(single, {}, day)), DAY)
        given, asked = interviewed(single, someone(answers, chance), day)
        profile = Profile()
        for key in asked:
            profile = profile.with_answer(key, given[key])
        for key in asked:
            other = next((value for value in answers[key] if value != given[key]), None)
            changed, cleared = change_answer(single, profile, key, other, day)
            cleared_somewhere += len(cleared)

            assert key not in cleared
            assert changed.facts == {
                name: value for name, value in profile.with_answer(key, other).facts.items() if name not in cleared
            }
            for name in cleared:
                bears = any(
                    name in single.outlook(clause, *_known(single, changed, day)).facts
                    for prepared in single.entries
                    for clause in prepared.rules.clauses
                )
                assert key in single.declared.sources.get(name, ()) or not bears
    assert cleared_somewhere > 0


def _known(book: RuleBook, profile: Profile, day: date) -> tuple[dict[str, Any], frozenset[str]]:
    return book.declared.known(profile.facts, day), book.skipped(profile.facts)


def test_a_new_crop_clears_the_old_crops_details(base: KnowledgeBase) -> None:
    """枇杷's tree age goes when the crop becomes 草莓; county and bearing stay; the shed is asked next."""
    book = RuleBook.of([base.entries["yueqing-special-insurance-2025"]])
    day = date(2025, 2, 1)
    profile = Profile.heard({"county": "乐清市"})
    for key, value in (("crop", "枇杷"), ("bearing_trees", True), ("tree_age_years", 4), ("area_mu", 20)):
        profile = profile.with_answer(key, value)
    changed, cleared = change_answer(book, profile, "crop", "草莓", day)

    assert set(cleared) == {"tree_age_years", "area_mu"}
    assert changed.facts == {"county": "乐清市", "crop": "草莓", "bearing_trees": True}
    assert next_question(book, changed.facts, day) is not None


def test_an_answer_given_again_clears_nothing(base: KnowledgeBase) -> None:
    """Correcting an answer to what it was leaves the profile as it is."""
    book = RuleBook.of([base.entries["dendrobium-loan"]])
    profile = Profile().with_answer("county", "乐清市").with_answer("crop", "石斛")

    assert change_answer(book, profile, "county", "乐清市", DAY) == (profile, ())


def test_a_profile_survives_being_stored() -> None:
    """0, none, skipped and not asked are four different things after a round trip."""
    profile = (
        Profile.heard({"county": "永嘉县"})
        .with_answer("existing_guaranteed_balance_yuan", Decimal(0))
        .with_answer("has_bad_record", False)
        .with_answer("age", None)
        .with_answer("amount_yuan", (Decimal(20000), Decimal(30000)))
        .with_answer("loan_disbursed_on", date(2024, 1, 2))
    )
    stored = Profile.from_json(profile.to_json())
    table = shipped_facts()

    assert table.known(stored.facts, DAY) == table.known(profile.facts, DAY)
    assert stored.facts["existing_guaranteed_balance_yuan"] == "0"
    assert stored.facts["has_bad_record"] is False
    assert stored.facts["age"] is None
    assert "area_mu" not in stored.facts
    assert stored.asked == profile.asked == 5


def test_one_entry_asks_for_what_it_names(base: KnowledgeBase) -> None:
    """Without a book, entries will do; buttons, unit, and how many may follow are there."""
    question = next_question([base.entries["small-loan-insurance-subsidy"]], {"asker": "保险机构"}, date(2023, 6, 1))

    assert question is not None
    assert question.key in {"customer", "annualised_premium_rate_percent"}
    assert question.remaining == 1
    assert question.key != "customer" or {"小微企业", "个体工商户", "农户"} <= set(question.choices)


ANSWERS = [
    ("area_mu", "三十亩", Decimal(30)),
    ("area_mu", "三十", Decimal(30)),
    ("area_mu", "两亩半", Decimal("2.5")),
    ("amount_yuan", "大概二十万", Decimal(200000)),
    ("amount_yuan", "13万2", Decimal(132000)),
    ("amount_yuan", "两三万", (Decimal(20000), Decimal(30000))),
    ("amount_yuan", "五千", Decimal(5000)),
    ("existing_guaranteed_balance_yuan", "没有", Decimal(0)),
    ("existing_guaranteed_balance_yuan", "0", Decimal(0)),
    ("grows_rice", "没有", False),
    ("grows_rice", "种了十亩水稻", True),
    ("has_bad_record", "征信没问题", False),
    ("has_bad_record", "有", True),
    ("credit_good_no_diversion", "对", True),
    ("signs_promise", "肯", True),
    ("through_cooperative", "不清楚", Unknown.NOT_KNOWN),
    ("through_cooperative", "不想说", Unknown.NOT_TOLD),
    ("area_mu", "记不得了", Unknown.NOT_KNOWN),
    ("amount_yuan", "不知道", Unknown.NOT_KNOWN),
    ("county", "我在矾山", "苍南县"),
    ("county", "永嘉", "永嘉县"),
    ("crop", "种的是杨梅", "杨梅"),
    ("applicant_type", "我是种粮大户", "种养大户"),
    ("applicant_type", "农民合作社", "农民合作社"),
    ("trade", "开民宿的", "民宿"),
    ("trade", "都不是", "其他"),
    ("family", "都不是", "一般农户"),
    ("age", "四十五", Decimal(45)),
    ("months_operating", "一年半", Decimal(18)),
    ("tree_age_years", "三年", Decimal(3)),
    ("graduated_year", "24年", Decimal(2024)),
    ("loan_disbursed_on", "今年3月1号", date(2026, 3, 1)),
    ("loan_disbursed_on", "去年", (date(2025, 1, 1), date(2025, 12, 31))),
    ("annualised_premium_rate_percent", "1.2", Decimal("1.2")),
    ("staff_change_percent", "减了百分之五", Decimal(-5)),
    ("staff_change_percent", "多了 2%", Decimal(2)),
    ("staff_change_percent", "没减", Decimal(0)),
    ("annualised_premium_rate_percent", "月息三厘", Decimal("3.6")),
    ("mu_rating", "a类", "A"),
]
ASKED_BACK = [
    ("amount_yuan", "20", {Decimal(20), Decimal(200000)}),
    ("amount_yuan", "几万", set()),
    ("staff_change_percent", "百分之五", {Decimal(5), Decimal(-5)}),
    ("amount_yuan", "20万以内", set()),
    ("amount_yuan", "没有", {Decimal(0), None}),
    ("annualised_premium_rate_percent", "一分利", {Decimal(10), Decimal(12)}),
    ("credit_good_no_diversion", "没有", {True, False}),
    ("crop", "杨梅和枇杷", {"杨梅", "枇杷"}),
    ("crop", "没种", None),
    ("education", "我没读高中", None),
    ("county", "上海", None),
    ("trade", "造飞机", None),
    ("through_cooperative", "看情况", {True, False}),
    ("loan_disbursed_on", "好久了", set()),
]


def read(base: KnowledgeBase, key: str, text: str) -> Any:
    """The answer as a window reads it."""
    return read_answer(shipped_facts()[key], text, DAY, ("民宿", "农家乐", "餐饮"), base.places, base.crops)


@pytest.mark.parametrize(("key", "text", "expected"), ANSWERS, ids=str)
def test_a_typed_answer_is_read(base: KnowledgeBase, key: str, text: str, expected: Any) -> None:
    """What was typed is the value, and the fact takes it."""
    value = read(base, key, text)

    assert value == expected
    assert isinstance(value, Unknown) or shipped_facts()[key].parse(value) == expected


@pytest.mark.parametrize(("key", "text", "readings"), ASKED_BACK, ids=[f"{row[0]}-{row[1]}" for row in ASKED_BACK])
def test_an_unclear_answer_is_asked_back(base: KnowledgeBase, key: str, text: str, readings: set[Any] | None) -> None:
    """Nothing is picked silently, and what is not understood is no no: the readings are shown."""
    back = read(base, key, text)

    assert isinstance(back, AskBack)
    assert back.text
    assert readings is None or {value for _, value in back.readings} == readings


@given(st.text(max_size=12))
def test_no_typed_answer_raises_or_is_taken_on_trust(text: str) -> None:
    """Any text is read, refused or asked back; whatever value comes out is one the fact takes."""
    for key in ("area_mu", "amount_yuan", "grows_rice", "applicant_type", "loan_disbursed_on", "trade", "age"):
        fact = shipped_facts()[key]
        value = read_answer(fact, text, DAY)
        if not isinstance(value, Unknown | AskBack):
            fact.parse(value)


def test_a_button_is_always_read_as_itself(base: KnowledgeBase, book: RuleBook, answers: dict[str, list[Any]]) -> None:
    """Every choice that a question offers, typed, is the value of that choice."""
    facts: dict[str, Any] = {}
    person = someone(answers, seeded(4))
    while (question := next_question(book, facts, DAY)) is not None:
        fact = book.declared[question.key]
        for choice in question.choices:
            value = read_answer(fact, choice, DAY, question.choices, base.places, base.crops)
            assert value == {"是": True, "否": False}.get(choice, choice), (question.key, choice)
        facts[question.key] = person[question.key]


def test_estimate_and_check_up_agree(base: KnowledgeBase, book: RuleBook) -> None:
    """The verdict of the command line is the one in the check-up."""
    facts = {"county": "泰顺县", "crop": "猕猴桃", "applicant_type": "家庭农场"}
    result = check_up(book, Profile.heard(facts), DAY)
    entries: Mapping[str, Entry] = base.entries

    assert [f.verdict.outcome for f in result.findings] == [
        estimate(entries[f.code], facts, DAY).outcome for f in result.findings
    ]
    assert {key for f in result.findings for key in read_rules(entries[f.code]).keys} >= set(facts)
