"""The command line: what cannot be used gets one sentence and exit 2, never a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

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


def test_a_chat_ends_with_its_input() -> None:
    """Questions piped in are answered one by one; the end of the input ends the chat."""
    done = ran("ask", typed="石斛贷\n那利息呢")

    assert (done.returncode, done.stderr) == (0, "")
    assert "利率：" in done.stdout
