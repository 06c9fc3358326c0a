"""The inbox loses nothing, keeps each chat's order, and lets each update take effect once."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest

from office.ledger import LeaseLost, Ledger, inbox, inbox_upkeep
from office.ledger.inbox import Claim, IncomingUpdate
from office.privacy import FieldCipher

LEASE = 30


def put(ledger: Ledger, cipher: FieldCipher, now: datetime, *arrivals: tuple[int, str]) -> int:
    """Store updates (id, lane) that came one millisecond after the other."""
    updates = [
        IncomingUpdate(number, lane, cipher.encrypt(f"body {number}"), now + timedelta(milliseconds=place))
        for place, (number, lane) in enumerate(arrivals)
    ]
    with ledger.begin() as connection:
        return inbox.store_updates(connection, updates)


def claim(ledger: Ledger, worker: str, now: datetime) -> Claim | None:
    """Claim in a transaction of its own, as workers do."""
    with ledger.begin(durable=False) as connection:
        return inbox.claim_next(connection, worker, now, LEASE)


def must_claim(ledger: Ledger, worker: str, now: datetime) -> Claim:
    """Claim where there is work."""
    claimed = claim(ledger, worker, now)
    assert claimed is not None
    return claimed


def finish(ledger: Ledger, claimed: Claim, now: datetime) -> None:
    """Finish in a transaction of its own."""
    with ledger.begin() as connection:
        inbox.finish(connection, claimed, now)


def test_redelivered_update_is_kept_once(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """The same id, in the same batch, a later one, or after it was worked off, is not new."""
    assert put(ledger, cipher, now, (1, "a"), (2, "a"), (2, "a")) == 2
    assert put(ledger, cipher, now, (2, "a"), (3, "b")) == 1
    later = now + timedelta(seconds=1)
    while claimed := claim(ledger, "w", later):
        finish(ledger, claimed, later)

    assert put(ledger, cipher, now, (1, "a"), (3, "b")) == 0
    with ledger.read() as connection:
        assert inbox_upkeep.open_count(connection) == 0


def test_body_comes_back_sealed_as_it_went_in(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """The worker opens what the window sealed."""
    put(ledger, cipher, now, (7, "a"))

    claimed = must_claim(ledger, "w", now)

    assert cipher.decrypt(claimed.body) == "body 7"
    assert (claimed.update_id, claimed.lane, claimed.attempt, claimed.received_at) == (7, "a", 1, now)


def test_lane_is_worked_off_in_order_of_arrival_not_of_id(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """Ids may restart at random after a quiet week."""
    put(ledger, cipher, now, (900, "a"))
    put(ledger, cipher, now, (5, "a"), (700, "a"))
    later = now + timedelta(seconds=1)

    order = []
    while claimed := claim(ledger, "w", later):
        order.append(claimed.update_id)
        finish(ledger, claimed, later)

    assert order == [900, 5, 700]


def test_held_lane_is_closed_to_others_but_other_lanes_are_open(
    ledger: Ledger, cipher: FieldCipher, now: datetime
) -> None:
    """Two workers never have the same chat."""
    put(ledger, cipher, now, (1, "a"), (2, "a"), (3, "b"))
    later = now + timedelta(seconds=1)

    first, second, third = claim(ledger, "w1", later), claim(ledger, "w2", later), claim(ledger, "w3", later)

    assert first is not None
    assert second is not None
    assert (first.update_id, second.update_id, third) == (1, 3, None)


def test_flooding_chat_does_not_hold_up_the_others(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """After each update a lane goes to the end of the queue."""
    put(ledger, cipher, now, *[(number, "flood") for number in range(100)], (500, "quiet"))
    later = now + timedelta(seconds=1)

    finish(ledger, must_claim(ledger, "w", later), later)

    assert must_claim(ledger, "w", later).lane == "quiet"


def test_finished_update_keeps_its_id_and_loses_its_body(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """What was said is gone once it is answered; the id guards against redelivery."""
    put(ledger, cipher, now, (1, "a"))
    finish(ledger, must_claim(ledger, "w", now), now)

    with ledger.read() as connection:
        row = connection.execute(inbox.inbox.select()).one()
    assert (row.update_id, row.status, row.body) == (1, "done", None)


def test_expired_claim_passes_on_and_the_late_worker_is_rolled_back(
    ledger: Ledger, cipher: FieldCipher, now: datetime
) -> None:
    """Both sides of the lease's end; the late worker's other effects go with its transaction."""
    put(ledger, cipher, now, (1, "a"))
    slow = must_claim(ledger, "slow", now)
    assert claim(ledger, "quick", slow.until - timedelta(microseconds=1)) is None

    quick = must_claim(ledger, "quick", slow.until)

    assert (quick.update_id, quick.attempt) == (1, 2)

    def come_late() -> None:
        with ledger.begin() as connection:
            inbox.store_updates(connection, [IncomingUpdate(99, "effect", cipher.encrypt("x"), now)])
            inbox.finish(connection, slow, slow.until)

    with pytest.raises(LeaseLost):
        come_late()
    finish(ledger, quick, slow.until)
    with ledger.read() as connection:
        assert inbox_upkeep.open_count(connection) == 0


def test_renewed_claim_holds_longer(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """A slow but living worker keeps its chat; after a loss it learns so."""
    put(ledger, cipher, now, (1, "a"))
    claimed = must_claim(ledger, "slow", now)
    with ledger.begin() as connection:
        inbox.renew(connection, claimed, claimed.until + timedelta(seconds=LEASE))

    assert claim(ledger, "quick", claimed.until) is None
    must_claim(ledger, "quick", claimed.until + timedelta(seconds=LEASE))
    with pytest.raises(LeaseLost), ledger.begin() as connection:
        inbox.renew(connection, claimed, claimed.until + timedelta(days=1))


def test_failed_update_waits_then_is_tried_again(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """The chat pauses for the given time, and its later updates do not overtake."""
    put(ledger, cipher, now, (1, "a"), (2, "a"))
    claimed = must_claim(ledger, "w", now)
    with ledger.begin() as connection:
        assert not inbox.fail(connection, claimed, "ValueError", now, retry_after_seconds=5)

    assert claim(ledger, "w", now + timedelta(seconds=4.9)) is None
    again = must_claim(ledger, "w", now + timedelta(seconds=5))
    assert (again.update_id, again.attempt) == (1, 2)


def test_poison_is_set_aside_and_the_chat_goes_on(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """After the last attempt the next update has its turn; staff see the poison and can put it back."""
    put(ledger, cipher, now, (1, "a"), (2, "a"))
    outcomes = []
    for _ in range(3):
        claimed = must_claim(ledger, "w", now)
        with ledger.begin() as connection:
            outcomes.append(inbox.fail(connection, claimed, "ValueError", now, retry_after_seconds=0, max_failures=3))

    assert outcomes == [False, False, True]
    second = must_claim(ledger, "w", now)
    assert second.update_id == 2
    finish(ledger, second, now)
    with ledger.begin() as connection:
        (aside,) = inbox_upkeep.poisoned(connection)
        assert (aside.update_id, aside.attempts, aside.failures, aside.last_error) == (1, 3, 3, "ValueError")
        assert inbox_upkeep.put_back(connection, 1, now)
        assert not inbox_upkeep.put_back(connection, 1, now)
    again = must_claim(ledger, "w", now)
    assert (again.update_id, again.attempt, cipher.decrypt(again.body)) == (1, 1, "body 1")


def test_update_that_kills_its_process_is_set_aside(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """Nobody reports the failure, the leases just run out; in the end the next update is handed out."""
    put(ledger, cipher, now, (1, "a"), (2, "a"))
    seen = []
    for crash in range(inbox.MOST_HAND_OUTS + 1):
        seen.append(must_claim(ledger, "w", now + timedelta(seconds=LEASE * crash)).update_id)

    assert seen == [1] * inbox.MOST_HAND_OUTS + [2]
    with ledger.read() as connection:
        assert [aside.update_id for aside in inbox_upkeep.poisoned(connection)] == [1]


def test_crashes_and_a_busy_ledger_are_no_failures_of_the_update(
    ledger: Ledger, cipher: FieldCipher, now: datetime
) -> None:
    """Nine leases run out and the ledger is busy four times: then it still has its three failures, and is worked off."""
    put(ledger, cipher, now, (1, "a"), (2, "b"))
    now += timedelta(seconds=1)

    def both() -> list[Claim]:
        return [must_claim(ledger, "w", now) for _ in range(2)]

    for _ in range(9):  # killed between the claim and its end
        now = max(one.until for one in both())
    asides = []
    for is_its_own in (False, False, True, False, True, False):
        for claimed in both():
            with ledger.begin() as connection:
                asides.append(
                    inbox.fail(connection, claimed, "Error", now, retry_after_seconds=0, is_its_own=is_its_own)
                )
    assert not any(asides)
    last = {one.update_id: one for one in both()}
    assert [(one.attempt, one.failures) for one in last.values()] == [(16, 2), (16, 2)]
    finish(ledger, last[2], now)
    with ledger.begin() as connection:
        assert inbox.fail(connection, last[1], "ValueError", now)
        assert [(one.update_id, one.attempts, one.failures) for one in inbox_upkeep.poisoned(connection)] == [
            (1, 16, 3)
        ]


def test_restarted_worker_frees_what_it_held(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """Its own lanes at once, another worker's only when their lease is over."""
    put(ledger, cipher, now, (1, "a"), (2, "b"))
    later = now + timedelta(seconds=1)
    lost = must_claim(ledger, "one", later)
    must_claim(ledger, "two", later)

    with ledger.begin() as connection:
        assert inbox_upkeep.reopen_held(connection, "one", later) == 1
        assert inbox_upkeep.reopen_expired(connection, later) == 0
        assert inbox_upkeep.reopen_expired(connection, later + timedelta(seconds=LEASE)) == 1
    assert must_claim(ledger, "one", later).update_id == 1
    with pytest.raises(LeaseLost):
        finish(ledger, lost, later)


