"""The subcommands of `python -m office`: each brings its own words and its own work, on one office."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from knowledge.reading import ContentError
from office import card_commands
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
    try:
        settings = Settings.from_environ(os.environ if environ is None else environ, ROOT / ".env")
    except SettingsError as error:
        print(error, file=sys.stderr)
        return WRONG_WORDS
    try:
        office = Office.open(settings)
    except (ContentError, LedgerError, PrivacyError, OSError) as error:
        print(error, file=sys.stderr)
        return FAULT
    try:
        run: Run = arguments.run
        return run(office, arguments)
    except (CodeRefused, CannotPrint, LedgerError, OSError) as error:
        print(error, file=sys.stderr)
        return FAULT
    finally:
        office.ledger.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m office", description="惠农政策一键查：办事处的命令")
    commands = parser.add_subparsers(dest="command", required=True)
    card_commands.declare(commands.add_parser("cards", help="政策码、农贷码和明白卡"))
    return parser
