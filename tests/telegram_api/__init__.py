"""A strict local Telegram Bot API for tests; see README.md beside this file."""

from .api import TOKEN, TelegramApi
from .errors import ApiError
from .faults import Faults, Gate
from .limits import RateLimits
from .people import Chat, Person
from .process import BotProcess
from .server import Call
from .updates import Update
from .views import Button, InlineAnswer, Message, Tap
from .world import DeadlineMissed

__all__ = [
    "TOKEN",
    "ApiError",
    "BotProcess",
    "Button",
    "Call",
    "Chat",
    "DeadlineMissed",
    "Faults",
    "Gate",
    "InlineAnswer",
    "Message",
    "Person",
    "RateLimits",
    "Tap",
    "TelegramApi",
    "Update",
]
