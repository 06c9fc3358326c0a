"""`python -m knowledge publish | rollback`: what was imported begins to serve, or what served before serves again."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.base import SHIPPED, content_hash
from knowledge.exporting import DEFAULT_ACTOR, import_as_revision, import_faults
from knowledge.revisions import Publication, PublicationDamaged, Revisions


def add_parser(commands: Any, state: Path) -> None:
    """The words of `publish` and `rollback`; `state` is the state folder unless --state names another."""
    publisher = commands.add_parser("publish", help="启用最近导入的内容；没有新导入的，就检查并启用改过的 data/")
    restorer = commands.add_parser("rollback", help="退回到上一次发布的内容")
    for part in (publisher, restorer):
        part.add_argument("--actor", default=DEFAULT_ACTOR, help=f"谁做的，不写就记成“{DEFAULT_ACTOR}”")
        part.add_argument("--reviewer", help="谁复核的，和做的人不能是同一个；可以不写，记录里就没有复核人")
        part.add_argument("--state", type=Path, default=state, help=f"状态文件夹，默认 {state}")


def run_publish(arguments: argparse.Namespace, now: datetime) -> int:
    """Publish the newest revision; a changed data/ is imported first when nothing of staff waits."""
    if _is_own_reviewer(arguments):
        return 2
    revisions = Revisions(arguments.state)
    if not _has_waiting(revisions) and not revisions.knows(content_hash(SHIPPED)):
        faults = import_faults(SHIPPED, is_canonical=True)
        for fault in faults:
            print(fault)
        if faults:
            print(f"{len(faults)} 处问题，没有发布，原来的继续用")
            return 1
        import_as_revision(SHIPPED, revisions, arguments.actor, now)
    try:
        publication = revisions.publish_newest(arguments.actor, arguments.reviewer, now)
    except (PublicationDamaged, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    print(_said("已发布", publication) if publication else "没有变化")
    if publication and not publication.reviewer:
        print("这一次没有写复核人，记录里就这样。下次写上：--actor 谁做的 --reviewer 谁复核的。", file=sys.stderr)
    return 0


def run_rollback(arguments: argparse.Namespace, now: datetime) -> int:
    """Go back one publication."""
    if _is_own_reviewer(arguments):
        return 2
    try:
        publication = Revisions(arguments.state).rollback(arguments.actor, now, arguments.reviewer)
    except (PublicationDamaged, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    print(_said("已退回", publication))
    return 0


def _has_waiting(revisions: Revisions) -> bool:
    """Whether something imported does not serve yet; what was rolled back does not wait."""
    newest = revisions.newest_revision()
    return newest is not None and newest.version not in {one.version for one in revisions.history()}


def _is_own_reviewer(arguments: argparse.Namespace) -> bool:
    if arguments.reviewer is None or arguments.reviewer != arguments.actor:
        return False
    print("复核的人（--reviewer）不能是自己，换一个人。", file=sys.stderr)
    return True


def _said(verb: str, publication: Publication) -> str:
    reviewer = publication.reviewer or "没有写复核人"
    return f"{verb} {publication.version[:6]}，经办 {publication.actor}，复核 {reviewer}，{publication.published_at}"
