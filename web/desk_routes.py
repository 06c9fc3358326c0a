"""Every route of the desk, in one list for the application and for the test that tries each of them."""

from __future__ import annotations

from web import (
    desk,
    desk_card,
    desk_card_batches,
    desk_cards,
    desk_cases,
    desk_checks,
    desk_export,
    desk_fill_in,
    desk_people,
    desk_scripts,
    desk_self_check,
    desk_sign_in,
    desk_signing,
)

ROUTES = (
    *desk_sign_in.ROUTES,
    *desk.ROUTES,
    *desk_cases.ROUTES,
    *desk_signing.ROUTES,
    *desk_fill_in.ROUTES,
    *desk_checks.ROUTES,
    *desk_export.ROUTES,
    *desk_scripts.ROUTES,
    *desk_people.ROUTES,
    *desk_self_check.ROUTES,
    *desk_cards.ROUTES,
    *desk_card_batches.ROUTES,
    *desk_card.ROUTES,
)
