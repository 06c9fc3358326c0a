"""From what people say to what is replied, over the real knowledge base."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from knowledge.answering import Memory, answer, press, sheet
from knowledge.answers import Action, LineKind, Outcome, Verb
from knowledge.base import KnowledgeBase
from knowledge.entries import Facet, Figure, Payee, Stage, Status
from knowledge.rendering import number_text, range_text

CASES = Path(__file__).resolve().parents[1] / "cases"
DAY = date(2026, 11, 23)
MONTHS = [date(year, month, 1) for year in range(2021, 2028) for month in range(1, 13)]


def test_facet_is_answered_first_and_facts_are_heard(base: KnowledgeBase) -> None:
    """石斛贷利息多少 leads with the rate, after the status and the word that it is another county's; what was said is kept."""
    said, memory = answer(base, "永嘉 30亩石斛想贷20万，石斛贷利息多少", Memory(), DAY)

    assert (said.outcome, said.entries[0], said.facet) == (Outcome.ANSWER, "dendrobium-loan", Facet.RATE)
    assert said.lines[0].kind is LineKind.STATUS
    assert "永嘉县不在里面" in said.lines[1].text
    assert said.lines[2].text.startswith("利率：")
    assert {"county": "永嘉县", "area_mu": "30", "amount_yuan": "200000"}.items() <= memory.facts.items()


@pytest.mark.parametrize("words", ["政策体检", "体检", "我想做个体检", "我能领哪些补贴"])
def test_who_asks_for_a_check_up_is_led_to_it(base: KnowledgeBase, words: str) -> None:
    """The bare word is no question that nothing fits, but a door."""
    said, _ = answer(base, words, Memory(), DAY)
    assert [button.action for button in said.buttons] == [Action(Verb.CHECK)]


def test_a_medical_check_up_is_none_of_ours(base: KnowledgeBase) -> None:
    """老人免费体检 is about health, not policies."""
    said, _ = answer(base, "农村老人免费体检在哪里做", Memory(), DAY)
    assert Action(Verb.CHECK) not in [button.action for button in said.buttons]


def test_every_entry_every_month_shows_its_status_first(base: KnowledgeBase) -> None:
    """No draft, expired, future or unconfirmed entry is ever shown without its banner as the first line."""
    for entry in base.entries.values():
        for day in MONTHS:
            said, _ = press(base, Action(Verb.ENTRY, entry.code), Memory(), day)
            plain = said.status is Status.IN_FORCE and entry.validity.stage is Stage.ISSUED
            assert plain == (said.lines[0].kind is not LineKind.STATUS), (entry.code, day)
            assert len(said.lines) <= 12, (entry.code, day)
            assert not any("{" in line.text for line in (*said.lines, *said.more)), (entry.code, day)


def test_no_figure_is_shown_outside_its_dates(base: KnowledgeBase) -> None:
    """The whole page of every entry, month by month: no number of a period that is over or has not begun."""
    looked_for = 0
    for entry in base.entries.values():
        for day in MONTHS:
            reading_day = entry.validity.reading_day(day)
            others = [_amount(figure) for figure in entry.figures if not figure.covers(reading_day)]
            if not others:
                continue
            said, current = sheet(base, entry.code, day), [_amount(figure) for figure in entry.figures_on(reading_day)]
            page = "\n".join(line.text for line in (*said.lines, *said.more))
            for amount in others:
                if not any(amount in shown for shown in current):
                    looked_for += 1
                    assert not re.search(rf"(?<![\d.–]){re.escape(amount)}", page), (entry.code, day, amount)
    assert looked_for > 1000


def _amount(figure: Figure) -> str:
    if figure.value is not None:
        return number_text(figure.value, figure.unit)
    assert figure.low is not None
    assert figure.high is not None
    return range_text(figure.low, figure.high, figure.unit)


def test_who_is_paid_comes_right_after_the_status(base: KnowledgeBase) -> None:
    """Where the farmer is not the one paid, the line after the status says so."""
    for entry in base.entries.values():
        if Payee.FARMER in entry.payee:
            continue
        said, _ = press(base, Action(Verb.ENTRY, entry.code), Memory(), DAY)
        kinds = [line.kind for line in said.lines[:2]]
        assert LineKind.PAYEE in kinds, entry.code


def test_who_asks_for_money_of_others_is_told_first_that_he_gets_none(base: KnowledgeBase) -> None:
    """我能领吗 on an entry that pays neither farmer nor firm is refused right after the status, with who is paid."""
    theirs = {Payee.GUARANTOR: "担保机构", Payee.BANK: "银行", Payee.INSURER: "保险公司"}
    refused = 0
    for entry in base.entries.values():
        said, _ = press(base, Action(Verb.FACET, entry.code, Facet.WHO), Memory(), DAY)
        first = next(line.text for line in said.lines if line.kind is not LineKind.STATUS)
        assert first.startswith("您领不到，这笔钱给") == bool(set(entry.payee) and set(entry.payee) <= set(theirs))
        if first.startswith("您领不到"):
            assert all(theirs[payee] in first for payee in entry.payee), entry.code
            refused += 1
    asked, _ = answer(base, "担保保费补贴我能领吗", Memory(), DAY)

    assert refused >= 10
    assert [line.kind for line in asked.lines[:2]] == [LineKind.STATUS, LineKind.PAYEE]
    assert asked.lines[1].text.startswith("您领不到，这笔钱给担保机构。")


