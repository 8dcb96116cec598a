"""Foreign keys of tables that fill by the hundred thousand: PostgreSQL is asked once per statement.

Its own foreign keys look each row's parent up by themselves, which takes longer than writing the row. In the
place of one, a trigger asks after all rows of a statement at once. SQLite's cost next to nothing and stay.
What it asks at writing is all there is to ask: the columns may not change (``frozen``), and rows that are
pointed at are never deleted.
"""

from marketplace.kernel.triggers import Trigger


def refers(table: str, column: str, parent: str, *, shared: bool = False) -> Trigger:
    """Refuse rows whose ``column`` names no row of ``parent``; ``shared``, where many rows name the same."""
    name = f"{table}_{column}_refers"
    named = "DISTINCT" if shared else ""
    return Trigger(name, table, sqlite="", postgresql=IN_ITS_PLACE.format(**locals()))


IN_ITS_PLACE = """
DO $$ DECLARE key record; BEGIN
  FOR key IN SELECT conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid
             WHERE c.conrelid = '{table}'::regclass AND c.contype = 'f' AND a.attname = '{column}'
               AND c.conkey = ARRAY[a.attnum]
  LOOP EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', key.conname); END LOOP;
END $$;
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
-- One plan serves one row and a hundred thousand: look each parent up in the index.
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE stray bigint;
BEGIN
  SELECT named.id INTO stray FROM (SELECT {named} {column} AS id FROM fresh) named
  WHERE named.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {parent} WHERE {parent}.id = named.id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '{table}: there is no {parent} %', stray USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION {name}()
"""
