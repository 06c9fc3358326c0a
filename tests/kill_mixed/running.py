"""One run: the program with both windows, its people, and the one who kills and starts it again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from random import Random

from office.ledger import Ledger
from office.privacy import FieldCipher
from tests.handlers.running import SECRET, free_port, program
from tests.kill_mixed.clock import Clock
from tests.kill_mixed.counting import Outcome, counted, is_idle
from tests.kill_mixed.people import Applicant, AtTheDesk, Talker, Told
from tests.telegram_api import BotProcess, TelegramApi

KEYS = {
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "FIELD_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "PUBLIC_BASE_URL": "https://huinong.example",
}
APPLICANTS = 3
ACTIONS_OF_A_TALKER = 8  # of all actions: a chat may say and tap thirty times a minute, and who waits says it again
START_SECONDS = 180.0
LONGEST_WAIT = 0.4


def run(state: Path, url: str | None, *, actions: int, kills: int, seed: int, webhook: bool) -> Outcome:
    """So many mixed actions on one engine, and so many kills among them."""
    rng, port = Random(seed), free_port()
    began = time.monotonic()
    told, clock = Told(), Clock(actions, kills, rng)
    with TelegramApi(timeout=120) as api:
        admin = api.user("管理员")
        env = {**KEYS, "ADMIN_CHAT_ID": str(admin.id), **({"DATABASE_URL": url} if url else {})}
        if webhook:
            api.route(KEYS["PUBLIC_BASE_URL"], f"http://127.0.0.1:{port}")
            env["TELEGRAM_WEBHOOK_SECRET"] = SECRET
        bot = program(api, state, port=port, **env).start(START_SECONDS)
        ledger = Ledger.open(url or f"sqlite:///{state / 'ledger.db'}")
        lives: list[Callable[[], None]] = [AtTheDesk(admin, port, clock, told).live]
        lives += [
            Talker(api, clock, told, f"{seed}-{number}").live
            for number in range(max(3, actions // ACTIONS_OF_A_TALKER))
        ]
        lives += [Applicant(port, clock, told, number, f"{seed}+{number}").live for number in range(APPLICANTS)]
        try:
            with ThreadPoolExecutor(len(lives)) as pool:
                under_way = [pool.submit(_live, live, clock) for live in lives]
                moments = _killed_again_and_again(api, bot, clock, rng)
                _ended(under_way)
            api.wait_until_delivered()
            while not is_idle(ledger):
                threading.Event().wait(0.2)  # the ledger rings no bell
            status = bot.stop()
            told.strange += [line for line in bot.output.splitlines() if "Traceback" in line or "网页出错" in line]
            cipher, seconds = FieldCipher([KEYS["FIELD_KEY"]]), time.monotonic() - began
            return counted(ledger, cipher, api, told, done=clock.done, kills=moments, status=status, seconds=seconds)
        finally:
            bot.__exit__(None, None, None)
            ledger.close()


def _live(live: Callable[[], None], clock: Clock) -> None:
    try:
        live()
    except BaseException:
        clock.break_off()
        raise


def _ended(under_way: list[Future[None]]) -> None:
    for one in under_way:
        one.result()


class InTheAct:
    """One kill, whoever comes first to it: a send that comes late must not kill the program's next life."""

    def __init__(self, bot: BotProcess) -> None:
        self._bot, self._turn = bot, threading.Lock()
        self.done = threading.Event()

    def kill(self) -> None:
        """Kill the program, unless that was done."""
        with self._turn:
            if not self.done.is_set():
                self._bot.kill()
                self.done.set()


def _killed_again_and_again(api: TelegramApi, bot: BotProcess, clock: Clock, rng: Random) -> list[str]:
    """Kills in the act of a send, before or after Telegram has it, or at any moment; returns when each was."""
    moments = []
    while (action := clock.next_kill()) is not None:
        moment = rng.choice(("before a send", "after a send", "at any moment", "at any moment"))
        if moment == "at any moment":
            wait = rng.uniform(0, LONGEST_WAIT)
            threading.Event().wait(wait)
            bot.kill()
        else:
            in_the_act = InTheAct(bot)
            api.faults.run("sendMessage", in_the_act.kill, after=moment == "after a send")
            if not in_the_act.done.wait(LONGEST_WAIT * 5):
                api.faults.clear()
                moment = "at any moment"
            in_the_act.kill()
        moments.append(f"{action}: {moment}")
        bot.start(START_SECONDS)
        clock.killed()
    return moments
