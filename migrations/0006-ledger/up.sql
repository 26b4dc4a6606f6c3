-- Schema 6. One seal over all rows (docs/formats.md, "The ledger"): a row that was taken out, put back from an older copy or
-- changed in a clear column is noticed. Null until somebody with the key opens the file for the first time.
ALTER TABLE vault ADD COLUMN ledger BLOB;
-- Each entry of the activity carries a keyed digest over itself and the one before; null in entries of earlier versions.
ALTER TABLE activity ADD COLUMN chain BLOB;
