"""A process that answers turns of one dialogue read from standard input: `python -m tests.office.turn STATE CHAT`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from office.office import ChatKey, Office
from office.settings import Settings


def main() -> None:
    """One question a line in; the first entry's code a line out."""
    office = Office.open(Settings.from_environ({"STATE_DIR": sys.argv[1], **_given()}))
    print("ready", flush=True)
    for line in sys.stdin:
        said = office.ask(line.strip(), ChatKey("telegram", sys.argv[2]))
        print(f"{said.entries[0] if said.entries else '-'} {said.facet}", flush=True)


def _given() -> dict[str, str]:
    return {name: os.environ[name] for name in ("DATABASE_URL", "SECRET_KEY", "FIELD_KEY") if name in os.environ}


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    main()
