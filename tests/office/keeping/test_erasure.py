"""删除我的信息 leaves nothing of a person on disk, and nothing that could still be opened."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from office import erasure, help_desk
from office.applicants import Applicants, LookUpRefusal
from office.application_case import Applicant, Wish
from office.applications import ConsentKind, State
from office.backup import write_backup
from office.erasure import Erased
from office.ledger import (
    application_events,
    applications,
    audit,
    chats,
    dialogues,
    erasures,
    inbox,
    open_forms,
    outbox,
    outbox_upkeep,
    people,
    person_keys,
    questions,
)
from office.office import ChatKey
from office.people import Role
from office.privacy import FieldCipher, PrivacyError, generate_field_key
from office.rounds import go_round
from tests.office.clocked import HERE, ClockedOffice
from tests.office.keeping.erasing import (
    CHAT,
    NAME,
    OPEN_ENTRY,
    PHONE,
    WORDS,
    bytes_of,
    exported,
    leave_everything,
    wait_for_the_goodbye,
)


def pages_of_keys(url: str) -> bytes:
    """The bytes of PostgreSQL's file of persons' keys, after everything is flushed."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        folder = connection.execute(text("SHOW data_directory")).scalar_one()
        path = connection.execute(text("SELECT pg_relation_filepath('person_keys')")).scalar_one()
    engine.dispose()
    return (Path(folder) / path).read_bytes()


