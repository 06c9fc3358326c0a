"""The long proof: many askers for a while, a publication swapping under them; prints figures, asserts none."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from knowledge.base import SHIPPED, KnowledgeBase  # noqa: E402 - the project's root must be on the path first
from knowledge.evaluation import read_golden  # noqa: E402
from office.office import ChatKey, Office  # noqa: E402
from office.settings import Settings  # noqa: E402


def main() -> None:
    """Run the askers and print what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    questions = [question.text for question in read_golden((ROOT / "tests" / "cases").glob("questions*.yaml"))]
    with tempfile.TemporaryDirectory() as state:
        office = Office.open(Settings.from_environ({"STATE_DIR": state}))
        other = KnowledgeBase.load(SHIPPED, "other1")
        versions = {office.knowledge.version, other.version}
        seconds, faults = _run(office, other, questions, arguments.askers, arguments.seconds)
        office.ledger.close()
    took = sorted(took for took, _, _ in seconds)
    empty = sum(not text for _, text, _ in seconds)
    strange = sum(version not in versions for _, _, version in seconds)
    print(
        f"{arguments.askers} askers, {arguments.seconds:.0f} s, {len(took)} answers ({len(took) / arguments.seconds:.0f}/s)"
    )
    print(f"errors {len(faults)}, empty {empty}, of no known version {strange}")
    print(f"p50 {statistics.median(took) * 1000:.0f} ms, p95 {took[int(len(took) * 0.95)] * 1000:.0f} ms")
    for fault in faults[:3]:
        print(repr(fault))


def _run(
    office: Office, other: KnowledgeBase, questions: list[str], askers: int, seconds: float
) -> tuple[list[tuple[float, str, str]], list[Exception]]:
    ends = time.monotonic() + seconds
    answers: list[tuple[float, str, str]] = []
    faults: list[Exception] = []

    def ask(number: int) -> None:
        turn = number
        while time.monotonic() < ends:
            began = time.monotonic()
            try:
                said = office.ask(questions[turn % len(questions)], ChatKey("web", str(number)))
                answers.append((time.monotonic() - began, said.short_text, said.version))
            except Exception as fault:
                faults.append(fault)
            turn += askers

    first = office.knowledge
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(askers)]
    for thread in threads:
        thread.start()
    swaps = 0
    while time.monotonic() < ends:
        time.sleep(0.2)
        swaps += 1
        office.swap((other, first)[swaps % 2])
    for thread in threads:
        thread.join()
    print(f"{swaps} swaps")
    return answers, faults


if __name__ == "__main__":
    main()
