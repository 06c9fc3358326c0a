"""The outbox sends replies at least once, pushes at most once, and each chat in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from office.ledger import Ledger, outbox, outbox_upkeep
from office.ledger.outbox import Kind, OutgoingMessage, Recovered, Status
from office.privacy import FieldCipher

LEASE = 30

Maker = Callable[..., OutgoingMessage]


@pytest.fixture
def message(cipher: FieldCipher, now: datetime) -> Maker:
    """Makes messages due now."""

    def make(key: str, lane: str = "a", kind: Kind = Kind.REPLY) -> OutgoingMessage:
        return OutgoingMessage(key, lane, kind, cipher.encrypt(f"text of {key}"), now)

    return make


def put(ledger: Ledger, now: datetime, *messages: OutgoingMessage) -> list[int]:
    """Enqueue in a transaction of its own."""
    with ledger.begin() as connection:
        return outbox.enqueue(connection, messages, now)


def take(ledger: Ledger, now: datetime, limit: int = 10) -> list[outbox.Delivery]:
    """Claim in a transaction of its own."""
    with ledger.begin() as connection:
        return outbox.claim_due(connection, now, limit, LEASE)


def state(ledger: Ledger, key: str) -> outbox_upkeep.MessageState:
    """The state of a message that exists."""
    with ledger.read() as connection:
        found = outbox_upkeep.state_of(connection, key)
    assert found is not None
    return found


def test_same_key_is_enqueued_once(ledger: Ledger, now: datetime, message: Maker) -> None:
    """A handler that runs twice sends once, also after the first was sent."""
    (seq,) = put(ledger, now, message("k"))
    assert put(ledger, now, message("k"), message("k")) == []
    take(ledger, now)
    with ledger.begin() as connection:
        outbox.mark_sent(connection, [(seq, 42)], now)

    assert put(ledger, now, message("k")) == []
    sent = state(ledger, "k")
    assert (sent.status, sent.message_id, sent.attempts, sent.repeats) == (Status.SENT, 42, 1, 0)


def test_claimed_message_says_sending_before_the_call(
    ledger: Ledger, cipher: FieldCipher, now: datetime, message: Maker
) -> None:
    """After the claim's commit nobody else gets it, and its text opens."""
    put(ledger, now, message("k"))

    (delivery,) = take(ledger, now)

    assert cipher.decrypt(delivery.body) == "text of k"
    assert state(ledger, "k").status is Status.SENDING
    assert take(ledger, now) == []


def test_chat_gets_its_replies_one_after_the_other(ledger: Ledger, now: datetime, message: Maker) -> None:
    """The second waits for the end of the first; another chat does not."""
    first, *_ = put(ledger, now, message("a1"), message("a2"), message("b1", "b"))

    assert [one.key for one in take(ledger, now)] == ["a1", "b1"]
    assert take(ledger, now) == []
    with ledger.begin() as connection:
        outbox.mark_sent(connection, [(first, 1)], now)
    assert [one.key for one in take(ledger, now)] == ["a2"]


def test_urgent_kinds_go_first_and_pushes_do_not_block_replies(ledger: Ledger, now: datetime, message: Maker) -> None:
    """A broadcast leaves head room for answers, in the same chat as well."""
    put(ledger, now, message("p", "a", Kind.PUSH), message("q", "b", Kind.PUSH), message("r", "a"))

    assert [one.key for one in take(ledger, now, 2)] == ["r", "p"]


def test_nothing_is_sent_before_its_time(ledger: Ledger, now: datetime, message: Maker) -> None:
    """Both sides of `not_before`, after Telegram said when to come back; that is no repeat."""
    put(ledger, now, message("k"))
    (delivery,) = take(ledger, now)
    with ledger.begin() as connection:
        outbox.retry_at(connection, delivery.seq, "RetryAfter", now + timedelta(seconds=7))

    assert take(ledger, now + timedelta(seconds=6.9)) == []
    (again,) = take(ledger, now + timedelta(seconds=7))
    assert (again.attempts, again.repeats) == (2, 0)


def test_reply_with_a_lost_answer_is_repeated_and_counted(ledger: Ledger, now: datetime, message: Maker) -> None:
    """At least once: the repeat is sent, listed and counted."""
    put(ledger, now, message("k"))
    (delivery,) = take(ledger, now)
    with ledger.begin() as connection:
        status = outbox.mark_uncertain(connection, delivery.seq, "TimedOut", now, retry=now + timedelta(seconds=1))

    assert status is Status.WAITING
    (again,) = take(ledger, now + timedelta(seconds=1))
    assert again.repeats == 1
    with ledger.read() as connection:
        assert outbox_upkeep.count_repeats(connection) == 1
        assert [one.key for one in outbox_upkeep.repeated(connection)] == ["k"]


@pytest.mark.parametrize("kind", [Kind.PUSH, Kind.ECHO])
def test_push_with_a_lost_answer_is_never_resent(ledger: Ledger, now: datetime, message: Maker, kind: Kind) -> None:
    """At most once: it stays uncertain, is listed, and no later step revives it."""
    put(ledger, now, message("k", "a", kind))
    (delivery,) = take(ledger, now)
    with ledger.begin() as connection:
        assert outbox.mark_uncertain(connection, delivery.seq, "TimedOut", now, retry=now) is Status.UNCERTAIN
        outbox.retry_at(connection, delivery.seq, "late", now)
        outbox.recover(connection, now + timedelta(days=1))

    assert take(ledger, now + timedelta(days=1)) == []
    with ledger.read() as connection:
        assert [one.key for one in outbox_upkeep.uncertain(connection)] == ["k"]


