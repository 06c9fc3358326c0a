"""Facts heard in passing: exact where said exactly, ambiguous where unclear, absent where only asked."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from knowledge.crops import Crops
from knowledge.hearing import APPLICANT_TYPES, DialectTable, hear, to_json, translate_dialect
from knowledge.places import Places
from knowledge.reading import ContentError
from knowledge.vocabulary import COUNTIES

ROOT = Path(__file__).parents[2]
PLACES = Places.load(ROOT / "data" / "places.yaml")
CROPS = Crops.load(ROOT / "data" / "crops.yaml")
DIALECT = DialectTable.load(ROOT / "data" / "dialect.yaml")
TODAY = date(2026, 11, 23)
NEGATIONS = yaml.safe_load((ROOT / "tests" / "cases" / "negations.yaml").read_text(encoding="utf-8"))
SPOKEN = yaml.safe_load((ROOT / "tests" / "cases" / "dialect.yaml").read_text(encoding="utf-8"))


def heard(text: str) -> dict[str, object]:
    """The facts of a sentence as plain JSON."""
    return to_json(hear(text, PLACES, CROPS, TODAY))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "永嘉 30亩石斛想贷20万，石斛贷利息多少",
            {"county": "永嘉县", "area_mu": "30", "amount_yuan": "200000", "crop": "铁皮石斛"},
        ),
        ("种粮大户，100来亩水稻", {"area_mu": ["100", "130"], "crop": "水稻", "applicant_type": "种养大户"}),
        ("合作社想贷50-100万", {"amount_yuan": ["500000", "1000000"], "applicant_type": "农民合作社"}),
        ("我不是公司，是家庭农场", {"applicant_type": "家庭农场", "is_company": False}),
        ("贷了20万还想贷10万", {"loan_amount_yuan": "200000", "amount_yuan": "100000"}),
        ("贷20万三年利息多少", {"amount_yuan": "200000", "term_months": "36"}),
        ("贷款期限两年半", {"term_months": "30"}),
        ("贷10万一年利息多少", {"amount_yuan": "100000", "term_months": "12"}),
        ("龙港种粮 60亩，流转费一亩800", {"county": "龙港市", "area_mu": "60"}),
        ("我老公52岁，我48岁", {"age": "48"}),
        ("早稻20亩", {"area_mu": "20", "crop": "水稻", "line": "早稻"}),
        ("我今年四十五了", {"age": "45"}),
        ("去四川种西瓜", {"location": "四川省", "crop": "西瓜"}),
        (
            "罗阳镇上洪村30亩茶园",
            {"county": "泰顺县", "town": "罗阳镇", "village": "上洪村", "area_mu": "30", "crop": "茶叶"},
        ),
        ("2023年10月1日放的款", {"loan_disbursed_on": "2023-10-01"}),
        ("2024年3月还清", {"fully_repaid_on": ["2024-03-01", "2024-03-31"]}),
        ("我是监测户", {"family": "防止返贫监测对象"}),
        ("外地户口", {"household_registration": "外地"}),
    ],
)
def test_stated_facts_are_heard(text: str, facts: dict[str, object]) -> None:
    """A sentence gives exactly the facts it states, under the keys of the fact list."""
    assert heard(text) == facts


@pytest.mark.parametrize(
    "text",
    [
        "能贷几万", "20万以内要担保吗", "最高能贷50万吗", "要50亩以上吗", "60岁以上能贷吗", "18到60岁", "孩子三岁",
        "房子120平方",
        "石斛贷", "补贴500元一亩", "租了十年地",
        "利息一分贵不贵", "20万够吗", "一年多少利息", "财金〔2026〕4号", "电话13812345678",
    ],
)  # fmt: skip
def test_a_question_about_the_rule_states_nothing(text: str) -> None:
    """Figures of the rule, of others or of a product's name are no facts about the asker."""
    assert heard(text) == {}


@pytest.mark.parametrize("pair", NEGATIONS, ids=lambda pair: f"{pair['key']} {pair['denies']}")
def test_negation_flips_the_fact(pair: dict[str, str]) -> None:
    """Saying one has it and saying one lacks it give opposite facts; asking gives none."""
    assert heard(pair["states"])[pair["key"]] is True
    assert heard(pair["denies"])[pair["key"]] is False
    assert pair["key"] not in heard(pair["asks"])


@pytest.mark.parametrize(
    ("text", "crop"),
    [
        ("养羊栖菜", "羊栖菜"),
        ("种花菜", "花椰菜"),
        ("种花生", "花生"),
        ("种菜头", "萝卜"),
        ("养羊", "羊"),
        ("种花", "花卉"),
    ],
)
def test_the_longer_crop_wins(text: str, crop: str) -> None:
    """A verb's object is read to its end."""
    assert heard(f"我{text}十亩")["crop"] == crop


