"""The ledger opens, migrates, commits whole transactions, and leaves no private text on disk."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from office.ledger import (
    Ledger,
    LedgerError,
    LedgerTooNew,
    chats,
    dialogues,
    inbox,
    inbox_upkeep,
    leases,
    outbox,
    publications,
    questions,
    rate_limits,
)
from office.ledger import audit as audit_module
from office.ledger.columns import metadata
from office.ledger.migrations import MIGRATIONS, Migration
from office.masking import mask
from office.privacy import FieldCipher, Pseudonyms

PHONE = "13800000138"
TABLES = {
    module.__name__.rpartition(".")[2]
    for module in (audit_module, chats, dialogues, inbox, leases, outbox, publications, questions, rate_limits)
} | {"inbox_lanes"}


def schema_of(url: str) -> dict[str, Any]:
    """Tables, columns, indexes and triggers as the database tells them."""
    engine = create_engine(url)
    inspector = inspect(engine)
    schema: dict[str, Any] = {}
    for table in inspector.get_table_names():
        columns = [(one["name"], str(one["type"]), one["nullable"]) for one in inspector.get_columns(table)]
        schema[table] = columns, sorted(str(one["name"]) for one in inspector.get_indexes(table))
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
    if engine.dialect.name == "postgresql":
        triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    with engine.connect() as connection:
        schema["triggers"] = list(connection.execute(text(triggers)).scalars())
    engine.dispose()
    return schema


def open_up_to(url: str, steps: int) -> None:
    """Open a ledger with the first migrations only, and leave it."""
    Ledger.open(url, migrations=MIGRATIONS[:steps]).close()


def fresh_url(request: pytest.FixtureRequest, beside: str, tmp_path: Path) -> str:
    """Another empty ledger on the same engine."""
    if beside.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'other.db'}"
    url: str = request.getfixturevalue("postgres").create_database()
    return url


@pytest.mark.parametrize("steps", [0, 1, len(MIGRATIONS) - 1])
def test_every_earlier_schema_migrates_to_the_same_as_a_blank_one(
    request: pytest.FixtureRequest, blank_url: str, tmp_path: Path, steps: int
) -> None:
    """Two steps or one: the same tables, columns, indexes and triggers."""
    open_up_to(blank_url, steps)
    open_up_to(blank_url, len(MIGRATIONS))
    blank = fresh_url(request, blank_url, tmp_path)
    open_up_to(blank, len(MIGRATIONS))

    assert schema_of(blank_url) == schema_of(blank)


def test_tables_of_the_code_are_the_tables_of_the_database(ledger: Ledger, ledger_url: str) -> None:
    """Every column the code names exists, with the same say on whether it may be empty, and no other."""
    schema = schema_of(ledger_url)
    coded = {
        table.name: sorted((column.name, bool(column.nullable)) for column in table.columns)
        for table in metadata.tables.values()
        if table.name in TABLES
    }
    found = {}
    for name in coded:
        columns, _ = schema[name]
        # SQLite calls a primary key nullable unless told otherwise; it never is
        keys = {column.name for column in metadata.tables[name].primary_key}
        found[name] = sorted((column, nullable and column not in keys) for column, _, nullable in columns)

    assert coded == found
    assert set(coded) == TABLES


def test_migration_that_fails_leaves_nothing_behind(blank_url: str) -> None:
    """A step and its record are one transaction: after a failure the step can be tried again."""
    faulty = Migration("faulty", ("CREATE TABLE half (id INTEGER)", "CREATE NONSENSE"))
    mended = Migration("faulty", ("CREATE TABLE half (id INTEGER)", "CREATE TABLE other (id INTEGER)"))
    with pytest.raises(DatabaseError):
        Ledger.open(blank_url, migrations=(*MIGRATIONS, faulty))
    assert "half" not in schema_of(blank_url)

    Ledger.open(blank_url, migrations=(*MIGRATIONS, mended)).close()
    assert {"half", "other"} <= set(schema_of(blank_url))


def test_ledger_of_a_newer_program_is_refused(blank_url: str) -> None:
    """An old program must not write into a schema it does not know."""
    newer = Migration("from the future", ("CREATE TABLE future (id INTEGER)",))
    Ledger.open(blank_url, migrations=(*MIGRATIONS, newer)).close()

    with pytest.raises(LedgerTooNew, match="from the future"):
        Ledger.open(blank_url)


def open_and_report(url: str, start: multiprocessing.synchronize.Event, results: multiprocessing.Queue[str]) -> None:
    """Open the ledger at the same moment as the others, and say how it went."""
    start.wait(60)
    try:
        Ledger.open(url).close()
        results.put("opened")
    except Exception as error:  # the parent process asserts on it
        results.put(repr(error))


def test_processes_that_start_at_once_migrate_once(blank_url: str) -> None:
    """Three first starts in the same instant: all open, no migration runs twice."""
    context = multiprocessing.get_context("spawn")
    start, results = context.Event(), context.Queue()
    processes = [context.Process(target=open_and_report, args=(blank_url, start, results)) for _ in range(3)]
    for process in processes:
        process.start()
    start.set()
    outcomes = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(timeout=60)

    assert outcomes == ["opened"] * 3
    assert "audit" in schema_of(blank_url)


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://h/d", "postgresql://h/d"])
def test_address_of_no_ledger_is_refused(url: str) -> None:
    """One sentence says how an address is written."""
    with pytest.raises(LedgerError, match="DATABASE_URL"):
        Ledger.open(url)


def test_transaction_is_kept_whole_or_not_at_all(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """An error in the middle takes back everything of the same update."""

    def update_with_mishap() -> None:
        with ledger.begin() as connection:
            inbox.store_updates(connection, [inbox.IncomingUpdate(1, "a", cipher.encrypt("x"), now)])
            dialogues.save(connection, cipher, dialogues.Dialogue("telegram", "1"), now)
            raise RuntimeError("mishap")

    with pytest.raises(RuntimeError, match="mishap"):
        update_with_mishap()

    with ledger.read() as connection:
        assert inbox_upkeep.open_count(connection) == 0
        assert dialogues.load(connection, cipher, "telegram", "1", now) is None


def test_whole_update_is_one_transaction(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """Dialogue, question, reply and the end of the update are committed together."""
    with ledger.begin() as connection:
        inbox.store_updates(connection, [inbox.IncomingUpdate(1, "77", cipher.encrypt("石斛贷"), now)])
    with ledger.begin(durable=False) as connection:
        claim = inbox.claim_next(connection, "w", now, 30)
    assert claim is not None
    with ledger.begin() as connection:
        dialogues.save(connection, cipher, dialogues.Dialogue("telegram", "77", "dendrobium-loan"), now)
        questions.record(connection, questions.AskedQuestion(mask("石斛贷"), "answer", "telegram", "h", now))
        reply = outbox.OutgoingMessage("reply:1", "77", outbox.Kind.REPLY, cipher.encrypt("…"), now)
        outbox.enqueue_sending(connection, [reply], now, 30)
        inbox.finish(connection, claim, now)

    with ledger.read() as connection:
        assert inbox_upkeep.open_count(connection) == 0
        assert len(questions.recent(connection)) == 1
        assert outbox.count_by_status(connection) == {(outbox.Kind.REPLY, outbox.Status.SENDING): 1}


def test_many_writers_and_readers_never_meet_a_locked_ledger(
    ledger: Ledger, cipher: FieldCipher, now: datetime
) -> None:
    """Sixteen threads on eight connections, no error and no lost write."""
    errors: list[Exception] = []

    def work(thread: int) -> None:
        try:
            for turn in range(10):
                update = inbox.IncomingUpdate(thread * 100 + turn, str(thread), cipher.encrypt("x"), now)
                with ledger.begin(durable=False) as connection:
                    inbox.store_updates(connection, [update])
                with ledger.read() as connection:
                    inbox_upkeep.open_count(connection)
        except Exception as error:  # asserted on below, in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with ledger.read() as connection:
        assert inbox_upkeep.open_count(connection) == 160


def store_and_die(url: str, durable: bool, now: datetime) -> None:
    """Commit one update and be killed before anything can be closed."""
    ledger = Ledger.open(url)
    with ledger.begin(durable=durable) as connection:
        inbox.store_updates(connection, [inbox.IncomingUpdate(1, "a", FieldCipher([_KEY]).encrypt("x"), now)])
    os.kill(os.getpid(), signal.SIGKILL)


_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="  # made up for this test alone


@pytest.mark.parametrize("durable", [True, False])
def test_committed_update_outlives_kill_9(ledger_url: str, now: datetime, durable: bool) -> None:
    """With either kind of commit, because the operating system has the pages."""
    process = multiprocessing.get_context("spawn").Process(target=store_and_die, args=(ledger_url, durable, now))
    process.start()
    process.join(timeout=60)

    assert process.exitcode == -signal.SIGKILL
    ledger = Ledger.open(ledger_url)
    with ledger.read() as connection:
        assert inbox_upkeep.open_count(connection) == 1
    ledger.close()


def test_planted_number_is_nowhere_on_disk(tmp_path: Path, cipher: FieldCipher, now: datetime) -> None:
    """The bytes of the file and of its log are searched while everything is still open and unfinished."""
    path = tmp_path / "ledger.db"
    ledger = Ledger.open(f"sqlite:///{path}")
    said = f"我是张三丰，电话{PHONE}"
    with ledger.begin() as connection:
        inbox.store_updates(connection, [inbox.IncomingUpdate(1, "77", cipher.encrypt(said), now)])
        message = outbox.OutgoingMessage("k", "77", outbox.Kind.REPLY, cipher.encrypt(said), now)
        outbox.enqueue(connection, [message], now)
        dialogues.save(connection, cipher, dialogues.Dialogue("telegram", "77", facts={"phone": said}), now)
        asker = Pseudonyms("k" * 32).of("telegram", "7788990011")
        questions.record(connection, questions.AskedQuestion(mask(said), "no_match", "telegram", asker, now))

    def on_disk() -> bytes:
        return b"".join(one.read_bytes() for one in sorted(tmp_path.glob("ledger.db*")))

    assert "我是张三丰，电话〔手机号〕".encode() in on_disk()  # the search does find what is there
    assert PHONE.encode() not in on_disk()
    assert b"7788990011" not in on_disk()
    with ledger.begin() as connection:
        questions.forget_chat(connection, asker)
    ledger.checkpoint()
    assert "张三丰".encode() not in on_disk()
    ledger.close()


def test_file_of_the_ledger_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Database and log alike."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'new' / 'ledger.db'}")
    modes = {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "new").iterdir()}
    ledger.close()

    assert modes == {0o600}


def test_sqlite_runs_with_the_promised_settings(tmp_path: Path) -> None:
    """WAL, foreign keys, wiping of deleted rows; full flushing unless told otherwise."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    found = []
    for durable in (True, False):
        with ledger.begin(durable=durable) as connection:
            names = ("journal_mode", "foreign_keys", "secure_delete", "busy_timeout", "synchronous")
            found.append([connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in names])
    ledger.close()

    assert found == [["wal", 1, 1, 30000, 2], ["wal", 1, 1, 30000, 1]]


def test_moment_without_a_time_zone_is_refused(ledger: Ledger, cipher: FieldCipher) -> None:
    """A local clock reading would be hours off on another machine."""
    naive = datetime(2026, 11, 23)  # noqa: DTZ001 - the fault under test
    with pytest.raises(Exception, match="time zone"), ledger.begin() as connection:
        inbox.store_updates(connection, [inbox.IncomingUpdate(1, "a", cipher.encrypt("x"), naive)])
