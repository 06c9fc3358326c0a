"""What a person sees: messages, buttons, and the answers to their taps and inline queries."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .sending import KINDS_WITH_FILE
from .world import Json, Query

if TYPE_CHECKING:
    from .api import TelegramApi


@dataclass(frozen=True)
class Button:
    """One button; `opens` is the address of a link or Web App button."""

    text: str
    callback_data: str | None
    opens: str | None
    raw: Json

    @classmethod
    def of(cls, raw: Json) -> "Button":
        """The view of a Bot API button."""
        opens = raw.get("url") or raw.get("web_app", {}).get("url") or raw.get("login_url", {}).get("url")
        return cls(raw["text"], raw.get("callback_data"), opens, raw)


@dataclass(frozen=True)
class Message:
    """A message at one moment; text is the text or caption after parsing."""

    chat_id: int
    id: int
    from_bot: bool
    kind: str
    text: str
    entities: tuple[Json, ...]
    keyboard: tuple[tuple[Button, ...], ...]
    edits: int
    reply_to: int | None
    raw: Json

    @classmethod
    def of(cls, raw: Json, bot_id: int, edits: int) -> "Message":
        """The view of a Bot API message."""
        kinds = ("text", *KINDS_WITH_FILE, "venue", "location", "contact")
        rows = raw.get("reply_markup", {}).get("inline_keyboard", [])
        return cls(
            chat_id=raw["chat"]["id"],
            id=raw["message_id"],
            from_bot=raw["from"]["id"] == bot_id,
            kind=next((k for k in kinds if k in raw), "service"),
            text=raw.get("text") or raw.get("caption", ""),
            entities=tuple(raw.get("entities") or raw.get("caption_entities", ())),
            keyboard=tuple(tuple(Button.of(b) for b in row) for row in rows),
            edits=edits,
            reply_to=raw.get("reply_to_message", {}).get("message_id"),
            raw=raw,
        )

    @property
    def buttons(self) -> list[Button]:
        """All inline buttons in reading order."""
        return [button for row in self.keyboard for button in row]

    @property
    def links(self) -> list[str]:
        """The addresses behind the links of the text."""
        return [e["url"] for e in self.entities if e["type"] == "text_link"]

    def button(self, text: str) -> Button:
        """The button with that label; ValueError names those that there are."""
        for button in self.buttons:
            if button.text == text:
                return button
        raise ValueError(f"no button {text!r} under {self.text!r}; there are {[b.text for b in self.buttons]}")

    def styled(self, kind: str) -> list[str]:
        """The pieces of the text that carry an entity of that kind, such as bold."""
        units = self.text.encode("utf-16-le")
        spans = [(2 * e["offset"], 2 * (e["offset"] + e["length"])) for e in self.entities if e["type"] == kind]
        return [units[start:end].decode("utf-16-le") for start, end in spans]


@dataclass(frozen=True)
class Tap:
    """A tap on an inline button; it spins until the bot answers."""

    api: "TelegramApi"
    query: Query

    @property
    def answer(self) -> Json | None:
        """What the bot answered (text, show_alert, url), None as long as it spins."""
        return self.query.answer

    def wait_for_answer(self, timeout: float | None = None) -> Json:
        """The bot's answer."""
        return self.api.wait_until(lambda: self.query.answer, f"an answer to tap {self.query.body['data']!r}", timeout)

    def __str__(self) -> str:
        return f"tap {self.query.body['data']!r} by {self.query.user_id}"


@dataclass(frozen=True)
class InlineAnswer:
    """An inline query and, once the bot answered, its results."""

    api: "TelegramApi"
    query: Query

    def wait_for_results(self, timeout: float | None = None) -> list[Json]:
        """The results the bot offers."""
        what = f"results for the inline query {self.query.body['query']!r}"
        results: list[Any] = self.api.wait_until(lambda: self.query.answer, what, timeout)["results"]
        return results

    @property
    def answer(self) -> Json | None:
        """The bot's whole answer, None as long as there is none."""
        return self.query.answer
