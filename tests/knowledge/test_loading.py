"""Every rule of reading an entry: a planted fault is refused with its line and a Chinese sentence."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.entries import Entry
from knowledge.loading import REQUIRED, load_entries, load_entry
from knowledge.reading import ContentError, Fault
from tests.knowledge.planting import ENTRIES, LOAN, line_of, planted

# name, what is replaced, by what, a word of the line that is named, a part of the sentence
FAULTS = [
    ("未知的键", "payee_note:", "payee_notes:", "payee_notes", "不认识的键 payee_notes。是不是想写 payee_note？"),
    ("数字里未知的键", "    unit: yuan", "    unit: yuan\n    units: yuan", "units:", "不认识的键 units。是不是想写 unit？"),
    ("键写了两次", "kind: product", "kind: product\nkind: policy", "kind: policy", "键 kind 写了两次，只留一个。"),
    ("缺阶段", "  stage: issued\n", "", "  from: 2023-11-18", "缺少键 stage。"),
    ("缺结束日", "  to: 2024-12-31\n", "", "  stage: issued", "缺少键 to。"),
    ("缺数字的单位", "    unit: yuan\n", "", "- key: amount", "缺少键 unit。"),
    ("缺例子的日子", '    "on": 2024-06-01\n', "", "- name: 期内乐清", "缺少键 on。"),
    ("缺来源的发文单位", "    issuer: 乐清", "    clause: 乐清", "- title: 财金协同", "缺少键 issuer。"),
    ("一列写成一个词", "crops: [铁皮石斛]", "crops: 铁皮石斛", "crops:", "这里应当是一个列表。"),
    ("一组写成一个词", "figures:\n", "figures:\n  - 十万\n", "  - 十万", "这里应当是“键: 值”的一组。"),
    ("文字写成一列", "title: 浙里担", "title: [浙里担]\n#", "title:", "这里应当是一段文字。"),
    ("空的必填文字", "decides: 合作", "decides: null\n#", "decides:", "这里应当是一段文字。"),
    ("未知的取值", "kind: product", "kind: produkt", "kind:", "不认识的取值 produkt。是不是想写 product？"),
    ("未知的收钱人", "payee: [farmer]", "payee: [farmers]", "payee:", "不认识的取值 farmers。是不是想写 farmer？"),
    ("未知的类别", "[guarantee, loan, ", "[guarantees, loan, ", "subjects:", "不认识的取值 guarantees。"),
    ("未知的单位", "    unit: yuan", "    unit: yuans", "unit: yuans", "不认识的取值 yuans。是不是想写 yuan？"),
    ("未知的阶段", "stage: issued", "stage: 草稿", "stage:", "不认识的取值 草稿。"),
    ("未知的来源种类", "seen: copy", "seen: copied", "seen:", "不认识的取值 copied。是不是想写 copy？"),
    ("未知的结论", "outcome: LIKELY", "outcome: YES", "outcome: YES", "不认识的取值 YES。"),
    ("不是数字", 'value: "0.5"', "value: 半厘", "value: 半厘", "不是数字。例如"),
    ("不是有限的数字", 'value: "0.5"', 'value: "NaN"', 'value: "NaN"', "不是有限的数字。"),
    ("值和范围都写", 'value: "0.5"', 'value: "0.5"\n    low: "0.1"', "- key: fee", "二选一。"),
    ("值和范围都没写", '    value: "0.5"\n', "", "- key: fee", "二选一。"),
    ("低不小于高", 'low: "100000"', 'low: "3000000"', "- key: amount", "low 要小于 high。"),
    ("来源号不是整数", "    payee: farmer", '    source: "0.5"', 'source: "0.5"', "这里应当是整数。"),
    ("不是日期", "from: 2023-11-18", "from: 2023-11-31", "from: 2023-11-31", "不是日期。例如 2024-12-31。"),
    ("结束早于开始", "to: 2024-12-31", "to: 2022-12-31", "to: 2022-12-31", "to 比 from 早"),
    ("不是是非", "stage: issued", "stage: issued\n  historic: 是", "historic:", "应当写 true 或 false。"),
    ("空的一面", "  term: 文件没写", "  term: []", "term: []", "term 是空的：写句子，或者写 文件没写。"),
    ("一面写成一句", "  term: 文件没写", "  term: 三年", "term: 三年", "term 要写成句子的列表，或者写 文件没写。"),
    ("未知的一面", "  term: 文件没写", "  terms: 文件没写", "  terms:", "不认识的键 terms。是不是想写 term？"),
    ("条件没有规则", "    rule: {fact: county, equals: 乐清市}\n", "", "text: 经营地在", "二选一。"),
    ("条件又有规则又问人", "    clause: 适用对象", "    ask_staff: true", "text: 经营地在", "二选一。"),
    ("规则不是一组", "rule: {fact: county, equals: 乐清市}", "rule: 乐清市", "text: 经营地在", "rule 应当是一组“键: 值”"),
    ("材料写成一句", "papers: 文件没写", "papers: 身份证", "papers:", "papers 要写成列表，或者写 文件没写。"),
    ("联系方式没有日子", "contacts: []", 'contacts:\n  - {name: 经办}', "- {name: 经办}", "缺少键 seen。"),
    ("例子的事实不是一组", "facts: {activity: 种植, county: 永嘉县, crop: 铁皮石斛}", "facts: 永嘉", "facts: 永嘉", "facts 应当是一组"),
    ("YAML 写坏", "regions: [乐清市]", "regions: [乐清市", "excluded_places", "不是合格的 YAML"),
]  # fmt: skip


def faults_of(path: Path) -> list[Fault]:
    faults: list[Fault] = []
    load_entry(path, f"data/{path.name}", faults)
    return faults


@pytest.mark.parametrize(
    ("old", "new", "where", "sentence"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_a_planted_fault_is_named_with_its_line_and_what_to_do(
    tmp_path: Path, old: str, new: str, where: str, sentence: str
) -> None:
    """Each rule of the loader names file, line and remedy."""
    path = planted(tmp_path, old, new)
    found = [(fault.path, fault.line) for fault in faults_of(path) if sentence in fault.message]
    assert (f"data/{path.name}", line_of(path, where)) in found, faults_of(path)


@pytest.mark.parametrize("key", REQUIRED)
def test_no_required_key_may_be_left_out(tmp_path: Path, key: str) -> None:
    """Validity, sources, facets and every other required key: left out means refused."""
    top, rest = _around(key)
    path = tmp_path / LOAN.name
    path.write_text(top + "\n".join(_after_block(rest.split("\n"))), encoding="utf-8")
    assert [(fault.line, fault.message) for fault in faults_of(path)] == [(1, f"缺少键 {key}。")]


def _around(key: str) -> tuple[str, str]:
    before, _, after = f"\n{LOAN.read_text(encoding='utf-8')}".partition(f"\n{key}:")
    return f"{before}\n".lstrip("\n"), after


def _after_block(lines: list[str]) -> list[str]:
    """The lines from the next key at the margin."""
    start = next((at for at, line in enumerate(lines[1:], 1) if not line.startswith(" ")), len(lines))
    return lines[start:]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [(b"", "文件是空的。"), ("code: 石斛贷".encode("gb18030"), "文件不是 UTF-8 编码"), (b"- a", "这里应当是“键: 值”的一组。")],
    ids=["空文件", "别的编码", "不是一组"],
)  # fmt: skip
def test_a_file_that_is_no_entry_at_all_is_a_fault_not_a_crash(tmp_path: Path, body: bytes, sentence: str) -> None:
    """Empty, wrongly encoded and wrongly shaped files get a sentence at line 1."""
    path = tmp_path / "entry.yaml"
    path.write_bytes(body)
    faults = faults_of(path)
    assert [fault.line for fault in faults if sentence in fault.message] == [1]


def test_one_broken_file_does_not_hide_the_faults_of_another(tmp_path: Path) -> None:
    """All faults of a folder come in one go, and sound entries are still read."""
    planted(tmp_path, "kind: product", "kind: produkt")
    (tmp_path / "b.yaml").write_text("code: [", encoding="utf-8")
    sound = ENTRIES / "credit" / "finance-hotlines.yaml"
    (tmp_path / sound.name).write_bytes(sound.read_bytes())
    faults: list[Fault] = []
    entries = load_entries(tmp_path, faults, tmp_path)
    assert {fault.path for fault in faults} == {"dendrobium-loan.yaml", "b.yaml"}
    assert "finance-hotlines" in {entry.code for entry in entries}


def test_a_base_with_a_broken_file_is_refused_whole(tmp_path: Path) -> None:
    """Loading raises every fault; there is never a half base."""
    entries = tmp_path / "data" / "entries"
    entries.mkdir(parents=True)
    planted(entries, "stage: issued", "stage: 草稿")
    (tmp_path / "data" / "facts.yaml").write_bytes((ENTRIES.parent / "facts.yaml").read_bytes())
    with pytest.raises(ContentError, match=r"data/entries/dendrobium-loan\.yaml:\d+: 不认识的取值 草稿"):
        KnowledgeBase.load(tmp_path / "data")


PARAMETERS = """
- parameter: lpr
  name: 一年期 LPR
  unit: percent_per_year
  rows:
    - {value: "3.1", from: 2025-01-20, to: 2025-02-19, clause: 一月的报价}
    - {value: "3.0", from: 2025-09-22, to: 2025-10-19, clause: 九月的报价}
