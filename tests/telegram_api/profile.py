"""The bot's own settings, and what it may ask about chats and files."""

import re
from typing import Any

from .errors import bad
from .keyboards import check_url
from .world import Json, World

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"[a-z]{2}|")
PROFILE_LIMITS = {"name": 64, "description": 512, "short_description": 120}
DOWNLOAD_LIMIT = 20 * 1024 * 1024


def get_me(world: World, _: Json) -> Json:
    """getMe."""
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy_mode,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return world.bot | abilities


def language_of(params: Json) -> str:
    """The two-letter language, or none."""
    language = str(params.get("language_code", ""))
    if not LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return language


def _scope_key(world: World, params: Json) -> str:
    scope = params.get("scope", {"type": "default"})
    if "chat_id" in scope:
        room = world.room(scope["chat_id"])
        if room.private and scope["type"] != "chat":
            raise bad(f"can't use {scope['type']} scope in a private chat")
        if "user_id" in scope and scope["user_id"] not in room.members:
            raise bad("user not found")
        return f"{scope['type']}:{room.id}:{scope.get('user_id', '')}:{language_of(params)}"
    return f"{scope['type']}:{language_of(params)}"


def set_commands(world: World, params: Json) -> bool:
    """setMyCommands."""
    commands = params["commands"]
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name, description = command["command"], command["description"]
        if not name:
            raise bad("command must be non-empty")
        if len(name) > 32:
            raise bad("command length must not exceed 32")
        if not COMMAND.fullmatch(name):
            raise bad("BOT_COMMAND_INVALID")
        if not description.strip():
            raise bad("command description must be non-empty")
        if len(description) > 256:
            raise bad("command description length must not exceed 256")
    world.commands[_scope_key(world, params)] = commands
    return True


def get_commands(world: World, params: Json) -> list[Json]:
    """getMyCommands."""
    return world.commands.get(_scope_key(world, params), [])


def delete_commands(world: World, params: Json) -> bool:
    """deleteMyCommands."""
    world.commands.pop(_scope_key(world, params), None)
    return True


def _setter(field: str) -> Any:
    def set_field(world: World, params: Json) -> bool:
        value = params.get(field, "")
        if len(value) > PROFILE_LIMITS[field]:
            raise bad(f"bot {field.replace('_', ' ')} is too long")
        world.profile[f"{field}:{language_of(params)}"] = value
        return True

    return set_field


def _getter(field: str) -> Any:
    def get_field(world: World, params: Json) -> Json:
        default = world.bot["first_name"] if field == "name" else ""
        general = world.profile.get(f"{field}:") or default
        return {field: world.profile.get(f"{field}:{language_of(params)}") or general}

    return get_field


def set_menu(world: World, params: Json) -> bool:
    """setChatMenuButton."""
    button = params.get("menu_button", {"type": "default"})
    if "web_app" in button:
        check_url(button["web_app"]["url"], "menu button Web App URL", ("https",))
        if not button["text"]:
            raise bad("can't parse MenuButton: text must be non-empty")
    if "chat_id" in params and not world.room(params["chat_id"]).private:
        raise bad("chat must be private")
    world.menus[params.get("chat_id", 0)] = button
    return True


def get_menu(world: World, params: Json) -> Json:
    """getChatMenuButton."""
    return world.menus.get(params.get("chat_id", 0)) or world.menus.get(0) or {"type": "commands"}


def get_chat(world: World, params: Json) -> Json:
    """getChat."""
    room = world.room(params["chat_id"])
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _no_gifts()}
    return room.as_chat() | full


def _no_gifts() -> Json:
    kinds = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return dict.fromkeys(kinds, False)


def get_member(world: World, params: Json) -> Json:
    """getChatMember."""
    room, user_id = world.room(params["chat_id"]), params["user_id"]
    if user_id == world.bot["id"]:
        return member(world.bot, room.bot_status)
    if user_id not in world.accounts:
        raise bad("invalid user_id specified")
    status = "member" if room.private and room.id == user_id else room.members.get(user_id, "left")
    return member(world.accounts[user_id].as_user(), status)


def member(user: Json, status: str) -> Json:
    """The ChatMember object for a status."""
    body: Json = {"status": status, "user": user}
    if status == "creator":
        body["is_anonymous"] = False
    elif status == "kicked":
        body["until_date"] = 0
    elif status == "administrator":
        rights = ("manage_chat", "delete_messages", "manage_video_chats", "restrict_members", "promote_members")
        more = ("change_info", "invite_users", "post_stories", "edit_stories", "delete_stories")
        body |= {f"can_{right}": True for right in (*rights, *more)} | {"can_be_edited": False, "is_anonymous": False}
    return body


def get_administrators(world: World, params: Json) -> list[Json]:
    """getChatAdministrators."""
    room = world.room(params["chat_id"])
    if room.private:
        raise bad("there are no administrators in the private chat")
    people = [(world.accounts[i].as_user(), s) for i, s in room.members.items()]
    return [member(user, status) for user, status in people if status in {"creator", "administrator"}]


def get_member_count(world: World, params: Json) -> int:
    """getChatMemberCount."""
    room = world.room(params["chat_id"])
    return 2 if room.private else len(room.members) + 1


def leave_chat(world: World, params: Json) -> bool:
    """leaveChat."""
    room = world.room(params["chat_id"])
    if room.private:
        raise bad("chat member status can't be changed in private chats")
    room.bot_status = "left"
    return True


def get_file(world: World, params: Json) -> Json:
    """getFile."""
    stored = world.files.get(params["file_id"])
    if stored is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(stored.content) > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return stored.as_file() | {"file_path": stored.path}


METHODS = {
    "getMe": get_me,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "setChatMenuButton": set_menu,
    "getChatMenuButton": get_menu,
    "getChat": get_chat,
    "getChatMember": get_member,
    "getChatAdministrators": get_administrators,
    "getChatMemberCount": get_member_count,
    "leaveChat": leave_chat,
    "getFile": get_file,
}
