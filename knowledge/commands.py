"""The subcommands of `python -m knowledge`."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from knowledge import ask_command, calculate_command, corpus_evaluation, exporting, publish_command
from knowledge.asking_lines import answer_lines
from knowledge.base import SHIPPED, KnowledgeBase
from knowledge.check_command import FACTS_HELP, nothing_said, stated, told, unknown_fact
from knowledge.checking import NothingThere, check_paths, table
from knowledge.documents import document_of
from knowledge.eligibility import estimate
from knowledge.evaluating import evaluate
from knowledge.evaluation import read_golden
from knowledge.fit_command import refit
from knowledge.reading import ContentError
from knowledge.serving import open_serving
from knowledge.showing import show, verdict_json
from knowledge.values import is_unknown

ROOT = SHIPPED.parent
ROW_SHOWN = '{"id": "1", "code": "dendrobium-loan"}'
ROW_JUDGED = '{"id": "1", "code": "dendrobium-loan", "facts": {"county": "乐清市"}}'


def today() -> date:
    """The day in Wenzhou."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def main(argv: Sequence[str], state: Path = ROOT / "var") -> int:
    """Run one subcommand; the exit code is 0, 1 for faults found, 2 for words that cannot be understood.

    `state` is the state folder whose publication answers, and that `publish`, `rollback` and `import` write.
    """
    arguments = _parser(state).parse_args(argv)
    try:
        return _RUN[arguments.command](arguments)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0


