"""Whom a key opens for, and what a message told, is written once; what ended stays ended, and only that is
ever deleted.
"""

from marketplace.kernel.triggers import Trigger, frozen

UNDER_WAY = "a message under way is never deleted"

TRIGGERS: list[Trigger] = [
    *frozen(
        "api_apikey",
        ["seller_id", "prefix", "digest", "created_at", "created_by_id"],
        once=["revoked_at", "revoked_by_id"],
    ),
    *frozen(
        "api_marketkey",
        ["market_id", "prefix", "digest", "for_deposits", "for_fees", "created_at", "created_by_id"],
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
        deletable=True,
    ),
    Trigger(
        "api_delivery_kept",
        "api_delivery",
        sqlite="CREATE TRIGGER api_delivery_kept BEFORE DELETE ON api_delivery WHEN OLD.ended_at IS NULL "
        f"BEGIN SELECT RAISE(ABORT, '{UNDER_WAY}'); END",
        postgresql="CREATE OR REPLACE FUNCTION api_delivery_kept() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN "
        f"IF OLD.ended_at IS NULL THEN RAISE EXCEPTION '{UNDER_WAY}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$; "
        "CREATE TRIGGER api_delivery_kept BEFORE DELETE ON api_delivery "
        "FOR EACH ROW EXECUTE FUNCTION api_delivery_kept()",
    ),
]