def test_nothing_of_an_erased_person_is_left_in_any_byte(
    office: ClockedOffice, ledger_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Database, log of the database, papers, program log, export and fresh backup: no word, no sealed value, no chat."""
    caplog.set_level(logging.DEBUG)
    left = leave_everything(office)
    key_file = pages_of_keys(ledger_url) if office.ledger.engine_name == "postgresql" else b""
    before = b"".join(bytes_of(tmp_path).values()) + key_file
    assert left.files
    assert len(left.sealed) >= 10
    if office.ledger.engine_name == "sqlite":
        assert all(one.encode() in before for one in left.sealed)

    with office.ledger.begin() as connection:  # as the Telegram window does it
        erased = erasure.erase_chat(office, CHAT, connection=connection)
    assert (erased.cases, erased.papers, erased.questions, erased.forms) == (1, 1, 1, 1)
    wait_for_the_goodbye(office)
    office.wait(minutes=1)
    assert erasure.scrub(office) == 1
    backup, _ = write_backup(office, tmp_path / "after.tar")

    kept = {**bytes_of(tmp_path), Path("export"): exported(office, left.staff), Path("log"): caplog.text.encode()}
    if office.ledger.engine_name == "postgresql":
        kept[Path("person_keys")] = pages_of_keys(ledger_url)
    assert backup in kept
    traces = [*WORDS, *left.sealed, CHAT.id] if office.ledger.engine_name == "sqlite" else [*WORDS, *left.sealed]
    found = {
        (path.name, word)
        for path, content in kept.items()
        for word in traces
        for known in (word.encode(), word.encode("utf-16-le"))
        if known in content
    }
    staff_fields = {one for one in left.sealed if not one.startswith("p:")} & staff_sealed(office)
    assert {(path, word) for path, word in found if word not in staff_fields} == set()
    assert not any(path.exists() for path in left.files)


def staff_sealed(office: ClockedOffice) -> set[str]:
    """What is sealed of the desk's own people, which stays."""
    with office.ledger.read() as connection:
        rows = connection.execute(people.people.select()).all()
    return {value for row in rows for value in (row.name, row.phone)}


def test_sealed_words_of_an_erased_person_can_never_be_opened(office: ClockedOffice) -> None:
    """Whoever kept a copy of the rows, and has every FIELD_KEY and the ledger, opens none of the person's own fields."""
    left = leave_everything(office)
    own = [one for one in left.sealed if one.startswith(person_keys.MARK)]
    assert len(own) >= 5
    with office.ledger.read() as connection:
        opened = person_keys.open_all(connection, office.cipher, own)
    assert sum(NAME in words for words in opened) >= 4

    erasure.erase_chat(office, CHAT)
    for value in own:
        with office.ledger.read() as connection, pytest.raises(PrivacyError, match="销毁"):
            person_keys.open_one(connection, office.cipher, value)
        with pytest.raises(PrivacyError):
            office.cipher.decrypt(value)  # type: ignore[arg-type]  # as a thief would try


def test_case_of_an_erased_person_still_counts(office: ClockedOffice) -> None:
    """The row with its state and steps stays: withdrawn, without a person, without a consent, and told to nobody."""
    left = leave_everything(office)
    erasure.erase_chat(office, CHAT)
    file = Applicants(office).file(left.receipt)
    assert (file.case.state, file.case.applicant.name, file.case.village, file.case.chat) == (
        State.WITHDRAWN, "", "", None,
    )  # fmt: skip
    assert file.consents == {}
    assert [event.sentence for event in file.events] == [""] * 4
    with office.ledger.read() as connection:
        assert application_events.calls_due(connection) == []
        assert audit.recent(connection, target=left.receipt)[0].verb == "erase_case"
        waiting = connection.execute(outbox.outbox.select().where(outbox.outbox.c.lane == CHAT.id)).all()
    assert waiting == []
    assert Applicants(office).look_up(left.receipt, PHONE[-4:], "a") is LookUpRefusal.WRONG


def test_nobody_else_loses_anything(office: ClockedOffice) -> None:
    """Another chat's words, case and keys are as they were, even with the same phone number in its case."""
    other = ChatKey("telegram", "99")
    wish = Wish(Applicant("李四", PHONE, HERE), Applicants(office).pin(OPEN_ENTRY), frozenset(ConsentKind))
    theirs = Applicants(office).register(wish, "other", chat=other).case
    office.ask("石斛贷利息多少", other)
    leave_everything(office)
    erasure.erase_chat(office, CHAT)
    assert Applicants(office).file(theirs.receipt).case == theirs
    with office.ledger.read() as connection:
        assert dialogues.load(connection, office.cipher, "telegram", "99", office.now()) is not None
        assert len(questions.recent(connection)) == 1


def test_own_talk_in_groups_goes_and_that_of_others_stays(office: ClockedOffice) -> None:
    """A person's questions in a group belong to them; their neighbour's do not."""
    with office.ledger.begin() as connection:
        chats.start(connection, "telegram", "-100", office.now())
    for person in (CHAT.id, "99"):
        office.ask("石斛贷利息多少", ChatKey("telegram", f"-100:{person}"))
    assert erasure.erase_chat(office, CHAT).questions == 1
    with office.ledger.read() as connection:
        assert dialogues.load(connection, office.cipher, "telegram", f"-100:{CHAT.id}", office.now()) is None
        assert dialogues.load(connection, office.cipher, "telegram", "-100:99", office.now()) is not None


def test_number_and_last_digits_erase_one_case_or_one_call(office: ClockedOffice) -> None:
    """Both as they are typed; a wrong number and wrong digits are refused alike, and five wrong tries end the hour."""
    left = leave_everything(office, ChatKey("web", "w" * 24))
    with office.ledger.begin() as connection:
        call = help_desk.ask(
            office, connection, form="c2", village="", phone=PHONE, question="问", channel="web", source="y"
        ).number
    typed = f" {left.receipt[:3]} {left.receipt[3:]}"
    assert erasure.erase_by_number(office, typed, "0000", "a") is LookUpRefusal.WRONG
    assert erasure.erase_by_number(office, "w2222222", PHONE[-4:], "a") is LookUpRefusal.WRONG
    assert erasure.erase_by_number(office, typed, PHONE[-4:], "a") == Erased(cases=1, papers=1)
    assert erasure.erase_by_number(office, call.lower(), PHONE[-4:], "a") == Erased(calls=1)
    assert erasure.erase_by_number(office, call, PHONE[-4:], "a") is LookUpRefusal.WRONG
    tries = [erasure.erase_by_number(office, call, "1", "b") for _ in range(6)]
    assert tries == [LookUpRefusal.WRONG] * 5 + [LookUpRefusal.TOO_MANY]


def test_account_of_somebody_at_the_desk_stays(office: ClockedOffice) -> None:
    """They are told so; what they asked as a farmer is gone."""
    person = office.add(Role.OFFICER, HERE, chat=CHAT.id)
    erased = erasure.erase_chat(office, CHAT)
    assert erased.is_staff
    assert "找管理员" in "".join(erased.lines())
    with office.ledger.read() as connection:
        assert people.of_chat(connection, office.cipher, CHAT.id) == person


def test_rounds_finish_an_erasure_once_the_goodbye_is_sent(office: ClockedOffice) -> None:
    """Until then the chat's number waits in the outbox; afterwards no row names it, and the erasure is closed."""
    leave_everything(office)
    with office.ledger.begin() as connection:
        erasure.erase_chat(office, CHAT, connection=connection)
        body = office.cipher.encrypt("再见")
        outbox.enqueue(
            connection, [outbox.OutgoingMessage("bye", CHAT.id, outbox.Kind.REPLY, body, office.now())], office.now()
        )
    go_round(office, "test")
    with office.ledger.read() as connection:
        assert len(erasures.under_way(connection, office.cipher)) == 1
        assert outbox_upkeep.state_of(connection, "bye") is not None
    wait_for_the_goodbye(office)
    go_round(office, "test")
    with office.ledger.read() as connection:
        assert erasures.under_way(connection, office.cipher) == []
        assert outbox_upkeep.state_of(connection, "bye") is None
        lanes = set(connection.execute(inbox.inbox.select()).scalars()) | set(
            connection.execute(inbox.lanes.select()).scalars()
        )
    assert CHAT.id not in lanes


def test_message_erased_while_it_was_being_sent_troubles_nobody(office: ClockedOffice) -> None:
    """The sender may report whatever became of it."""
    with office.ledger.begin() as connection:
        body = office.cipher.encrypt("x")
        message = outbox.OutgoingMessage("k", CHAT.id, outbox.Kind.REPLY, body, office.now())
        (seq,) = outbox.enqueue_sending(connection, [message], office.now(), 10)
        outbox_upkeep.forget_lane(connection, CHAT.id)
        outbox.mark_sent(connection, [(seq, 1)], office.now())
        outbox.mark_failed(connection, seq, "e", office.now())
        lost = outbox.mark_uncertain(connection, seq, "e", office.now(), retry=office.now())
    assert lost is outbox.Status.FAILED


def test_key_that_is_taken_up_again_is_not_destroyed(office: ClockedOffice) -> None:
    """Only keys of what is gone go; a form that was given up and begun anew has a key that opens it."""
    with office.ledger.begin() as connection:
        for state in ({"a": "1"}, {"a": "2"}):
            open_forms.save(connection, office.cipher, "web", "c", "application", state, office.now())
        assert person_keys.destroy_unused(connection) == 0
        open_forms.forget(connection, "web", "c")
        assert person_keys.destroy_unused(connection) == 1
        open_forms.save(connection, office.cipher, "web", "c", "application", {"a": "3"}, office.now())
        assert open_forms.load(connection, office.cipher, "web", "c", "application", office.now()) == {"a": "3"}


def test_field_sealed_before_persons_had_keys_still_opens(office: ClockedOffice) -> None:
    """An older row holds what FIELD_KEY itself has sealed; it is read, and erased, like any other."""
    left = leave_everything(office)
    table = applications.applications
    old = office.cipher.encrypt(f'{{"name":"{NAME}","phone":"{PHONE}","purpose":"","chat":null}}')
    with office.ledger.begin() as connection:
        connection.execute(table.update().where(table.c.receipt == left.receipt).values(sealed=old))
    assert Applicants(office).file(left.receipt).case.applicant.name == NAME
    assert erasure.erase_case(office, left.receipt).cases == 1
    assert Applicants(office).file(left.receipt).case.applicant.name == ""


def test_key_of_a_person_needs_the_field_key(office: ClockedOffice) -> None:
    """The ledger alone, without FIELD_KEY, opens nothing."""
    left = leave_everything(office)
    thief = FieldCipher([generate_field_key()])
    for value in left.sealed:
        with office.ledger.read() as connection, pytest.raises(PrivacyError):
            person_keys.open_one(connection, thief, value)
