"""Forms left half-way come back for seven days; reports of wrong results hold no person."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import text

from office.ledger import Ledger, open_forms, wrong_results
from office.ledger.wrong_results import WrongResult
from office.privacy import FieldCipher

WEEK = timedelta(days=7)
STATE = {"scope": "dendrobium-loan", "answers": [["county", "乐清市", False], ["age", None, False]], "limit": None}


def test_a_form_comes_back_for_seven_days_and_not_longer(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """Both sides of the limit; saving again starts the seven days anew and replaces what was kept."""
    just = timedelta(microseconds=1)
    with ledger.begin() as connection:
        open_forms.save(connection, cipher, "web", "c1", "interview", STATE, now)

        assert open_forms.load(connection, cipher, "web", "c1", "interview", now + WEEK - just) == STATE
        assert open_forms.load(connection, cipher, "web", "c1", "interview", now + WEEK) is None
        open_forms.save(connection, cipher, "web", "c1", "interview", {"scope": ""}, now + WEEK)
        assert open_forms.load(connection, cipher, "web", "c1", "interview", now + WEEK + WEEK - just) == {"scope": ""}


def test_chats_channels_and_kinds_keep_their_own_forms(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """One form per chat and kind: dropping one leaves the others; forgetting a chat drops all of its forms only."""
    places = [
        ("web", "c1", "interview"),
        ("web", "c1", "calculation"),
        ("web", "c2", "interview"),
        ("telegram", "c1", "interview"),
    ]
    with ledger.begin() as connection:
        for number, place in enumerate(places):
            open_forms.save(connection, cipher, *place, {"number": number}, now)

        assert open_forms.drop(connection, "web", "c1", "interview")
        assert not open_forms.drop(connection, "web", "c1", "interview")
        assert open_forms.load(connection, cipher, *places[0], now) is None
        assert [open_forms.load(connection, cipher, *place, now) for place in places[1:]] == [
            {"number": number} for number in (1, 2, 3)
        ]
        assert open_forms.forget(connection, "web", "c1") == 1
        assert open_forms.load(connection, cipher, *places[2], now) == {"number": 2}


def test_the_form_saved_last_comes_first(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """What is typed is meant for it; another chat's forms and those older than seven days do not count."""
    second = timedelta(seconds=1)
    with ledger.begin() as connection:
        for later, kind in enumerate(("application", "interview", "calculation")):
            open_forms.save(connection, cipher, "telegram", "7", kind, {}, now + later * second)
        assert open_forms.kinds(connection, "telegram", "7", now) == ("calculation", "interview", "application")
        open_forms.save(connection, cipher, "telegram", "7", "application", {}, now + 3 * second)
        assert open_forms.kinds(connection, "telegram", "7", now)[0] == "application"
        assert open_forms.kinds(connection, "telegram", "7", now + WEEK + 2 * second) == ("application",)
        assert open_forms.kinds(connection, "telegram", "8", now) == ()


def test_forms_survive_the_program_and_lie_sealed(ledger_url: str, cipher: FieldCipher, now: datetime) -> None:
    """Another process opens the form; in the table nobody reads what was answered."""
    first = Ledger.open(ledger_url)
    with first.begin() as connection:
        open_forms.save(connection, cipher, "telegram", "77", "interview", STATE, now)
    first.close()
    second = Ledger.open(ledger_url)
    with second.begin() as connection:
        kept = connection.execute(text("SELECT payload FROM open_forms")).scalar_one()

        assert open_forms.load(connection, cipher, "telegram", "77", "interview", now) == STATE
    second.close()
    assert "乐清" not in kept
    assert "dendrobium" not in kept


def test_forms_nobody_went_on_with_are_deleted_after_seven_days(
    ledger: Ledger, cipher: FieldCipher, now: datetime
) -> None:
    """The clean-up takes the old one and leaves the fresh one."""
    with ledger.begin() as connection:
        open_forms.save(connection, cipher, "web", "old", "interview", STATE, now - WEEK)
        open_forms.save(connection, cipher, "web", "new", "interview", STATE, now)

        assert open_forms.cleanup(connection, now) == 1
        assert open_forms.cleanup(connection, now) == 0
        assert open_forms.load(connection, cipher, "web", "new", "interview", now) == STATE


def test_a_wrong_result_is_kept_until_staff_settle_it(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """It comes back whole under its reference, has no column for a chat, and once settled is no longer listed."""
    report = WrongResult(
        reference=wrong_results.new_reference(),
        scope="dendrobium-loan",
        publication="a1b2c3",
        judged_on=date(2026, 11, 23),
        answers={"county": "乐清市", "age": None},
        shown={"dendrobium-loan": "closed"},
        channel="web",
        reported_at=now,
    )
    with ledger.begin() as connection:
        wrong_results.record(connection, cipher, report)
        row = connection.execute(text("SELECT * FROM wrong_results")).mappings().one()

        assert wrong_results.find(connection, cipher, report.reference) == report
        assert wrong_results.unsettled(connection, cipher) == [report]
        assert "chat" not in row
        assert "乐清" not in row["payload"]
        assert wrong_results.settle(connection, report.reference, now)
        assert not wrong_results.settle(connection, report.reference, now)
        assert wrong_results.unsettled(connection, cipher) == []
