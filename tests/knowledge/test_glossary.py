"""Hard words are explained in one short line, and only when their meaning is asked."""

from pathlib import Path

import pytest

from knowledge.base import SHIPPED
from knowledge.evaluation import read_golden, select
from knowledge.glossary import LONGEST_EXPLANATION, definition_asked, load_glossary
from knowledge.reading import ContentError

CASES = Path(__file__).parent.parent / "cases"
GLOSSARY = load_glossary(SHIPPED / "glossary.yaml")


def test_enough_words_each_short_enough() -> None:
    """At least 45 words, none longer than a farmer reads in one breath."""
    assert len(GLOSSARY) >= 45
    assert all(0 < len(explanation) <= LONGEST_EXPLANATION for explanation in GLOSSARY.values())


@pytest.mark.parametrize("word", list(GLOSSARY))
def test_meaning_of_every_word_can_be_asked(word: str) -> None:
    """The usual ways of asking find the word itself, not a shorter one inside it."""
    for question in (f"{word}是什么意思？", f"啥叫{word}", f"什么是{word}呀", f"文件里的{word}怎么理解"):
        assert definition_asked(question, GLOSSARY) == word


@pytest.mark.parametrize(
    "text", ["贴息多少", "反担保要什么材料", "什么叫经营权抵押贷款", "代偿以后怎么办", "今天天气怎么样"]
)
def test_other_questions_ask_no_definition(text: str) -> None:
    """A question that merely uses a hard word is left to the entries."""
    assert definition_asked(text, GLOSSARY) is None


def test_hardly_any_question_for_an_entry_reads_as_asking_a_word() -> None:
    """Questions that ask a facet of an entry do not turn into word explanations."""
    asked = select(read_golden(CASES / f"questions_{name}.yaml" for name in ("farm", "loans", "people")), "tune")
    facets = [question.text for question in asked if question.facet is not None]
    turned = [text for text in facets if definition_asked(text, GLOSSARY) is not None]

    assert len(turned) <= 0.01 * len(facets), turned


def test_too_long_an_explanation_is_a_fault(tmp_path: Path) -> None:
    """61 characters are refused with file and line, 60 are not."""
    path = tmp_path / "glossary.yaml"
    path.write_text(f"贴息: {'长' * 60}\n授信: {'长' * 61}\n", encoding="utf-8")

    with pytest.raises(ContentError, match=r"glossary\.yaml:2: “授信”的解释有 61 个字") as caught:
        load_glossary(path)

    assert len(caught.value.faults) == 1