def test_the_first_reply_says_until_when_an_entry_is_in_force(base: KnowledgeBase) -> None:
    """现行有效，到 its last day stands once in the first reply of every entry in force with a printed end, and in no other."""
    told = 0
    for entry in base.entries.values():
        said, _ = press(base, Action(Verb.ENTRY, entry.code), Memory(), DAY)
        expected = f"现行有效，到 {entry.validity.valid_to}。"
        dated = entry.status_on(DAY) is Status.IN_FORCE and entry.validity.valid_to is not None
        assert sum(line.text == expected for line in said.lines) == dated, entry.code
        told += dated

    assert told >= 5


def test_every_button_leads_somewhere_and_fits(base: KnowledgeBase) -> None:
    """Callback data is at most 64 bytes, at most four buttons stand under an entry, each press gives a reply."""
    for code in base.entries:
        said, memory = press(base, Action(Verb.ENTRY, code), Memory(), DAY)
        assert len(said.buttons) <= 4
        for button in said.buttons:
            assert len(button.action.data.encode()) <= 64
            assert Action.parse(button.action.data) == button.action
            assert press(base, button.action, memory, DAY)[0].lines, (code, button)


def test_fraud_warns_and_an_honest_fee_question_does_not(base: KnowledgeBase) -> None:
    """Paying first is a warning; asking what the guarantee fee is, is not."""
    assert answer(base, "有人让我先交200块保证金才放款", Memory(), DAY)[0].outcome is Outcome.WARN
    assert answer(base, "石斛贷担保费要交多少", Memory(), DAY)[0].outcome is Outcome.ANSWER


def test_foreign_topics_get_their_office_and_no_entry(base: KnowledgeBase) -> None:
    """Questions that are not ours name the office that answers them."""
    said, _ = answer(base, "我哪年可以退休，退休年龄是多少", Memory(), DAY)

    assert (said.outcome, said.topic, said.entries) == (Outcome.REFER, "social-insurance", ())


def test_follow_ups_keep_their_subject(base: KnowledgeBase) -> None:
    """At least nine in ten turns of the written dialogues reach an acceptable entry."""
    turns = right = 0
    for dialogue in yaml.safe_load((CASES / "followups.yaml").read_text(encoding="utf-8")):
        memories: dict[str, Memory] = {}
        for turn in dialogue["turns"]:
            chat = turn.get("chat", "")
            said, memories[chat] = answer(base, turn["text"], memories.get(chat, Memory()), DAY)
            if "codes" in turn:
                turns += 1
                right += bool(said.entries) and said.entries[0] in turn["codes"]
    print(f"follow-ups: {right} of {turns}")

    assert right / turns >= 0.8


def test_misspellings_reach_what_the_right_spelling_reaches(base: KnowledgeBase) -> None:
    """At least 85 % of the misspelt and dictated pairs find an acceptable entry among the first three."""
    pairs = yaml.safe_load((CASES / "misspellings.yaml").read_text(encoding="utf-8"))
    found = sum(bool(set(answer(base, pair["wrong"], Memory(), DAY)[0].entries) & set(pair["codes"])) for pair in pairs)
    print(f"misspellings: {found} of {len(pairs)}")

    assert found / len(pairs) >= 0.85


def test_a_comparison_is_a_small_table(base: KnowledgeBase) -> None:
    """Two products side by side: at most six rows, silent fields read 文件没写."""
    said, _ = answer(base, "石斛贷和鹿城扶持农业贷款担保哪个好", Memory(), DAY)

    assert said.table is not None
    assert said.entries == ("dendrobium-loan", "lucheng-farm-guarantee")
    assert 1 <= len(said.table.rows) <= 6


@pytest.mark.parametrize("text", ["", "？？？", "🙂", "谢谢", "\u200b", "啊" * 900])
def test_nothing_said_is_asked_again_kindly(base: KnowledgeBase, text: str) -> None:
    """Empty, emoji-only and over-long input gets a sentence, never an entry."""
    said, _ = answer(base, text, Memory(), DAY)

    assert said.outcome is Outcome.NO_MATCH
    assert said.lines


@pytest.mark.parametrize(
    ("text", "first"),
    [("我种30亩杨梅在永嘉想贷20万", "huinong-guarantee"), ("洞头养鱼贷款20万", "household-balance-sheet-loan")],
)
def test_who_wants_what_is_enough_for_choices(base: KnowledgeBase, text: str, first: str) -> None:
    """A place, a crop and a sum without any product's name lead to the products open to such a person."""
    said, memory = answer(base, text, Memory(), DAY)

    assert said.outcome is Outcome.SUGGEST
    assert said.entries[0] == first == memory.offered[0]
    assert all(base.entries[code].status_on(DAY) in (Status.IN_FORCE, Status.UNKNOWN) for code in said.entries)


