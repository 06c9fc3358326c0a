"""Telegram's Mini App data (initData): who opened the page, believed only with the bot's own signature and while fresh."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

LASTS = timedelta(hours=1)
CLOCKS_DIFFER = timedelta(minutes=5)
LONGEST = 4096


def visitor_of(init_data: str, bot_token: str, now: datetime) -> int | None:
    """The Telegram id of the person, or None when the data is forged, damaged, too old or from the future."""
    try:
        fields = parse_qsl(init_data[:LONGEST], keep_blank_values=True, strict_parsing=True, max_num_fields=20)
    except ValueError:
        return None
    said = dict(fields)
    if len(said) != len(fields) or not _is_signed(said, bot_token):
        return None
    return _fresh_person(said, now)


def _is_signed(said: dict[str, str], bot_token: str) -> bool:
    """Telegram signs every field but the hash itself, sorted, one a line."""
    lines = "\n".join(f"{name}={said[name]}" for name in sorted(said) if name != "hash")
    key = hmac.new(b"WebAppData", bot_token.encode(), hashlib.sha256).digest()
    right = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), said.get("hash", "").encode())


def _fresh_person(said: dict[str, str], now: datetime) -> int | None:
    """Read only after the signature was right, so what cannot be read is Telegram's change of form, not an attack."""
    try:
        signed_at = datetime.fromtimestamp(int(said["auth_date"]), UTC)
        person = json.loads(said["user"])["id"]
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    is_fresh = now - LASTS <= signed_at <= now + CLOCKS_DIFFER
    return person if is_fresh and isinstance(person, int) and person > 0 else None
