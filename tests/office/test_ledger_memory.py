"""Dialogues, questions, chats, rate limits, leases, publications and the audit trail."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from office.ledger import (
    DialogueChanged,
    Ledger,
    audit,
    chats,
    dialogues,
    leases,
    publications,
    questions,
    rate_limits,
)
from office.ledger.audit import Deed
from office.ledger.dialogues import Dialogue
from office.ledger.publications import StoredPublication
from office.ledger.questions import AskedQuestion
from office.masking import mask
from office.privacy import FieldCipher, Pseudonyms

TEN_MINUTES = timedelta(minutes=10)


def a_dialogue() -> Dialogue:
    """A dialogue with every field in use."""
    facts = {"county": "永嘉县", "area_mu": "30", "amount_yuan": ["100000", "200000"]}
    return Dialogue("telegram", "77", "dendrobium-loan", "rate", facts, ("a-loan", "b-loan"), "area_mu")


def test_dialogue_comes_back_as_it_was_for_ten_minutes(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """Both sides of the time limit, and nothing for a chat never seen."""
    with ledger.begin() as connection:
        kept = dialogues.save(connection, cipher, a_dialogue(), now)
        just_in_time = now + TEN_MINUTES - timedelta(microseconds=1)

        assert dialogues.load(connection, cipher, "telegram", "77", just_in_time) == kept
        assert dialogues.load(connection, cipher, "telegram", "77", now + TEN_MINUTES) is None
        assert dialogues.load(connection, cipher, "web", "77", now) is None
    assert kept == replace(a_dialogue(), version=1, updated_at=now)


def test_dialogue_changed_meanwhile_is_not_overwritten(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """Neither by an older version nor by a new dialogue while the old one is fresh."""
    with ledger.begin() as connection:
        first = dialogues.save(connection, cipher, a_dialogue(), now)
        second = dialogues.save(connection, cipher, replace(first, facet="term"), now)

        for outdated in (first, a_dialogue()):
            with pytest.raises(DialogueChanged):
                dialogues.save(connection, cipher, outdated, now)
        assert dialogues.load(connection, cipher, "telegram", "77", now) == second


def test_new_dialogue_replaces_a_stale_one(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """After ten minutes the chat starts afresh, and the stale version can no longer be saved."""
    with ledger.begin() as connection:
        stale = dialogues.save(connection, cipher, a_dialogue(), now)
        fresh = dialogues.save(connection, cipher, Dialogue("telegram", "77", entry="other"), now + TEN_MINUTES)

        assert fresh.version == 2
        with pytest.raises(DialogueChanged):
            dialogues.save(connection, cipher, stale, now + TEN_MINUTES)


def test_forgotten_and_old_dialogues_are_gone(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """取消 drops one at once; clean-up drops those nobody continued."""
    with ledger.begin() as connection:
        dialogues.save(connection, cipher, a_dialogue(), now)
        assert dialogues.forget(connection, "telegram", "77")
        assert not dialogues.forget(connection, "telegram", "77")

        dialogues.save(connection, cipher, a_dialogue(), now)
        assert dialogues.cleanup(connection, now + timedelta(days=1), days=1) == 0
        assert dialogues.cleanup(connection, now + timedelta(days=2), days=1) == 1


def a_question(now: datetime, chat: str = "77", **changes: object) -> AskedQuestion:
    """A question with every field in use."""
    asked = AskedQuestion(
        text=mask("石斛贷利息多少 13800000138"),
        outcome="answer",
        channel="telegram",
        chat_hash=Pseudonyms("k" * 32).of("telegram", chat),
        asked_at=now,
        entry="dendrobium-loan",
        confidence=0.75,
        runner_up="huangtang-tea-loan",
        matched_words=("石斛", "利息"),
        status="expired",
        facet="rate",
        publication="abc123",
    )
    return replace(asked, **changes)  # type: ignore[arg-type]  # the fields' own names


def test_question_is_remembered_whole_and_masked(ledger: Ledger, now: datetime) -> None:
    """Every field comes back; the number in its text does not."""
    with ledger.begin() as connection:
        number = questions.record(connection, a_question(now))
        (kept,) = questions.recent(connection)

    assert kept == replace(a_question(now), id=number)
    assert kept.text == "石斛贷利息多少 〔手机号〕"


def test_recent_questions_leave_out_tests_and_older_ones(ledger: Ledger, now: datetime) -> None:
    """Newest first; staff's tries count only when asked for."""
    with ledger.begin() as connection:
        old = questions.record(connection, a_question(now - timedelta(days=1)))
        new = questions.record(connection, a_question(now))
        trial = questions.record(connection, a_question(now, is_test=True))

        assert [one.id for one in questions.recent(connection)] == [new, old]
        assert [one.id for one in questions.recent(connection, with_tests=True)] == [trial, new, old]
        assert [one.id for one in questions.recent(connection, since=now)] == [new]
        assert [one.id for one in questions.recent(connection, 1)] == [new]


