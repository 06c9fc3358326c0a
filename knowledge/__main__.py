"""The knowledge on the command line: check, ask, show, evaluate and more."""

from __future__ import annotations

import sys

from knowledge.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
