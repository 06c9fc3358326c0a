"""Measure 我能办吗 on one core: one verdict over all entries, the choice of the next question, and how both grow.

python benchmarks/eligibility.py [SECONDS]     # at most so many seconds for each measurement (default 8)

Prints processor time, so that what else the machine does is not counted, and never asserts one. "cold" is the very first person after a publication, who says what nobody has
said before; "served" is a person in a stream of interviews, as on a running machine.
"""

import dataclasses
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from knowledge.base import SHIPPED, KnowledgeBase
from knowledge.checkup import check_up
from knowledge.eligibility import sweep
from knowledge.interview import next_question
from knowledge.profile import Profile
from knowledge.rule_book import RuleBook

DAY = date(2026, 11, 25)
SIZES = (1, 10, 100)
QUESTIONS = 10
MOST_SAMPLES = 2000
Facts = Mapping[str, Any]


def main(seconds: float) -> None:
    """Print one table."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core
    base = KnowledgeBase.load(SHIPPED)
    entries = [entry for entry in base.entries.values() if entry.conditions or entry.exclusions]
    print(f"{len(base.entries)} 条，其中 {len(entries)} 条有条件；一个核的处理器毫秒")
    print(f"{'条数':>8} {'做什么':<30} {'p50':>9} {'p99':>9} {'次数':>6}")
    for size in SIZES:
        copies = [dataclasses.replace(entry, code=f"{entry.code}-{n}") for n in range(size) for entry in entries]
        began = time.thread_time()
        book = RuleBook.of(copies, base.facts)
        print(f"{len(copies):>8} {'规则备好（每次发布一次）':<24} {(time.thread_time() - began) * 1000:>9.1f}")
        for name, samples in _measurements(book, seconds):
            _show(len(copies), name, samples)


def _measurements(book: RuleBook, seconds: float) -> Iterator[tuple[str, list[float]]]:
    people = list(_people(book, 400))
    rules = [prepared.rules for prepared in book.entries]
    yield (
        "全部判断一遍（sweep）",
        _timed(people, seconds, lambda facts: sweep(rules, facts, book.declared.known(facts, DAY), DAY)),
    )
    yield (
        "体检结果（分组、差一点、还差）",
        _timed(people, seconds, lambda facts: check_up(book, Profile.heard(facts), DAY)),
    )

    def cold(facts: Facts) -> None:
        next_question(book, facts, DAY)

    yield "下一问，头一个人（cold）", _timed(people, seconds, cold, before=book.standings.clear)
    yield "下一问，平时（served）", _interviews(book, seconds)


def _people(book: RuleBook, count: int) -> Iterator[Facts]:
    """People who have answered from none to all ten of the first questions, at random."""
    chance = random.Random(25)
    keys = [key for key in book.answers if book.declared[key].asked and not book.declared[key].narrow]
    for _ in range(count):
        said = chance.sample(keys, chance.randint(0, QUESTIONS))
        yield {key: chance.choice(book.answers[key]) for key in said}


def _timed(
    people: list[Facts], seconds: float, work: Callable[[Facts], object], before: Callable[[], None] | None = None
) -> list[float]:
    samples: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and len(samples) < MOST_SAMPLES:
        facts = people[len(samples) % len(people)]
        if before is not None:
            before()
        began = time.thread_time()
        work(facts)
        samples.append(time.thread_time() - began)
    return samples


def _interviews(book: RuleBook, seconds: float) -> list[float]:
    """Every question of whole interviews, one person after another."""
    chance = random.Random(26)
    next_question(book, {}, DAY)
    samples: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and len(samples) < MOST_SAMPLES:
        facts: dict[str, Any] = {}
        for _ in range(QUESTIONS):
            began = time.thread_time()
            question = next_question(book, facts, DAY)
            samples.append(time.thread_time() - began)
            if question is None or time.perf_counter() > end:
                break
            facts[question.key] = chance.choice([*book.answers[question.key], None])
    return samples


def _show(entries: int, name: str, samples: list[float]) -> None:
    ordered = sorted(samples)
    p50, p99 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    print(f"{entries:>8} {name:<30} {p50 * 1000:>9.2f} {p99 * 1000:>9.2f} {len(samples):>6}", flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 8.0)
