"""What is kept goes when its time is over, and not before; the manual names the same times."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import func, select

from knowledge.check_store import CheckStore
from office import retention
from office.applicants import Applicants
from office.ledger import (
    chats,
    dialogues,
    erasures,
    follow_ups,
    help_requests,
    inbox,
    open_forms,
    outbox,
    person_keys,
    questions,
)
from office.ledger.columns import metadata
from office.rounds import go_round
from tests.office.clocked import ClockedOffice
from tests.office.keeping.erasing import CHAT, PHONE, WORDS, leave_everything, sealed_values

MANUAL = Path(__file__).parents[3] / "docs" / "operations.md"


def rows(office: ClockedOffice, name: str) -> int:
    """How many rows a table holds."""
    with office.ledger.read() as connection:
        return int(connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one())


def test_manual_names_the_times_the_program_keeps_to() -> None:
    """The table of docs/operations.md has exactly these lines."""
    found = re.findall(r"^\| ([^|]+?) \| (\d+) 天 \|", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)
    assert {word: int(days) for word, days in found} == dict(retention.DAYS)


def test_each_kind_goes_after_its_days_and_no_sooner(office: ClockedOffice) -> None:
    """A day before its time it is there, a day after it is gone."""
    leave_everything(office)
    with office.ledger.begin() as connection:
        chats.block(connection, "telegram", CHAT.id, office.now())
    kinds = {
        retention.DIALOGUE_DAYS: ["dialogues"],
        retention.UPDATE_DAYS: ["inbox", "open_forms"],
        retention.UNSENT_DAYS + retention.SENT_DAYS + 1: ["outbox"],  # given up by the round of the eighth day
        retention.BLOCKED_CHAT_DAYS: ["chats"],
        retention.QUESTION_DAYS: ["questions", "help_requests"],
    }
    assert retention.UPDATE_DAYS == open_forms.KEPT_DAYS
    assert retention.QUESTION_DAYS == retention.UNANSWERED_CALL_DAYS
    start = office.moment
    for days, names in kinds.items():
        office.moment = start
        office.wait(days=days - 0.5)
        retention.clean(office)
        assert all(rows(office, name) for name in names), names
        office.wait(days=1)
        retention.clean(office)
        assert not any(rows(office, name) for name in names), names


def test_an_interview_left_at_the_terminal_goes_after_seven_days(office: ClockedOffice) -> None:
    """Though nobody sits down there again."""
    store = CheckStore(office.settings.state_dir, office.now)
    store.save({"scope": ""})
    office.wait(days=6.9)
    retention.clean(office)
    assert store.path.exists()
    office.wait(days=0.2)
    assert retention.clean(office) == 1
    assert not store.path.exists()


def test_text_and_chat_of_a_question_go_before_its_outcome(office: ClockedOffice) -> None:
    """After half a year only what came of it is left, and of what was never sent no text."""
    leave_everything(office)
    office.wait(days=retention.QUESTION_TEXT_DAYS, minutes=1)
    retention.clean(office)
    with office.ledger.read() as connection:
        (question,) = questions.recent(connection)
        bodies = [
            *connection.execute(select(outbox.outbox.c.body)).scalars(),
            *connection.execute(select(inbox.inbox.c.body)).scalars(),
        ]
        assert dialogues.load(connection, office.cipher, CHAT.channel, CHAT.id, office.now()) is None
    assert (question.text, question.chat_hash, question.matched_words) == ("", "", ())
    assert question.outcome
    assert set(bodies) == {None}


def test_person_of_a_finished_case_is_forgotten_after_a_year(office: ClockedOffice) -> None:
    """Case, follow-up and paper hold nobody any more, the person's key is gone; an open case waits for its end."""
    left = leave_everything(office)
    office.wait(days=400)
    retention.clean(office)
    assert Applicants(office).file(left.receipt).case.applicant.phone == PHONE
    Applicants(office).withdraw(left.receipt)
    office.wait(days=retention.CASE_DAYS, minutes=1)
    retention.clean(office)
    assert Applicants(office).file(left.receipt).case.applicant.phone == ""
    assert not any(path.exists() for path in left.files)
    with office.ledger.read() as connection:
        assert connection.execute(select(follow_ups.follow_ups)).all() == []
        assert connection.execute(select(help_requests.help_requests)).all() == []
        assert connection.execute(select(person_keys.person_keys)).all() == []
        assert erasures.under_way(connection, office.cipher) == []
    if office.ledger.engine_name == "sqlite":
        kept = b"".join(path.read_bytes() for path in office.settings.state_dir.parent.rglob("ledger.db*"))
        assert [word for word in WORDS if word.encode() in kept] == []
        assert len(sealed_values(office)) == 2  # the name and phone of the member of staff


def test_one_process_cleans_once_an_hour(office: ClockedOffice) -> None:
    """Whichever comes first; the others and the same one within the hour find it done."""
    assert retention.clean_when_due(office, "a") is not None
    office.wait(minutes=59)
    assert retention.clean_when_due(office, "a") is None
    assert retention.clean_when_due(office, "b") is None
    office.wait(minutes=60)
    assert retention.clean_when_due(office, "b") is not None


def test_round_cleans(office: ClockedOffice) -> None:
    """Nothing needs to be called by hand."""
    leave_everything(office)
    office.wait(days=8)
    done = go_round(office, "test")
    assert done is not None
    assert done.cleaned > 0
    assert rows(office, "open_forms") == 0