"""


def read_with_parameters(folder: Path, figure: str, parameters: str = PARAMETERS) -> tuple[Entry | None, list[Fault]]:
    """石斛贷 with `figure` put before its own figures, beside a folder of parameters."""
    (folder / "entries").mkdir()
    (folder / "parameters").mkdir()
    (folder / "parameters" / "lpr.yaml").write_text(parameters, encoding="utf-8")
    planted(folder / "entries", "figures:\n", f"figures:\n  - {figure}\n")
    faults: list[Fault] = []
    entries = load_entries(folder / "entries", faults, folder)
    return (entries[0] if entries else None), faults


def test_a_figure_may_be_a_parameter_and_has_a_value_only_on_its_days(tmp_path: Path) -> None:
    """All dated rows come under the entry's own key; between them there is no value, never the neighbour's."""
    entry, faults = read_with_parameters(tmp_path, "{key: ours, parameter: lpr, source: 1}")
    assert (entry is not None, faults) == (True, [])
    figure = entry.figure_on("ours", date(2025, 10, 1))
    assert figure is not None
    assert (figure.value, figure.source, figure.clause) == (Decimal("3.0"), 1, "九月的报价")
    assert entry.figure_on("ours", date(2025, 5, 1)) is None


def test_a_parameter_nobody_declared_is_named(tmp_path: Path) -> None:
    """The fault lists the parameters there are."""
    _, faults = read_with_parameters(tmp_path, "{key: ours, parameter: lrp}")
    assert [fault.message for fault in faults] == ["没有叫 lrp 的参数，data/parameters/ 里有：lpr。"]


def test_a_parameter_is_declared_once(tmp_path: Path) -> None:
    """A second declaration is a fault of the parameter file."""
    _, faults = read_with_parameters(tmp_path, "{key: ours, parameter: lpr}", PARAMETERS + PARAMETERS)
    assert [(fault.path, fault.message) for fault in faults] == [
        ("parameters/lpr.yaml", "参数 lpr 写了两次，只留一个。")
    ]
