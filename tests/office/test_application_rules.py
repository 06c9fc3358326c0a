"""The state machine of a case: every pair of states, who may do what, and what a step must say."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from office import receipts
from office.application_timeline import STOPS, sentence, stop_at
from office.applications import (
    FARMER,
    LONGEST_PAPER,
    LONGEST_SENTENCE,
    LONGEST_SOURCE,
    MOST_MISSING,
    REASON_WORDS,
    REFUSAL_REASONS,
    RETURN_REASONS,
    STATE_WORDS,
    Actor,
    IllegalMove,
    Incomplete,
    Move,
    NotAllowed,
    Opening,
    Reason,
    Source,
    Standing,
    State,
    check,
    cleaned,
    may_move,
)
from office.people import Role
from office.working_days import due_after

# written out a second time on purpose: the table of the code is compared with the brief's own words
LEGAL = {
    "registered": "contacted withdrawn",
    "contacted": "papers_needed accepted withdrawn",
    "papers_needed": "accepted withdrawn",
    "accepted": "papers_needed with_guarantor with_bank withdrawn",
    "with_guarantor": "papers_needed with_bank approved declined withdrawn",
    "with_bank": "papers_needed approved declined withdrawn",
    "approved": "",
    "declined": "",
    "withdrawn": "",
}
PAIRS = list(itertools.product(State, State))
ACTORS = {
    Role.FARMER: FARMER,
    Role.OFFICER: Actor("o", Role.OFFICER),
    Role.STAFF: Actor("s", Role.STAFF),
    Role.GUARANTOR: Actor("g", Role.GUARANTOR),
    Role.BANK: Actor("b", Role.BANK),
    Role.ADMIN: Actor("a", Role.ADMIN),
}


def standing(state: State) -> Standing:
    """A case in that state to which nothing is wanting."""
    return Standing(state, guarantor="g", bank="b", is_confirmed=True, may_be_passed_on=True)


def whole(to: State) -> Move:
    """A step that says everything it must."""
    if to is State.PAPERS_NEEDED:
        return Move(to, Reason.PAPER_MISSING, "少了土地承包合同", ("土地承包合同",))
    if to is State.DECLINED:
        return Move(to, Reason.CONDITIONS_NOT_MET, "种植面积不够条件")
    return Move(to, receiver="g")


def said(before: State, to: State, role: Role) -> Source | None:
    """Whose word it is, where staff write down what a guarantor or a bank said."""
    is_written = before in (State.WITH_GUARANTOR, State.WITH_BANK) and role in (Role.STAFF, Role.ADMIN)
    return Source("李经理", date(2026, 11, 24)) if is_written and to is not State.WITHDRAWN else None


def may_by_the_book(before: State, to: State, role: Role) -> bool:
    """Who may take a legal step."""
    desk = role in (Role.OFFICER, Role.STAFF, Role.ADMIN)
    if to is State.WITHDRAWN:
        return desk or role is Role.FARMER
    if before is State.WITH_GUARANTOR:
        return role in (Role.GUARANTOR, Role.STAFF, Role.ADMIN)
    if before is State.WITH_BANK:
        return role in (Role.BANK, Role.STAFF, Role.ADMIN)
    return desk


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("before", "to"), PAIRS, ids=str)
def test_every_pair_of_states_is_allowed_or_refused_as_written(before: State, to: State, role: Role) -> None:
    """81 pairs for each role: a step that is not in the list is no step, one that is belongs to some and not others."""
    if to.value not in LEGAL[before.value].split():
        with pytest.raises(IllegalMove, match=STATE_WORDS[to]):
            check(standing(before), whole(to), ACTORS[role])
        assert not may_move(standing(before), to, ACTORS[role])
    elif not may_by_the_book(before, to, role):
        with pytest.raises(NotAllowed):
            check(standing(before), whole(to), ACTORS[role])
        assert not may_move(standing(before), to, ACTORS[role])
    else:
        check(standing(before), replace(whole(to), source=said(before, to, role)), ACTORS[role])
        assert may_move(standing(before), to, ACTORS[role])


@pytest.mark.parametrize(
    ("state", "stranger"),
    [(State.WITH_GUARANTOR, Actor("g2", Role.GUARANTOR)), (State.WITH_BANK, Actor("b2", Role.BANK))],
)
def test_another_company_may_not_decide(state: State, stranger: Actor) -> None:
    """Only the one the case was passed to; also when it was passed to nobody by name."""
    with pytest.raises(NotAllowed):
        check(standing(state), whole(State.APPROVED), stranger)
    with pytest.raises(NotAllowed):
        check(Standing(state), whole(State.APPROVED), stranger)


@pytest.mark.parametrize("to", [State.PAPERS_NEEDED, State.DECLINED])
def test_return_and_refusal_need_a_reason_of_their_own_and_a_sentence(to: State) -> None:
    """Without a reason, with the other's reason, or without a plain sentence the step is refused."""
    right, wrong = (RETURN_REASONS, REFUSAL_REASONS) if to is State.PAPERS_NEEDED else (REFUSAL_REASONS, RETURN_REASONS)
    missing = ("合同",) if to is State.PAPERS_NEEDED else ()
    actor = ACTORS[Role.GUARANTOR]
    for reason in right:
        check(standing(State.WITH_GUARANTOR), Move(to, reason, "写清楚了", missing), actor)
    for bad in (Move(to, None, "写清楚了", missing), *(Move(to, reason, "写清楚了", missing) for reason in wrong)):
        with pytest.raises(Incomplete, match="原因"):
            check(standing(State.WITH_GUARANTOR), bad, actor)
    for words in ("", "   ", "不行 "):
        with pytest.raises(Incomplete, match="大白话"):
            check(standing(State.WITH_GUARANTOR), Move(to, right[0], words, missing), actor)


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_what_staff_write_down_for_a_guarantor_or_bank_names_who_said_it(role: Role) -> None:
    """Without a name it is refused, and so are a step without its reason and a name on one's own step."""
    before, day = standing(State.WITH_GUARANTOR), date(2026, 11, 24)
    for source in (None, Source(" ", day), Source("王", day), Source("长" * (LONGEST_SOURCE + 1), day)):
        with pytest.raises(Incomplete, match="替担保公司记的"):
            check(before, replace(whole(State.APPROVED), source=source), ACTORS[role])
    with pytest.raises(Incomplete, match="原因"):
        check(before, Move(State.DECLINED, source=Source("李经理", day)), ACTORS[role])
    for state, actor in ((State.WITH_GUARANTOR, Role.GUARANTOR), (State.ACCEPTED, role)):
        with pytest.raises(Incomplete, match="不用写谁说的"):
            check(standing(state), replace(whole(State.PAPERS_NEEDED), source=Source("李经理", day)), ACTORS[actor])
    check(before, whole(State.WITHDRAWN), ACTORS[role])