def _parser(state: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge", description="惠农政策知识库")
    commands = parser.add_subparsers(dest="command", required=True)
    checker = commands.add_parser("check", help="检查 data/ 里的所有内容")
    checker.add_argument("files", nargs="*", type=Path, metavar="文件或文件夹", help="只查这些；不写就查全部")
    ask_command.add_parser(commands, state)
    shower = commands.add_parser("show", help="看一个条目某一天的样子")
    judge = commands.add_parser("check-eligibility", help="初步判断一个人符不符合")
    judge.add_argument("--facts", default="{}", help=FACTS_HELP)
    for part, row in ((shower, ROW_SHOWN), (judge, ROW_JUDGED)):
        part.add_argument("code", nargs="?", help="条目的编号，例如 dendrobium-loan")
        part.add_argument("--json", action="store_true", help="写成 JSON")
        part.add_argument("--jsonl", action="store_true", help=f"从标准输入一行一个 JSON：{row}")
        part.add_argument("--state", type=Path, default=state, help=f"状态文件夹，默认 {state}")
        part.add_argument("--on", type=date.fromisoformat, default=None, help="按哪一天，例如 2026-11-23")
    evaluator = commands.add_parser("evaluate", help="在考题上量准不准")
    evaluator.add_argument("--split", default="held-back", choices=("tune", "held-back", "all"))
    evaluator.add_argument("--require", action="store_true", help="低于记下的底线就以 1 退出")
    evaluator.add_argument("--ablation", action="store_true", help="再量一遍：一样一样去掉证据")
    evaluator.add_argument("--entries")
    evaluator.add_argument("--queries")
    evaluator.add_argument("--ranks")
    commands.add_parser("fit", help="用考题的调参部分重新拟合 data/matching.yaml")
    calculate_command.add_parser(commands)
    exporting.add_parser(commands, state)
    publish_command.add_parser(commands, state)
    return parser


def run_check(arguments: argparse.Namespace) -> int:
    """Print every fault as file:line, then the table; 1 when there is a fault."""
    golden = sorted((ROOT / "tests" / "cases").glob("questions*.yaml"))
    questions = [question.text for question in read_golden(golden)]
    try:
        faults, entries = check_paths(SHIPPED, arguments.files, questions)
    except NothingThere as error:
        print(error, file=sys.stderr)
        return 2
    for fault in faults:
        print(fault)
    for line in table(entries, today()) if entries else ():
        print(line)
    print(f"{len(faults)} 处问题" if faults else "0 处问题，可以发布")
    return 1 if faults else 0


def run_ask(arguments: argparse.Namespace) -> int:
    """One answer, JSON lines, or a chat."""
    if _is_lines_and(arguments.question, arguments, ask_command.ROW):
        return 2
    base = _serving(arguments)
    day = arguments.on or today()
    if arguments.jsonl:
        return _each_line(answer_lines(base, day))
    if arguments.question:
        print(ask_command.once(base, arguments.question, day))
        return 0
    return ask_command.chat(base, arguments.state, day, lambda: datetime.now(UTC))


def run_show(arguments: argparse.Namespace) -> int:
    """One entry as JSON or text."""
    if _is_lines_and(arguments.code, arguments, ROW_SHOWN):
        return 2
    base = _serving(arguments)
    if arguments.jsonl:
        return _each_line(lambda row: show(_entry(base, row["code"]), _day(row, arguments)))
    try:
        entry = _entry(base, arguments.code)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    print(json.dumps(show(entry, arguments.on or today()), ensure_ascii=False, indent=2))
    return 0


def run_check_eligibility(arguments: argparse.Namespace) -> int:
    """One verdict as JSON, or many; without --json in words, and without CODE for every entry."""
    if _is_lines_and(arguments.code, arguments, ROW_JUDGED):
        return 2
    base = _serving(arguments)

    def judge(row: dict[str, Any]) -> dict[str, Any]:
        entry, facts = _entry(base, row["code"]), row.get("facts") or {}
        if wrong := unknown_fact(base, facts):
            raise ValueError(wrong)
        verdict = estimate(entry, facts, _day(row, arguments), declared=base.facts)
        return verdict_json(entry, verdict, base.facts)

    if arguments.jsonl:
        return _each_line(judge)
    try:
        facts = _facts(arguments.facts)
        if arguments.json:
            print(json.dumps(judge({"code": arguments.code, "facts": facts}), ensure_ascii=False, indent=2))
        else:
            print(*_in_words(base, arguments.code or "", facts, arguments.on or today()), sep="\n")
    except (ValueError, LookupError) as error:
        print(error.args[0] if error.args else error, file=sys.stderr)
        return 2
    return 0


def _in_words(base: KnowledgeBase, code: str, facts: dict[str, Any], day: date) -> list[str]:
    if wrong := unknown_fact(base, facts):
        raise ValueError(wrong)
    view = stated(base, code, facts, day)
    is_nothing_said = not code and all(map(is_unknown, facts.values()))
    return nothing_said(view) if is_nothing_said else [line.text for line in told(view)]


def _serving(arguments: argparse.Namespace) -> KnowledgeBase:
    """The content that answers; what must be said of it goes to standard error."""
    base, said = open_serving(arguments.state)
    if said:
        print(said, file=sys.stderr)
    return base


def _is_lines_and(word: str | None, arguments: argparse.Namespace, example: str) -> bool:
    """Whether a question or code was given beside --jsonl, where nobody would read it; then that is said."""
    if not arguments.jsonl or word is None:
        return False
    print(
        f"写了 --jsonl 就从标准输入读，一行一个 JSON，不能再写“{word}”。例如："
        f"echo '{example}' | python -m knowledge {arguments.command} --jsonl",
        file=sys.stderr,
    )
    return True


def _facts(text: str) -> dict[str, Any]:
    try:
        facts = json.loads(text)
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise ValueError(f'--facts 要写成一个 JSON 对象，例如 \'{{"county": "乐清市"}}\'，现在是：{text[:60]}')
    return facts


def run_evaluate(arguments: argparse.Namespace) -> int:
    """The project's own questions, or any corpus."""
    if arguments.entries or arguments.queries:
        words = [
            part
            for name in ("entries", "queries", "ranks")
            if getattr(arguments, name)
            for part in (f"--{name}", getattr(arguments, name))
        ]
        return corpus_evaluation.main(words, SHIPPED)
    return evaluate(
        KnowledgeBase.load(SHIPPED),
        ROOT / "tests" / "cases",
        arguments.split,
        today(),
        require=arguments.require,
        ablation=arguments.ablation,
    )


def run_fit(_arguments: argparse.Namespace) -> int:
    """Refit the matcher on the tune split."""
    base = KnowledgeBase.load(SHIPPED)
    golden = read_golden((ROOT / "tests" / "cases").glob("questions*.yaml"))
    documents = [document_of(entry) for entry in base.entries.values()]
    refit(SHIPPED, documents, golden, base.lexicon, today().isoformat())
    print("data/matching.yaml 已重新拟合")
    return 0


def _entry(base: KnowledgeBase, code: str) -> Any:
    entry = base.entries.get(code)
    if entry is None:
        near = difflib.get_close_matches(code or "", base.entries, 1)
        hint = f"是不是 {near[0]}？" if near else "编号就是 data/entries 里的文件名，例如 dendrobium-loan。"
        raise LookupError(f"没有编号 {code or '（空）'} 的条目。{hint}")
    return entry


def _day(row: dict[str, Any], arguments: argparse.Namespace) -> date:
    return date.fromisoformat(row["on"]) if row.get("on") else arguments.on or today()


def _each_line(reply: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Read JSON objects line by line and write one a line; a bad line gets an error and the rest goes on."""
    read = wrong = 0
    for line in sys.stdin:
        if not line.strip():
            continue
        read += 1
        name: Any = None
        try:
            row = json.loads(line)
            name = row.get("id") if isinstance(row, dict) else None
            if not isinstance(row, dict):
                raise ValueError("一行应当是一个 JSON 对象。")
            result = {"id": name, **reply(row)}
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            wrong += 1
            result = {"id": name, "error": f"这一行读不了：{error}"}
        print(json.dumps(result, ensure_ascii=False), flush=True)
    return 1 if read and read == wrong else 0


_RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "check": run_check, "ask": run_ask, "show": run_show, "check-eligibility": run_check_eligibility, "evaluate": run_evaluate, "fit": run_fit,
    "calculate": lambda arguments: calculate_command.run(arguments, today()),
    "format": exporting.run_format, "export": exporting.run_export,
    "import": lambda arguments: exporting.run_import(arguments, datetime.now(UTC)),
    "publish": lambda arguments: publish_command.run_publish(arguments, datetime.now(UTC)),
    "rollback": lambda arguments: publish_command.run_rollback(arguments, datetime.now(UTC)),
}  # fmt: skip
__all__ = ["main"]
