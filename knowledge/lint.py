"""What makes an entry unfit to be published; each check says where, what and what to do, in Chinese."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from rapidfuzz import fuzz

from knowledge.eligibility import estimate
from knowledge.entries import Entry, Facet, Figure, Payee, Stage
from knowledge.reading import Fault, did_you_mean
from knowledge.rendering import PLACEHOLDER, fill, summary_text
from knowledge.rules import fact_keys, faults_of
from knowledge.text import normalise
from knowledge.vocabulary import COUNTIES

SUMMARY_LENGTH = 120
SENTENCE_LENGTH = 30
PAYEE_NOTE_LENGTH = 60
MIN_ALIASES = 3
MIN_EXAMPLES = 6
LITERAL_FIGURE = re.compile(r"\d[\d,.]*\s*(?:%|％|元|万元|亿元|万|亩|个月|年期|倍|‰)")
WIDE_REGIONS = ("全国", "浙江省", "温州市", "市区", "山区5县")
CODE = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
MAX_CODE = 40


def check_entry(entry: Entry, fact_names: Mapping[str, object], codes: frozenset[str], plan: str) -> list[Fault]:
    """Every fault of one entry; `plan` is the text of the draft plan, whose figures must be quoted word for word."""
    checks = (
        _check_names(entry), _check_money(entry), _check_figures(entry, plan), _check_texts(entry), _check_rules(entry, fact_names),
        _check_cases(entry), _check_links(entry, codes), _check_validity(entry),
    )  # fmt: skip
    return [fault for found in checks for fault in found]


def check_together(entries: Iterable[Entry]) -> list[Fault]:
    """Faults that show only across entries: double codes, aliases and examples."""
    faults: list[Fault] = []
    seen: dict[str, Entry] = {}
    said: dict[str, Entry] = {}
    for entry in entries:
        if entry.code in seen:
            faults.append(_fault(entry, "code", f"编号 {entry.code} 已在 {seen[entry.code].path} 用过，换一个。"))
        seen[entry.code] = entry
        for key, words in (("aliases", entry.aliases), ("examples", entry.examples)):
            for word in words:
                plain = normalise(word)
                other = said.get(plain)
                if other is not None and other.code != entry.code:
                    faults.append(_fault(entry, key, f"“{word}”已写在 {other.code} 里。改成只指这一条的说法。"))
                said[plain] = entry
    return faults


def check_questions(entries: Iterable[Entry], questions: Iterable[str]) -> list[Fault]:
    """Golden questions that an entry's alias or example gives away (85 or more alike)."""
    asked = [(question, normalise(question)) for question in questions]
    faults = []
    for entry in entries:
        for key, words in (("aliases", entry.aliases), ("examples", entry.examples)):
            for word in words:
                plain = normalise(word)
                for question, folded in asked:
                    if len(folded) > 4 and fuzz.ratio(plain, folded) >= 85:
                        faults.append(
                            _fault(entry, key, f"“{word}”和考题“{question}”太像，考题就不算考了。改一个说法。")
                        )
    return faults


def _check_names(entry: Entry) -> list[Fault]:
    faults = []
    if not CODE.match(entry.code) or len(entry.code) > MAX_CODE:
        faults.append(_fault(entry, "code", f"编号 {entry.code} 只能用小写字母、数字和短横，最多 {MAX_CODE} 个字符。"))
    if Path(entry.path).stem != entry.code:
        faults.append(_fault(entry, "code", f"文件名应当是 {entry.code}.yaml。"))
    if len(set(entry.aliases)) < MIN_ALIASES:
        faults.append(_fault(entry, "aliases", f"别名至少 {MIN_ALIASES} 个，写大家平时的叫法。"))
    if len({normalise(word) for word in entry.examples}) < MIN_EXAMPLES:
        faults.append(_fault(entry, "examples", f"问法例子至少 {MIN_EXAMPLES} 句，要不同的人说的。"))
    if not entry.subjects:
        faults.append(_fault(entry, "subjects", "至少写一个类别。"))
    if not entry.regions:
        faults.append(_fault(entry, "regions", "写明适用地区，例如 全国、浙江省、温州市、乐清市。"))
    for region in entry.regions:
        if region.endswith(("市", "区", "县")) and region not in COUNTIES and region not in WIDE_REGIONS:
            near = did_you_mean(region, COUNTIES)
            if near:
                faults.append(_fault(entry, "regions", f"地区 {region} 不在 12 个县（市、区）里。{near}"))
    return faults


def _check_money(entry: Entry) -> list[Fault]:
    faults = []
    if not entry.payee:
        faults.append(_fault(entry, "payee", "写明钱给谁：farmer firm guarantor bank insurer other。"))
    if entry.payee and Payee.FARMER not in entry.payee and not entry.payee_note:
        faults.append(_fault(entry, "payee_note", "钱不给农户时，要用一句话说清这对农户有什么影响。"))
    if entry.payee_note and len(entry.payee_note) > PAYEE_NOTE_LENGTH:
        faults.append(_fault(entry, "payee_note", f"这句话超过 {PAYEE_NOTE_LENGTH} 个字，写短些。"))
    return faults


