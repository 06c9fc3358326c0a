"""The office's rounds (巡查): what is due is asked, passed on, reminded of and cleaned up, by one process at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from sqlalchemy import Connection

from office import follow_ups, help_desk
from office.erasure import scrub
from office.ledger import leases, people
from office.my_list import digest_lines, my_list
from office.notices import notify
from office.office import Office
from office.people import STAFF_ROLES
from office.retention import clean_when_due
from office.working_days import WENZHOU

LEASE = "rounds"
LEASE_SECONDS = 300
DIGEST_FROM, DIGEST_TO = time(7, 30), time(12, 0)
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    adopted: int = 0
    asked: int = 0
    escalated: int = 0
    digests: int = 0
    cleaned: int = 0


def go_round(office: Office, process: str) -> Round | None:
    """One round; None while another process is on it. Going round twice does nothing twice."""
    now = office.now()
    with office.ledger.begin() as connection:
        if not leases.acquire(connection, LEASE, process, now, LEASE_SECONDS):
            return None
    with office.ledger.begin() as connection:
        adopted = follow_ups.adopt_cases(office, connection)
        asked = follow_ups.ask_due(office, connection)
        escalated = len(help_desk.escalate(office, connection))
    with office.ledger.begin() as connection:
        digests = send_digests(office, connection, process)
    scrub(office)
    cleaned = clean_when_due(office, process) or 0
    with office.ledger.begin() as connection:
        leases.release(connection, LEASE, process)
    return Round(adopted, asked, escalated, digests, cleaned)


def send_digests(office: Office, connection: Connection, process: str) -> int:
    """The morning's message to everyone at the desk who is linked and has something to do, once a day."""
    here = office.now().astimezone(WENZHOU)
    if not DIGEST_FROM <= here.time() < DIGEST_TO:
        return 0
    day = here.date().isoformat()
    if not leases.acquire(connection, f"digest:{day}", f"{process}:{here.isoformat()}", office.now(), DAY_SECONDS):
        return 0
    sent = 0
    for role in STAFF_ROLES:
        for person, chat in people.linked(connection, office.cipher, role):
            lines = digest_lines(office, my_list(office, connection, person))
            if lines:
                sent += notify(office, connection, key=f"digest:{day}:{person.id}", chat=chat, text="\n".join(lines))
    return sent
