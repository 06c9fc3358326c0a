"""What can go wrong at the ledger (账本).

LedgerError
├── LedgerTooNew     the ledger was written by a newer program
├── LedgerBusy       another transaction held the write turn too long
├── LeaseLost        the work was handed to someone else meanwhile: roll back
└── DialogueChanged  another process changed this dialogue meanwhile: load again
"""


class LedgerError(Exception):
    """Base of all the ledger's own errors."""


class LedgerTooNew(LedgerError):  # noqa: N818 - names say what happened
    """The ledger holds migrations this program does not know."""


class LedgerBusy(LedgerError):  # noqa: N818 - names say what happened
    """The write turn could not be had in time; nothing was changed."""


class LeaseLost(LedgerError):  # noqa: N818 - names say what happened
    """A claim ran out and the work may be with another worker: the transaction must not be committed."""


class DialogueChanged(LedgerError):  # noqa: N818 - names say what happened
    """The dialogue was saved by someone else since it was loaded."""