def test_a_crop_no_entry_names_is_said_to_be_named_by_none(base: KnowledgeBase) -> None:
    """The choices for 杨梅 say that none is made for it."""
    said, _ = answer(base, "我种30亩杨梅在永嘉想贷20万", Memory(), DAY)

    assert said.lines[0].text == "没查到专门给杨梅的贷款。这几样不限杨梅，可以先问问："


def test_a_facet_asked_before_choosing_is_told_for_every_choice(base: KnowledgeBase) -> None:
    """Nobody picked 1, 2 or 3: the next short question is about all of them, and they stay on offer."""
    offered, memory = answer(base, "我有合作社，想贷款", Memory(), DAY)
    assert offered.outcome is Outcome.SUGGEST

    said, after = answer(base, "那利息多少", memory, DAY)
    chosen, _ = answer(base, "2", after, DAY)

    assert (said.outcome, said.entries, said.facet) == (Outcome.SUGGEST, offered.entries, Facet.RATE)
    assert all(base.entries[code].title in said.short_text for code in offered.entries)
    assert len(said.lines) <= 12
    assert chosen.entries[0] == offered.entries[1]


def test_what_needs_a_choice_asks_for_it_again(base: KnowledgeBase) -> None:
    """Whether one can, of three at once, is not to be answered in one word."""
    offered, memory = answer(base, "我有合作社，想贷款", Memory(), DAY)
    said, after = answer(base, "我能办吗", memory, DAY)

    assert said.lines[0].text.startswith("您问的是哪一样")
    assert (said.entries, after.offered) == (offered.entries, offered.entries)


def test_a_short_question_on_a_word_of_the_entry_stays_with_it(base: KnowledgeBase) -> None:
    """本金 is told by the entry at hand; a question of nothing it says finds nothing and forgets nothing."""
    _, memory = answer(base, "国家助学贷款免息和本金延期", Memory(), DAY)
    followed, kept = answer(base, "本金晚点还呢", memory, DAY)
    lost, still = answer(base, "帮我唱支歌", kept, DAY)

    assert followed.entries[0] == "student-loan-waiver-2025"
    assert "本金" in next(line.text for line in followed.lines if line.kind is LineKind.LEAD)
    assert lost.outcome is Outcome.NO_MATCH
    assert still.entry == "student-loan-waiver-2025"


def test_the_second_of_two_subjects_is_a_button(base: KnowledgeBase) -> None:
    """Two full questions of different entries: the first is answered, the second heard and one press away."""
    said, _ = answer(base, "农村养老金涨多少？禁渔期补贴怎么领？", Memory(), DAY)

    assert said.entries[0] == "rural-pension-2025"
    assert Action(Verb.ENTRY, "fishing-moratorium") in [button.action for button in said.buttons]
    assert any(line.text.startswith("您还问了另一件") for line in said.lines)
    assert len(said.lines) <= 12


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("征用了我家的菜园，钱还没给", "land-dispute"),
        ("邻居昏迷了叫不醒", "emergency"),
        ("娃娃发烧两天", "medicine-and-illness"),
    ],
)
def test_urgent_and_foreign_matters_lead_to_an_office(base: KnowledgeBase, text: str, topic: str) -> None:
    """Taken land goes to the township, a faint to 120, a fever to the doctor."""
    said, _ = answer(base, text, Memory(), DAY)

    assert (said.outcome, said.topic) == (Outcome.REFER, topic)
    assert topic != "emergency" or "120" in said.short_text


def test_the_likeliest_of_three_choices_is_told_without_a_press(base: KnowledgeBase) -> None:
    """Far ahead of the others: what was asked, its sum and the next step stand under the first choice."""
    said, memory = answer(base, "老板讲贴息一个点，我贷八十万开农家乐，一年省几多钱", Memory(), DAY)
    texts = [line.text for line in said.lines]

    assert (said.outcome, said.entries[0]) == (Outcome.SUGGEST, "service-loan-discount-2026")
    assert texts[1].startswith("1. ")
    assert any(text.startswith("按您说的 80 万元算，一年贴息约 8000 元") for text in texts[2:5])
    assert [line.kind for line in said.lines].count(LineKind.NEXT) == 2
    assert len(said.lines) <= 12
    assert answer(base, "2", memory, DAY)[0].entries[0] == said.entries[1]


def test_no_golden_question_gets_more_than_twelve_lines(base: KnowledgeBase) -> None:
    """Whatever is asked in the tune split, the first reply can be read at once."""
    rows = [row for path in sorted(CASES.glob("questions*.yaml")) for row in yaml.safe_load(path.read_text("utf-8"))]

    assert [row["text"] for row in rows[::3] if len(answer(base, row["text"], Memory(), DAY)[0].lines) > 12] == []