def test_there_are_enough_pairs() -> None:
    """At least fifteen pairs are checked."""
    assert len(NEGATIONS) >= 15


@pytest.mark.parametrize(
    ("text", "key", "readings"),
    [
        ("想贷20", "amount_yuan", ["20", "200000"]),
        ("想贷几万块", "amount_yuan", [["20000", "90000"]]),
        ("石斛和杨梅", "crop", ["铁皮石斛", "杨梅"]),
        ("山区5县", "county", ["永嘉县", "平阳县", "苍南县", "文成县", "泰顺县"]),
        ("永嘉还是平阳", "county", ["永嘉县", "平阳县"]),
        ("30亩石斛和20亩杨梅", "area_mu", ["30", "20"]),
    ],
)
def test_what_is_unclear_is_ambiguous_and_shows_its_readings(text: str, key: str, readings: list[object]) -> None:
    """An unclear fact has no value, says that it is ambiguous and shows every reading."""
    fact = hear(text, PLACES, CROPS, TODAY)[key]

    assert fact.value is None
    assert fact.ambiguous
    assert heard(text)[key] == {"ambiguous": True, "text": fact.text, "readings": readings}


def test_a_bound_is_no_exact_value() -> None:
    """不到 10 亩 must not pass for ten mu where a rule asks for ten."""
    assert heard("我种了不到10亩")["area_mu"] == {
        "ambiguous": True, "text": "10亩", "bound": "below", "readings": ["10"],
    }  # fmt: skip


def test_facts_render_as_plain_json() -> None:
    """Whatever was heard can be written as JSON, numbers as strings."""
    facts = heard("永嘉两亩半杨梅，我快六十了，想借十来万，没抵押")

    assert json.loads(json.dumps(facts)) == facts
    assert (facts["area_mu"], facts["amount_yuan"]) == ("2.5", ["100000", "130000"])


def test_exact_numbers_stay_decimal() -> None:
    """Inside, a number is a Decimal, never a float."""
    assert hear("种了2.1亩", PLACES, CROPS, TODAY)["area_mu"].value == Decimal("2.1")


def test_closed_choices_stay_inside_their_lists() -> None:
    """County and kind of applicant are always values of the fact list."""
    listed = {
        item["key"]: item.get("choices", []) for item in yaml.safe_load((ROOT / "data/facts.yaml").read_text("utf-8"))
    }

    assert set(APPLICANT_TYPES.values()) <= set(listed["applicant_type"])
    assert set(PLACES.counties) == set(COUNTIES) == set(listed["county"])


@pytest.mark.parametrize("word", CROPS.by_word, ids=str)
def test_every_spoken_crop_is_heard(word: str) -> None:
    """Each spoken name in a sentence gives its crop."""
    assert heard(f"想问{word}的政策")["crop"] == CROPS.by_word[word].name


@pytest.mark.parametrize("word", DIALECT.words, ids=lambda word: word.say)
def test_every_dialect_word_is_understood_in_its_sentence(word: object) -> None:
    """The example of each word comes out with the word's meaning in its place and nothing else changed."""
    translated = translate_dialect(word.example, DIALECT)  # type: ignore[attr-defined]  # a row of the table

    assert word.means in translated  # type: ignore[attr-defined]
    assert translated != word.example  # type: ignore[attr-defined]
    assert translate_dialect(translated, DIALECT) == translated


def test_the_dialect_table_is_large_enough() -> None:
    """At least forty words are in the table."""
    assert len(DIALECT.words) >= 40


@pytest.mark.parametrize("case", SPOKEN["sentences"], ids=lambda case: case["say"])
def test_a_dialect_sentence_becomes_common_speech(case: dict[str, str]) -> None:
    """A whole sentence comes out word for word as written beside it."""
    assert translate_dialect(case["say"], DIALECT) == case["means"]


@pytest.mark.parametrize("text", SPOKEN["same"])
def test_common_words_that_look_like_dialect_stay(text: str) -> None:
    """A character of the table inside another word is left alone."""
    assert translate_dialect(text, DIALECT) == text


def test_dialect_and_hearing_work_together() -> None:
    """A sentence in dialect gives the same facts as its common form."""
    assert heard(translate_dialect("冇抵押，忖贷五万块", DIALECT)) == {"amount_yuan": "50000", "has_collateral": False}


def test_a_word_given_to_two_crops_is_a_fault(tmp_path: Path) -> None:
    """A spoken name belongs to one crop; the fault names file and line."""
    path = tmp_path / "crops.yaml"
    path.write_text(
        "- {name: 桃子, category: 水果, spoken: [桃]}\n- {name: 李子, category: 水果, spoken: [桃]}\n", "utf-8"
    )

    with pytest.raises(ContentError, match=r"crops\.yaml:2: 说法 桃 已归给 桃子"):
        Crops.load(path)
