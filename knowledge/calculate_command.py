"""`python -m knowledge calculate`: one calculation as JSON, many line by line, or the list of calculators."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.calculators import CALCULATORS, InputError, calculate
from knowledge.calculators.catalogue import calculator_named
from knowledge.calculators.draft import LAST_DAY


def add_parser(commands: Any) -> None:
    """The subcommand's words."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "calculate", help="算一笔账，步骤都列出来；不写名称就列出能算什么"
    )
    parser.add_argument("name", nargs="?", help="算哪一样")
    parser.add_argument("--json", help="要算的数，一个 JSON 对象")
    parser.add_argument("--jsonl", action="store_true", help="从标准输入一行一个 JSON")
    parser.add_argument("--on", default=None, help="按哪一天，例如 2026-11-23")


def run(arguments: argparse.Namespace, today: date) -> int:
    """0 when it was worked out; 2 with one sentence for input that cannot be used; 1 when no line could be read."""
    try:
        day = _day(arguments.on, today)
        if arguments.jsonl:
            return _lines(sys.stdin, day)
        if arguments.name is None:
            print("\n".join(listing()))
            return 0
        example = calculator_named(arguments.name).example
        if arguments.json is None:
            raise InputError("--json", "没有写要算的数", example)
        result = calculate(arguments.name, _parsed(arguments.json, example), day)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(result.as_json(), ensure_ascii=False, indent=2))
    return 0


def listing() -> Iterable[str]:
    """Every calculator with its inputs and an example."""
    for calculator in CALCULATORS.values():
        draft = f"〔征求意见稿，原定到 {LAST_DAY}，没看到正式文件〕" if calculator.is_draft else ""
        yield f"{calculator.name}  {calculator.title}{draft}"
        for item in calculator.inputs:
            yield f"    {item.name}  {item.label}，例如 {item.example}"
        yield f"    用法：python -m knowledge calculate {calculator.name} --json '{calculator.example}'"


def _lines(lines: Iterable[str], day: date) -> int:
    """Answer line by line; a line that cannot be used gets an error and the rest goes on."""
    read = unreadable = 0
    for line in lines:
        if not line.strip():
            continue
        read += 1
        name: Any = None
        try:
            row = _parsed(line, '{"id": "1", "calculator": "risk_compensation", "input": {}}')
            name = row.get("id")
            reply = {
                "id": name,
                **calculate(row.get("calculator"), row.get("input"), _day(row.get("on"), day)).as_json(),
            }
        except InputError as error:
            unreadable += error.field == "--json"
            reply = {"id": name, "error": str(error)}
        print(json.dumps(reply, ensure_ascii=False, default=str), flush=True)
    return 1 if read and read == unreadable else 0


def _day(text: Any, today: date) -> date:
    if text is None:
        return today
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise InputError("on", "要写成年-月-日", "2026-11-23") from None


def _parsed(text: str, example: str) -> dict[str, Any]:
    """A JSON object with exact numbers."""
    try:
        value = json.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        raise InputError("--json", "不是能读的 JSON", example) from None
    if not isinstance(value, dict):
        raise InputError("--json", "要写成一个 JSON 对象", example)
    return value
