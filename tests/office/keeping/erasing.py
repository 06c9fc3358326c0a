"""Fills an office with what one recognisable farmer leaves in it, and searches every byte it keeps on disk."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image
from sqlalchemy import Connection, inspect, select

from handlers.outgoing import Outgoing, seal
from office import help_desk
from office.applicants import Applicants
from office.application_case import Applicant, Wish
from office.applications import ConsentKind, Move, Reason, State
from office.applications_desk import Applications
from office.case_export import export
from office.case_papers import CasePapers
from office.follow_ups import adopt_cases
from office.ledger import chats, inbox, open_forms, outbox
from office.ledger.columns import metadata
from office.office import ChatKey
from office.people import Person, Role
from tests.office.clocked import HERE, ClockedOffice

CHAT = ChatKey("telegram", "4711471147")
NAME, PHONE, PURPOSE = "欧阳银杏", "13857766554", "搭琉璃瓦大棚"
WORDS = (NAME, PHONE, PURPOSE, "琉璃瓦", "银杏村口", "说过的玳瑁二字", "缺一份珐琅证明", "登记到一半的翡翠")
OPEN_ENTRY = "startup-loan-personal"


@dataclass(frozen=True)
class Left:
    """What the farmer left: the case's receipt number, and every sealed value the ledger held of them."""

    receipt: str
    sealed: tuple[str, ...]
    files: tuple[Path, ...]
    staff: Person


def leave_everything(office: ClockedOffice, chat: ChatKey = CHAT) -> Left:
    """A chat that asked, filled in, registered, handed in papers, called for a person and was written to."""
    staff = office.add(Role.STAFF)
    applicants = Applicants(office)
    wish = Wish(Applicant(NAME, PHONE, HERE, 200_000, PURPOSE), applicants.pin(OPEN_ENTRY), frozenset(ConsentKind))
    with office.ledger.begin() as connection:
        chats.start(connection, chat.channel, chat.id, office.now())
        case = applicants.register(wish, "form", chat=chat, connection=connection).case
        _talk(office, connection, chat)
    office.ask(f"我是{NAME}，{HERE.replace('/', '')}银杏村口种石斛能贷多少，说过的玳瑁二字", chat)
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    CasePapers(office).hand_in(case.receipt, f"{NAME}的身份证", picture.getvalue())
    desk = Applications(office)
    desk.move(case.receipt, Move(State.CONTACTED, sentence=f"{NAME}说{PURPOSE}"), staff, 1)
    desk.move(case.receipt, Move(State.PAPERS_NEEDED, Reason.PAPER_MISSING, "缺一份珐琅证明", ("珐琅证明",)), staff, 2)
    with office.ledger.begin() as connection:
        adopt_cases(office, connection)
    return Left(
        case.receipt, sealed_values(office), tuple((office.settings.state_dir / "papers").rglob("*.sealed")), staff
    )


def _talk(office: ClockedOffice, connection: Connection, chat: ChatKey) -> None:
    """A message in the inbox set aside, a reply in the outbox, a form begun, a call for a person."""
    now, cipher = office.now(), office.cipher
    body = cipher.encrypt(f'{{"text": "我叫{NAME}，电话{PHONE}"}}')
    inbox.store_updates(connection, [inbox.IncomingUpdate(1, chat.id, body, now)])
    claim = inbox.claim_next(connection, "w", now, 30)
    assert claim is not None
    inbox.fail(connection, claim, "Error [x]", now, max_failures=1)
    reply = seal(Outgoing(int(chat.id) if chat.id.isdigit() else 1, f"{NAME}您好"), cipher)
    outbox.enqueue(connection, [outbox.OutgoingMessage("reply:x", chat.id, outbox.Kind.REPLY, reply, now)], now)
    state = {"entry": OPEN_ENTRY, "form": "f", "at": "name", "values": {"name": NAME, "purpose": "登记到一半的翡翠"}}
    open_forms.save(connection, cipher, chat.channel, chat.id, "application", state, now)
    help_desk.ask(
        office, connection, form="call", village="", phone=PHONE, question=f"我是{NAME}，银杏村口的路谁修",
        channel=chat.channel, chat=chat.id, source="x",
    )  # fmt: skip


def sealed_values(office: ClockedOffice) -> tuple[str, ...]:
    """Every sealed value in any column of the ledger."""
    found: set[str] = set()
    with office.ledger.read() as connection:
        there = set(inspect(connection).get_table_names())
        for table in metadata.tables.values():
            if table.name in there:
                for row in connection.execute(select(table)):
                    found |= {str(value) for value in row if str(value).startswith(("gAAAAA", "p:"))}
    return tuple(sorted(found))


def wait_for_the_goodbye(office: ClockedOffice) -> None:
    """The Telegram window has sent what waited."""
    with office.ledger.begin() as connection:
        for one in outbox.claim_due(connection, office.now() + timedelta(seconds=1), 50, 10):
            outbox.mark_sent(connection, [(one.seq, 1)], office.now())


def exported(office: ClockedOffice, staff: Person) -> bytes:
    """What staff export of the cases now, unpacked."""
    with office.ledger.begin() as connection:
        book = export(office, connection, staff)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return b"".join(parts.read(name) for name in parts.namelist())


def bytes_of(folder: Path) -> dict[Path, bytes]:
    """Every file of a folder, to be searched."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
