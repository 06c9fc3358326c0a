"""From the start of the program to the first page and the first answer, beside jieba alone, in one run; no assertions.

    python benchmarks/cold_start.py

`first` starts on an empty state folder, so that data/ is checked and published before; `again` starts on what it left.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.matching import grow  # noqa: E402 - the project's root must be on the path first
from knowledge.documents import document_of  # noqa: E402
from knowledge.loading import load_entries  # noqa: E402

QUESTION = "石斛贷利息多少"
JIEBA = f"import warnings; warnings.simplefilter('ignore'); import jieba; jieba.lcut({QUESTION!r})"
MATCHER = """
import json, sys
from pathlib import Path
from knowledge.lexicon import Lexicon
from knowledge.matching import Document, MatchIndex, Model
rows = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
documents = [Document(id_, tuple((kind, text) for kind, text in strings)) for id_, strings in rows]
words = {text for one in documents[:200] for kind, text in one.strings if kind in ("title", "alias")}
index = MatchIndex.build(documents, Lexicon(words), Model.load(Path("data/matching.yaml")))
assert index.rank(sys.argv[2]).candidates
"""
ENTRIES = 1_000
PATIENCE = 60.0


def main() -> None:
    """Print the medians of a few rounds, and each as a multiple of jieba's."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    took: dict[str, list[float]] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            took.setdefault("jieba alone, first", []).append(jieba_alone(Path(folder)))
            took.setdefault("jieba alone, from its cache", []).append(jieba_alone(Path(folder)))
            took.setdefault(f"matcher, {ENTRIES} entries, to a ranking", []).append(matcher(Path(folder)))
            for name in ("first", "again"):
                page, answer = program(Path(folder) / "state")
                took.setdefault(f"{name} start to a page", []).append(page)
                took.setdefault(f"{name} start to an answer", []).append(answer)
    peer = statistics.median(took["jieba alone, first"])
    for name, seconds in took.items():
        middle = statistics.median(seconds)
        print(f"{name:30} {middle:5.2f} s   {middle / peer:4.2f} × jieba alone")
    print(json.dumps({name: [round(second, 3) for second in seconds] for name, seconds in took.items()}))


def jieba_alone(folder: Path) -> float:
    """Seconds until jieba has cut one question in a process of its own; its cache lies in `folder`."""
    began = time.perf_counter()
    environment = {**os.environ, "TMPDIR": str(folder)}
    subprocess.run([sys.executable, "-c", JIEBA], env=environment, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def matcher(folder: Path) -> float:
    """Seconds until a process of its own has read `ENTRIES` entries, indexed them and ranked one question."""
    documents = [document_of(entry) for entry in load_entries(ROOT / "data" / "entries", [], ROOT)]
    lines = [json.dumps([one.id, one.strings], ensure_ascii=False) for one in grow(documents, ENTRIES)]
    kept = folder / "entries.jsonl"
    kept.write_text("\n".join(lines), encoding="utf-8")
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", MATCHER, str(kept), QUESTION], cwd=ROOT, check=True)
    return time.perf_counter() - began


def program(state: Path) -> tuple[float, float]:
    """Seconds from the start of bot.py until the chat page came, and until it came with an answer on it."""
    port = free_port()
    environment = {**os.environ, "STATE_DIR": str(state), "PORT": str(port)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "bot.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}/"
        fetch(address)
        page = time.perf_counter() - began
        text = fetch(f"{address}?{urllib.parse.urlencode({'q': QUESTION})}")
        answer = time.perf_counter() - began
        assert "石斛贷" in text
        return page, answer
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def fetch(address: str) -> str:
    """The page, as soon as anybody serves it."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as response:  # noqa: S310 - our own address
                body: bytes = response.read()
                return body.decode()
        except urllib.error.URLError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.01)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
