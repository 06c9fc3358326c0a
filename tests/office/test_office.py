"""The office: what it remembers, what it keeps out of the ledger, and a publication that swaps under load."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.answers import Action, Outcome, Verb
from knowledge.base import SHIPPED, KnowledgeBase
from knowledge.reading import ContentError
from knowledge.revisions import Revisions
from office.ledger import questions
from office.ledger.ledger import Ledger
from office.office import ChatKey, Office, open_knowledge
from office.privacy import generate_field_key
from office.settings import Settings
from tests.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
SECRET = "s" * 48
SHIPPED_TITLE = "浙里担·石斛贷（乐清）"


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The publication made from data/, loaded once."""
    return open_knowledge(tmp_path_factory.mktemp("state"), SHIPPED)


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


def test_a_broken_file_leaves_the_last_publication_serving(tmp_path: Path) -> None:
    """A content file that cannot be read is refused whole; what was published goes on serving."""
    data = tmp_path / "data"
    shutil.copytree(SHIPPED, data)
    first = open_knowledge(tmp_path / "state", data)
    broken = next((data / "entries").rglob("dendrobium-loan.yaml"))
    broken.write_text(broken.read_text(encoding="utf-8").replace("validity:", "validityy:"), encoding="utf-8")

    assert open_knowledge(tmp_path / "state", data).version == first.version
    with pytest.raises(ContentError, match=r"dendrobium-loan\.yaml"):
        open_knowledge(tmp_path / "empty", data)


def test_a_restart_keeps_what_staff_published_and_took_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A rollback still serves after a restart; so does content staff imported, and then a changed data/ is only told."""
    data, state = tmp_path / "data", tmp_path / "state"
    shutil.copytree(SHIPPED, data)
    first = open_knowledge(state, data).version
    _retitle(data, SHIPPED_TITLE, "石斛贷款")
    assert open_knowledge(state, data).version != first
    revisions = Revisions(state)
    revisions.rollback("乙", datetime.now(UTC))
    assert open_knowledge(state, data).version == first

    _retitle(data, "石斛贷款", "铁皮石斛贷")
    published = revisions.publish(data, "丙", datetime.now(UTC)).version
    _retitle(data, "铁皮石斛贷", "枫斗贷")
    assert open_knowledge(state, data).version == published[:6]
    assert "没有自动启用" in caplog.text


def test_a_damaged_snapshot_gives_way_to_the_publication_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A restart on a damaged newest snapshot serves the sound one before it, and says so; with none, data/ serves."""
    data, state = tmp_path / "data", tmp_path / "state"
    shutil.copytree(SHIPPED, data)
    first = open_knowledge(state, data).version
    _retitle(data, SHIPPED_TITLE, "石斛贷款")
    open_knowledge(state, data)
    newest = Revisions(state).latest()
    assert newest is not None
    _damage(state, newest.version)
    assert open_knowledge(state, data).version == first
    assert f"改用更早的一次发布 {first}" in caplog.text
    for publication in Revisions(state).history():
        _damage(state, publication.version)
    assert open_knowledge(state, data).titles["dendrobium-loan"] == "石斛贷款"


def _retitle(data: Path, before: str, after: str) -> None:
    file = next((data / "entries").rglob("dendrobium-loan.yaml"))
    text = file.read_text(encoding="utf-8")
    assert f"title: {before}\n" in text
    file.write_text(text.replace(f"title: {before}\n", f"title: {after}\n"), encoding="utf-8")


def _damage(state: Path, version: str) -> None:
    for kept in (state / "publications").glob(f"*{version}*"):
        if kept.is_dir():
            shutil.rmtree(kept)
        else:
            kept.write_bytes(b"")


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
