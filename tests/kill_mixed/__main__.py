"""`python -m tests.kill_mixed --actions 300 --seed 1`: the run on both engines, one after the other, and its table."""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from knowledge.base import SHIPPED
from office.office import open_knowledge
from tests.kill_mixed.counting import Outcome
from tests.kill_mixed.running import run
from tests.postgres import PostgresServer

NOTHING = "0"


def main() -> int:
    """Print the table; status 1 when anything was lost or doubled beyond what is listed."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill_mixed", description=__doc__)
    parser.add_argument("--actions", type=int, default=300)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=None, help="any number; the same one gives the same mix")
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--by", choices=("polling", "webhook"), default="polling", help="how updates come in")
    chosen = parser.parse_args()
    webhook = chosen.by == "webhook"
    seed = secrets.randbelow(10_000) if chosen.seed is None else chosen.seed
    engines = ("sqlite", "postgresql") if chosen.engine == "both" else (chosen.engine,)
    server = PostgresServer() if "postgresql" in engines else None
    is_sound = True
    try:
        for engine in engines:
            with tempfile.TemporaryDirectory() as folder:
                state = Path(folder)
                open_knowledge(state, SHIPPED)
                url = server.create_database() if server and engine == "postgresql" else None
                outcome = run(state, url, actions=chosen.actions, kills=chosen.kills, seed=seed, webhook=webhook)
                print(table(engine, seed, outcome), flush=True)
                is_sound = is_sound and faultless(outcome)
    finally:
        if server is not None:
            server.stop()
    return 0 if is_sound else 1


def faultless(outcome: Outcome) -> bool:
    """Nothing lost, no case twice, no message twice that is not listed, nothing strange."""
    found = (outcome.lost, outcome.duplicate_cases, outcome.beyond_listed, outcome.strange, outcome.violations)
    return not any(found) and outcome.duplicate_notices <= outcome.ambiguous_notices and outcome.status == 0


def table(engine: str, seed: int, one: Outcome) -> str:
    """The figures, a line each; what must not be is named."""
    rows = (
        ("actions", f"{sum(one.actions.values())}: " + ", ".join(f"{k} {n}" for k, n in sorted(one.actions.items()))),
        ("kills", f"{len(one.kills)}: " + ", ".join(one.kills)),
        (
            "acknowledged",
            f"{one.updates} updates, {one.cases} cases ({one.cases_in_chats} from chats), {one.notices} notices, {one.sends} sends",
        ),
        ("form posts", f"{one.repeated_posts} sent again, {one.ambiguous_posts} of them because no answer came"),
        ("acknowledged lost", named(one.lost)),
        ("duplicate cases", named(one.duplicate_cases)),
        ("duplicate notices", f"{one.duplicate_notices} ≤ {one.ambiguous_notices} ambiguous"),
        ("duplicate sends", f"{one.duplicate_sends}, beyond the listed {named(one.beyond_listed)}"),
        ("ambiguous sends", named(one.ambiguous)),
        ("strange answers", named(one.strange)),
        ("refused calls", named(one.violations)),
        ("taps left spinning by a kill", str(one.spinning)),
    )
    lines = [f"{engine}, seed {seed}, {one.seconds:.0f} s"]
    return "\n".join([*lines, *(f"  {name:<30}{value}" for name, value in rows)])


def named(found: tuple[str, ...]) -> str:
    """How many, and which."""
    return f"{len(found)} ({'; '.join(found)})" if found else NOTHING


if __name__ == "__main__":
    sys.exit(main())
