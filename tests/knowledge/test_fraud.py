"""A swindler's request is warned of first; an honest question about a fee is not."""

from pathlib import Path

import pytest

from knowledge.base import SHIPPED
from knowledge.dialect import DialectTable
from knowledge.evaluation import GoldenQuestion, read_golden, select
from knowledge.fraud import FraudPatterns
from knowledge.reading import ContentError
from knowledge.text import normalise, simplified_table

CASES = Path(__file__).parent.parent / "cases"
FRAUD = FraudPatterns.load(SHIPPED / "fraud.yaml")
DIALECT = DialectTable.load(SHIPPED / "dialect.yaml")

TRICKS = [
    ("有人打电话让我先交保证金才能放贷款", "fee-for-loan"),
    ("对方说扶贫名额有限，先转两千块占着", "pay-first"),
    ("有个人加我微信说帮我办贴息贷款利息只要1厘,先交3000块保证金,靠谱不", "fee-for-loan"),
    ("利息一分,先转保证金3000", "fee-for-loan"),
    ("放款之前要交保证金3000,高不高", "fee-for-loan"),
    ("利息一厘,先交3000保证金,能贷多少", "fee-for-loan"),
    ("先付1000元手续费,月息六厘高不高", "fee-for-loan"),
    ("保证金两千先打过去,年利率三个点,划算吗", "fee-for-loan"),
    ("帮我办创业担保贷款,让我预付三千担保费,利息八厘", "fee-for-loan"),
    ("贷款还没下来就要我交3000保险费,年息四厘划算不", "fee-for-loan"),
    ("对方要我把短信验证码报给他", "code-and-password"),
    ("客服叫我打开屏幕共享", "screen-sharing"),
    ("短信里有个链接，说点进去登记就能领农机补贴", "link-and-app"),
    ("自称财政局的人要我转账核对账户", "impersonation"),
    ("派出所来电说要把钱转到安全账户", "safe-account"),
    ("说我补贴卡余额不足要先转五百激活", "subsidy-activation"),
    ("有人说先交三千块解冻费银行就放款", "fee-before-loan"),
    ("中介说花钱能把征信洗白", "credit-washing"),
    ("老乡让我用我的名字贷款给他用", "borrow-for-others"),
    ("中介说有内部渠道，包过", "insider"),
    ("隔壁有人代办补贴，每户收三百块", "insider"),
    ("有人上门讲交九百块就能帮我家评上示范农场", "paid-listing"),
    ("来个人收两百块，说给登记大户就有补贴", "paid-listing"),
]
HONEST = [
    "担保费是多少",
    "要不要交手续费",
    "办证工本费多少",
    "贷款要交保证金吗",
    "保险先交自己那份保费吗",
    "农担担保费先交还是后交",
    "贷款先还本金还是先还利息,月息六厘",
    "社保先交几年可以贷",
    "抵押贷款要评估费吗,谁出",
    "农担公司的评估费谁出",
    "手机上怎么申请农机补贴",
    "夫妻俩都要签字吗",
    "贷款要带身份证和银行卡吗",
    "贷款要不要担保人",
    "评上示范合作社有没有奖",
    "我自己交了材料，补贴几时能办下来",
    "村干部说交一百块保费就能保水稻",
    "隔壁邻居不种的田我也包过来了种水稻有补贴吗",
    "我承包过三十亩地种水稻补贴找谁领",
]
FRAUD_ENTRIES = {
    "illegal-broker-warning",
    "ab-loan-warning",
    "forged-family-farm-notice",
    "fake-machinery-subsidy",
    "fake-poverty-fund-notice",
    "bank-no-third-party",
}


def fold(text: str) -> str:
    """Fold a question the way the answering path does."""
    return normalise(DIALECT.translate(text.translate(simplified_table())))


def golden(*names: str) -> list[GoldenQuestion]:
    """The tuning split of the named question files."""
    return select(read_golden(CASES / f"questions_{name}.yaml" for name in names), "tune")


@pytest.mark.parametrize(("text", "key"), TRICKS, ids=[f"{key}-{place}" for place, (_, key) in enumerate(TRICKS)])
def test_trick_retold_is_named(text: str, key: str) -> None:
    """Every pattern is recognised when a farmer retells it in his own words."""
    hit = FRAUD.find(fold(text))

    assert hit is not None
    assert hit.key == key


@pytest.mark.parametrize("text", HONEST)
def test_honest_question_about_fees_and_papers_raises_no_alarm(text: str) -> None:
    """Asking what something costs or needs is not a sign of fraud."""
    assert FRAUD.find(fold(text)) is None


def test_every_warning_keeps_the_official_line_and_the_numbers() -> None:
    """官方不收费、不要验证码, and 96110 or 110, stand under every pattern."""
    for pattern in FRAUD.patterns:
        said = "".join(pattern.hit.advice)
        assert "不收费" in said
        assert "不要验证码" in said
        assert "96110" in said
        assert "110 " in said or "或 110" in said
        assert pattern.hit.entries


def test_swindles_people_ask_about_are_warned_of() -> None:
    """At least 95 % of the warn questions show a pattern, and no question that is merely out of scope does."""
    asked = golden("refused")
    warned = [question for question in asked if FRAUD.find(fold(question.text)) is not None]
    wanted = [question for question in asked if question.outcome == "warn"]

    assert len([question for question in warned if question.outcome == "warn"]) >= 0.95 * len(wanted)
    assert [question.text for question in warned if question.outcome == "no_match"] == []


def test_questions_about_policies_and_loans_raise_no_alarm() -> None:
    """At most 0.5 % of in-scope questions, those about fraud apart, are warned of."""
    asked = [q for q in golden("farm", "loans", "people") if not FRAUD_ENTRIES.intersection(q.codes)]
    alarms = [question.text for question in asked if FRAUD.find(fold(question.text)) is not None]

    assert len(alarms) <= 0.005 * len(asked), alarms


def test_near_row_without_a_gap_is_a_fault(tmp_path: Path) -> None:
    """A row that forgets how far apart its words may stand is told with its line."""
    path = tmp_path / "fraud.yaml"
    pattern = "{key: a, name: b, why: c, advice: [], entries: [], near: [[有人, 先交]]}"
    path.write_text(f"groups: {{}}\nalways: []\nhonest: {{}}\npatterns:\n  - {pattern}\n", encoding="utf-8")

    with pytest.raises(ContentError, match=r"fraud\.yaml:5: near 的一行写三样"):
        FraudPatterns.load(path)
