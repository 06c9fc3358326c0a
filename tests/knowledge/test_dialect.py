"""Dialect words change how a question is said, never what is answered."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.answering import Memory, answer
from knowledge.base import SHIPPED, KnowledgeBase
from knowledge.dialect import DialectTable
from knowledge.evaluation import read_golden

CASES = Path(__file__).parent.parent / "cases"
DAY = date(2026, 11, 25)
DIALECT = DialectTable.load(SHIPPED / "dialect.yaml")
GOLDEN = [question.text for question in read_golden(CASES.glob("questions_*.yaml")) if question.in_scope]


def first_entry(base: KnowledgeBase, text: str) -> str | None:
    """The first entry of the reply to a sentence."""
    entries = answer(base, text, Memory(), DAY)[0].entries
    return entries[0] if entries else None


def test_we_before_a_question_changes_nothing() -> None:
    """Every golden question reads the same with 阿拉 in front, so everything after it is the same."""
    changed = [text for text in GOLDEN if DIALECT.translate(f"阿拉{text}") != DIALECT.translate(text)]

    assert changed == []


def test_the_asking_particle_after_a_question_keeps_its_first_entry(base: KnowledgeBase) -> None:
    """伐 after a golden question reads as nothing or as 吗; where it is read, the first entry stays."""
    read = [text for text in GOLDEN if DIALECT.translate(f"{text}伐") != DIALECT.translate(text)]
    changed = [text for text in read if first_entry(base, f"{text}伐") != first_entry(base, text)]

    assert 0 < len(read) < len(GOLDEN)
    assert changed == []


PAIRS = [
    ("阿拉种茶叶好借钿伐", "种茶叶好借钱吗"),
    ("补几钿伐？急用", "补多少钱？急用"),
    ("旁个有补伐，阿拉呒有", "别人有补吗，我们没有"),
    ("林木采伐", "林木采伐"),
    ("阿拉善盟", "阿拉善盟"),
    ("大棚伐", "大棚"),
    ("搭阿拉讲", "和我们讲"),
]


@pytest.mark.parametrize(("said", "means"), PAIRS, ids=[said for said, _ in PAIRS])
def test_particles_are_read_only_where_they_are_particles(said: str, means: str) -> None:
    """伐 in 采伐 and 阿拉 in 阿拉善 are left alone; elsewhere they become common speech."""
    assert DIALECT.translate(said) == means


COMMON = [
    ("平阳黄汤几钿一斤", "平阳黄汤多少钱一斤"),
    ("文成杨梅保险赔几钿", "文成杨梅保险赔多少钱"),
    ("旁个养猪有补伐", "别人养猪有补吗"),
    ("银行搭我讲石斛贷利息几多", "银行和我讲石斛贷利息多少"),
    ("阿拉寻啥人办农机补贴", "我们找谁办农机补贴"),
]


@pytest.mark.parametrize(("said", "plain"), COMMON, ids=[said for said, _ in COMMON])
def test_a_question_in_dialect_gets_the_answer_of_its_common_form(said: str, plain: str, base: KnowledgeBase) -> None:
    """The same first entry and the same topic."""
    one, two = (answer(base, text, Memory(), DAY)[0] for text in (said, plain))

    assert (one.entries[:1], one.topic) == (two.entries[:1], two.topic)
