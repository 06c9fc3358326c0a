"""The methods that put messages into a chat."""

import io
from typing import Any

from PIL import Image, UnidentifiedImageError

from .errors import bad
from .keyboards import check_markup
from .schema import Upload
from .texts import checked_caption, checked_text
from .world import Json, Room, StoredFile, World

MEGABYTE = 1024 * 1024
KINDS_WITH_FILE = ("photo", "document", "voice", "video", "audio", "animation", "sticker", "video_note")
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip


def deliver(world: World, params: Json, content: Json) -> Json:
    """Posts a bot's message: checks chat, keyboard and reply, and keeps the keyboard."""
    room = world.writable(params["chat_id"])
    markup = params.get("reply_markup")
    check_markup(markup, room.private)
    extra: Json = {}
    if markup and markup.get("inline_keyboard"):
        extra["reply_markup"] = markup
    reply = _replied(world, room, params.get("reply_parameters"))
    if reply:
        extra["reply_to_message"] = reply
    if markup and "keyboard" in markup:
        room.reply_keyboard = markup
    elif markup and "remove_keyboard" in markup:
        room.reply_keyboard = None
    return world.post(room, world.bot, content | extra)


def _replied(world: World, room: Room, reply: Json | None) -> Json | None:
    if not reply or "message_id" not in reply:
        return None
    if reply["message_id"] in room.messages:
        return world.replied(room, reply["message_id"])
    if reply.get("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def _with(name: str, value: Any) -> Json:
    return {name: value} if value else {}


def send_message(world: World, params: Json) -> Json:
    """sendMessage."""
    text, entities = checked_text(params)
    return deliver(world, params, {"text": text} | _with("entities", entities))


def file_content(world: World, kind: str, given: Upload | str) -> Json:
    """The part of a message that carries a file, uploaded or sent again by its id."""
    if isinstance(given, str):
        if given.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")
        stored = world.files.get(given)
        if stored is None:
            raise bad("wrong remote file identifier specified: Wrong string length")
    else:
        stored = _uploaded(world, kind, given)
    return {kind: describe(kind, stored)}


def _uploaded(world: World, kind: str, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad("file must be non-empty")
    if len(upload.content) > (10 if kind == "photo" else 50) * MEGABYTE:
        raise bad("file is too big")
    if kind == "photo":
        width, height = image_size(upload.content)
        if width + height > 10000 or max(width, height) > 20 * min(width, height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
    return world.store(upload.name, upload.content, upload.mime_type)


def image_size(content: bytes) -> tuple[int, int]:
    """Width and height; 400 if it is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError):
        raise bad("IMAGE_PROCESS_FAILED") from None


def small_picture() -> bytes:
    """A grey PNG of 32 by 32 pixels."""
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), "grey").save(buffer, "PNG")
    return buffer.getvalue()


def describe(kind: str, stored: StoredFile) -> Any:
    """The object with which messages show a file of that kind."""
    shared = stored.as_file()
    if kind == "photo":
        width, height = image_size(stored.content)
        return [shared | {"width": width, "height": height}]
    if kind == "sticker":
        return shared | {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    named = shared | {"file_name": stored.name, "mime_type": stored.mime_type}
    if kind == "document":
        return named
    named.pop("file_name")
    if kind in {"voice", "audio"}:
        return named | {"duration": 3}
    return named | {"duration": 3, "width": 320, "height": 240}


def _send_file(kind: str, world: World, params: Json) -> Json:
    caption, entities = checked_caption(params)
    world.writable(params["chat_id"])
    content = file_content(world, kind, params[kind])
    return deliver(world, params, content | _with("caption", caption) | _with("caption_entities", entities))


def send_media_group(world: World, params: Json) -> list[Json]:
    """sendMediaGroup."""
    media = params["media"]
    if not 2 <= len(media) <= 10:
        raise bad("group send failed: 2-10 items expected")
    sent, group_id = [], world.new_id()
    for item in media:
        caption, entities = checked_caption(item)
        content = file_content(world, item["type"], item["media"]) | {"media_group_id": group_id}
        whole = content | _with("caption", caption) | _with("caption_entities", entities)
        sent.append(deliver(world, {"chat_id": params["chat_id"]}, whole))
    return sent


def send_location(world: World, params: Json) -> Json:
    """sendLocation."""
    if abs(params["latitude"]) > 90 or abs(params["longitude"]) > 180:
        raise bad("invalid location specified")
    return deliver(world, params, {"location": {k: params[k] for k in ("latitude", "longitude")}})


def send_venue(world: World, params: Json) -> Json:
    """sendVenue."""
    place = {k: params[k] for k in ("latitude", "longitude")}
    return deliver(
        world, params, {"venue": {"location": place, "title": params["title"], "address": params["address"]}}
    )


def send_contact(world: World, params: Json) -> Json:
    """sendContact."""
    if not params["first_name"] or not params["phone_number"]:
        raise bad("contact must have a phone number and a first name")
    return deliver(world, params, {"contact": {k: params[k] for k in ("phone_number", "first_name")}})


def send_chat_action(world: World, params: Json) -> bool:
    """sendChatAction."""
    if params["action"] not in ACTIONS:
        raise bad("wrong parameter action in request")
    world.writable(params["chat_id"]).actions.append(params["action"])
    return True


CARRIED = ("text", "entities", "caption", "caption_entities", "location", "venue", "contact", *KINDS_WITH_FILE)


def _original(world: World, params: Json, words: str) -> Json:
    source = world.room(params["from_chat_id"])
    if params["message_id"] not in source.messages:
        raise bad(words)
    return source.messages[params["message_id"]]


def forward_message(world: World, params: Json) -> Json:
    """forwardMessage."""
    original = _original(world, params, "message to forward not found")
    origin = {"type": "user", "date": original["date"], "sender_user": original["from"]}
    carried = {k: v for k, v in original.items() if k in CARRIED}
    return deliver(world, {"chat_id": params["chat_id"]}, carried | {"forward_origin": origin})


def copy_message(world: World, params: Json) -> Json:
    """copyMessage."""
    original = _original(world, params, "message to copy not found")
    carried = {k: v for k, v in original.items() if k in CARRIED}
    if "caption" in params:
        caption, entities = checked_caption(params)
        carried |= {"caption": caption, "caption_entities": entities}
    return {"message_id": deliver(world, params, carried)["message_id"]}


def _file_method(kind: str) -> Any:
    return lambda world, params: _send_file(kind, world, params)


METHODS = {
    "sendMessage": send_message,
    "sendMediaGroup": send_media_group,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    "sendChatAction": send_chat_action,
    "forwardMessage": forward_message,
    "copyMessage": copy_message,
} | {"send" + "".join(p.capitalize() for p in kind.split("_")): _file_method(kind) for kind in KINDS_WITH_FILE}
