"""Questions and results of 我能办吗 and 政策体检 in words: the one render path of every window."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.answers import Action, Button, Line, LineKind, Verb
from knowledge.check_choices import choices_of
from knowledge.check_items import item_of
from knowledge.check_views import KEPT, KnownFact, PapersView, QuestionView, ResultView, Section
from knowledge.checkup import BROAD_QUESTIONS, NOT_A_DECISION, Group, check_up
from knowledge.entries import NOT_STATED, Entry
from knowledge.fact_answers import EXAMPLES
from knowledge.fact_words import fact_label, value_words
from knowledge.interview import FactQuestion
from knowledge.papers import NeededPaper, merged_papers
from knowledge.profile import Profile
from knowledge.rendering import status_lines
from knowledge.rule_book import RuleBook

CHECK_UP = "政策体检"
_NAMED = 2
GO_ON, AGAIN, WRONG = "go", "again", "wrong"
CHANGE, OWN, DISOWN, CHOOSE, LEAVE = "change", "own", "disown", "choose", "leave"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: `scope` is an entry's code or empty for all of `entries`, judged by `book` as of `day`."""

    scope: str
    entries: Mapping[str, Entry]
    book: RuleBook
    day: date
    version: str

    @property
    def title(self) -> str:
        if not self.scope:
            return CHECK_UP
        return f"我能办吗：{self.entries[self.scope].title}"

    @property
    def titles(self) -> dict[str, str]:
        return {code: entry.title for code, entry in self.entries.items()}


def step(name: str, label: str, detail: str = "") -> Button:
    """A button that does something to the interview at hand."""
    return Button(label, Action(Verb.CHECK_STEP, name, detail))


def question_view(
    subject: Subject,
    profile: Profile,
    question: FactQuestion,
    *,
    limit: int | None,
    trouble: str = "",
    readings: Iterable[tuple[str, Any]] = (),
    notices: tuple[str, ...] = (),
) -> QuestionView:
    """The page of one question; `limit` is the number of answers that ends them, `trouble` what the last one lacked."""
    entry = subject.entries.get(subject.scope)
    banner = status_lines(entry, subject.day, subject.titles) if entry is not None else []
    return QuestionView(
        scope=subject.scope,
        title=subject.title,
        banner=tuple(line.text for line in banner),
        key=question.key,
        progress=_progress(profile, question, limit),
        text=question.text,
        about="" if subject.scope else _about(subject, question),
        hint=_hint(question),
        trouble=trouble,
        choices=choices_of(subject.book, question, readings),
        known=known_facts(subject, profile),
        notices=notices,
        buttons=(step(LEAVE, "先不答了"),),
    )


def result_view(
    subject: Subject,
    profile: Profile,
    *,
    owned: Collection[str] = (),
    chosen: Collection[str] | None = None,
    can_go_on: bool = False,
    notices: tuple[str, ...] = (),
) -> ResultView:
    """The result page: every entry in its group; `chosen` entries' papers are merged, by default the likely ones'."""
    result = check_up(subject.book, profile, subject.day, owned)
    sections = []
    for group in Group:
        found = result.of(group)
        if found:
            items = tuple(item_of(each, subject.book) for each in found)
            sections.append(Section(group, items))
    listed = [each.code for section in sections for each in section.items]
    if subject.scope and not subject.book.entries:
        notices = (*notices, "这一条没有能逐条判断的条件，能不能办请直接问办理单位。")
    picked = _default_choice(subject, sections) if chosen is None else [code for code in listed if code in chosen]
    return ResultView(
        scope=subject.scope,
        title=f"{subject.title}——初步结果",
        on=subject.day,
        version=subject.version,
        as_of=f"按 {subject.day} 的规定判断，内容版本 {subject.version}。",
        decision_note=NOT_A_DECISION,
        sections=tuple(sections),
        missing=f"{result.missing_text}要接着答，选“继续问”。"
        if can_go_on and result.missing_text
        else result.missing_text,
        owned=tuple(subject.entries[code].title for code in owned if code in subject.entries),
        papers=papers_view([subject.entries[code] for code in picked]),
        known=known_facts(subject, profile),
        notices=notices,
        buttons=_result_buttons(subject, can_go_on=can_go_on),
        broken=tuple((code, judged.condition.text) for code, judged in result.broken),
    )


