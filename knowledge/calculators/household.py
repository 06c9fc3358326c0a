"""A farm household's balance sheet (农户家庭资产负债表): net worth, and never a credit line made of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from knowledge.calculators.inputs import Fields, Input
from knowledge.calculators.result import UNDETERMINED, Step, Worked, added, money
from knowledge.entries import Payee
from knowledge.rendering import plain

INPUTS = (
    Input("assets_yuan", "家里的东西值多少，元；没估价写 null", '{"农房": "200000", "承包地": null}', required=True),
    Input("liabilities_yuan", "欠的钱，元；没欠写 {}", '{"信用社贷款": "50000"}', required=True),
)
_CLAUSE = "农户家庭资产负债表融资模式"


def household_net_worth(fields: Fields) -> Worked:
    """Assets less debts; anything unvalued leaves the net worth open, with the known part beside it."""
    assets, debts = fields.named("assets_yuan"), fields.named("liabilities_yuan")
    if not assets:
        raise fields.bad("assets_yuan", "至少要有一样")
    open_assets = [name for name, value in assets.items() if value is None]
    open_debts = [name for name, value in debts.items() if value is None]
    owned = added(value for value in assets.values() if value is not None)
    owed = added(value for value in debts.values() if value is not None)
    net = UNDETERMINED if open_assets or open_debts else money(owned - owed)
    values = {
        "total_assets_yuan": UNDETERMINED if open_assets else money(owned),
        "total_liabilities_yuan": UNDETERMINED if open_debts else money(owed),
        "net_worth_yuan": net,
        "known_part_yuan": money(owned - owed),
        "credit_line_yuan": UNDETERMINED,
    }
    steps = (
        Step("总资产 = 各样相加", _listed(assets), _CLAUSE, values["total_assets_yuan"]),
        Step("总负债 = 各笔相加", _listed(debts) or "没有欠款", _CLAUSE, values["total_liabilities_yuan"]),
        Step("净资产 = 总资产 − 总负债", f"已知部分 {money(owned)} − {money(owed)}", _CLAUSE, net),
        Step("授信额度", "没有公布算法，各银行自己定系数", _CLAUSE, UNDETERMINED),
    )
    notes = ["贷多少算不出：净资产、年收入、人品要和村里公议一起看，没有公布公式；以银行答复为准。"]
    if open_assets:
        notes.append(f"{'、'.join(open_assets)[:60]}还没估价，净资产先不算死；没估价不等于不值钱。")
    if open_debts:
        notes.append(f"{'、'.join(open_debts)[:60]}欠多少还不知道，已知部分没有减掉它。")
    return Worked(values, steps, (Payee.FARMER,), tuple(notes))


def _listed(amounts: Mapping[str, Decimal | None]) -> str:
    return " + ".join(f"{name[:12]} {'不知道' if value is None else plain(value)}" for name, value in amounts.items())