def test_only_the_asker_says_that_an_answer_did_not_help(ledger: Ledger, now: datetime) -> None:
    """A second press changes nothing, another chat's press is refused."""
    mine, other = a_question(now).chat_hash, a_question(now, "78").chat_hash
    with ledger.begin() as connection:
        number = questions.record(connection, a_question(now))

        assert not questions.mark_not_helpful(connection, number, other, now)
        assert questions.mark_not_helpful(connection, number, mine, now)
        assert questions.mark_not_helpful(connection, number, mine, now + timedelta(hours=1))
        (kept,) = questions.recent(connection)
    assert kept.not_helpful_at == now


def test_questions_are_deleted_on_wish_and_after_their_days(ledger: Ledger, now: datetime) -> None:
    """删除我的信息 takes one chat's questions; clean-up takes the old ones."""
    with ledger.begin() as connection:
        questions.record(connection, a_question(now))
        questions.record(connection, a_question(now, chat_hash="other"))

        assert questions.forget_chat(connection, "other") == 1
        assert questions.cleanup(connection, now + timedelta(days=365), days=365) == 0
        assert questions.cleanup(connection, now + timedelta(days=366), days=365) == 1


def test_chat_is_known_from_its_start_and_reachable_until_blocked(ledger: Ledger, now: datetime) -> None:
    """Blocking keeps its first moment, /start clears it, preferences survive both."""
    later = now + timedelta(hours=1)
    with ledger.begin() as connection:
        assert chats.get(connection, "telegram", "77") is None
        assert not chats.set_preferences(connection, "telegram", "77", elder_mode=True)
        chats.start(connection, "telegram", "77", now)
        assert chats.set_preferences(connection, "telegram", "77", elder_mode=True)
        assert chats.set_preferences(connection, "telegram", "77", language="en")
        assert chats.set_preferences(connection, "telegram", "77")
        chats.block(connection, "telegram", "77", now)
        chats.block(connection, "telegram", "77", later)

        blocked = chats.get(connection, "telegram", "77")
        assert blocked == chats.Chat("telegram", "77", now, now, elder_mode=True, language="en")
        assert chats.reachable(connection, "telegram") == []
        assert chats.start(connection, "telegram", "77", later) == replace(blocked, blocked_at=None)
        assert chats.reachable(connection, "telegram") == ["77"]


def test_chats_are_deleted_on_wish_and_long_after_blocking(ledger: Ledger, now: datetime) -> None:
    """Chats that are not blocked stay."""
    with ledger.begin() as connection:
        for chat in ("1", "2"):
            chats.start(connection, "telegram", chat, now)
        chats.block(connection, "telegram", "1", now)

        assert chats.cleanup(connection, now) == 0
        assert chats.cleanup(connection, now + timedelta(microseconds=1)) == 1
        assert chats.forget(connection, "telegram", "2")
        assert not chats.forget(connection, "telegram", "2")


