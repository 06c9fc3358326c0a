"""The methods that change or remove messages, and those that pin them."""

from typing import Any

from .errors import bad
from .keyboards import check_markup
from .sending import KINDS_WITH_FILE, file_content
from .texts import checked_caption, checked_text
from .world import Json, Room, World

TWO_DAYS = 48 * 3600
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def _target(world: World, params: Json) -> tuple[Room, Json]:
    """The message to edit, named by chat and number or by its inline id."""
    if "inline_message_id" in params:
        place = world.inline_messages.get(params["inline_message_id"])
        if place is None:
            raise bad("MESSAGE_ID_INVALID")
        return world.rooms[place[0]], world.rooms[place[0]].messages[place[1]]
    if "chat_id" not in params:
        raise bad("chat_id is empty")
    if "message_id" not in params:
        raise bad("message identifier is not specified")
    room = world.writable(params["chat_id"])
    message = room.messages.get(params["message_id"])
    if message is None:
        raise bad("message to edit not found")
    if message["from"]["id"] != world.bot["id"]:
        raise bad("message can't be edited")
    return room, message


def _apply(world: World, params: Json, fields: tuple[str, ...], content: Json) -> Any:
    """Replaces some fields and the keyboard; without a keyboard in the call, the old one goes."""
    room, message = _target(world, params)
    markup = params.get("reply_markup")
    check_markup(markup, room.private)
    kept = {k: v for k, v in message.items() if k not in {*fields, "reply_markup", "edit_date"}}
    new = kept | {k: v for k, v in content.items() if v}
    if markup and markup["inline_keyboard"]:
        new["reply_markup"] = markup
    if new == {k: v for k, v in message.items() if k != "edit_date"}:
        raise bad(SAME)
    new["edit_date"] = int(world.now())
    number = message["message_id"]
    room.messages[number] = new
    room.edits[number] = room.edits.get(number, 0) + 1
    room.bot_events.append(("edited", number))
    return True if "inline_message_id" in params else new


def edit_text(world: World, params: Json) -> Any:
    """editMessageText."""
    if "text" not in params:
        raise bad("message text is empty")
    text, entities = checked_text(params)
    if "text" not in _target(world, params)[1]:
        raise bad("there is no text in the message to edit")
    return _apply(world, params, ("text", "entities"), {"text": text, "entities": entities})


def edit_caption(world: World, params: Json) -> Any:
    """editMessageCaption."""
    caption, entities = checked_caption(params)
    if not any(kind in _target(world, params)[1] for kind in KINDS_WITH_FILE):
        raise bad("there is no caption in the message to edit")
    content = {"caption": caption, "caption_entities": entities}
    return _apply(world, params, ("caption", "caption_entities"), content)


def edit_media(world: World, params: Json) -> Any:
    """editMessageMedia."""
    media = params["media"]
    caption, entities = checked_caption(media)
    content = file_content(world, media["type"], media["media"]) | {"caption": caption, "caption_entities": entities}
    gone = ("text", "entities", "caption", "caption_entities", *KINDS_WITH_FILE)
    return _apply(world, params, gone, content)


def edit_markup(world: World, params: Json) -> Any:
    """editMessageReplyMarkup."""
    return _apply(world, params, (), {})


def _delete(world: World, room: Room, number: int) -> None:
    message = room.messages.get(number)
    if message is None:
        raise bad("message to delete not found")
    own = message["from"]["id"] == world.bot["id"]
    if not own and not room.private and room.bot_status != "administrator":
        raise bad("message can't be deleted")
    if world.now() - message["date"] > TWO_DAYS:
        raise bad("message can't be deleted for everyone")
    del room.messages[number]
    room.deleted.add(number)
    room.bot_events.append(("deleted", number))


def delete_message(world: World, params: Json) -> bool:
    """deleteMessage."""
    _delete(world, world.room(params["chat_id"]), params["message_id"])
    return True


def delete_messages(world: World, params: Json) -> bool:
    """deleteMessages: those that are there, the others are skipped."""
    if not 1 <= len(params["message_ids"]) <= 100:
        raise bad("message identifiers are not specified")
    room = world.room(params["chat_id"])
    for number in params["message_ids"]:
        if number in room.messages:
            _delete(world, room, number)
    return True


def pin(world: World, params: Json) -> bool:
    """pinChatMessage."""
    room = world.writable(params["chat_id"])
    if params["message_id"] not in room.messages:
        raise bad("message to pin not found")
    room.pinned.append(params["message_id"])
    return True


def unpin(world: World, params: Json) -> bool:
    """unpinChatMessage: the given one, or the latest."""
    room = world.writable(params["chat_id"])
    if not room.pinned or params.get("message_id", room.pinned[-1]) not in room.pinned:
        raise bad("message to unpin not found")
    room.pinned.remove(params.get("message_id", room.pinned[-1]))
    return True


METHODS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin,
    "unpinChatMessage": unpin,
}
