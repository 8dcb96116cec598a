"""Whom a key opens for, and what a message told, is written once; what ended stays ended."""

from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen(
        "api_apikey",
        ["seller_id", "prefix", "digest", "created_at", "created_by_id"],
        once=["revoked_at", "revoked_by_id"],
    ),
    *frozen(
        "api_delivery",
        [
            "public_id",
            "webhook_id",
            "seller_id",
            "order_id",
            "change_id",
            "again",
            "event",
            "created_at",
        ],
        once=["ended_at"],
    ),
]
