-- Schema 2. What is being typed and not saved yet: a lock, a crash or a power cut must not take it. `name` says what it
-- belongs to (`draft:<id>`, `environment:<id>`, or `…:new`); `revision` counts the keeps and goes into the seal.
CREATE TABLE unsaved (
    name        TEXT    PRIMARY KEY,
    id          BLOB    NOT NULL CHECK (length(id) = 16),
    revision    INTEGER NOT NULL CHECK (revision > 0),
    kept_at     INTEGER NOT NULL,
    meta        BLOB    NOT NULL,
    secrets     BLOB    NOT NULL
) STRICT;
