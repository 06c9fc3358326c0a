"""The command line: what serves is what answers, and what cannot be used gets one sentence and exit 2."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from knowledge.ask_command import TerminalChat
from knowledge.base import SHIPPED, KnowledgeBase, content_hash
from knowledge.check_command import EXAMPLE, nothing_said, stated
from knowledge.check_store import CheckStore
from knowledge.checking import NothingThere, check_paths
from knowledge.commands import main, today
from knowledge.revisions import Revisions
from knowledge.serving import open_serving
from knowledge.snapshots import Snapshots
from tests.knowledge.planting import LOAN, few_entries, retitle

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
CODE = "dendrobium-loan"


@pytest.fixture(scope="module")
def few_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that serves two entries, so that a command answers in a blink."""
    folder: Path = tmp_path_factory.mktemp("few")
    data = few_entries(folder)
    with (data / "facts.yaml").open("a", encoding="utf-8") as facts:
        facts.write("- key: newly_published\n  type: yes_no\n  label: 新加的\n  question: 有没有？\n")
    retitle(data, "改过的石斛贷")
    Revisions(folder / "state").publish(data, "甲", NOW)
    return folder / "state"


def said_by(words: Sequence[str], state: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, output, and what was said beside it after the line on what answers."""
    code = main(words, state)
    said = capsys.readouterr()
    first, _, rest = said.err.partition("\n")
    return code, said.out, rest if first.startswith("回答的是已发布的 ") else said.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "dendrobium-lone"), f"没有编号 dendrobium-lone 的条目。是不是 {CODE}？\n"),
        (("show", CODE, "--jsonl"), f"写了 --jsonl 就从标准输入读，一行一个 JSON，不能再写“{CODE}”。例如：echo "),
        (("ask", "石斛贷利息多少", "--jsonl"), "写了 --jsonl 就从标准输入读"),
        (("check-eligibility", CODE, "--jsonl"), "写了 --jsonl 就从标准输入读"),
        (("check-eligibility", CODE, "--facts", "{"), "--facts 要写成一个 JSON 对象"),
        (("check-eligibility", "nothing-like-it-at-all", "--json"), "没有编号 nothing-like-it-at-all 的条目。"),
        (
            ("check-eligibility", "--facts", '{"foo": "乐清"}'),
            "facts 里的 foo 不认识。能写哪些，看 data/facts.yaml。\n",
        ),
        (
            ("check-eligibility", CODE, "--json", "--facts", '{"contry": "乐清市"}'),
            "facts 里的 contry 不认识。是不是想写 county？",
        ),
        (("check-eligibility", CODE, "--facts", '{"县": "乐清市"}'), "facts 里的 县 不认识。是不是想写 county？"),
        (("check", "data/entries/nowhere"), "没有 data/entries/nowhere 这个文件或文件夹。"),
    ],
)
def test_a_wrong_word_gets_a_sentence(
    words: tuple[str, ...], sentence: str, few_state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What, and what to do."""
    code, printed, said = said_by(words, few_state, capsys)

    assert (code, printed) == (2, "")
    assert said.startswith(sentence)
    assert said.count("\n") == 1


def test_a_chat_goes_on_with_an_interview_and_ends_with_its_input(shipped: KnowledgeBase, tmp_path: Path) -> None:
    """Questions piped in are answered one by one, an interview left by another run is gone on with and kept again."""
    store = CheckStore(tmp_path, lambda: datetime.now(UTC))
    TerminalChat(shipped, today(), store).reply("政策体检")
    done = subprocess.run(
        [sys.executable, "-m", "knowledge", "ask", "--state", str(tmp_path)],
        cwd=ROOT,
        input="石斛贷\n那利息呢\n继续\n不清楚",
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.index("利率：") < done.stdout.index("第 1 问") < done.stdout.index("第 2 问")
    assert "7 天内再来，打“继续”就接着" in done.stdout
    kept = store.load()
    assert kept is not None
    assert None in [value for _, value, _ in kept["answers"]]


def test_the_terminal_answers_what_was_published(few_state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Entries and facts are the publication's in every command, and one line says that data/ is another."""
    version = content_hash(few_state.parent / "data")[:6]
    for words, shown in (
        (("show", CODE), "改过的石斛贷"),
        (("ask", "石斛贷利息多少"), "改过的石斛贷"),
        (("check-eligibility",), f"内容版本 {version}。"),
        (("check-eligibility", CODE, "--json", "--facts", '{"newly_published": true}'), CODE),
    ):
        assert main(words, few_state) == 0
        said = capsys.readouterr()
        assert said.err == f"回答的是已发布的 {version}；data/ 有改动还没发布。\n"
        assert shown in said.out


def test_nothing_is_said_and_nothing_made_where_all_is_as_expected(tmp_path: Path, few_state: Path) -> None:
    """data/ as published is answered from without a word; a folder without publication stays as it was."""
    data, state = few_entries(tmp_path), tmp_path / "state"
    version = content_hash(data)
    base, told = open_serving(state, data)
    assert (base.version, told, state.exists()) == (version[:6], "", False)
    published = few_state.parent / "data"
    assert open_serving(few_state, published)[1] == ""
    shutil.copytree(few_state, state)
    record(state, version, "INSERT INTO revisions (version) VALUES (?)")
    serving = content_hash(published)[:6]
    assert open_serving(state, data)[1] == f"回答的是已发布的 {serving}，不是 data/ 里的 {version[:6]}。"


@pytest.mark.parametrize("harm", ["gone", "no database", "unreadable"])
def test_a_damaged_publication_gives_way_and_says_so(tmp_path: Path, few_state: Path, harm: str) -> None:
    """A snapshot gone, a file that is no database, content this program cannot read: what is sound answers, in a line."""
    data, state = few_entries(tmp_path), tmp_path / "state"
    shutil.copytree(few_state, state)
    before = content_hash(few_state.parent / "data")[:6]
    version = retitle(data, "后来的")
    Snapshots(state / "publications").write(data, version)
    if harm == "gone":
        record(state, version, "INSERT INTO publications (version) VALUES (?)")
        (state / "publications" / f"{version}.db").unlink()
        base, told = open_serving(state, data)
        assert base.version == before
        assert told.endswith(f"改用更早的一次发布 {before}。")
        record(state, version, "UPDATE publications SET version = ?")
    elif harm == "no database":
        (state / "knowledge.db").write_bytes(b"PK\x03\x04" * 99)
    else:
        broken = few_entries(tmp_path / "broken")
        (broken / LOAN.relative_to(SHIPPED)).write_text("code: [", encoding="utf-8")
        Snapshots(state / "publications").write(broken, content_hash(broken))
        record(state, content_hash(broken), "UPDATE publications SET version = ?")
    base, told = open_serving(state, data)
    assert base.version == version[:6]
    assert told.endswith("改用 data/ 里的内容回答。")
    assert "\n" not in told


def record(state: Path, version: str, statement: str) -> None:
    """Write `version` into knowledge.db, as a program that fails afterwards would leave it."""
    with closing(sqlite3.connect(state / "knowledge.db")) as connection, connection:
        connection.execute(statement, [version])


def test_a_folder_is_checked_as_its_files_are(tmp_path: Path) -> None:
    """Of data/ the files below the folder alone, tables and parameters too; a whole content elsewhere by itself."""
    data = few_entries(tmp_path)
    (data / "entries/credit/lpr.yaml").write_text("code: [", encoding="utf-8")
    faults, entries = check_paths(data, [data / "entries" / "guarantee"])
    assert [entry.code for entry in entries] == [CODE]
    assert {fault.path for fault in faults} <= {"data/entries/guarantee/dendrobium-loan.yaml"}
    assert check_paths(data, [data / "parameters", data / "crops.yaml"]) == ([], [])
    (data / "crops.yaml").write_text("- [", encoding="utf-8")
    assert [Path(fault.path).name for fault in check_paths(data, [data / "crops.yaml"])[0]] == ["crops.yaml"]
    whole = {Path(fault.path).name for fault in check_paths(SHIPPED, [data])[0]}
    assert {"lpr.yaml", "crops.yaml"} <= whole
    draft = tmp_path / "drafts" / "lpr.yaml"
    draft.parent.mkdir()
    draft.write_bytes((SHIPPED / "entries/credit/lpr.yaml").read_bytes())
    faults, entries = check_paths(SHIPPED, [draft.parent])
    assert ([entry.code for entry in entries], [fault for fault in faults if "参数" in fault.message]) == (["lpr"], [])
    draft.unlink()
    with pytest.raises(NothingThere, match=r"没有 \.yaml 文件"):
        check_paths(SHIPPED, [draft.parent])


def test_nothing_said_makes_no_result(
    shipped: KnowledgeBase, few_state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a fact no entry is said to fit: a few lines, how many wait for what, and an example that can be used."""
    lines = nothing_said(stated(shipped, "", {}, today()))
    asks = [line for line in lines if "：先问一声：" in line]
    assert 0 < len(asks) < len(lines) < len(asks) + 8
    assert not [line for line in lines if "对得上" in line or "可能符合" in line]
    assert EXAMPLE in lines[-2]
    assert len(stated(shipped, "", json.loads(EXAMPLE), today()).known) == 3
    for facts, is_nothing in (("{}", True), ('{"county": null}', True), (EXAMPLE, False)):
        code, printed, _ = said_by(("check-eligibility", "--facts", facts), few_state, capsys)
        assert (code, "还什么都没说" in printed) == (0, is_nothing)


def test_the_sample_of_the_guide_is_the_entry_itself() -> None:
    """What staff copy from passes the check: the guide shows dendrobium-loan.yaml, with remarks."""
    guide = (ROOT / "docs" / "staff-guide.md").read_text(encoding="utf-8")
    sample = guide.split("```yaml\n")[1].split("```")[0]
    assert yaml.safe_load(sample) == yaml.safe_load(LOAN.read_text(encoding="utf-8"))
