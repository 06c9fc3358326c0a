"""Seals: what a form, a cookie or a link carries to show that it comes from here."""

from __future__ import annotations

import hashlib
import hmac

from web.window import Window

_LENGTH = 32


def of_token(token: str, purpose: str) -> str:
    """The seal that only who holds the cookie `token` can know: no other site can put it into a form."""
    return _seal(token.encode(), purpose)


def made(window: Window, purpose: str, *parts: str) -> str:
    """The seal of `parts` under the newest SECRET_KEY."""
    return _seals(window, purpose, parts)[0]


def fits(window: Window, seal: str, purpose: str, *parts: str) -> bool:
    """Whether `seal` was made here of these `parts`, also before a change of keys."""
    return any(is_same(seal, one) for one in _seals(window, purpose, parts))


def is_same(one: str, other: str) -> bool:
    """Compared in the same time whatever differs."""
    return hmac.compare_digest(one.encode(), other.encode())


def _seals(window: Window, purpose: str, parts: tuple[str, ...]) -> list[str]:
    words = "\0".join((purpose, *parts))
    return [_seal(key.reveal().encode(), words) for key in window.office.settings.secret_keys]


def _seal(key: bytes, words: str) -> str:
    return hmac.new(key, f"huinong {words}".encode(), hashlib.sha256).hexdigest()[:_LENGTH]
