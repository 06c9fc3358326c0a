"""The command line: what cannot be used gets one sentence and exit 2, never a traceback."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.ask_command import TerminalChat
from knowledge.base import KnowledgeBase
from knowledge.check_store import CheckStore
from knowledge.commands import today

ROOT = Path(__file__).resolve().parents[2]


def ran(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """The command's own process."""
    return subprocess.run(
        [sys.executable, "-m", "knowledge", *words], cwd=ROOT, input=typed, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "dendrobium-lone"), "没有编号 dendrobium-lone 的条目。是不是 dendrobium-loan？\n"),
        (("check-eligibility", "dendrobium-loan", "--facts", "{"), "--facts 要写成一个 JSON 对象"),
        (("check-eligibility", "nothing-like-it-at-all", "--json"), "没有编号 nothing-like-it-at-all 的条目。"),
    ],
)
def test_a_wrong_word_gets_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    """What, and what to do."""
    done = ran(*words)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_a_chat_goes_on_with_an_interview_and_ends_with_its_input(shipped: KnowledgeBase, tmp_path: Path) -> None:
    """Questions piped in are answered one by one, an interview left by another run is gone on with and kept again."""
    store = CheckStore(tmp_path, lambda: datetime.now(UTC))
    TerminalChat(shipped, today(), store).reply("政策体检")
    done = ran("ask", "--state", str(tmp_path), typed="石斛贷\n那利息呢\n继续\n不清楚")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.index("利率：") < done.stdout.index("第 1 问") < done.stdout.index("第 2 问")
    assert "7 天内再来，打“继续”就接着" in done.stdout
    kept = store.load()
    assert kept is not None
    assert None in [value for _, value, _ in kept["answers"]]