def _check_figures(entry: Entry, plan: str) -> list[Fault]:
    faults = []
    rows: dict[str, list[Figure]] = {}
    for figure in entry.figures:
        rows.setdefault(figure.key, []).append(figure)
        if not figure.clause:
            faults.append(_fault(entry, "figures", f"数字 {figure.key} 没写出处（clause）：第几条，或“页面正文”。"))
        if figure.source >= len(entry.sources):
            faults.append(
                _fault(entry, "figures", f"数字 {figure.key} 的 source 是 {figure.source}，来源没有这么多条。")
            )
        if entry.validity.stage is Stage.CONSULTATION and "实施方案" in entry.sources[0].title:
            squeezed = re.sub(r"\s", "", figure.quote or "")
            if not squeezed or squeezed not in plan:
                faults.append(_fault(entry, "figures", f"数字 {figure.key} 要有 quote，而且和征求意见稿一字不差。"))
    for key, several in rows.items():
        for earlier, later in itertools.pairwise(several):
            if _overlap(earlier, later):
                faults.append(_fault(entry, "figures", f"数字 {key} 有两行时间重叠，同一天只能有一个值。"))
    return faults


def _check_texts(entry: Entry) -> list[Fault]:
    faults = []
    day = entry.validity.reading_day(entry.checked)
    texts: dict[str, tuple[str, ...]] = {
        "summary": (entry.summary,),
        "next_step": (entry.next_step,),
        "payee_note": (entry.payee_note or "",),
        "time": (entry.time,),
    }
    texts |= {f"facets.{facet}": sentences for facet, sentences in entry.facets.items()}
    keys = {figure.key for figure in entry.figures}
    for name, sentences in texts.items():
        for sentence in sentences:
            for key in PLACEHOLDER.findall(sentence):
                if key not in keys:
                    faults.append(_fault(entry, name, f"{name} 里的 {{{key}}} 没有这个数字。{did_you_mean(key, keys)}"))
            bare = PLACEHOLDER.sub("", sentence)
            literal = LITERAL_FIGURE.search(re.sub(r"〔\d+〕\d+号", "", bare))
            if literal and name != "next_step":
                faults.append(
                    _fault(entry, name, f"{name} 里直接写了“{literal.group()}”。数字写进 figures，这里用 {{键}}。")
                )
    shown = summary_text(entry, day)
    if len(shown) > SUMMARY_LENGTH:
        faults.append(_fault(entry, "summary", f"摘要 {len(shown)} 个字，超过 {SUMMARY_LENGTH}。"))
    for part in re.split(r"[。；]", shown):
        if len(part) > SENTENCE_LENGTH + 6:
            faults.append(
                _fault(entry, "summary", f"“{part}”有 {len(part)} 个字，一句话不超过 {SENTENCE_LENGTH} 个字左右。")
            )
    if not shown:
        faults.append(_fault(entry, "summary", "摘要里的数字在这一天都没有值，摘要是空的。"))
    for facet in Facet:
        if facet is not Facet.STATUS and facet not in entry.facets:
            faults.append(_fault(entry, "facets", f"缺 {facet}：写句子，或者写 文件没写。"))
    return faults


def _check_rules(entry: Entry, fact_names: Mapping[str, object]) -> list[Fault]:
    faults = []
    for condition in (*entry.conditions, *entry.exclusions):
        if condition.rule is None:
            continue
        for message in faults_of(condition.rule):
            faults.append(Fault(entry.path, condition.line, message))
        for key in fact_keys(condition.rule):
            if key not in fact_names:
                near = did_you_mean(key, fact_names.keys())
                faults.append(
                    Fault(entry.path, condition.line, f"不认识的事实 {key}。{near}事实写在 data/facts.yaml。")
                )
    return faults


def _check_cases(entry: Entry) -> list[Fault]:
    faults = []
    for case in entry.cases:
        verdict = estimate(entry, case.facts, case.on)
        if verdict.outcome != case.outcome:
            faults.append(
                _fault(entry, "cases", f"例子“{case.name}”写的是 {case.outcome}，按规则算是 {verdict.outcome}。")
            )
    has_rules = any(condition.rule is not None for condition in entry.conditions)
    if has_rules and len(entry.cases) < (2 if entry.validity.superseded_by is None else 1):
        faults.append(_fault(entry, "cases", "有规则的条目至少写一个符合、一个不符合、一个不清楚的例子。"))
    return faults


def _check_links(entry: Entry, codes: frozenset[str]) -> list[Fault]:
    faults = []
    linked = [*entry.related, *([entry.validity.superseded_by] if entry.validity.superseded_by else [])]
    for code in linked:
        if code not in codes:
            faults.append(_fault(entry, "related", f"指向的条目 {code} 不存在。{did_you_mean(code, codes)}"))
    if not entry.sources:
        faults.append(_fault(entry, "sources", "至少写一个来源。"))
    for source in entry.sources:
        if source.url and not re.match(r"https?://[\w.-]+", source.url):
            faults.append(_fault(entry, "sources", f"网址 {source.url} 不完整，要以 http:// 或 https:// 开头。"))
    return faults


def _check_validity(entry: Entry) -> list[Fault]:
    validity = entry.validity
    faults = []
    if validity.review_by <= date(2000, 1, 1):
        faults.append(_fault(entry, "validity", "写上复核日期 review_by。"))
    if not validity.owner:
        faults.append(_fault(entry, "validity", "写上负责复核的岗位 owner。"))
    if not fill(entry, entry.next_step, validity.reading_day(entry.checked)):
        faults.append(_fault(entry, "next_step", "写一句下一步去哪里、问谁。"))
    return faults


def _overlap(one: Figure, other: Figure) -> bool:
    start = max(one.valid_from or date.min, other.valid_from or date.min)
    end = min(one.valid_to or date.max, other.valid_to or date.max)
    return start <= end


def _fault(entry: Entry, key: str, message: str) -> Fault:
    return Fault(entry.path, entry.lines.get(key.split(".", maxsplit=1)[0], 1), message)