def known_facts(subject: Subject, profile: Profile) -> tuple[KnownFact, ...]:
    """The answers so far that bear on the subject, shown back in order."""
    bearing = {key for prepared in subject.book.entries for key in prepared.candidates}
    known = []
    for answer in profile:
        fact = subject.book.declared.get(answer.key)
        if fact is not None and answer.key in bearing:
            label = fact_label(fact, answer.key)
            words = value_words(fact, answer.value)
            known.append(KnownFact(answer.key, label, words, answer.is_heard, step(CHANGE, f"改：{label}", answer.key)))
    return tuple(known)


def papers_view(entries: list[Entry]) -> PapersView:
    """The merged list of papers, numbered, by office."""
    merged = merged_papers(entries)
    titles = {entry.code: entry.title for entry in entries}
    lines = tuple(
        Line(LineKind.DETAIL, f"{number}. {_paper_text(paper, titles)}")
        for number, paper in enumerate(merged.papers, 1)
    )
    notes = []
    if merged.unstated:
        names = "、".join(titles[code] for code in merged.unstated)
        notes.append(Line(LineKind.NOTE, f"要交什么材料{NOT_STATED}，去之前先问：{names}。"))
    if not lines and not notes:
        notes.append(Line(LineKind.NOTE, "不用另交材料。"))
    return PapersView(tuple(titles), lines, tuple(notes))


def _paper_text(paper: NeededPaper, titles: Mapping[str, str]) -> str:
    forms = "、".join(form for form in paper.forms if form != NOT_STATED)
    issuers = "、".join(issuer for issuer in paper.issuers if issuer != NOT_STATED)
    valid = "、".join(each for each in paper.valid if each != NOT_STATED)
    parts = [f"{paper.name}{f'（{forms}）' if forms else ''}", f"哪里开：{issuers or NOT_STATED}"]
    parts += [f"有效期：{valid}"] if valid else []
    parts += [paper.note] if paper.note else []
    if len(titles) > 1:
        parts.append(f"用在：{'、'.join(titles[code] for code in paper.codes)}")
    return "；".join(parts)


def _default_choice(subject: Subject, sections: list[Section]) -> list[str]:
    wanted = (Group.LIKELY, Group.ASK, Group.OPEN, Group.NEARLY) if subject.scope else (Group.LIKELY,)
    return [item.code for section in sections if section.group in wanted for item in section.items]


def _result_buttons(subject: Subject, *, can_go_on: bool) -> tuple[Button, ...]:
    buttons = [step(GO_ON, "继续问")] if can_go_on else []
    buttons.append(step(WRONG, "结果不对？"))
    buttons.append(step(AGAIN, "从头再答"))
    if subject.scope:
        buttons.append(Button("查查还有哪些能办", Action(Verb.CHECK)))
    return tuple(buttons)


def _progress(profile: Profile, question: FactQuestion, limit: int | None) -> str:
    if question.key in profile:
        return "改这一个答案，别的不动。"
    first = 0 if limit is None else max(0, limit - BROAD_QUESTIONS)
    number = profile.asked - first + 1
    left = question.remaining if limit is None else max(0, min(question.remaining, limit - first - number))
    last = "这是最后一问" if not question.remaining else "先问到这里，答完看结果，想接着问也行"
    after = f"后面最多还有 {left} 问" if left else last
    return f"第 {number} 问，{after}。{KEPT if number == 1 else ''}"


def _about(subject: Subject, question: FactQuestion) -> str:
    """这一问关系到：A、B 等 5 条."""
    names = [subject.entries[code].title for code in question.about]
    if not names:
        return ""
    count = f" 等 {len(names)} 条" if len(names) > _NAMED else ""
    return f"这一问关系到：{'、'.join(names[:_NAMED])}{count}。"


def _hint(question: FactQuestion) -> str:
    if question.sensitive:
        return "不想说就选“不想说”，不影响您问别的。"
    if question.type in EXAMPLES:
        return f"请打字回答，例如“{EXAMPLES[question.type]}”。"
    return "选一个，或者直接打字。"
