"""`python -m knowledge calculate`: JSON out, one sentence and exit 2 for what cannot be used."""

import argparse
import io
import json
from datetime import date
from typing import Any

import pytest

from knowledge.calculate_command import add_parser, run
from knowledge.calculators import CALCULATORS

TODAY = date(2026, 11, 23)


def ran(*words: str) -> int:
    """The exit code of the command with these words."""
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return run(parser.parse_args(["calculate", *words]), TODAY)


@pytest.mark.parametrize("name", CALCULATORS)
def test_one_calculation_is_printed_as_json(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The calculator's own example runs, as of the day asked."""
    assert ran(name, "--json", CALCULATORS[name].example, "--on", "2024-06-01") == 0

    printed = json.loads(capsys.readouterr().out)
    assert printed["calculator"] == name
    assert printed["as_of"] == "2024-06-01"
    assert {"steps", "payee", "status"} <= printed.keys()


def test_without_a_name_all_calculators_and_inputs_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Every name and every input is there, the drafts marked."""
    assert ran() == 0

    printed = capsys.readouterr().out
    for calculator in CALCULATORS.values():
        assert f"{calculator.name}  {calculator.title}" in printed
        assert all(f"    {item.name}  " in printed for item in calculator.inputs)
    assert printed.count("〔征求意见稿") == 8


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("risk_compensation", "--json", '{"base_yuan": "0", "payments_yuan": "1"}'), "base_yuan"),
        (("risk_compensation", "--json", '{"payments_yuan": "1"}'), "base_yuan"),
        (("risk_compensation", "--json", "{"), "--json"),
        (("risk_compensation", "--json", "[" * 100_000), "--json"),
        (("risk_compensation", "--json", '{"base_yuan": ' + "9" * 5000 + "}"), "--json"),
        (("risk_compensation", "--json", '{"base_yuan": 1e99999999999999999999, "payments_yuan": 1}'), ""),
        (("risk_compensation", "--json", '{"base_yuan": NaN, "payments_yuan": 1}'), "base_yuan"),
        (("risk_compensation", "--json", "[]"), "--json"),
        (("risk_compensation",), "--json"),
        (("nothing", "--json", "{}"), "calculator"),
        (("loan_cost", "--json", "{}", "--on", "昨天"), "on"),
    ],
)
def test_bad_input_ends_with_two_and_one_sentence(
    words: tuple[str, ...], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing on standard output, one line naming the field with an example on standard error, no stack trace."""
    assert ran(*words) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(named)
    assert said.err.count("\n") == 1
    assert "例如" in said.err


def answers(
    lines: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and answers of the line mode."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    code = ran("--jsonl")
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_many_lines_are_answered_one_by_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad line gets its error and the rest goes on; each line may have its own day."""
    told = {"base_yuan": "100000000", "payments_yuan": 4000000}
    code, shown = answers(
        [
            {"id": "a", "calculator": "risk_compensation", "input": told, "on": "2023-06-01"},
            {"id": "b", "calculator": "risk_compensation", "input": {}},
            "不是 JSON",
            "",
            {"id": "c", "calculator": "nothing", "input": {}},
            {"id": "d", "calculator": "risk_compensation", "input": told, "on": 5},
            {"id": "e", "calculator": "risk_compensation"},
            {"id": 6, "calculator": "risk_compensation", "input": told},
        ],
        monkeypatch,
        capsys,
    )

    assert code == 0
    assert [line["id"] for line in shown] == ["a", "b", None, "c", "d", "e", 6]
    assert ["error" in line for line in shown] == [False, True, True, True, True, True, False]
    assert (shown[0]["status"], shown[6]["status"]) == ("draft", "expired")
    assert shown[0]["compensation_yuan"] == shown[6]["compensation_yuan"] == "1100000.00"
    assert "base_yuan" in shown[1]["error"]


def test_lines_of_which_none_can_be_read_end_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only when nothing could be read at all is the exit code a failure."""
    assert answers(["x", "[1]"], monkeypatch, capsys)[0] == 1
    assert answers([{"id": "b", "calculator": "loan_cost", "input": {}}], monkeypatch, capsys)[0] == 0
