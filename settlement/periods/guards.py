"""A seller's periods never overlap, and are written once.

PostgreSQL could hold this by an exclusion constraint, but that needs an extension its administrator
must allow; a trigger under the seller's row lock, which every close takes, holds it on both engines.
"""

from marketplace.kernel.triggers import Trigger, frozen

OVERLAPS = """SELECT 1 FROM periods_period p WHERE p.seller_id = NEW.seller_id
  AND p.first_on < NEW.end_on AND NEW.first_on < p.end_on"""

TRIGGERS: list[Trigger] = [
    *frozen(
        "periods_period",
        ["market_id", "seller_id", "cadence", "first_on", "end_on", "starts_at", "ends_at", "closed_at"],
    ),
    Trigger(
        "periods_period_apart",
        "periods_period",
        sqlite="CREATE TRIGGER periods_period_apart BEFORE INSERT ON periods_period "
        f"WHEN EXISTS ({OVERLAPS}) BEGIN SELECT RAISE(ABORT, 'periods of a seller overlap'); END",
        postgresql="CREATE OR REPLACE FUNCTION periods_period_apart() RETURNS trigger "
        "LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS ({OVERLAPS}) THEN RAISE EXCEPTION 'periods of a seller overlap' "
        "USING ERRCODE = 'exclusion_violation'; END IF; RETURN NEW; END $$; "
        "CREATE TRIGGER periods_period_apart BEFORE INSERT ON periods_period "
        "FOR EACH ROW EXECUTE FUNCTION periods_period_apart()",
    ),
]
