-- Schema 3. `key_epoch` counts the data keys of this vault: a process that opened it under an earlier one must not write
-- any more, since what it seals would open nowhere.
ALTER TABLE vault ADD COLUMN key_epoch INTEGER NOT NULL DEFAULT 1;
