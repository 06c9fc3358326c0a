"""Measures the whole Telegram path, update in → reply sent, beside a bare python-telegram-bot echo on the same machine.

Both run in a process of their own against the strict local Bot API, by polling, with the sending budget lifted; the
runs alternate so that a busy machine is unkind to both. Run: python benchmarks/telegram_path.py [UPDATES]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from knowledge.evaluation import read_golden  # noqa: E402 - the project's root must be on the path first
from tests.handlers.running import free_port  # noqa: E402 - the project's root must be on the path first
from tests.telegram_api import BotProcess, Person, TelegramApi  # noqa: E402

PEOPLE = 50
ROUNDS = 3
FIRST = "石斛贷利息多少"
VARIED = 250
UNLIMITED = "import sys, bot; sys.exit(bot.main(is_limited=False))"
ECHO = """
import os, asyncio
from telegram import Update
from telegram.ext import Application, MessageHandler, filters
async def echo(update, _):
    await update.effective_message.reply_text(update.effective_message.text)
base = os.environ["TELEGRAM_API_BASE_URL"]
application = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"]).base_url(f"{base}/bot").concurrent_updates(8).build()
application.add_handler(MessageHandler(filters.TEXT, echo))
application.run_polling(allowed_updates=Update.ALL_TYPES)
"""


@dataclass(frozen=True)
class Run:
    """One run: updates a second under load, and the time of single updates when nothing else is going on."""

    per_second: float
    p50_ms: float
    p99_ms: float


def measured(argv: list[str], updates: int) -> Run:
    """All updates at once for the rate, then one after the other for the times."""
    with tempfile.TemporaryDirectory() as state, TelegramApi(timeout=120) as api:
        env = {"STATE_DIR": state, "PORT": str(free_port()), "LOG_LEVEL": "WARNING"}
        with BotProcess(api, argv, env, ROOT) as bot:
            people = [api.user(f"农户{number}") for number in range(PEOPLE)]
            for person in people[:5]:
                person.ask(FIRST)
            rate = flood(api, people, updates)
            times = sorted(one_by_one(api.user(f"零散{number}")) for number in range(100))
            bot.stop()
    return Run(rate, statistics.median(times), times[int(len(times) * 0.99)])


def varied() -> list[str]:
    """Golden questions in the words people use, one kind after the other."""
    golden = [question.text for question in read_golden(sorted((ROOT / "tests" / "cases").glob("questions_*.yaml")))]
    return golden[:: max(1, len(golden) // VARIED)][:VARIED]


def flood(api: TelegramApi, people: list[Person], updates: int) -> float:
    """Updates a second from the first message to the last reply."""
    questions = varied()
    before, done = sum(len(person.chat.replies) for person in people), threading.Event()
    started = time.perf_counter()
    for number in range(updates):
        people[number % PEOPLE].say(questions[number % len(questions)])
    rooms = [person.chat.room for person in people]
    api.wait_until(
        lambda: sum(len(room.bot_events) for room in rooms) - before >= updates or done.is_set(), "all replies", 300
    )
    return updates / (time.perf_counter() - started)


def one_by_one(person: Person) -> float:
    """Milliseconds from a message to its reply."""
    started = time.perf_counter()
    person.ask(FIRST)
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Prints both bots' figures and their ratio."""
    updates = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    updates = min(updates, PEOPLE * 25)  # the office takes 30 questions a minute from one chat
    ours: list[Run] = []
    bare: list[Run] = []
    for _ in range(ROUNDS):
        bare.append(measured(["-c", ECHO], updates))
        ours.append(measured(["-c", UNLIMITED], updates))
    print(f"Telegram path, {updates} updates of {PEOPLE} chats, median of {ROUNDS} runs, polling, SQLite in WAL mode")
    print("durability: inbox synchronous=FULL (on disk before Telegram is told), effects and outbox synchronous=NORMAL")
    for name, runs in (("bare PTB echo, 8 handlers", bare), ("this program", ours)):
        rate, p50, p99 = (
            statistics.median(getattr(run, key) for run in runs) for key in ("per_second", "p50_ms", "p99_ms")
        )
        print(f"{name:28} {rate:7.1f} updates/s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms")
    ratio = statistics.median(run.per_second for run in ours) / statistics.median(run.per_second for run in bare)
    print(f"ratio {ratio:.0%} of the bare echo")


if __name__ == "__main__":
    main()