def test_thirty_uses_a_minute_and_the_next_minute_afresh(ledger: Ledger, now: datetime) -> None:
    """Both sides of the limit and of the window's end; keys do not share."""
    just_before = now + timedelta(seconds=60) - timedelta(microseconds=1)
    with ledger.begin() as connection:
        allowed = [rate_limits.allow(connection, "chat 1", 30, 60, now) for _ in range(31)]

        assert allowed == [True] * 30 + [False]
        assert rate_limits.allow(connection, "chat 2", 30, 60, now)
        assert not rate_limits.allow(connection, "chat 1", 30, 60, just_before)
        assert rate_limits.allow(connection, "chat 1", 30, 60, now + timedelta(seconds=60))
        assert not rate_limits.allow(connection, "chat 3", 0, 60, now)
        assert rate_limits.cleanup(connection, now + timedelta(seconds=60)) == 1


def test_parallel_uses_never_exceed_the_limit(ledger: Ledger, now: datetime) -> None:
    """Eight threads ask forty times in all; thirty pass."""
    passed: list[bool] = []

    def ask() -> None:
        for _ in range(5):
            with ledger.begin(durable=False) as connection:
                passed.append(rate_limits.allow(connection, "chat", 30, 60, now))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert passed.count(True) == 30
    assert len(passed) == 40


def test_lease_has_one_holder_until_it_ends(ledger: Ledger, now: datetime) -> None:
    """The holder may extend it, another gets it only when it is over or given back."""
    end = now + timedelta(seconds=30)
    with ledger.begin() as connection:
        assert leases.acquire(connection, "poll", "one", now, 30)
        assert not leases.acquire(connection, "poll", "two", end - timedelta(microseconds=1), 30)
        assert leases.acquire(connection, "jobs", "two", now, 30)
        assert leases.renew(connection, "poll", "one", now, 30)
        assert not leases.renew(connection, "poll", "two", now, 30)
        assert not leases.renew(connection, "poll", "one", end, 30)

        assert leases.acquire(connection, "poll", "two", end, 30)
        assert not leases.release(connection, "poll", "one")
        assert leases.holder_of(connection, "poll", end) == "two"
        assert leases.release(connection, "poll", "two")
        assert leases.holder_of(connection, "poll", end) is None
        assert leases.acquire(connection, "poll", "one", end, 30)


def test_latest_publication_is_the_one_recorded_last(ledger: Ledger, now: datetime) -> None:
    """A rollback records an earlier version again; the same version twice in a row is one."""
    first = StoredPublication("v1", b"\x00one", "editor", now)
    second = StoredPublication("v2", b"two", "editor", now)
    with ledger.begin() as connection:
        assert publications.latest(connection) is None
        assert [publications.record(connection, one) for one in (first, second, second)] == [True, True, False]
        assert publications.latest(connection) == second
        assert publications.record(connection, first)

        assert publications.latest(connection) == first
        assert publications.latest_version(connection) == "v1"
        assert publications.cleanup(connection, keep=1) == 2
        assert publications.latest(connection) == first


def test_audit_tells_who_did_what_newest_first(ledger: Ledger, now: datetime) -> None:
    """Of everything, or of one target."""
    read = Deed("staff 3", "read", "HN-0001", "回访", now)
    publish = Deed("staff 4", "publish", "v1", "新政策", now)
    with ledger.begin() as connection:
        audit.record(connection, read)
        audit.record(connection, publish)

        assert audit.recent(connection) == [publish, read]
        assert audit.recent(connection, target="HN-0001") == [read]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor = 'nobody'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "INSERT OR REPLACE INTO audit (id, actor, verb, target, purpose, at) VALUES (1, 'x', 'x', 'x', 'x', 1)",
    ],
)
def test_audit_cannot_be_changed_by_any_statement(ledger: Ledger, now: datetime, change: str) -> None:
    """The database itself refuses; what one engine does not know, it refuses as well."""
    deed = Deed("staff 3", "read", "HN-0001", "回访", now)
    with ledger.begin() as connection:
        audit.record(connection, deed)
    with pytest.raises(DatabaseError), ledger.begin() as connection:
        connection.execute(text(change))

    with ledger.read() as connection:
        assert audit.recent(connection) == [deed]
