"""Presses of inline buttons, also of old ones: catalogue pages turn in place, everything else is a new message."""

from __future__ import annotations

from dataclasses import replace

from telegram import CallbackQuery, Message

from handlers import applying, asking, assisting, calculating, cards, caring, checking, forgetting
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from handlers.wrapping import HOME, notice, wrapped
from knowledge.answers import Action, Answer, Button, Verb
from office.ledger import rate_limits
from office.office import QUESTIONS_A_MINUTE

SECONDS_OF_A_DOUBLE_TAP = 3
MOST_TAPS = 1000  # counted, not limited
TAPPED = "刚才点过了，请看下面的消息。"
TOO_FAST = "点得有点快，请过一分钟再点。"
SAME_PAGE = "已经是这一页了。"
MOST_ON_A_PAGE = 12
TURNS_IN_PLACE = (Verb.BROWSE, Verb.HOME)
STALE = Action(Verb.ENTRY)  # leads nowhere: the office says kindly that the button is old


def on_press(visit: Visit) -> tuple[Outgoing, ...]:
    """The reply to a tap; the same tap twice within moments has one effect."""
    query = visit.update.callback_query
    if query is None or query.message is None or query.data is None:
        return ()
    if not rate_limits.allow(visit.connection, _tap_key(query, visit), 1, SECONDS_OF_A_DOUBLE_TAP, visit.now):
        return ()
    rate_limits.allow(visit.connection, _button_key(query, visit), MOST_TAPS, SECONDS_OF_A_DOUBLE_TAP, visit.now)
    action = Action.parse(query.data) or STALE
    return asking.within_limits(visit, lambda: _pressed(action, visit))


def remark(visit: Visit) -> str:
    """What the tap itself is answered with, seen for a moment: why it will bring nothing, or nothing to say."""
    query = visit.update.callback_query
    if query is None or query.message is None:
        return ""
    if rate_limits.is_used_up(visit.connection, _tap_key(query, visit), 1, visit.now):
        return TAPPED
    asked = f"ask:{visit.office.pseudonyms.of(visit.key.channel, visit.key.id)}"
    is_too_fast = rate_limits.is_used_up(visit.connection, asked, QUESTIONS_A_MINUTE, visit.now)
    return TOO_FAST if is_too_fast else ""


def _tap_key(query: CallbackQuery, visit: Visit) -> str:
    """The same button of the same page: a message that was turned in place meanwhile shows another page."""
    message = query.message
    turned = message.edit_date.timestamp() if isinstance(message, Message) and message.edit_date else 0
    return f"{_button_key(query, visit)}:{turned:.0f}"


def _button_key(query: CallbackQuery, visit: Visit) -> str:
    """The same button of the same message, whatever page it shows by now."""
    return f"tap:{visit.key.id}:{query.message.message_id if query.message else 0}:{query.data}"


def _pressed(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    if forgetting.is_ours(action):
        return forgetting.on_press(action, visit)
    if action.verb is Verb.FOLLOW_UP:
        return caring.on_follow_up(action, visit)
    if action.verb is Verb.APPLY:
        return applying.on_press(action, visit)
    if action.verb is Verb.CARD:
        return cards.on_press(action, visit)
    if action.verb is Verb.CALCULATE:
        return calculating.on_press(action, visit)
    if action.verb in checking.VERBS:
        replies = checking.on_press(action, visit)
        return _in_place(replies, visit) if checking.turns_in_place(action) else replies
    if action.verb is Verb.ASSIST:
        replies = assisting.on_press(action, visit)
        return _in_place(replies, visit) if assisting.turns_in_place(action) else replies
    said = visit.office.press(action, visit.key, connection=visit.connection)
    if action.verb is Verb.PERSON:
        said = caring.invited(said)
    if action.verb not in TURNS_IN_PLACE:
        return wrapped(said, visit.where.id, elder=visit.known.elder_mode)
    return _turned(action, said, visit)


def _turned(action: Action, said: Answer, visit: Visit) -> tuple[Outgoing, ...]:
    """A page of the catalogue in place of the one that was pressed, if that can still be changed."""
    page = int(action.detail) if action.detail.isdigit() else 0
    shown = _page(said, action.target, page)
    replies = wrapped(shown, visit.where.id, elder=visit.known.elder_mode)
    before = _pressed_message(visit)
    return _in_place(replies, visit) if before is not None and _is_menu(before) else replies


def _in_place(replies: tuple[Outgoing, ...], visit: Visit) -> tuple[Outgoing, ...]:
    """The one reply instead of the message that was pressed, as far as that can still be changed."""
    before, query = _pressed_message(visit), visit.update.callback_query
    if before is None or query is None or len(replies) != 1:
        return replies
    if _looks_like(before, replies[0]):  # Telegram refuses an edit that changes nothing
        has_just_turned = rate_limits.is_used_up(visit.connection, _button_key(query, visit), 2, visit.now)
        return () if has_just_turned else (notice(SAME_PAGE, visit.where.id),)
    return (replace(replies[0], edit=before.message_id),)


def _pressed_message(visit: Visit) -> Message | None:
    query = visit.update.callback_query
    return query.message if query is not None and isinstance(query.message, Message) else None


def _page(said: Answer, key: str, page: int) -> Answer:
    """One page of a long menu, with buttons to the pages beside it and to the top."""
    last = max(len(said.buttons) - 1, 0) // MOST_ON_A_PAGE
    page = min(page, last)
    first = page * MOST_ON_A_PAGE
    turns = []
    if page > 0:
        turns.append(Button("上一页", Action(Verb.BROWSE, key, str(page - 1))))
    if page < last:
        turns.append(Button("下一页", Action(Verb.BROWSE, key, str(page + 1))))
    if key:
        turns.append(HOME)
    return replace(said, buttons=(*said.buttons[first : first + MOST_ON_A_PAGE], *turns))


def _is_menu(message: Message) -> bool:
    """Whether the message is a catalogue page; a reply is never overwritten by one."""
    if message.reply_markup is None:
        return False
    datas = [button.callback_data for row in message.reply_markup.inline_keyboard for button in row]
    actions = [Action.parse(data) for data in datas if isinstance(data, str)]
    verbs = {action.verb for action in actions if action is not None}
    is_reply = "\n" in (message.text or "") or verbs & {Verb.FACET, Verb.MORE, Verb.NONE_OF_THESE}
    return not is_reply and bool(verbs & {Verb.BROWSE, Verb.HOME, Verb.ENTRY})


def _looks_like(message: Message, reply: Outgoing) -> bool:
    """Whether the message says and offers the same already."""
    if message.reply_markup is None:
        return False
    shown = message.reply_markup.inline_keyboard
    rows = tuple(tuple((button.text, str(button.callback_data)) for button in row) for row in shown)
    return rows == reply.rows and message.text_html == reply.text
