"""The methods that say how the bot receives updates: a poll's checks and the webhook's settings."""

import re
from urllib.parse import urlsplit

from .errors import bad, conflict
from .updates import KINDS, Webhook
from .world import Json, World

SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
PORTS = {80, 88, 443, 8443}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
POLLING_WHILE_WEBHOOK = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
ANOTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


def begin_poll(world: World, params: Json) -> None:
    """Checks a getUpdates call, confirms what its offset confirms, remembers allowed_updates."""
    if world.updates.webhook.url:
        raise conflict(POLLING_WHILE_WEBHOOK)
    if not 1 <= params.get("limit", 100) <= 100:
        raise bad('parameter "limit" must be between 1 and 100')
    if not 0 <= params.get("timeout", 0) <= 50:
        raise bad('parameter "timeout" must be between 0 and 50')
    _remember_allowed(world, params)
    world.updates.confirm(params.get("offset", 0))
    world.updates.polls += 1


def _remember_allowed(world: World, params: Json) -> None:
    if "allowed_updates" not in params:
        return
    for kind in params["allowed_updates"]:
        if kind not in KINDS:
            raise bad(f'unknown update type "{kind}" in allowed_updates')
    world.updates.allowed = params["allowed_updates"]


def delivery_address(world: World, url: str) -> str | None:
    """Where a webhook really leads: a loopback address as it is, others by the routes that the test has laid."""
    for public, local in world.routes.items():
        if url.startswith(public):
            return local + url.removeprefix(public)
    return url if urlsplit(url).hostname in LOOPBACK else None


def set_webhook(world: World, params: Json) -> bool:
    """setWebhook; http is taken for loopback addresses only."""
    url = params["url"]
    if not url:
        return delete_webhook(world, params)
    parts = urlsplit(url)
    local = parts.hostname in LOOPBACK
    if not local and parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not local and (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if delivery_address(world, url) is None:
        raise bad("bad webhook: Failed to resolve host: Name or service not known")
    secret = params.get("secret_token", "")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if not 1 <= params.get("max_connections", 40) <= 100:
        raise bad('parameter "max_connections" must be between 1 and 100')
    _remember_allowed(world, params)
    world.updates.webhook = Webhook(url, secret, params.get("max_connections", 40))
    return _dropped(world, params)


def delete_webhook(world: World, params: Json) -> bool:
    """deleteWebhook."""
    world.updates.webhook = Webhook()
    return _dropped(world, params)


def _dropped(world: World, params: Json) -> bool:
    if params.get("drop_pending_updates"):
        world.updates.pending.clear()
    world.updates.wake()
    return True


def webhook_info(world: World, _: Json) -> Json:
    """getWebhookInfo."""
    queue, hook = world.updates, world.updates.webhook
    info: Json = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(queue.pending)}
    if hook.url:
        info |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
    if queue.allowed:
        info["allowed_updates"] = queue.allowed
    if hook.error_at is not None:
        info |= {"last_error_date": hook.error_at, "last_error_message": hook.error}
    return info


METHODS = {"setWebhook": set_webhook, "deleteWebhook": delete_webhook, "getWebhookInfo": webhook_info}
