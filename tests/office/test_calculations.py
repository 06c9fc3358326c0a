"""算一算 as a conversation: kept sealed over a restart, never stuck, never wrong about whose turn it is; both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from knowledge.answers import Action, Answer, Outcome, Verb
from knowledge.base import KnowledgeBase
from knowledge.calculators.fields import Sort, take
from knowledge.calculators.form_list import FORMS
from knowledge.calculators.forms import work
from knowledge.calculators.routes import ROUTE_BOXES, SHARED, compare, numbered
from office import calculations
from office.ledger import open_forms
from office.ledger.ledger import Ledger
from office.office import ChatKey, Office
from office.privacy import generate_field_key
from office.settings import Settings

CHAT = ChatKey("telegram", "7")
BEGIN = Action(Verb.CALCULATE, "loan_cost")
WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["两万", "13万2", "一分利", "半年", "20", "0", "-1", "4到4.5", "不知道", "没有", "农房 20万", "１２", "none", "paid", "points", "interest", "bank", "insurer", "bullet", "1e5", "99999999999999999999", "0.5%", "2022 5 10 1亿", "甲 1\n甲 2"]),
)  # fmt: skip


@pytest.fixture
def office(ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[Office]:
    """An office over a fresh ledger, once on each engine."""
    given_settings = {
        "STATE_DIR": str(tmp_path),
        "DATABASE_URL": ledger_url,
        "SECRET_KEY": "s" * 48,
        "FIELD_KEY": generate_field_key(),
    }
    office = Office(Settings.from_environ(given_settings), Ledger.open(ledger_url), knowledge)
    yield office
    office.ledger.close()


def press(office: Office, action: Action, chat: ChatKey = CHAT) -> Answer:
    """One press in a transaction of its own."""
    with office.ledger.begin() as connection:
        return calculations.pressed(office, chat, action, connection)


def say(office: Office, words: str, chat: ChatKey = CHAT) -> Answer | None:
    """One message in a transaction of its own."""
    with office.ledger.begin() as connection:
        return calculations.typed(office, chat, words, connection)


def tap(office: Office, said: Answer | None, label: str) -> Answer:
    """The button of a reply."""
    assert said is not None
    return press(office, next(button.action for button in said.buttons if button.label == label))


def test_it_goes_on_after_a_restart_and_is_sealed(office: Office, ledger_url: str) -> None:
    """Another process picks up where the last one stopped; the ledger holds no figure in the clear."""
    press(office, BEGIN)
    say(office, "13万2")
    again = Office(office.settings, Ledger.open(ledger_url), office.knowledge)
    said = say(again, "月息三厘")
    with again.ledger.read() as connection:
        payload = connection.execute(text("SELECT payload FROM open_forms")).scalar_one()
    again.ledger.close()

    assert said is not None
    assert "借多久" in said.text
    assert not any(said in payload for said in ("132000", "13万2", "月息"))
    assert "principal" not in payload


def test_after_seven_days_nothing_is_open(office: Office) -> None:
    """A number typed a week later is a question again."""
    long_ago = datetime.now(UTC) - timedelta(days=7, seconds=1)
    state = {"name": "loan_cost", "texts": {}, "left": [], "asked": "principal_yuan", "offers": []}
    with office.ledger.begin() as connection:
        open_forms.save(connection, office.cipher, CHAT.channel, CHAT.id, "calculation", state, long_ago)

    assert say(office, "10万") is None


def test_a_form_that_is_gone_from_the_program_counts_as_none(office: Office) -> None:
    """State of another version: no error, no question that cannot be answered."""
    for state in (
        {"name": "gone", "texts": {}, "left": [], "asked": "x", "offers": []},
        {"name": "loan_cost", "texts": {}, "left": [], "asked": "gone", "offers": []},
    ):
        with office.ledger.begin() as connection:
            open_forms.save(connection, office.cipher, CHAT.channel, CHAT.id, "calculation", state, office.now())
        assert say(office, "10万") is None
        assert press(office, calculations.GO_ON).text == calculations.menu().text


@pytest.mark.parametrize(
    "question",
    ["石斛贷利息多少", "那额度呢", "石斛贷", "能贷20万吗", "有人让我先交钱", "我想在永嘉种杨梅", "杨梅保险保什么？"],
)
def test_questions_are_let_through_and_the_form_stays_open(office: Office, question: str) -> None:
    """Also those that hold a number; the next plain number is the answer."""
    press(office, BEGIN)

    assert say(office, question) is None
    said = say(office, "10万")
    assert said is not None
    assert "年利率" in said.text


def test_a_problem_found_at_the_end_asks_that_box_again(office: Office) -> None:
    """700 months are refused by name; the right number leads to the result, nothing else is asked twice."""
    press(office, BEGIN)
    for words in ("10万", "4.35"):
        say(office, words)
    said = tap(
        office, tap(office, tap(office, say(office, "700"), "先息后本（每月还利息，最后还本金）"), "没有"), "没有"
    )

    assert "借多久要填 1 到 600 的整数" in said.text
    result = say(office, "一年")
    assert result is not None
    assert result.outcome is Outcome.ANSWER
    assert "利息一共：4,350.00 元" in result.text


def test_an_old_button_only_asks_the_open_question_again(office: Office) -> None:
    """A press for a box that is no longer asked changes nothing."""
    press(office, BEGIN)
    say(office, "10万")
    said = press(office, Action(Verb.CALCULATE, ".principal_yuan", "0"))

    assert "年利率" in said.text
    assert "借多少钱" not in said.text


@pytest.mark.parametrize("name", FORMS)
def test_every_question_fits_a_button_and_can_be_given_up(office: Office, name: str) -> None:
    """Callback data of at most 64 bytes, 取消 under every question, and no path that asks without end."""
    said = press(office, Action(Verb.CALCULATE, name))
    for _ in range(len(FORMS[name].boxes) + 1):
        if said.outcome is Outcome.ANSWER:
            break
        assert said.buttons[-1].label == "取消"
        assert all(len(button.action.data.encode()) <= 64 for button in said.buttons)
        box = next(box for box in FORMS[name].boxes if f"{box.label}？" in said.text)
        if box.sort is Sort.CHOICE or len(said.buttons) > 1:
            said = press(office, said.buttons[0].action)
        else:
            answered = say(office, FORMS[name].example.get(box.key, box.example.splitlines()[0]))
            assert answered is not None
            said = answered
        if "没有填，" in said.text or "至少要填" in said.text:
            assert "例如" in said.text
            break  # everything was left out: the box that is needed is named
    else:
        raise AssertionError(f"{name} asks without end")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_typed_into_a_form_breaks_it(data: st.DataObject) -> None:
    """Any words in any boxes: a result, or a problem with a sentence beside a box of the form."""
    today = datetime(2026, 11, 25, tzinfo=UTC).date()
    form = FORMS[data.draw(st.sampled_from(sorted(FORMS)))]
    texts = {box.key: data.draw(WORDS) for box in form.boxes}
    outcome = work(form, texts, today)

    assert (outcome.result is None) == bool(outcome.problems)
    assert all(taken.problem for taken in outcome.problems.values())
    routes = {box.key: data.draw(WORDS) for box in SHARED}
    routes |= {box.key: data.draw(WORDS) for number in (1, 2, 3) for box in numbered(number)}
    compared = compare(routes, {}.get, today)
    assert (compared.comparison is None) == bool(compared.problems)


@settings(max_examples=200, deadline=None)
@given(
    words=st.text(max_size=80),
    box=st.sampled_from([box for form in FORMS.values() for box in form.boxes] + list(ROUTE_BOXES)),
)
def test_a_box_takes_a_value_or_says_what_is_wrong(words: str, box: object) -> None:
    """Never both, never an exception, never 0 out of words without a number."""
    taken = take(box, words)  # type: ignore[arg-type]

    assert taken.value is None or not taken.problem
    if taken.value == "0":
        assert any(character in words for character in "0０零〇")
