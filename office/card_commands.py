"""`python -m office cards …`: make and print batches, see who came, find outdated cards, re-point and withdraw codes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

from tqdm import tqdm

from knowledge.entries import Status
from office import card_batches, codes
from office.card_batches import Order, Stale
from office.cards import LAYOUT_WORDS, Card, Ink, Layout, picture
from office.code_answers import KIND_WORDS, current, day_of, who
from office.code_text import plain, printed
from office.codes import Code, CodeKind, CodeRefused
from office.ledger import codes as rows
from office.ledger import people, scans
from office.ledger.code_prints import SETTLED
from office.ledger.scans import SPLITS
from office.office import Office
from office.people import Person, Role
from office.working_days import WENZHOU

SPLIT_WORDS = {"officer": "共富金融专员", "village": "村", "entry": "条目", "batch": "批次"}
WRITING = ("print", "reprint", "settle", "repoint", "withdraw")
INK_WORDS = {"colour": Ink.COLOUR, "black": Ink.BLACK}


def declare(parser: argparse.ArgumentParser) -> None:
    """The words of `cards`."""
    commands = parser.add_subparsers(dest="cards", required=True)
    _declare_printing(commands)
    _declare_changes(commands)
    _command(commands, "officers", "列出共富金融专员和他们的编号", _officers)
    lister = _command(commands, "list", "列出一批里的码", _list)
    lister.add_argument("batch", help="批次号")
    _command(commands, "orphans", "有人拿来、我们没发过的码", _orphans)
    funnel = _command(commands, "funnel", "扫码人次", _funnel)
    funnel.add_argument("--by", nargs="+", choices=SPLITS, default=list(SPLITS), help="按什么分")
    funnel.add_argument("--officer", help="只看一位共富金融专员")
    _command(commands, "stale", "哪些印出去的卡过时了，按村列出", _stale)
    settler = _command(commands, "settle", "过时的卡已回收或已更换", _settle)
    settler.add_argument("batch", help="批次号")
    settler.add_argument("--village", help="只这一个村")
    settler.add_argument("--entry", help="只这一条")
    settler.add_argument("--as", dest="outcome", choices=tuple(SETTLED), required=True)


def _declare_printing(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    printer = _command(commands, "print", "做一批码并印成卡：每个村、每个条目一张", _print)
    printer.add_argument("--officer", required=True, help="共富金融专员编号，见 cards officers")
    printer.add_argument("--village", action="append", default=[], help="县市区/镇街/村，可以写多次")
    printer.add_argument("--villages", type=Path, help="一行一个村的文件")
    printer.add_argument("--entry", action="append", default=[], help="条目编号，可以写多次")
    printer.add_argument("--all", action="store_true", help="全部给农户看、没有过期的条目")
    printer.add_argument("--kind", choices=[kind.value for kind in CodeKind], default="policy", help="政策码或农贷码")
    printer.add_argument("--until", type=date.fromisoformat, help="有效到哪一天，例如 2027-12-31；不写就长期有效")
    printer.add_argument("--note", default="", help="这批做什么用")
    again = _command(commands, "reprint", "再印一批已有的码", _reprint)
    again.add_argument("batch", help="批次号")
    for one in (printer, again):
        one.add_argument("--layout", choices=[x.value for x in Layout if x is not Layout.CHAT], default="a6x4")
        one.add_argument("--ink", choices=tuple(INK_WORDS), default="colour")
        one.add_argument("--copies", type=int, default=1, help="每张卡印几份")
        one.add_argument("--to", type=Path, default=Path("cards"), help="放到哪个文件夹")
    shot = _command(commands, "picture", "一张发到聊天里的图", _picture)
    shot.add_argument("code", help="码")
    shot.add_argument("--to", type=Path, default=Path("cards"), help="放到哪个文件夹")


def _declare_changes(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pointer = _command(commands, "repoint", "让码指向另一条", _repoint)
    pointer.add_argument("code")
    pointer.add_argument("entry")
    stopper = _command(commands, "withdraw", "停用一个码", _withdraw)
    stopper.add_argument("code")
    for one in (pointer, stopper):
        one.add_argument("--reason", required=True, help="原因，会给扫码的人看")
    history = _command(commands, "history", "一个码改过什么", _history)
    history.add_argument("code")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    words: str,
    run: Callable[[Office, argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words)
    parser.set_defaults(run=run)
    if name in WRITING:
        parser.add_argument("--by", dest="actor", default="命令行", help="谁做的，记在留痕里")
    return parser


def _print(office: Office, asked: argparse.Namespace) -> int:
    card_batches.check_printing(office.settings, Layout(asked.layout))
    villages = [*asked.village, *(_lines(asked.villages) if asked.villages else [])]
    end = datetime.combine(asked.until, time.max, WENZHOU) if asked.until else None
    with office.ledger.begin() as connection:
        batch, made = codes.issue(
            connection,
            office.knowledge,
            _officer(office, asked.officer),
            villages,
            _still_open(office) if asked.all else asked.entry,
            kind=CodeKind(asked.kind),
            note=asked.note,
            by=asked.actor,
            now=office.now(),
            valid_to=end,
        )
    print(f"批次 {batch.id}：{len(made)} 个{KIND_WORDS[CodeKind(asked.kind)]}，{len(set(villages))} 个村。")
    return _printed(office, asked, batch.id, made)


def _reprint(office: Office, asked: argparse.Namespace) -> int:
    card_batches.check_printing(office.settings, Layout(asked.layout))
    with office.ledger.read() as connection:
        made = rows.of_batch(connection, plain(asked.batch))
    if not made:
        raise CodeRefused(f"没有 {asked.batch} 这一批。")
    return _printed(office, asked, plain(asked.batch), made)


def _printed(office: Office, asked: argparse.Namespace, batch: str, made: tuple[Code, ...] | list[Code]) -> int:
    if asked.copies < 1:
        raise CodeRefused("每张卡至少印一份。")
    base = card_batches.check_printing(office.settings, Layout(asked.layout))
    order = Order(Layout(asked.layout), INK_WORDS[asked.ink], asked.copies, asked.to, asked.actor)
    cards = _cards(office, made)
    with tqdm(total=len(made) * asked.copies, unit="张", desc=LAYOUT_WORDS[order.layout]) as bar:
        files = card_batches.print_batch(cards, batch, base, order, bar.update)
    with office.ledger.begin() as connection:
        printed_ = zip(cards, made, strict=True)
        card_batches.record_prints(
            connection, office.cipher, printed_, order.layout, order.copies, by=order.by, now=office.now()
        )
    for path in files:
        print(path)
    print("请按 100% 的大小印，不要选“适合页面”。印好先拿手机扫一张。")
    return 0


def _picture(office: Office, asked: argparse.Namespace) -> int:
    base = card_batches.check_printing(office.settings, Layout.CHAT)
    card = _cards(office, (_code(office, asked.code),))[0]
    asked.to.mkdir(parents=True, exist_ok=True)
    path = asked.to / f"明白卡-{card.code}.png"
    path.write_bytes(picture(card, base))
    print(path)
    return 0


def _officers(office: Office, asked: argparse.Namespace) -> int:  # noqa: ARG001 - one signature for all commands
    with office.ledger.read() as connection:
        found = people.everyone(connection, office.cipher, Role.OFFICER)
    for person in found:
        print(person.id, who(person), "、".join(person.villages), "" if person.is_active else "（已离岗）")
    print(f"{len(found)} 位共富金融专员。")
    return 0


def _list(office: Office, asked: argparse.Namespace) -> int:
    with office.ledger.read() as connection:
        found = rows.of_batch(connection, plain(asked.batch))
        for code in found:
            visits = scans.visits_of(connection, code.code)
            print(printed(code.code), code.village, code.entry, code.state_at(office.now()).value, f"{visits} 人次")
    print(f"{len(found)} 个码。")
    return 0


def _orphans(office: Office, asked: argparse.Namespace) -> int:  # noqa: ARG001
    with office.ledger.read() as connection:
        found = scans.list_orphans(connection)
    for orphan in found:
        print(printed(orphan.code), f"{orphan.hits} 次，{day_of(orphan.first_at)} 到 {day_of(orphan.last_at)}")
    print(f"{len(found)} 个没发过的码。")
    return 0


def _funnel(office: Office, asked: argparse.Namespace) -> int:
    with office.ledger.read() as connection:
        found = scans.funnel(connection, asked.by, officer=asked.officer)
    print("\t".join([*(SPLIT_WORDS[name] for name in asked.by), "码", "有人扫的码", "人次"]))
    for row in found:
        print("\t".join([*row.keys, str(row.codes), str(row.used), str(row.visits)]))
    return 0


def _stale(office: Office, asked: argparse.Namespace) -> int:  # noqa: ARG001
    found = _stale_now(office)
    village = ""
    for one in found:
        if one.village != village:
            village = one.village
            print(village)
        print(
            f"  批次 {one.batch}，{one.title}：{one.copies} 张（{one.codes} 个码，{day_of(one.printed_at)} 印）：{one.why}"
            + ("；新卡印好了，等换上" if one.is_reprinted else "")
        )
    wrong = [one for one in found if not one.is_reprinted]
    print(f"{sum(one.copies for one in wrong)} 张卡要换，{len({one.village for one in wrong})} 个村。")
    if waiting := sum(one.copies for one in found if one.is_reprinted):
        print(f"另有 {waiting} 张印了新卡，等换上；换好了用 settle 登记。")
    return 0


def _settle(office: Office, asked: argparse.Namespace) -> int:
    chosen = [
        one
        for one in _stale_now(office)
        if one.batch == plain(asked.batch) and asked.village in (None, one.village) and asked.entry in (None, one.entry)
    ]
    with office.ledger.begin() as connection:
        count = card_batches.settle(connection, chosen, asked.outcome, asked.actor, office.now())
    print(f"{count} 张卡记为{SETTLED[asked.outcome]}。")
    return 0 if count else 1


def _repoint(office: Office, asked: argparse.Namespace) -> int:
    with office.ledger.begin() as connection:
        code = codes.repoint(
            connection,
            office.knowledge,
            asked.code,
            asked.entry,
            by=asked.actor,
            reason=asked.reason,
            now=office.now(),
        )
    print(f"{printed(code.code)} 现在指向：{current(office.knowledge.entries[code.entry], office.today())}")
    return 0


def _withdraw(office: Office, asked: argparse.Namespace) -> int:
    with office.ledger.begin() as connection:
        code = codes.withdraw(connection, asked.code, by=asked.actor, reason=asked.reason, now=office.now())
    print(f"{printed(code.code)} 停用了。谁扫到，会看到原因和现在该找谁。")
    return 0


def _history(office: Office, asked: argparse.Namespace) -> int:
    code = _code(office, asked.code)
    with office.ledger.read() as connection:
        found = rows.history(connection, code.code)
    print(f"{day_of(code.made_at)} 发在 {code.village}，批次 {code.batch}")
    for change in found:
        print(f"{day_of(change.at)} {change.actor}：{change.what} {change.before} → {change.after}（{change.reason}）")
    return 0


def _cards(office: Office, made: tuple[Code, ...] | list[Code]) -> list[Card]:
    with office.ledger.read() as connection:
        return card_batches.cards_of(connection, office.cipher, office.knowledge, made, office.now(), office.today())


def _stale_now(office: Office) -> list[Stale]:
    with office.ledger.read() as connection:
        return card_batches.stale_batches(connection, office.cipher, office.knowledge, office.now(), office.today())


def _officer(office: Office, person_id: str) -> Person:
    with office.ledger.read() as connection:
        person = people.find(connection, office.cipher, person_id)
    if person is None or person.role is not Role.OFFICER:
        raise CodeRefused(f"没有编号是 {person_id} 的共富金融专员，用 cards officers 看一看。")
    return person


def _code(office: Office, text: str) -> Code:
    with office.ledger.read() as connection:
        code = rows.find(connection, plain(text))
    if code is None:
        raise CodeRefused(f"没有 {text} 这个码，请对着卡再看一遍。")
    return code


def _still_open(office: Office) -> list[str]:
    """The entries worth a card: for farmers, and not over."""
    over, today = (Status.EXPIRED, Status.SUPERSEDED), office.today()
    entries = office.knowledge.entries.values()
    return [one.code for one in entries if one.audience == "farmer" and one.status_on(today) not in over]


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
