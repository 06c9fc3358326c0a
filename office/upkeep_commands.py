"""`python -m office backup · restore · rekey`: the upkeep of a state, with what was done in plain words."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from office import erasure
from office.applications import UnknownCase
from office.backup import write_backup
from office.office import Office
from office.privacy import generate_field_key
from office.rekeying import rekey
from office.restoring import Restored, restore
from office.settings import Settings
from office.working_days import WENZHOU

SHOWN = {
    "people": "人员",
    "applications": "单子",
    "application_papers": "材料",
    "follow_ups": "回访",
    "help_requests": "找人问",
    "codes": "码",
    "questions": "提问",
    "audit": "留痕",
}


def declare(commands: Any) -> None:
    """Add the three subcommands to those of `python -m office`."""
    backup = commands.add_parser("backup", help="备份到一个文件，程序不用停")
    backup.add_argument("path", type=Path, help="一个文件夹（没有就建），或者 .tar 结尾的文件名")
    backup.add_argument("--with-keys", action="store_true", help="把密钥也放进去（这份备份谁拿到谁能看）")
    backup.set_defaults(run=_backup)
    back = commands.add_parser("restore", help="从备份恢复，先停下程序")
    back.add_argument("path", type=Path, help="备份文件")
    back.add_argument("--replace", action="store_true", help="现在的东西不要了，换成备份里的")
    back.set_defaults(run_closed=_restore)
    keys = commands.add_parser("rekey", help="全部换成 FIELD_KEY、SECRET_KEY 里最前面那一把")
    keys.add_argument("--make", action="store_true", help="只印一把新密钥，别的不动")
    keys.set_defaults(run=_rekey)


def _backup(office: Office, asked: argparse.Namespace) -> int:
    path, manifest = write_backup(office, asked.path, with_keys=asked.with_keys)
    print(f"备份好了，查过一遍：{path}（{path.stat().st_size / 2**20:.1f} MB，{len(manifest.files)} 个文件）")
    print(_counts(dict(manifest.counts)))
    if asked.with_keys:
        print("密钥在里面：谁拿到这个文件，谁就能看农户的姓名电话。请锁好。")
    else:
        print("密钥不在里面：FIELD_KEY 和 SECRET_KEY 请另外抄一份，没有它们恢复不了。")
    return 0


def _restore(settings: Settings, asked: argparse.Namespace, read_again: Callable[[], Settings]) -> int:
    """The settings are read again where the backup brought its keys."""
    restored = restore(settings, asked.path, replace=asked.replace)
    made_at = datetime.fromisoformat(restored.manifest.made_at).astimezone(WENZHOU)
    print(f"恢复好了：{made_at:%Y-%m-%d %H:%M} 的备份，加密的内容都打得开。")
    print(_counts(restored.counts) + f"，材料照片 {restored.papers} 个文件")
    if restored.has_new_keys:
        print(f"密钥也放回 {settings.state_dir} 了。")
    elif restored.has_other_secret:
        print("注意：SECRET_KEY 和备份时的不一样，查进度的后四位、聊天里的单子会对不上；请把备份时的补在它后面。")
    if restored.erased_since:
        _erase_again(read_again(), restored)
    print("下一步：启动程序，进工作台看一眼“自查”。")
    return 0


def _erase_again(settings: Settings, restored: Restored) -> None:
    office, done = Office.open(settings), 0
    try:
        for receipt in restored.erased_since:
            try:
                erasure.erase_case(office, receipt)
            except UnknownCase:  # registered after the backup: it did not come back
                continue
            done += 1
    finally:
        office.ledger.close()
    print(f"备份之后有 {done} 个人要求删除过，已经照样再删了一遍。")


def _rekey(office: Office, asked: argparse.Namespace) -> int:
    if asked.make:
        print(generate_field_key())
        return 0
    fields, files = rekey(office)
    print(f"换好了：{fields} 处加密的内容，{files} 个材料文件，都只要最前面那一把密钥。")
    print(
        "查过了，旧密钥已经用不着：从 FIELD_KEY 里去掉，重启。SECRET_KEY 的旧密钥再留 30 天（登录和打开的页面还认它）。"
    )
    return 0


def _counts(counts: dict[str, int]) -> str:
    return "，".join(f"{word} {counts.get(name, 0)}" for name, word in SHOWN.items())
