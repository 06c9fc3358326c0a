"""What the terminal answers from: the publication that serves in a state folder, as the web page does, else data/."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from knowledge.base import SHIPPED, KnowledgeBase, content_hash
from knowledge.reading import ContentError
from knowledge.revisions import Publication, Revisions

USE_DATA = "改用 data/ 里的内容回答。"


def open_serving(state: Path, data: Path = SHIPPED) -> tuple[KnowledgeBase, str]:
    """The content that serves in `state`, and one line that must be said of it; empty when all is as expected.

    A folder where nothing was published gives way to `data` silently, one that is damaged says so. Raises
    `ContentError` when `data` is needed and has faults.
    """
    try:
        found = _published(state, data)
    except (LookupError, sqlite3.Error, OSError) as error:
        return KnowledgeBase.load(data), f"{state / 'knowledge.db'}：{str(error).rstrip('。')}。{USE_DATA}"
    if found is None:
        return KnowledgeBase.load(data), ""
    publication, folder, said = found
    try:
        return KnowledgeBase.load(folder, publication.version[:6]), said
    except ContentError as error:
        return KnowledgeBase.load(data), f"已发布的内容读不懂（{error.faults[0]}）。{USE_DATA}"


def _published(state: Path, data: Path) -> tuple[Publication, Path, str] | None:
    """What serves, its folder, and what must be said; None when nothing was published."""
    if not (state / "knowledge.db").is_file():  # looked at first: opening would make one
        return None
    revisions = Revisions(state)
    if revisions.latest() is None:
        return None
    publication, folder, damaged = revisions.serving()
    if damaged:
        return publication, folder, f"{''.join(map(str, damaged))}改用更早的一次发布 {publication.version[:6]}。"
    return publication, folder, _difference(revisions, publication, data)


def _difference(revisions: Revisions, publication: Publication, data: Path) -> str:
    """Why `data` is not what answers; empty when it is."""
    version = content_hash(data)
    if version == publication.version:
        return ""
    serving = f"回答的是已发布的 {publication.version[:6]}"
    if revisions.knows(version):
        return f"{serving}，不是 data/ 里的 {version[:6]}。"
    return f"{serving}；data/ 有改动还没发布。"
