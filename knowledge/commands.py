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
from knowledge.check_command import stated, told
from knowledge.checking import check, table
from knowledge.documents import document_of
from knowledge.eligibility import estimate
from knowledge.evaluating import evaluate
from knowledge.evaluation import read_golden
from knowledge.fit_command import refit
from knowledge.reading import ContentError
from knowledge.showing import show, verdict_json

ROOT = SHIPPED.parent


def today() -> date:
    """The day in Wenzhou."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def main(argv: Sequence[str], state: Path = ROOT / "var") -> int:
    """Run one subcommand; the exit code is 0, 1 for faults found, 2 for words that cannot be understood.

    `state` is the state folder of `ask`, `publish`, `rollback`, `import` and `export --published`.
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
    checker.add_argument("files", nargs="*", type=Path)
    ask_command.add_parser(commands, state)
    shower = commands.add_parser("show", help="看一个条目某一天的样子")
    shower.add_argument("code", nargs="?")
    shower.add_argument("--json", action="store_true")
    shower.add_argument("--jsonl", action="store_true")
    judge = commands.add_parser("check-eligibility", help="初步判断一个人符不符合")
    judge.add_argument("code", nargs="?")
    judge.add_argument("--facts", default="{}")
    judge.add_argument("--json", action="store_true")
    judge.add_argument("--jsonl", action="store_true")
    for part in (shower, judge):
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
    faults, entries = check(ROOT, arguments.files, questions)
    for fault in faults:
        print(fault)
    for line in table(entries, today()):
        print(line)
    print(f"{len(faults)} 处问题" if faults else "0 处问题，可以发布")
    return 1 if faults else 0


def run_ask(arguments: argparse.Namespace) -> int:
    """One answer, JSON lines, or a chat."""
    base = KnowledgeBase.load(SHIPPED)
    day = arguments.on or today()
    if arguments.jsonl:
        return _each_line(answer_lines(base, day))
    if arguments.question:
        print(ask_command.once(base, arguments.question, day))
        return 0
    return ask_command.chat(base, arguments.state, day, lambda: datetime.now(UTC))


def run_show(arguments: argparse.Namespace) -> int:
    """One entry as JSON or text."""
    base = KnowledgeBase.load(SHIPPED)
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
    base = KnowledgeBase.load(SHIPPED)

    def judge(row: dict[str, Any]) -> dict[str, Any]:
        entry = _entry(base, row["code"])
        return verdict_json(entry, estimate(entry, row.get("facts") or {}, _day(row, arguments)))

    if arguments.jsonl:
        return _each_line(judge)
    try:
        facts = _facts(arguments.facts)
        if not arguments.json:
            view = stated(base, arguments.code or "", facts, arguments.on or today())
            print(*(line.text for line in told(view)), sep="\n")
            return 0
        print(json.dumps(judge({"code": arguments.code, "facts": facts}), ensure_ascii=False, indent=2))
    except (ValueError, LookupError) as error:
        print(error.args[0] if error.args else error, file=sys.stderr)
        return 2
    return 0


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
