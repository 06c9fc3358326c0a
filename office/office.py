"""The office (办事处): answers, remembers, and keeps the latest publication at hand. Windows call nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from pathlib import Path

from sqlalchemy import Connection

from knowledge import answering
from knowledge.answering import Memory
from knowledge.answers import Action, Answer, Verb
from knowledge.base import SHIPPED, KnowledgeBase, content_hash
from knowledge.browsing import Menu
from knowledge.reading import ContentError
from knowledge.revisions import SEEDER, PublicationDamaged, Revisions
from office import working_days
from office.code_asking import CodeDesk, answer_about_code
from office.ledger import dialogues, questions, rate_limits
from office.ledger.dialogues import Dialogue
from office.ledger.errors import DialogueChanged
from office.ledger.ledger import Ledger
from office.masking import mask
from office.privacy import FieldCipher, Pseudonyms
from office.settings import Settings

log = logging.getLogger(__name__)

QUESTIONS_A_MINUTE = 30
SHEETS_KEPT = 512
WENZHOU = working_days.WENZHOU
TAKE_DATA = "python -m knowledge import data/，再 python -m knowledge publish"


@dataclass(frozen=True, slots=True)
class ChatKey:
    """One chat of one window: `web`, `telegram` or `terminal`, and its id there."""

    channel: str
    id: str


class Office:
    """One body of knowledge and one ledger; every window shares it, every method may block."""

    def __init__(self, settings: Settings, ledger: Ledger, knowledge: KnowledgeBase) -> None:
        self.settings = settings
        self.ledger = ledger
        self._knowledge = knowledge
        self._cipher = FieldCipher([key.reveal() for key in settings.field_keys])
        self._sheet = _sheets(knowledge)
        self._pseudonyms = Pseudonyms(settings.secret_keys[0].reveal())
        self._passed_over = ""

    @classmethod
    def open(cls, settings: Settings, data: Path = SHIPPED) -> Office:
        """Open the ledger and the latest publication; a changed data/ is imported and published first.

        A data/ that does not load is reported and the previous publication keeps serving; without one it raises.
        """
        knowledge = open_knowledge(settings.state_dir, data)
        return cls(settings, Ledger.open(settings.database_url.reveal()), knowledge)

    @property
    def knowledge(self) -> KnowledgeBase:
        """The publication that serves now."""
        return self._knowledge

    @property
    def pseudonyms(self) -> Pseudonyms:
        """Stand-ins for chats and visitors."""
        return self._pseudonyms

    @property
    def cipher(self) -> FieldCipher:
        """Seals what the ledger keeps of people's words."""
        return self._cipher

    def swap(self, knowledge: KnowledgeBase) -> None:
        """Serve another publication from the next question on; answers under way finish on the old one."""
        knowledge.warm_up()
        self._knowledge, self._sheet = knowledge, _sheets(knowledge)

    def take_latest(self) -> bool:
        """Serve the publication made last, by whichever program; False when it serves already.

        One that is damaged is reported once, and the present one serves on.
        """
        revisions = Revisions(self.settings.state_dir)
        latest = revisions.latest()
        if latest is None or _mark(latest.version) in (self._knowledge.version, self._passed_over):
            return False
        try:
            folder = revisions.unpack(latest.version)
            self.swap(KnowledgeBase.load(folder, _mark(latest.version), self._knowledge.model))
        except (PublicationDamaged, ContentError) as error:
            self._passed_over = _mark(latest.version)
            log.error("新发布的 %s 用不了，继续用 %s：%s", self._passed_over, self._knowledge.version, error)
            return False
        log.info("换上了新发布的 %s", self._knowledge.version)
        return True

    def today(self) -> date:
        """The day in Wenzhou."""
        return self.now().astimezone(WENZHOU).date()

    def now(self) -> datetime:
        """This instant, in UTC."""
        return datetime.now(UTC)

    def ask(self, text: str, chat: ChatKey, *, on: date | None = None, connection: Connection | None = None) -> Answer:
        """Answer a typed question, remember the dialogue, and record the masked question, in one transaction."""
        knowledge = self._knowledge
        with self.ledger.within(connection, durable=False) as inside:
            dialogue = self._dialogue(inside, chat)
            memory, desk = _memory(dialogue), self.code_desk(inside, on)
            about_code = answer_about_code(desk, text, memory, chat.channel, chat.id)
            said, memory = about_code or answering.answer(knowledge, text, memory, on or self.today())
            self._remember(inside, dialogue, memory)
            self._record(inside, chat, text, said)
        return said

    def press(
        self, action: Action, chat: ChatKey, *, on: date | None = None, connection: Connection | None = None
    ) -> Answer:
        """Answer a press of a button, also one from long ago."""
        knowledge = self._knowledge
        with self.ledger.within(connection, durable=False) as inside:
            dialogue = self._dialogue(inside, chat)
            said, memory = answering.press(knowledge, action, _memory(dialogue), on or self.today())
            self._remember(inside, dialogue, memory)
        return said

    def code_desk(self, connection: Connection, on: date | None = None) -> CodeDesk:
        """Where codes are opened and 查真假 is answered, within one transaction."""
        address = self.settings.public_base_url.rstrip("/")
        return CodeDesk(
            connection, self._cipher, self._pseudonyms, self._knowledge, address, self.now(), on or self.today()
        )

    def forget(self, chat: ChatKey, *, connection: Connection | None = None) -> None:
        """Empty the chat's memory (/start, 取消)."""
        with self.ledger.within(connection, durable=False) as inside:
            dialogues.forget(inside, chat.channel, chat.id)

    def sheet(self, code: str, on: date | None = None) -> Answer:
        """An entry's whole page; `LookupError` for an unknown code."""
        return self._sheet(code, on or self.today())

    def browse(self, key: str) -> Menu:
        """A menu of the catalogue."""
        return self._knowledge.catalogue.menu(key, self.today())

    def person_to_ask(self) -> Answer:
        """找人问: whom to ask, and when."""
        said, _ = answering.press(self._knowledge, Action(Verb.PERSON), Memory(), self.today())
        return said

    def too_many(self, chat: ChatKey, *, connection: Connection | None = None) -> bool:
        """Whether the chat has used up its questions of this minute; counts one use."""
        with self.ledger.within(connection, durable=False) as inside:
            key = f"ask:{self._pseudonyms.of(chat.channel, chat.id)}"
            return not rate_limits.allow(inside, key, QUESTIONS_A_MINUTE, 60, self.now())

    def _dialogue(self, connection: Connection, chat: ChatKey) -> Dialogue:
        kept = dialogues.load(connection, self._cipher, chat.channel, chat.id, self.now())
        return kept or Dialogue(chat.channel, chat.id)

    def _remember(self, connection: Connection, dialogue: Dialogue, memory: Memory) -> None:
        fresh = replace(
            dialogue,
            entry=memory.entry,
            facet=memory.facet,
            facts=memory.facts,
            offered=memory.offered,
            awaiting=memory.asked,
        )
        try:
            dialogues.save(connection, self._cipher, fresh, self.now())
        except DialogueChanged:
            # two tabs of one browser: the later reply simply wins the memory
            dialogues.overwrite(connection, self._cipher, fresh, self.now())

    def _record(self, connection: Connection, chat: ChatKey, text: str, said: Answer) -> None:
        questions.record(
            connection,
            questions.AskedQuestion(
                text=mask(text[: answering.LONGEST_QUESTION]),
                outcome=said.outcome.value,
                channel=chat.channel,
                chat_hash=self._pseudonyms.of(chat.channel, chat.id),
                asked_at=self.now(),
                entry=said.entries[0] if said.entries else None,
                confidence=said.confidence,
                runner_up=said.runner_up,
                matched_words=said.matched,
                status=said.status.value if said.status else None,
                facet=said.facet.value if said.facet else None,
                publication=said.version,
            ),
        )