def test_oldest_open_tells_how_far_behind_we_are(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """It is the arrival of the update that waits longest, and nothing when none waits."""
    with ledger.read() as connection:
        assert inbox_upkeep.oldest_open(connection) is None
    put(ledger, cipher, now, (1, "a"), (2, "b"))
    with ledger.read() as connection:
        assert inbox_upkeep.oldest_open(connection) == now


def test_cleanup_keeps_open_and_recent_updates(ledger: Ledger, cipher: FieldCipher, now: datetime) -> None:
    """Ids live for their days, work for ever."""
    put(ledger, cipher, now, (1, "a"), (2, "b"))
    finish(ledger, must_claim(ledger, "w", now), now)

    with ledger.begin() as connection:
        assert inbox_upkeep.cleanup(connection, now + timedelta(days=7), id_days=7) == 0
        assert inbox_upkeep.cleanup(connection, now + timedelta(days=8), id_days=7) == 1
    assert must_claim(ledger, "w", now + timedelta(days=9)).update_id == 2


def work_off(url: str, worker: str, now: datetime, done: list[tuple[str, int]]) -> None:
    """One worker: claim and finish until nothing is open."""
    ledger = Ledger.open(url)
    while claimed := claim(ledger, worker, now):
        done.append((claimed.lane, claimed.update_id))
        finish(ledger, claimed, now)
    ledger.close()


def work_off_and_report(url: str, worker: str, now: datetime, results: multiprocessing.Queue[object]) -> None:
    """The same in a process of its own."""
    done: list[tuple[str, int]] = []
    work_off(url, worker, now, done)
    results.put(done)


def assert_each_once_and_in_order(done: list[list[tuple[str, int]]], expected: int) -> None:
    """Every update once; within one worker's record a lane's ids rise."""
    flat = [item for one in done for item in one]
    assert len(flat) == expected
    assert max(Counter(number for _, number in flat).values()) == 1
    for one in done:
        for lane in {lane for lane, _ in one}:
            numbers = [number for its_lane, number in one if its_lane == lane]
            assert numbers == sorted(numbers)


def test_threads_share_the_work_without_doubling_it(
    ledger: Ledger, ledger_url: str, cipher: FieldCipher, now: datetime
) -> None:
    """Four threads over ten lanes."""
    put(ledger, cipher, now, *[(number, f"lane {number % 10}") for number in range(100)])
    later = now + timedelta(seconds=1)
    done: list[list[tuple[str, int]]] = [[] for _ in range(4)]
    threads = [
        threading.Thread(target=work_off, args=(ledger_url, f"w{place}", later, record))
        for place, record in enumerate(done)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert_each_once_and_in_order(done, 100)


def test_processes_share_the_work_without_doubling_it(
    ledger: Ledger, ledger_url: str, cipher: FieldCipher, now: datetime
) -> None:
    """Two processes on one ledger, SQLite file or PostgreSQL."""
    put(ledger, cipher, now, *[(number, f"lane {number % 10}") for number in range(60)])
    later = now + timedelta(seconds=1)
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [
        context.Process(target=work_off_and_report, args=(ledger_url, f"p{place}", later, results))
        for place in range(2)
    ]
    for process in processes:
        process.start()
    done = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(timeout=60)

    assert [process.exitcode for process in processes] == [0, 0]
    assert_each_once_and_in_order(done, 60)


def test_storing_and_finishing_at_once_leaves_no_update_behind(
    ledger: Ledger, cipher: FieldCipher, now: datetime
) -> None:
    """An update stored in the very moment its lane runs empty is still handed out."""
    later = now + timedelta(seconds=1)
    finished: list[int] = []
    all_stored = threading.Event()

    def store() -> None:
        for number in range(80):
            put(ledger, cipher, now, (number, f"lane {number % 2}"))
        all_stored.set()

    def work() -> None:
        while True:
            stored = all_stored.is_set()
            claimed = claim(ledger, threading.current_thread().name, later)
            if claimed is not None:
                finish(ledger, claimed, later)
                finished.append(claimed.update_id)
            elif stored:
                return

    threads = [threading.Thread(target=store), *(threading.Thread(target=work) for _ in range(3))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with ledger.read() as connection:
        assert inbox_upkeep.open_count(connection) == 0
    assert sorted(finished) == list(range(80))
