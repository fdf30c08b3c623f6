-- The failure store keeps the bytes of what could not be stored; here stays why, for the ledger and for `pipeline where`.

ALTER TABLE rejected_events DROP COLUMN IF EXISTS bytes;
