"""Checks the parameters of a call against methods.json and turns form strings into typed values."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .errors import ApiError, bad

Json = dict[str, Any]
ARRAY = "Array of "
INTEGER = re.compile(r"[+-]?\d{1,19}")
TRUE, FALSE = {"true", "1", "yes"}, {"false", "0", "no", ""}
SPOKEN = {
    "InlineKeyboardButton": "inline keyboard button",
    "KeyboardButton": "keyboard button",
    "InlineQueryResult": "inline query result",
}
EMPTY_WORDS = {"chat_id": "chat_id is empty", "text": "message text is empty"}
FILE_WORDS = {"photo", "document", "voice", "sticker", "video", "audio", "animation", "video_note"}


@dataclass(frozen=True)
class Upload:
    """One file of a multipart call."""

    name: str
    content: bytes
    mime_type: str


@lru_cache(maxsize=1)
def table() -> Json:
    """The committed table of methods and types."""
    loaded: Json = json.loads((Path(__file__).parent / "methods.json").read_text(encoding="utf-8"))
    loaded["by_lower"] = {name.lower(): name for name in loaded["methods"]}
    return loaded


def spelled(method: str) -> str:
    """The method's own spelling (Telegram ignores case); unknown methods are 404."""
    name = table()["by_lower"].get(method.lower())
    if name is None:
        raise ApiError(404, "Not Found: method not found")
    return str(name)


def checked(method: str, raw: Json, files: dict[str, Upload]) -> Json:
    """The call's parameters with their types, or the refusal Telegram would send."""
    fields: Json = table()["methods"][method]
    for name in raw:
        if name not in fields:
            raise bad(f'unknown parameter "{name}" of {method}')
    for name in files:
        if name not in fields and not _is_attached(name, raw):
            raise bad(f'file "{name}" is not used by {method}')
    values: Json = {}
    for name, field in fields.items():
        if name in files and "InputFile" in field["types"]:
            values[name] = files[name]
        elif name in raw and raw[name] is not None:
            values[name] = _parameter(name, raw[name], field["types"], files)
        elif field["required"]:
            raise bad(_missing(name))
    if "media" in values:
        values["media"] = _with_files(values["media"], files)
    return values


def _with_files(media: Any, files: dict[str, Upload]) -> Any:
    """Media objects with the uploads that they name by attach:// put in their place."""
    if isinstance(media, list):
        return [_with_files(item, files) for item in media]
    return media | {"media": _attached("media", media["media"], files)}


def _attached(name: str, value: str, files: dict[str, Upload]) -> Upload | str:
    part = value.removeprefix("attach://")
    if part == value:
        return value
    if part not in files:
        raise bad(f'attached file "{part}" of {name} is not in the request')
    return files[part]


def _is_attached(name: str, raw: Json) -> bool:
    return any(f"attach://{name}" in (v if isinstance(v, str) else json.dumps(v)) for v in raw.values())


def _missing(name: str) -> str:
    if name in FILE_WORDS:
        return f"there is no {name.replace('_', ' ')} in the request"
    return EMPTY_WORDS.get(name, f'parameter "{name}" is required')


def _parameter(name: str, value: Any, types: list[str], files: dict[str, Upload]) -> Any:
    """One top-level value: form strings are read as their type, JSON text as an object."""
    if "InputFile" in types and isinstance(value, str) and value.startswith("attach://"):
        return _attached(name, value, files)
    scalars = [t for t in types if t in {"Integer", "String", "Boolean", "Float"}]
    for kind in scalars:
        read = _scalar(kind, value)
        if read is not None:
            return read
    structured = [t for t in types if t not in {"Integer", "String", "Boolean", "Float", "InputFile"}]
    if not structured:
        raise bad(f'parameter "{name}" must be of type {" or ".join(types)}')
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            raise bad(f"can't parse {name} JSON object") from None
    return check_value(value, structured, name)


def _scalar(kind: str, value: Any) -> Any:
    """The value as that scalar, or None where it is not one."""
    if kind == "Integer":
        if isinstance(value, str) and INTEGER.fullmatch(value):
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    if kind == "Float":
        try:
            return float(value) if not isinstance(value, bool) else None
        except (TypeError, ValueError):
            return None
    if kind == "Boolean":
        if isinstance(value, str):
            return True if value.lower() in TRUE else False if value.lower() in FALSE else None
        return value if isinstance(value, bool) else None
    return value if isinstance(value, str) else None


def check_value(value: Any, types: list[str], where: str) -> Any:
    """A value inside a JSON object, checked all the way down; returned unchanged."""
    arrays = [t for t in types if t.startswith(ARRAY)]
    if arrays and isinstance(value, list):
        inner = [t.removeprefix(ARRAY) for t in arrays]
        return [check_value(item, inner, where) for item in value]
    for kind in types:
        if kind in {"Integer", "String", "Boolean", "Float"} and _strict_scalar(kind, value):
            return value
    if "KeyboardButton" in types and isinstance(value, str):
        return value  # a key that only sends its text may be given as that text
    objects = [t for t in types if not t.startswith(ARRAY) and t[0].isupper() and _is_object(t)]
    if objects and isinstance(value, dict):
        return _check_object(value, objects, where)
    expected = " or ".join(types)
    if objects or arrays:
        raise bad(f"can't parse {where}: {expected} expected")
    raise bad(f"can't parse {where}: Field must be of type {expected}")


def _strict_scalar(kind: str, value: Any) -> bool:
    if kind == "Integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "Float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, bool if kind == "Boolean" else str)


def _is_object(kind: str) -> bool:
    return kind in table()["types"] or kind in table()["unions"]


def _expand(kinds: list[str]) -> list[str]:
    unions = table()["unions"]
    return [member for kind in kinds for member in (_expand(unions[kind]) if kind in unions else [kind])]


def _check_object(value: Json, kinds: list[str], where: str) -> Json:
    """Checks against the one kind the object claims to be: by its fixed fields, then by its required ones."""
    members = _expand(kinds)
    types = table()["types"]
    fitting = [k for k in members if _constants_fit(value, types[k])]
    if not fitting:
        raise bad(f"can't parse {kinds[0]}: Unsupported type specified")
    complete = [k for k in fitting if all(n in value for n, f in types[k].items() if f["required"])]
    best = max(complete or fitting, key=lambda k: sum(n in types[k] for n in value))
    _check_fields(value, best, where)
    return value


def _constants_fit(value: Json, fields: Json) -> bool:
    return all(value.get(n) == f["const"] for n, f in fields.items() if "const" in f)


def _check_fields(value: Json, kind: str, where: str) -> None:
    spoken = SPOKEN.get(kind, SPOKEN["InlineQueryResult"] if kind.startswith("InlineQueryResult") else kind)
    fields: Json = table()["types"][kind]
    for name in value:
        if name not in fields:
            raise bad(f'can\'t parse {spoken}: Unexpected field "{name}"')
    for name, field in fields.items():
        if name not in value:
            if field["required"]:
                raise bad(f"can't parse {spoken}: Can't find field \"{name}\"")
        elif len(field["types"]) == 1 and field["types"][0] in {"Integer", "String", "Boolean", "Float"}:
            if not _strict_scalar(field["types"][0], value[name]):
                raise bad(f'can\'t parse {spoken}: Field "{name}" must be of type {field["types"][0]}')
        else:
            check_value(value[name], field["types"], f"{where}.{name}")
