"""The subcommands of `python -m knowledge`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from knowledge.checking import check, table
from knowledge.evaluation import read_golden

ROOT = Path(__file__).resolve().parent.parent


def today() -> date:
    """The day in Wenzhou."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def main(argv: Sequence[str]) -> int:
    """Run one subcommand; the exit code is 0, 1 for faults found, 2 for words that cannot be understood."""
    parser = argparse.ArgumentParser(prog="python -m knowledge", description="惠农政策知识库")
    commands = parser.add_subparsers(dest="command", required=True)
    checker = commands.add_parser("check", help="检查 data/ 里的所有内容")
    checker.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args(argv)
    if arguments.command == "check":
        return run_check(arguments.files)
    return 2


def run_check(files: Sequence[Path]) -> int:
    """Print every fault as file:line, then the table; 1 when there is a fault."""
    golden = sorted((ROOT / "tests" / "cases").glob("questions*.yaml"))
    questions = [question.text for question in read_golden(golden)]
    faults, entries = check(ROOT, files, questions)
    for fault in faults:
        print(fault)
    for line in table(entries, today()):
        print(line)
    print(f"{len(faults)} 处问题" if faults else "0 处问题，可以发布")
    return 1 if faults else 0
