"""The files settings live in: `.env`, and the keys the program makes for itself."""

from __future__ import annotations

import base64
import os
import re
import secrets
from pathlib import Path

from office.setting_names import EXAMPLES, SettingsError

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_-]*)\s*=\s*(.*)")


def read_env_file(path: Path) -> dict[str, str]:
    """NAME=value lines, `#` comments, optional quotes; a missing file is an empty one."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"设置文件 {path} 读不了：应是 UTF-8 文本，一行一个设置，例如 PORT=8000") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        pair = _LINE.fullmatch(bare)
        if pair is None:
            raise SettingsError(f"{path}:{number} 不是 名称=值 的写法，例如 PORT=8000")
        if pair[1] in found:
            raise SettingsError(f"{path}:{number} 设置 {pair[1]} 写了两次，请只留一行，例如 PORT=8000")
        found[pair[1]] = _unquote(pair[2])
    return found


def _unquote(text: str) -> str:
    quoted = re.fullmatch(r"""(["'])(.*)\1(?:\s+#.*)?""", text)
    return quoted[2] if quoted else re.sub(r"\s+#.*$", "", text)


def read_or_make_key(name: str, state_dir: Path, *, is_made: bool = True) -> str:
    """The key kept in the state folder (mode 600); made there at the first start, by one process only.

    Empty when there is none and `is_made` is False. A field key is not made beside a ledger that exists: it could not open what the lost one has sealed.
    """
    path = state_dir / f"{name.lower()}.txt"
    if not path.exists():
        if not is_made:
            return ""
        if name == "FIELD_KEY" and (state_dir / "ledger.db").exists():
            raise SettingsError(
                f"设置 FIELD_KEY 缺了：账本还在而 {path} 不见了，请从备份放回，例如 FIELD_KEY={EXAMPLES['FIELD_KEY']}"
            )
        _write_once(path, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii"))
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, key: str) -> None:
    """Write the whole file or, when another process was faster, leave theirs."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return  # another process made the key meanwhile: read theirs
    finally:
        draft.unlink()
