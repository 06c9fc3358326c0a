"""Subjects that are not ours go to the office that answers them, and ours never do."""

from pathlib import Path

import pytest

from knowledge.base import SHIPPED
from knowledge.dialect import DialectTable
from knowledge.evaluation import GoldenQuestion, read_golden, select
from knowledge.reading import ContentError
from knowledge.text import normalise, simplified_table
from knowledge.topics import KNOWN_NUMBERS, Topics

CASES = Path(__file__).parent.parent / "cases"
TOPICS = Topics.load(SHIPPED / "topics.yaml")
DIALECT = DialectTable.load(SHIPPED / "dialect.yaml")

PAIRS = [
    ("养老保险从厂里转回老家怎么办", "social-insurance", "城乡居民养老保险基础养老金一个月多少"),
    ("医保卡住院能报销几成", "medical-insurance", "母猪保险死了能赔多少"),
    ("汽车年检要带什么", "driving-licence-and-car", "拖拉机年检后能领农机补贴吗"),
    ("房贷利率降了没有", "housing-loan-and-fund", "农房抵押贷款利率多少"),
    ("台风路径今晚走哪里", "weather", "台风把枇杷打落了保险赔多少"),
    ("杨梅今天收购价多少", "market-prices", "早稻最低收购价多少"),
    ("稻飞虱打什么药", "pesticide-and-pests", "虫害绝收了水稻保险赔吗"),
    ("江西的种粮补贴怎么领", "other-provinces", "我户口在江西，在瑞安能领种粮补贴吗"),
    ("残疾证去哪里办", "low-income-allowance-and-disability", "残疾人创业贷款有什么优惠"),
    ("拆迁补偿标准多少", "land-dispute", "水库移民补偿一年多少"),
    ("宅基地怎么申请", "homestead-approval", "宅基地上的农房能抵押贷款吗"),
    ("孩子上小学要什么条件", "school-district", "孩子上大学助学贷款要什么条件"),
]

BROKEN = """groups: {price: 多少|几块}
topics:
  - {key: weather, title: 天气, office: 气象台, phone: "400800", reply: 看预报。, words: 天气}
  - {key: weather, title: 天气, office: 气象台, phone: null, reply: 看预报。, with: [[<prise>, 天气]]}
  - {key: empty, title: 空, office: 谁, phone: null, reply: 无。}
"""


def fold(text: str) -> str:
    """Fold a question the way the answering path does."""
    return normalise(DIALECT.translate(text.translate(simplified_table())))


def golden(*names: str) -> list[GoldenQuestion]:
    """The tuning split of the named question files."""
    return select(read_golden(CASES / f"questions_{name}.yaml" for name in names), "tune")


@pytest.mark.parametrize(("foreign", "key", "ours"), PAIRS, ids=[key for _, key, _ in PAIRS])
def test_topic_is_recognised_and_its_neighbour_of_ours_is_not(foreign: str, key: str, ours: str) -> None:
    """Each topic is told from the nearest question that an entry of ours answers."""
    found = TOPICS.find(fold(foreign))

    assert found is not None
    assert found.key == key
    assert TOPICS.find(fold(ours)) is None


def test_questions_for_other_offices_reach_the_right_topic() -> None:
    """At least 95 % of the refer questions name their topic."""
    asked = [question for question in golden("refused") if question.outcome == "refer"]
    right = [q for q in asked if (topic := TOPICS.find(fold(q.text))) is not None and topic.key == q.topic]

    assert len(right) >= 0.95 * len(asked)


def test_questions_of_ours_are_hardly_ever_sent_away() -> None:
    """At most 0.5 % of in-scope questions look like a topic that is not ours."""
    asked = golden("farm", "loans", "people")
    lost = [question.text for question in asked if TOPICS.find(fold(question.text)) is not None]

    assert len(lost) <= 0.005 * len(asked), lost


def test_every_topic_names_an_office_and_only_nationally_known_numbers() -> None:
    """A farmer is told whom to ask; no local number is made up."""
    assert len(TOPICS.topics) >= 16
    assert all(topic.office and topic.reply.endswith("。") for topic in TOPICS.topics)
    assert {topic.phone for topic in TOPICS.topics} <= {None, *KNOWN_NUMBERS}


def test_faults_are_named_with_their_line(tmp_path: Path) -> None:
    """An unknown number, an unknown group, a double key and a topic without words are all told at once."""
    path = tmp_path / "topics.yaml"
    path.write_text(BROKEN, encoding="utf-8")

    with pytest.raises(ContentError) as caught:
        Topics.load(path)
    told = "\n".join(str(fault) for fault in caught.value.faults)

    assert "topics.yaml:3: 400800 不是全国统一的号码" in told
    assert "topics.yaml:4: 没有叫 prise 的词组" in told
    assert "topics.yaml:4: 话题 weather 写了两次" in told
    assert "topics.yaml:5: 至少写 words、with、near" in told
