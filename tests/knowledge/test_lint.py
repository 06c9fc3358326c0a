"""Every rule of lint: a planted fault in a copy of a real entry is found, with its line and a Chinese sentence."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.base import SHIPPED, KnowledgeBase
from knowledge.checking import check_folder
from knowledge.exporting import format_folder
from knowledge.facts import Fact, load_facts
from knowledge.lint import check_entry, check_questions, check_together
from knowledge.loading import load_entry
from knowledge.reading import Fault
from tests.knowledge.planting import ENTRIES, LOAN, line_of, planted

PLAN = (SHIPPED / "sources" / "wenzhou-draft-plan.txt").read_text(encoding="utf-8")
DRAFT = ENTRIES / "city-plan" / "guarantee-fee-subsidy.yaml"
LONG = "这一句话写得实在太长了谁也没有耐心把它从头到尾地看完所以应当拆成两句来说才行"

# name, what is replaced, by what, the key or line named, a part of the sentence
FAULTS = [
    ("编号有大写", 'code: "dendrobium-loan"', 'code: "Dendrobium"', "code:", "只能用小写字母、数字和短横"),
    ("编号和文件名不同", 'code: "dendrobium-loan"', 'code: "石斛"', "code:", "文件名应当是 石斛.yaml。"),
    ("别名太少", "  - 石斛贷\n  - 浙里担石斛贷\n  - 铁皮石斛贷款\n  - 种石斛贷款\n  - 石斛担保贷款\n", "", "aliases:", "别名至少 3 个"),
    ("例子太少", "  - 我在乐清大荆种铁皮石斛，想扩棚，有贷款吗\n  - 种枫斗借公家担保的款，一年利钱大概多少\n  - 种石斛的担保费财政给补多少\n", "", "examples:", "问法例子至少 6 句"),
    ("没有类别", "subjects: [guarantee, loan, discount]", "subjects: []", "subjects:", "至少写一个类别。"),
    ("没有地区", "regions: [乐清市]", "regions: []", "regions:", "写明适用地区"),
    ("地区写错", "regions: [乐清市]", "regions: [乐青市]", "regions:", "地区 乐青市 不在 12 个县（市、区）里。是不是想写 乐清市？"),
    ("没写钱给谁", "payee: [farmer]", "payee: []", "payee:", "写明钱给谁"),
    ("钱不给农户又没说明", "payee: [farmer]", "payee: [bank]", "payee_note:", "要用一句话说清这对农户有什么影响"),
    ("对农户的说明太长", "payee_note: null", f"payee_note: {LONG}{LONG}", "payee_note:", "这句话超过 60 个字"),
    ("数字没有出处", "    clause: 转载的实施方案 担保费率\n", "", "figures:", "数字 fee 没写出处（clause）"),
    ("数字的来源不存在", "    clause: 转载的实施方案 担保费率\n", "    clause: 甲\n    source: 3\n", "figures:", "来源没有这么多条"),
    ("同一天两个值", "  - key: net_fee", "  - {key: fee, name: 担保费率, value: \"0.6\", unit: percent, clause: 甲}\n  - key: net_fee", "figures:", "数字 fee 有两行时间重叠"),
    ("文字里直接写数字", "各合作银行给优惠利率", "年利率 4.5%，各合作银行给优惠利率", "facets:", "直接写了“4.5%”"),
    ("摘要里直接写数字", "可以贷 {amount}。", "可以贷 10 万元。", "summary:", "直接写了“10 万元”"),
    ("引用没有的数字", "担保费 {fee}，", "担保费 {fees}，", "summary:", "{fees} 没有这个数字。是不是想写 fee？"),
    ("一句话太长", "summary: 乐清做铁皮石斛的大户", f"summary: {LONG}，乐清做铁皮石斛的大户", "summary:", "一句话不超过 30 个字左右"),
    ("摘要太长", "summary: 乐清", "summary: " + "您看一下这个吧。" * 15 + "乐清", "summary:", "超过 120。"),
    ("摘要是空的", "summary: 乐清做", "summary: \"\" # ", "summary:", "摘要是空的"),
    ("缺一面", "  term: 文件没写\n", "", "facets:", "缺 term：写句子，或者写 文件没写。"),
    ("未知的事实", "fact: county", "fact: countyy", "text: 经营地", "不认识的事实 countyy。是不是想写 county？"),
    ("规则没有比较", "{fact: county, equals: 乐清市}", "{fact: county}", "text: 经营地", "规则要有一个左边"),
    ("规则的组是空的", "{fact: county, equals: 乐清市}", "{all: []}", "text: 经营地", "all 要单独写，后面跟一列规则。"),
    ("取值不是一列", "one_of: [铁皮石斛, 石斛]", "one_of: 石斛", "text: 做的是铁皮石斛", "one_of 后面要跟一列取值。"),
    ("区间只有一头", "between: [100000, 3000000]", "between: [100000]", "text: 贷款额在", "between 后面要跟两个数"),
    ("例子的结论错", "outcome: LIKELY", "outcome: UNLIKELY", "cases:", "写的是 UNLIKELY，按规则算是 LIKELY。"),
    ("替代者不存在", "  stage: issued", "  stage: issued\n  superseded_by: dendrobium-loan-2", "related:", "指向的条目 dendrobium-loan-2 不存在。是不是想写 dendrobium-loan？"),
    ("相关条目不存在", '"huinong-guarantee"', '"huinong-guarante"', "related:", "指向的条目 huinong-guarante 不存在。是不是想写 huinong-guarantee？"),
    ("网址不完整", "    url: null", "    url: www.yueqing.gov.cn", "sources:", "网址 www.yueqing.gov.cn 不完整"),
    ("没有复核日期", "review_by: 2027-02-23", "review_by: null", "validity:", "写上复核日期 review_by。"),
    ("没有负责岗位", "owner: 乐清市农业农村局政策经办人员", "owner: \"\"", "validity:", "写上负责复核的岗位 owner。"),
    ("没有下一步", "next_step: 先问", "next_step: \"\" # ", "next_step:", "写一句下一步去哪里、问谁。"),
]  # fmt: skip


@pytest.fixture(scope="module")
def facts() -> Mapping[str, Fact]:
    """The declared facts of data/."""
    return load_facts(SHIPPED / "facts.yaml", [])


@pytest.fixture(scope="module")
def codes() -> frozenset[str]:
    """The codes of all entries of data/."""
    return frozenset(path.stem for path in ENTRIES.rglob("*.yaml"))


def lint(path: Path, facts: Mapping[str, Fact], codes: frozenset[str]) -> list[Fault]:
    read: list[Fault] = []
    entry = load_entry(path, f"data/{path.name}", read)
    assert entry is not None, read
    return [*read, *check_entry(entry, facts, codes, "".join(PLAN.split()))]


@pytest.mark.parametrize(
    ("old", "new", "where", "sentence"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_a_planted_fault_is_found_at_its_line(
    tmp_path: Path, facts: Mapping[str, Fact], codes: frozenset[str], old: str, new: str, where: str, sentence: str
) -> None:
    """Each rule names the file, the line of the key (or the first line of its list) and what to do."""
    path = planted(tmp_path, old, new)
    found = [fault for fault in lint(path, facts, codes) if sentence in fault.message]
    assert found
    line = line_of(path, where)
    assert {(fault.path, fault.line - line) for fault in found} <= {(f"data/{path.name}", 0), (f"data/{path.name}", 1)}


@pytest.mark.parametrize("entry", [LOAN, DRAFT], ids=lambda path: str(path.stem))
def test_the_entries_the_faults_are_planted_in_are_sound(
    facts: Mapping[str, Fact], codes: frozenset[str], entry: Path
) -> None:
    """Otherwise the tests above would prove nothing."""
    assert lint(entry, facts, codes) == []


def test_an_entry_without_sources_is_refused(tmp_path: Path, facts: Mapping[str, Fact], codes: frozenset[str]) -> None:
    """No source, no entry."""
    path = tmp_path / LOAN.name
    before, _, after = LOAN.read_text(encoding="utf-8").partition("sources:\n")
    path.write_text(f"{before}sources: []\nexamples:{after.partition('examples:')[2]}", encoding="utf-8")
    assert any("至少写一个来源" in fault.message for fault in lint(path, facts, codes))


def test_an_entry_with_rules_needs_cases(tmp_path: Path, facts: Mapping[str, Fact], codes: frozenset[str]) -> None:
    """Rules without people to try them on are refused."""
    path = tmp_path / LOAN.name
    before, _, after = LOAN.read_text(encoding="utf-8").partition("cases:\n")
    path.write_text(f"{before}cases: []\nrelated:{after.partition('related:')[2]}", encoding="utf-8")
    assert any("至少写一个符合、一个不符合、一个不清楚的例子" in fault.message for fault in lint(path, facts, codes))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    quote: 平均担保费率在0.9%以下的\n", ""),
        ("quote: 平均担保费率在0.9%以下的", "quote: 平均担保费率在0.8%以下的"),
    ],
    ids=["没有原话", "原话改了一个数"],
)
def test_a_figure_of_the_draft_plan_is_quoted_word_for_word(
    tmp_path: Path, facts: Mapping[str, Fact], codes: frozenset[str], old: str, new: str
) -> None:
    """A figure of the ten articles without its words, or with one digit changed, is refused."""
    path = planted(tmp_path, old, new, DRAFT)
    found = [fault.message for fault in lint(path, facts, codes)]
    assert found == ["数字 fee1 要有 quote，而且和征求意见稿一字不差。"]


def test_two_entries_never_share_a_code_an_alias_or_an_example(base: KnowledgeBase) -> None:
    """The second use is refused and names the first."""
    one, other = base.entries["dendrobium-loan"], base.entries["lpr"]
    twin = replace(
        other, aliases=(*other.aliases, one.aliases[0]), examples=(*other.examples, one.examples[0]), path="二"
    )
    faults = [fault.message for fault in check_together([one, twin, replace(other, path="三")])]
    assert any(one.aliases[0] in message and "dendrobium-loan" in message for message in faults)
    assert any(one.examples[0] in message for message in faults)
    assert any(message.startswith("编号 lpr 已在 二 用过") for message in faults)


def test_a_golden_question_is_never_given_away_by_an_example(base: KnowledgeBase) -> None:
    """An example 85 alike to a question is refused; a different way of asking is not."""
    entry = base.entries["dendrobium-loan"]
    assert check_questions([entry], [entry.examples[0] + "呀"])
    assert check_questions([entry], ["台风把棚吹倒了有没有人管"]) == []


def test_check_collects_the_faults_of_all_files_at_once(tmp_path: Path) -> None:
    """Entries, tables and form: one run lists every fault of a folder, sorted, each with file and line."""
    data = tmp_path / "data"
    shutil.copytree(SHIPPED, data, ignore=shutil.ignore_patterns("vectors.npz"))
    format_folder(data)
    loan, glossary, lpr = data / LOAN.relative_to(SHIPPED), data / "glossary.yaml", data / "entries/credit/lpr.yaml"
    assert check_folder(data)[0] == []
    planted(loan.parent, "    clause: 转载的实施方案 担保费率\n", "")
    glossary.write_text(glossary.read_text(encoding="utf-8") + f"长词: {LONG}{LONG}\n", encoding="utf-8")
    lpr.write_text(lpr.read_text(encoding="utf-8").replace("\nkind: ", "\nkind:   "), encoding="utf-8")
    faults = check_folder(data)[0]
    assert [(fault.path, fault.message[:6]) for fault in faults] == [
        ("data/entries/credit/lpr.yaml", "不是规范写法"),
        (f"data/{LOAN.relative_to(SHIPPED)}", "数字 fee"),
        ("data/glossary.yaml", "“长词”的解"),
    ]
    assert faults[0].line == line_of(lpr, "kind:")
    assert "python -m knowledge format" in faults[0].message
    (data / "places.yaml").unlink()
    assert [(fault.path, fault.message[:6]) for fault in check_folder(data)[0]] == [
        ("data/places.yaml", "缺少这个文件")
    ]
