"""The office's memory in SQL: one module per aggregate, on SQLite or PostgreSQL."""

from office.ledger.errors import DialogueChanged, LeaseLost, LedgerBusy, LedgerError, LedgerTooNew
from office.ledger.ledger import Ledger

__all__ = ["DialogueChanged", "LeaseLost", "Ledger", "LedgerBusy", "LedgerError", "LedgerTooNew"]
