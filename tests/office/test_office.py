"""The office: what it remembers, what it keeps out of the ledger, and a publication that swaps under load."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.answers import Action, Outcome, Verb
from knowledge.base import SHIPPED, KnowledgeBase
from office.ledger import questions
from office.ledger.ledger import Ledger
from office.office import ChatKey, Office
from office.privacy import generate_field_key
from office.settings import Settings
from tests.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
SECRET = "s" * 48


@pytest.fixture
def office(ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[Office]:
    """An office over a fresh ledger, once on each engine."""
    given = {
        "STATE_DIR": str(tmp_path),
        "DATABASE_URL": ledger_url,
        "SECRET_KEY": SECRET,
        "FIELD_KEY": generate_field_key(),
    }
    settings = Settings.from_environ(given)
    office = Office(settings, Ledger.open(ledger_url), knowledge)
    yield office
    office.ledger.close()


def test_a_follow_up_keeps_its_subject_and_chats_never_mix(office: Office) -> None:
    """Two chats interleaved: each 那利息呢 goes on about its own entry."""
    one, two = ChatKey("telegram", "1"), ChatKey("telegram", "2")
    office.ask("石斛贷怎么办", one)
    office.ask("鹿城扶持农业贷款担保是什么", two)

    assert office.ask("那利息呢", one).entries[0] == "dendrobium-loan"
    assert office.ask("那利息呢", two).entries[0] == "lucheng-farm-guarantee"


def test_many_questions_of_one_chat_at_once_are_all_answered(office: Office) -> None:
    """Eight tabs of one browser: whoever comes late wins the memory, nobody gets an error."""

    def ask(number: int) -> str:
        return office.ask("石斛贷利息多少", ChatKey("web", f"tabs-{number // 20}")).entries[0]

    with ThreadPoolExecutor(8) as tabs:
        said = list(tabs.map(ask, range(160)))

    assert said == ["dendrobium-loan"] * 160
    assert office.ask("那额度呢", ChatKey("web", "tabs-0")).entries[0] == "dendrobium-loan"


def test_a_page_is_rendered_once_a_day_and_anew_for_another_publication(
    office: Office, knowledge: KnowledgeBase
) -> None:
    """The same answer object while publication and day stay; a swap shows at once."""
    today = office.today()
    first = office.sheet("dendrobium-loan", today)
    assert office.sheet("dendrobium-loan", today) is first
    assert office.sheet("dendrobium-loan", today + timedelta(days=1)).on == today + timedelta(days=1)
    office.swap(replace(knowledge, version="another"))

    assert office.sheet("dendrobium-loan", today).version == "another"
    with pytest.raises(LookupError):
        office.sheet("no-such-entry", today)


def test_forgetting_ends_the_subject(office: Office) -> None:
    """After /start a bare follow-up has nothing to follow."""
    chat = ChatKey("telegram", "1")
    office.ask("石斛贷怎么办", chat)
    office.forget(chat)

    assert office.ask("那利息呢", chat).entries[:1] != ("dendrobium-loan",)


def test_questions_are_kept_masked_with_their_outcome(office: Office) -> None:
    """A phone number in a question never reaches the ledger; outcome, entry and publication do."""
    office.ask("石斛贷利息多少，我电话13800138000", ChatKey("web", "x"))
    with office.ledger.read() as connection:
        kept = questions.recent(connection, 1)[0]

    assert "138" not in kept.text
    assert (kept.entry, kept.outcome, kept.publication) == ("dendrobium-loan", "answer", office.knowledge.version)


def test_thirty_questions_a_minute_are_enough(office: Office) -> None:
    """The thirty-first in a minute is too many; another chat is not touched by it."""
    chat = ChatKey("web", "busy")

    assert not any(office.too_many(chat) for _ in range(30))
    assert office.too_many(chat)
    assert not office.too_many(ChatKey("web", "calm"))


def test_a_press_of_a_vanished_entry_is_answered_kindly(office: Office) -> None:
    """An old button of an entry that is gone gets a sentence, not silence."""
    said = office.press(Action(Verb.ENTRY, "no-such-entry"), ChatKey("telegram", "1"))

    assert said.outcome is Outcome.NO_MATCH
    assert said.lines


def test_answers_under_a_swap_are_whole(office: Office, knowledge: KnowledgeBase) -> None:
    """Askers while a publication swaps: no error, nothing empty, every answer of exactly one version."""
    other = KnowledgeBase.load(SHIPPED, "second")
    answers: list[tuple[str, str]] = []
    failures: list[BaseException] = []

    def ask(number: int) -> None:
        try:
            for turn in range(6):
                said = office.ask(("石斛贷利息多少", "农机补贴怎么申请")[turn % 2], ChatKey("web", str(number)))
                answers.append((said.version, said.short_text))
        except BaseException as error:
            failures.append(error)

    askers = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for asker in askers:
        asker.start()
    for swap in range(10):
        office.swap((other, knowledge)[swap % 2])
    for asker in askers:
        asker.join()

    assert failures == []
    assert len(answers) == 48
    assert all(text and version in {other.version, knowledge.version} for version, text in answers)


@pytest.mark.postgres
def test_two_processes_share_one_dialogue_and_one_may_die(postgres: PostgresServer, tmp_path: Path) -> None:
    """Turns of one chat alternate between two processes on one PostgreSQL; killing one loses nothing."""
    environment = {
        **os.environ,
        "DATABASE_URL": postgres.create_database(),
        "SECRET_KEY": SECRET,
        "FIELD_KEY": generate_field_key(),
    }
    one, two = (_process(tmp_path / name, environment) for name in ("one", "two"))

    assert _turn(one, "乐清的石斛贷能贷多少") == "dendrobium-loan amount"
    assert _turn(two, "那利息呢") == "dendrobium-loan rate"
    one.kill()
    one.wait()
    assert _turn(two, "要什么材料") == "dendrobium-loan documents"
    two.kill()
    two.wait()
    for process in (one, two):
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


def _process(state: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.office.turn", str(state), "77"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


def _turn(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()
