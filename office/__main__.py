"""The office on the command line: `python -m office cards …`."""

from __future__ import annotations

import sys

from office.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
