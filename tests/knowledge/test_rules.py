"""Rules are three-valued: unknown is never false, a range is judged at every point, a broken part stays in its place."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.rules import Parameters, fact_keys, faults_of, no_parameters, read_rule
from knowledge.values import RuleError, plain_value

KEYS = ("a", "b", "c")
numbers = st.integers(-3, 3)
tests = st.one_of(
    st.builds(lambda key, value: {"fact": key, "at_least": value}, st.sampled_from(KEYS), numbers),
    st.builds(lambda key, value: {"fact": key, "less_than": value}, st.sampled_from(KEYS), numbers),
    st.builds(lambda key, value: {"fact": key, "equals": value}, st.sampled_from(KEYS), numbers),
    st.builds(
        lambda key, values: {"fact": key, "one_of": values}, st.sampled_from(KEYS), st.lists(numbers, min_size=1)
    ),
    st.builds(
        lambda key, values: {"fact": key, "not_one_of": values}, st.sampled_from(KEYS), st.lists(numbers, min_size=1)
    ),
    st.builds(
        lambda key, low, high: {"fact": key, "between": sorted((low, high))}, st.sampled_from(KEYS), numbers, numbers
    ),
    st.builds(lambda value: {"sum": ["a", "b"], "at_most": value}, numbers),
    st.builds(lambda key: {"fact": key, "more_than": {"fact": "c"}}, st.sampled_from(KEYS)),
)
rules = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)
profiles = st.fixed_dictionaries(dict.fromkeys(KEYS, numbers))


def evaluate(rule: dict[str, Any], facts: dict[str, Any], parameters: Parameters = no_parameters) -> bool | None:
    """The verdict of a rule on stated facts."""
    known = {key: value for key, said in facts.items() if (value := plain_value(said)) is not None}
    return read_rule(rule).judge(known, parameters)


@given(rules, profiles, st.sets(st.sampled_from(KEYS)), st.sampled_from([None, "不知道", ""]))
def test_forgetting_facts_never_turns_a_verdict_around(
    rule: dict[str, Any], facts: dict[str, int], forgotten: set[str], unknown: str | None
) -> None:
    """Replacing known facts by any of the three unknowns keeps the verdict or makes it unknown."""
    full = evaluate(rule, facts)
    partly = evaluate(rule, {key: unknown if key in forgotten else value for key, value in facts.items()})
    without = evaluate(rule, {key: value for key, value in facts.items() if key not in forgotten})

    assert partly in (full, None)
    assert without is partly


@given(rules, profiles, st.sampled_from(KEYS), numbers)
def test_a_range_says_only_what_every_point_of_it_says(
    rule: dict[str, Any], facts: dict[str, int], key: str, other: int
) -> None:
    """A verdict on a range holds at its ends and at every whole number between."""
    low, high = sorted((facts[key], other))
    verdict = evaluate(rule, {**facts, key: [low, high]})
    points = {evaluate(rule, {**facts, key: point}) for point in range(low, high + 1)}

    assert verdict is None or points == {verdict}


@given(rules, profiles, st.sets(st.sampled_from(KEYS)))
def test_an_undecided_rule_names_unknown_facts_only(
    rule: dict[str, Any], facts: dict[str, int], forgotten: set[str]
) -> None:
    """`missing` names at least one fact, and only such as are unknown."""
    known = {key: Decimal(value) for key, value in facts.items() if key not in forgotten}
    ready = read_rule(rule)
    if ready.judge(known, lambda _key: None) is None:
        missing = set(ready.missing(known, lambda _key: None))

        assert missing
        assert missing <= forgotten


@pytest.mark.parametrize(
    ("operator", "limit", "value", "expected"),
    [
        ("at_least", "0.9", "0.9", True),
        ("at_least", "0.9", "0.8999999", False),
        ("more_than", "0.9", "0.9", False),
        ("more_than", "0.9", "0.9004", True),
        ("at_most", "1.2", "1.2", True),
        ("at_most", "1.2", "1.21", False),
        ("less_than", "8", "7.99999", True),
        ("less_than", "8", "8", False),
    ],
)
def test_a_limit_is_compared_without_rounding(operator: str, limit: str, value: str, *, expected: bool) -> None:
    """以上、以下 include the number, 超过、低于 do not, and nothing is rounded first."""
    assert evaluate({"fact": "x", operator: limit}, {"x": value}) is expected


def test_days_are_compared_with_both_ends_included() -> None:
    """between and on_or_* on days include the printed days."""
    rule = {"fact": "day", "between": ["2023-08-01", date(2024, 12, 31)]}

    assert evaluate(rule, {"day": "2023-08-01"}) is True
    assert evaluate(rule, {"day": date(2024, 12, 31)}) is True
    assert evaluate(rule, {"day": "2025-01-01"}) is False
    assert evaluate({"fact": "day", "on_or_after": "2026-01-01"}, {"day": "2025-12-31"}) is False
    assert evaluate({"fact": "day", "on_or_before": "2026-03-31"}, {"day": "2026-03-31"}) is True
    assert evaluate(rule, {"day": ["2024-01-01", "2025-12-31"]}) is None


def test_a_figure_without_a_value_that_day_is_unknown() -> None:
    """A dated parameter that covers no such day leaves the rule open."""
    rule = {"fact": "x", "at_most": {"parameter": "ceiling"}}

    assert evaluate(rule, {"x": 1}, lambda _key: None) is None
    assert evaluate(rule, {"x": 1}, lambda _key: Decimal(1)) is True


def test_a_ratio_over_nothing_is_broken_and_not_false() -> None:
    """A ratio whose denominator is 0 cannot be judged."""
    with pytest.raises(RuleError, match="分母"):
        evaluate({"ratio": ["new", "all"], "at_least": "0.1"}, {"new": 1, "all": 0})


def test_a_broken_part_does_not_undo_what_the_other_parts_decide() -> None:
    """any with a true part is true, all with a false part is false, whatever another part does."""
    broken = {"fact": "word", "at_least": 3}
    facts = {"word": "三", "yes": True}

    assert evaluate({"any": [broken, {"fact": "yes", "equals": True}]}, facts) is True
    assert evaluate({"all": [broken, {"fact": "yes", "equals": False}]}, facts) is False
    with pytest.raises(RuleError):
        evaluate({"all": [broken, {"fact": "yes", "equals": True}]}, facts)


@pytest.mark.parametrize(
    "rule",
    [
        {},
        [],
        {"fact": "a"},
        {"fact": "a", "equal": 1},
        {"fact": "a", "equals": None},
        {"fact": "a", "between": [1]},
        {"fact": "a", "one_of": []},
        {"fact": "a", "equals": [1, 2]},
        {"fact": "a", "equals": {"figure": "x"}},
        {"ratio": ["a"], "at_least": 1},
        {"sum": "a", "at_least": 1},
        {"all": []},
        {"all": [{"fact": "a", "equals": 1}], "any": [{"fact": "a", "equals": 1}]},
    ],
)
def test_a_misshapen_rule_is_refused_in_words(rule: Any) -> None:
    """Each wrong shape gets a sentence, and cannot be judged."""
    assert faults_of(rule)
    with pytest.raises(RuleError):
        read_rule(rule)


def test_all_facts_of_a_rule_are_named() -> None:
    """Left sides, sums, ratios, groups and right sides alike."""
    rule = {
        "any": [
            {"not": {"fact": "a", "equals": 1}},
            {"sum": ["b", "c"], "at_most": {"fact": "d"}},
            {"fact": "a", "between": [{"fact": "e"}, 3]},
        ]
    }

    assert fact_keys(rule) == ("a", "b", "c", "d", "e")
