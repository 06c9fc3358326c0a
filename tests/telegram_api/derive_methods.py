"""Derives methods.json, the table of what a call may carry, from a machine-readable Bot API.

Usage: python tests/telegram_api/derive_methods.py BOT-API.json tests/telegram_api/methods.json
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

SCALARS = {"Integer", "String", "Boolean", "Float", "InputFile"}
CONSTANT = re.compile(r"(?:must be|always)\s+[\"“]?([a-z0-9_]+)[\"”]?$")


def fields_of(entry: dict[str, Any]) -> dict[str, Any]:
    """The fields of a method or type: whether required, the types accepted, and a fixed value where there is one."""
    fields = {}
    for field in entry.get("fields", []):
        fields[field["name"]] = {"required": field["required"], "types": field["types"]}
        constant = CONSTANT.search(field["description"].strip())
        if constant and field["name"] in {"type", "source"}:
            fields[field["name"]]["const"] = constant.group(1)
    return fields


def names_in(fields: dict[str, Any]) -> set[str]:
    """The object types that some fields mention."""
    mentioned = {
        name.removeprefix("Array of ").removeprefix("Array of ") for f in fields.values() for name in f["types"]
    }
    return mentioned - SCALARS


def derive(api: dict[str, Any]) -> dict[str, Any]:
    """Every method, and the object types that can be reached from a method's fields."""
    methods = {name: fields_of(entry) for name, entry in sorted(api["methods"].items())}
    types: dict[str, Any] = {}
    unions: dict[str, list[str]] = {}
    open_names = set[str]().union(*(names_in(fields) for fields in methods.values()))
    while open_names:
        name = open_names.pop()
        entry = api["types"][name]
        if entry.get("subtypes"):
            unions[name] = entry["subtypes"]
            found = set(entry["subtypes"])
        else:
            types[name] = fields_of(entry)
            found = names_in(types[name])
        open_names |= found - set(types) - set(unions)
    return {
        "version": api["version"],
        "methods": methods,
        "types": dict(sorted(types.items())),
        "unions": dict(sorted(unions.items())),
    }


def as_text(table: dict[str, Any]) -> str:
    """JSON with one method or type a line, so that a change reads well in a diff."""
    parts = [f'"version": {json.dumps(table["version"])}']
    for section in ("methods", "types", "unions"):
        lines = [f"  {json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in table[section].items()]
        parts.append(f'"{section}": {{\n' + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(source: str, target: str) -> None:
    """Reads the description at source and writes the table to target."""
    api = json.loads(Path(source).read_text(encoding="utf-8"))
    Path(target).write_text(as_text(derive(api)), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