def _sheets(knowledge: KnowledgeBase) -> Callable[[str, date], Answer]:
    """Entries' pages of one publication, each rendered once a day: a village scans the same few cards all day long."""
    return lru_cache(maxsize=SHEETS_KEPT)(partial(answering.sheet, knowledge))


def open_knowledge(state: Path, data: Path, now: datetime | None = None) -> KnowledgeBase:
    """The publication of the state folder that serves, after publishing `data` when it changed since it last was.

    What staff published or rolled back is never undone by a start: from their first import on, `data` waits for them.
    A `data` with faults is reported and the earlier publication serves on; without one `ContentError` is raised.
    """
    revisions = Revisions(state)
    version, latest = content_hash(data), revisions.latest()
    if latest is None or revisions.needs_seeding(version):
        try:
            revisions.publish(data, SEEDER, now or datetime.now(UTC))
        except ContentError as error:
            if latest is None:
                raise
            log.error(
                "data/ 有 %d 处问题，没有启用，继续用上一次发布的 %s：%s",
                len(error.faults),
                _mark(latest.version),
                error,
            )
    elif not revisions.knows(version):
        log.warning("data/ 有改动，但这里发布过工作人员导入的内容，没有自动启用。要用 data/：%s", TAKE_DATA)
    return _serving(revisions, data)


def _serving(revisions: Revisions, data: Path) -> KnowledgeBase:
    """The newest publication that is sound; `data` itself when none is."""
    try:
        publication, folder, damaged = revisions.serving()
    except LookupError as error:
        log.error("%s改用 data/ 直接启动。", error)
        return KnowledgeBase.load(data)
    for fault in damaged:
        log.error("%s改用更早的一次发布 %s。", fault, _mark(publication.version))
    return KnowledgeBase.load(folder, _mark(publication.version))


def _mark(version: str) -> str:
    """The short form of a version that answers carry."""
    return version[:6]


def _memory(dialogue: Dialogue) -> Memory:
    return Memory(dialogue.entry, dialogue.facet, dict(dialogue.facts), dialogue.offered, dialogue.awaiting)


__all__ = ["ChatKey", "Office", "open_knowledge"]
