"""What an order was placed under never changes; on PostgreSQL its payment adds up by the time it commits."""

from marketplace.kernel.triggers import Trigger, frozen

PAID_IN_FULL = """
CREATE OR REPLACE FUNCTION orders_tenders_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint; given bigint; whose bigint;
BEGIN
  IF TG_TABLE_NAME = 'orders_order' THEN whose := NEW.id; ELSE whose := NEW.order_id; END IF;
  SELECT total INTO wanted FROM orders_order WHERE id = whose;
  SELECT coalesce(sum(amount), 0) INTO given FROM orders_tender WHERE order_id = whose;
  IF wanted <> given THEN
    RAISE EXCEPTION 'order %: tenders of % do not add to its total %', whose, given, wanted
    USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
"""

TRIGGERS: list[Trigger] = [
    *frozen(
        "orders_order",
        [
            "market_id",
            "seller_id",
            "number",
            "basket",
            "model",
            "fulfilment",
            "test",
            "placed_at",
            "currency",
            "total",
            "voucher_amount",
            "cod_amount",
            "to_collect",
            "held_by_seller",
            "held_by_marketplace",
            "payment",
            "purchase_net",
            "purchase_gross",
        ],
        once=["delivered_at"],
    ),
    *frozen(
        "orders_orderline",
        [
            "order_id",
            "position",
            "kind",
            "sku",
            "name",
            "quantity",
            "unit_price",
            "vat_bp",
            "commission_bp",
            "gross",
            "purchase_net",
            "commission_net",
        ],
    ),
    *frozen("orders_orderrate", ["order_id", "vat_bp", "gross", "purchase_net", "commission_net"]),
    *frozen("orders_orderchange", ["order_id", "from_state", "to_state", "what", "by_id", "at", "reason"]),
    *frozen(
        "orders_tender",
        ["order_id", "position", "method", "amount", "custody", "voucher_id"],
        once=["paid_at"],
    ),
    *frozen(
        "orders_return",
        ["market_id", "order_id", "number", "at", "gross", "registered_at", "by_id", "reason"],
    ),
    *frozen("orders_returnline", ["returned_id", "line_id", "quantity", "gross"]),
    *frozen(
        "orders_refund",
        ["order_id", "returned_id", "tender_id", "amount", "payer", "owed_at"],
        once=["paid_at"],
    ),
    *frozen("orders_refundchange", ["refund_id", "from_state", "to_state", "by_id", "at", "reason"]),
    Trigger(
        "orders_order_paid_in_full",
        "orders_order",
        sqlite="",
        postgresql=PAID_IN_FULL
        + "CREATE CONSTRAINT TRIGGER orders_order_paid_in_full AFTER INSERT ON orders_order "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_tenders_add_up()",
    ),
    Trigger(
        "orders_tender_adds_up",
        "orders_tender",
        sqlite="",
        postgresql=PAID_IN_FULL
        + "CREATE CONSTRAINT TRIGGER orders_tender_adds_up AFTER INSERT ON orders_tender "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_tenders_add_up()",
    ),
]
