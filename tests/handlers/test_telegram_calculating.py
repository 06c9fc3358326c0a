"""算一算 in Telegram: numbers and buttons through the real bot, other questions in between, giving up at any time."""

from __future__ import annotations

from tests.telegram_api import Person, TelegramApi


def begin(person: Person, title: str) -> str:
    """Open the list and choose a calculation; returns the first question."""
    menu = person.ask("算一算")
    person.tap(menu, title)
    return person.chat.wait_for_reply().text


def press(person: Person, label: str) -> str:
    """Press a button of the last reply."""
    person.tap(person.chat.replies[-1], label)
    return person.chat.wait_for_reply().text


def test_a_loan_is_worked_out_to_the_cent(ming: Person) -> None:
    """Said the farmer's way (十万, 月息三厘, 一年): status and payee first, the plan adds up, every step with its ground."""
    assert "借多少钱" in begin(ming, "贷款一年真实花多少")
    assert "年利率" in ming.ask("十万").text
    assert "借多久" in ming.ask("月息三厘").text
    assert "怎么还" in ming.ask("一年").text
    assert "担保费" in press(ming, "等额本息（每月还一样多）")
    assert "贴息" in press(ming, "没有")
    text = press(ming, "没有")

    assert text.index("不是批复") < text.index("钱给谁") < text.index("一年真实成本")
    assert "一共还：101,960.71 元" in text
    assert "第 12 期　还 8496.68" in text
    assert "/calculate/loan_cost?" in text


def test_two_meanings_are_asked_back_with_buttons(ming: Person) -> None:
    """一分利 is 10 % or 12 %; 20 is 20 or 200 000: the person presses which."""
    begin(ming, "贷款一年真实花多少")
    assert "20 元，还是 200000 元" in ming.ask("20").text
    assert "年利率" in press(ming, "200000元")
    assert "一年 10%，还是 一年 12%" in ming.ask("一分利").text
    assert "借多久" in press(ming, "12%")


def test_another_question_is_answered_and_the_calculation_goes_on(ming: Person) -> None:
    """In the middle a question is answered as always; the button brings the open question back."""
    begin(ming, "贷款一年真实花多少")
    ming.ask("10万")
    other = ming.ask("石斛贷利息多少")
    assert "来源：" in other.text
    assert other.buttons[-1].text == "找人问"
    assert "年利率" in press(ming, "接着算：贷款一年真实花多少")
    assert "借多久" in ming.ask("4.35").text


def test_cancelling_drops_the_figures(ming: Person) -> None:
    """取消 by word and by button; a number afterwards is no longer taken for an answer."""
    begin(ming, "家底算一算")
    assert "不算了" in ming.ask("取消").text
    begin(ming, "家底算一算")
    assert "不算了" in press(ming, "取消")
    assert "欠多少" not in ming.ask("农房 20万").text


def test_what_is_no_number_is_told_with_an_example(ming: Person) -> None:
    """Nothing becomes 0: the box is named, an example is shown, the question stays open."""
    begin(ming, "贷款一年真实花多少")
    said = ming.ask("随便").text
    assert "借多少钱" in said
    assert "10万" in said
    assert "年利率" in ming.ask("两万").text


def test_a_draft_sum_says_first_that_it_is_a_draft_and_whom_it_pays(ming: Person) -> None:
    """Before the first question and before the figures."""
    first = begin(ming, "担保机构收费低，能补多少")
    assert first.index("征求意见稿曾写") < first.index("钱给担保机构") < first.index("平均担保费率")
    ming.ask("0.5")
    text = ming.ask("1亿").text
    assert text.index("征求意见稿曾写") < text.index("钱给谁：给担保机构，不是给农户") < text.index("600,000.00 元")


def test_household_figures_never_stand_in_an_address(ming: Person) -> None:
    """Net worth is worked out in the chat; no link repeats it."""
    begin(ming, "家底算一算")
    ming.ask("农房 20万\n承包地 不知道")
    text = ming.ask("信用社贷款 5万").text
    assert "净资产：还算不出" in text
    assert "已知部分的净资产：150,000.00 元" in text
    assert "http" not in text


def test_two_people_calculate_side_by_side(api: TelegramApi, ming: Person) -> None:
    """Each chat has its own open form."""
    hong = api.user("小红")
    begin(ming, "贷款一年真实花多少")
    begin(hong, "农业保险自己要出多少")
    assert "年利率" in ming.ask("10万").text
    press(hong, "一般的农业保险")
    assert "保费" in hong.ask("30亩").text


def test_the_cost_of_two_loans_is_one_press_away(ming: Person) -> None:
    """Under a comparison: the status of each entry first, silent rates said to be open."""
    ming.ask("石斛贷和创业担保贷款哪个划算")
    text = press(ming, "算一算一年真实成本")
    assert text.startswith("浙里担·石斛贷（乐清）：【已过期")
    assert "差在年利率" in text
    assert "没拿来减" in text
    assert "/calculate/compare?entry=dendrobium-loan&entry=startup-loan-personal" in text