def test_return_names_the_papers_and_nothing_else_does() -> None:
    """One to twelve papers by name; a list of papers at any other step is a mistake."""
    accepted, officer = standing(State.ACCEPTED), ACTORS[Role.OFFICER]
    reason, words = Reason.PAPER_MISSING, "少了这些"
    for names in ((), ("",), ("长" * (LONGEST_PAPER + 1),), ("纸",) * (MOST_MISSING + 1)):
        with pytest.raises(Incomplete, match="材料"):
            check(accepted, Move(State.PAPERS_NEEDED, reason, words, names), officer)
    check(accepted, Move(State.PAPERS_NEEDED, reason, words, ("长" * LONGEST_PAPER,) * MOST_MISSING), officer)
    with pytest.raises(Incomplete, match="材料"):
        check(standing(State.REGISTERED), Move(State.CONTACTED, missing=("合同",)), officer)


@pytest.mark.parametrize("to", [State.WITH_GUARANTOR, State.WITH_BANK])
def test_passing_on_needs_consent_confirmation_and_a_receiver(to: State) -> None:
    """Nothing leaves the office that the farmer has not agreed to."""
    officer = ACTORS[Role.OFFICER]
    agreed = Standing(State.ACCEPTED, may_be_passed_on=True)
    check(agreed, Move(to, receiver="g"), officer)
    for wanting, move, word in (
        (Standing(State.ACCEPTED), Move(to, receiver="g"), "同意"),
        (Standing(State.ACCEPTED, is_confirmed=False, may_be_passed_on=True), Move(to, receiver="g"), "核对"),
        (agreed, Move(to), "哪一家"),
    ):
        with pytest.raises(Incomplete, match=word):
            check(wanting, move, officer)


