"""The subcommands of `python -m office`: each brings its own words and its own work, on one office."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from knowledge.reading import ContentError
from office import card_commands, upkeep_commands
from office.backup import BackupError
from office.codes import CodeRefused
from office.ledger.errors import LedgerError
from office.office import Office
from office.print_check import CannotPrint
from office.privacy import PrivacyError
from office.settings import Settings, SettingsError

ROOT = Path(__file__).resolve().parent.parent
FAULT, WRONG_WORDS = 1, 2

Run = Callable[[Office, argparse.Namespace], int]


def main(argv: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Run one subcommand on the office the settings describe; 1 when it cannot be done, 2 when it is not understood."""
    arguments = _parser().parse_args(argv)

    def read_settings(*, make_keys: bool = True) -> Settings:
        given = os.environ if environ is None else environ
        return Settings.from_environ(given, ROOT / ".env", make_keys=make_keys)

    is_closed = "run_closed" in arguments  # works on a state that no office may have open, and makes no keys for it
    try:
        settings = read_settings(make_keys=not is_closed)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return WRONG_WORDS
    try:
        if is_closed:
            return int(arguments.run_closed(settings, arguments, read_settings))
        return _on_office(settings, arguments)
    except (BackupError, CodeRefused, CannotPrint, ContentError, LedgerError, PrivacyError, OSError) as error:
        print(error, file=sys.stderr)
        return FAULT


def _on_office(settings: Settings, arguments: argparse.Namespace) -> int:
    office = Office.open(settings)
    try:
        run: Run = arguments.run
        return run(office, arguments)
    finally:
        office.ledger.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m office", description="惠农政策一键查：办事处的命令")
    commands = parser.add_subparsers(dest="command", required=True)
    card_commands.declare(commands.add_parser("cards", help="政策码、农贷码和明白卡"))
    upkeep_commands.declare(commands)
    return parser