def test_dead_senders_messages_are_treated_by_their_kind(ledger: Ledger, now: datetime, message: Maker) -> None:
    """Replies and notices go out again, pushes and echoes do not; nothing happens before the lease is over."""
    kinds = {kind.value: kind for kind in Kind}
    put(ledger, now, *[message(key, key, kind) for key, kind in kinds.items()])
    take(ledger, now)
    over = now + timedelta(seconds=LEASE)

    with ledger.begin() as connection:
        assert outbox.recover(connection, over - timedelta(microseconds=1)) == Recovered(0, 0, 0)
        assert outbox.recover(connection, over) == Recovered(again=2, uncertain=2, given_up=0)
    assert [one.key for one in take(ledger, over)] == ["reply", "notice"]


def test_reply_is_not_repeated_for_ever(ledger: Ledger, now: datetime, message: Maker) -> None:
    """The number of attempts is bounded, whoever dies and whatever is lost."""
    put(ledger, now, message("k"), message("l", "b"))
    for attempt in (1, 2):
        first, second = take(ledger, now + timedelta(hours=attempt))
        with ledger.begin() as connection:
            moment = now + timedelta(hours=attempt)
            outbox.mark_uncertain(connection, first.seq, "TimedOut", moment, retry=moment, max_attempts=2)
            outbox.recover(connection, moment + timedelta(seconds=LEASE), max_attempts=2)

    assert state(ledger, "k").status is Status.FAILED
    assert state(ledger, "l").status is Status.FAILED
    assert second.lane == "b"


def test_message_handed_over_at_once_needs_no_claim(ledger: Ledger, now: datetime, message: Maker) -> None:
    """It is `sending` from the start, out of others' reach, and recovered when the sender dies."""
    with ledger.begin() as connection:
        (seq,) = outbox.enqueue_sending(connection, [message("k")], now, LEASE)
        assert outbox.enqueue_sending(connection, [message("k")], now, LEASE) == []

    assert take(ledger, now) == []
    with ledger.begin() as connection:
        assert outbox.recover(connection, now + timedelta(seconds=LEASE)).again == 1
    (again,) = take(ledger, now + timedelta(seconds=LEASE))
    assert (again.seq, again.attempts, again.repeats) == (seq, 2, 1)


def test_sent_is_final_even_when_the_sender_was_given_up(ledger: Ledger, now: datetime, message: Maker) -> None:
    """A slow sender's success counts, so the message is not sent a second time."""
    (seq,) = put(ledger, now, message("k"))
    take(ledger, now)
    over = now + timedelta(seconds=LEASE)
    with ledger.begin() as connection:
        outbox.recover(connection, over)
        outbox.mark_sent(connection, [(seq, 5)], over)
        outbox.mark_failed(connection, seq, "too late", over)

    assert take(ledger, over) == []
    assert state(ledger, "k").status is Status.SENT


def test_refused_text_and_blocked_chat_are_final(ledger: Ledger, now: datetime, message: Maker) -> None:
    """A refused text is not tried again; a blocked chat gets nothing that waits; other chats are unharmed."""
    refused, *_ = put(ledger, now, message("k"), message("l"), message("m", "b"))
    with ledger.begin() as connection:
        outbox.mark_failed(connection, refused, "BadRequest", now)
        assert outbox.mark_blocked(connection, "a", now) == 1

    assert [one.key for one in take(ledger, now)] == ["m"]
    with ledger.read() as connection:
        assert outbox.count_by_status(connection) == {
            (Kind.REPLY, Status.FAILED): 1,
            (Kind.REPLY, Status.BLOCKED): 1,
            (Kind.REPLY, Status.SENDING): 1,
        }


def test_texts_are_gone_once_a_message_has_ended(ledger: Ledger, now: datetime, message: Maker) -> None:
    """Only what still has to be sent is kept."""
    sent, failed, *_ = put(ledger, now, message("s", "s"), message("f", "f"), message("b", "b"), message("w", "w"))
    with ledger.begin() as connection:
        outbox.mark_sent(connection, [(sent, None)], now)
        outbox.mark_failed(connection, failed, "BadRequest", now)
        outbox.mark_blocked(connection, "b", now)
        bodies = {row.key: row.body is None for row in connection.execute(outbox.outbox.select())}

    assert bodies == {"s": True, "f": True, "b": True, "w": False}


def test_cleanup_deletes_ended_messages_after_their_days(ledger: Ledger, now: datetime, message: Maker) -> None:
    """Both sides of the limit; waiting messages stay; a chat's wish deletes its own at once."""
    sent, _ = put(ledger, now, message("s"), message("w", "b"))
    with ledger.begin() as connection:
        outbox.mark_sent(connection, [(sent, 1)], now)
        assert outbox_upkeep.next_due(connection) == now
        assert outbox_upkeep.cleanup(connection, now + timedelta(days=31), days=31) == 0
        assert outbox_upkeep.cleanup(connection, now + timedelta(days=32), days=31) == 1
        assert outbox_upkeep.forget_lane(connection, "b") == 1
        assert outbox_upkeep.next_due(connection) is None


def test_parallel_senders_never_get_the_same_message(ledger: Ledger, now: datetime, message: Maker) -> None:
    """Four senders empty a broadcast of 120; each message goes out once."""
    put(ledger, now, *[message(f"k{number}", f"lane {number}", Kind.PUSH) for number in range(120)])
    taken: list[str] = []

    def send() -> None:
        while batch := take(ledger, now, 7):
            taken.extend(one.key for one in batch)
            with ledger.begin(durable=False) as connection:
                outbox.mark_sent(connection, [(one.seq, 1) for one in batch], now)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == sorted(f"k{number}" for number in range(120))