def test_sentences_have_an_end_and_lose_personal_numbers() -> None:
    """Too long is refused; a phone or card number typed into a sentence or a paper's name is masked."""
    with pytest.raises(Incomplete, match="短"):
        check(standing(State.REGISTERED), Move(State.CONTACTED, None, "长" * (LONGEST_SENTENCE + 1)), FARMER_HELPER)
    said = cleaned(Move(State.CONTACTED, None, " 打 13812345678 找他 ", ("卡 6222021234567890123",) * 2))

    assert said.sentence == "打 〔手机号〕 找他"
    assert said.missing == ("卡 〔银行卡号〕",)


FARMER_HELPER = ACTORS[Role.OFFICER]


def test_every_state_has_words_a_turn_and_a_sentence_with_actor_and_day() -> None:
    """The farmer reads who acts and until when, in every state, also at the end."""
    for state in State:
        stop, due = stop_at(state), date(2026, 11, 27)
        said = sentence(stop, due, "共富金融专员张三")
        assert STATE_WORDS[state]
        assert "共富金融专员张三" in said
        assert "11 月 27 日（星期五）" in said
        assert stop.working_days >= 1
    assert set(STOPS) == set(State)
    assert set(REASON_WORDS) == set(Reason)
    assert "不是申请" in stop_at(State.REGISTERED, Opening.CLOSED).sentence
    assert "还办不办" in stop_at(State.REGISTERED, Opening.UNCHECKED).sentence


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [
        (date(2026, 11, 25), 2, date(2026, 11, 27)),  # Wednesday to Friday
        (date(2026, 11, 26), 2, date(2026, 11, 30)),  # over the weekend
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # from a Saturday
        (date(2026, 12, 30), 2, date(2027, 1, 4)),  # over New Year's Day, a Friday
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the National Day holidays
        (date(2026, 10, 8), 2, date(2026, 10, 10)),  # a Saturday worked for them
    ],
)
def test_working_days_leave_out_weekends_and_public_holidays(day: date, days: int, due: date) -> None:
    """The day itself does not count."""
    assert due_after(day, days) == due


@settings(deadline=None)  # a busy machine is no failure
@given(some.integers(min_value=10**7, max_value=10**8 - 1))
def test_receipt_check_finds_every_wrong_digit_and_every_swap(number: int) -> None:
    """All single errors and all swaps of unequal neighbours of a number are refused."""
    digits = str(number)
    receipt = digits + receipts.check_digit(digits)
    assert receipts.read(receipt) == receipt
    for at, other in itertools.product(range(receipts.LENGTH), "0123456789"):
        if other != receipt[at]:
            assert receipts.read(receipt[:at] + other + receipt[at + 1 :]) is None
    for at in range(receipts.LENGTH - 1):
        one, two = receipt[at], receipt[at + 1]
        if one != two:
            assert receipts.read(receipt[:at] + two + one + receipt[at + 2 :]) is None


@pytest.mark.parametrize("shape", ["{0} {1} {2}", "{0}-{1}-{2}", "　{0}　{1}{2} ", "{0}，{1}，{2}。"])
def test_receipt_is_read_as_people_type_and_say_it(shape: str) -> None:
    """Spaces, dashes, full width and spoken digits."""
    receipt = receipts.make()
    parts = receipts.spoken(receipt).split()
    chinese = shape.format(*parts).translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
    wide = shape.format(*parts).translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    assert [receipts.read(text) for text in (shape.format(*parts), chinese, wide)] == [receipt] * 3
    assert receipts.read(f"{receipt}1") is None
    assert receipts.read("") is None
    assert receipts.read("二十五") is None
