"""Signs Mini App data as Telegram does, for a made-up bot."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
TOKEN = "123456:made-up-token-of-the-tests"


def init_data(token: str = TOKEN, at: datetime = NOW, **changed: str) -> str:
    """What Telegram gives the page, signed with `token`; `changed` fields are altered after the signature."""
    fields = {
        "auth_date": str(int(at.timestamp())),
        "query_id": "AAH",
        "signature": "third-party",
        "user": json.dumps({"id": 4711, "first_name": "阿大&=", "language_code": "zh"}, ensure_ascii=False),
    }
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    fields["hash"] = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    return urlencode({**fields, **changed})
