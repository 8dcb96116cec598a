"""Entries and postings are written once; on PostgreSQL an entry must balance by the time it commits."""

from marketplace.kernel.triggers import Trigger, frozen

BALANCED = """
CREATE OR REPLACE FUNCTION ledger_posting_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
    WHERE p.entry_id = NEW.entry_id GROUP BY a.currency HAVING sum(p.amount) <> 0
  ) OR (SELECT count(*) FROM ledger_posting p WHERE p.entry_id = NEW.entry_id) < 2 THEN
    RAISE EXCEPTION 'entry % does not balance', NEW.entry_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_posting_balanced AFTER INSERT ON ledger_posting
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_posting_balanced()
"""

NOT_EMPTY = """
CREATE OR REPLACE FUNCTION ledger_entry_not_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM ledger_posting p WHERE p.entry_id = NEW.id) THEN
    RAISE EXCEPTION 'entry % has no postings', NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_not_empty AFTER INSERT ON ledger_entry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_not_empty()
"""

TRIGGERS: list[Trigger] = [
    *frozen("ledger_entry", ["id", "key", "fingerprint", "market_id", "at", "text", "reverses_id"]),
    *frozen("ledger_posting", ["id", "entry_id", "account_id", "amount"]),
    *frozen("ledger_account", ["id", "market_id", "seller_id", "kind", "currency"]),
    Trigger("ledger_posting_balanced", "ledger_posting", sqlite="", postgresql=BALANCED),
    Trigger("ledger_entry_not_empty", "ledger_entry", sqlite="", postgresql=NOT_EMPTY),
]
