-- Schema 1. In clear stand only random ids, type tags, revisions, states, times and sizes; everything a person typed
-- is in a sealed column (docs/formats.md). Never edited after a release: a change is a new migration.

-- One row: which vault this is. `change_seq` grows with every write, so that another process sees what is new.
CREATE TABLE vault (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    id          BLOB    NOT NULL CHECK (length(id) = 16),
    created_at  INTEGER NOT NULL,
    change_seq  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Ways to open the vault: the data key, wrapped once per slot.
CREATE TABLE key_slot (
    id          BLOB    PRIMARY KEY CHECK (length(id) = 16),
    kind        TEXT    NOT NULL CHECK (kind IN ('keyring', 'recovery', 'passphrase')),
    parameters  TEXT    NOT NULL DEFAULT '{}',
    wrapped     BLOB    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- The current revision of each draft. `digest` is a keyed digest of what publishing would send.
CREATE TABLE draft (
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    type        TEXT    NOT NULL,
    revision    INTEGER NOT NULL CHECK (revision > 0),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    deleted_at  INTEGER,
    seq         INTEGER NOT NULL,
    digest      BLOB    NOT NULL CHECK (length(digest) = 32),
    meta        BLOB    NOT NULL,
    secrets     BLOB    NOT NULL
) STRICT;
CREATE INDEX draft_seq ON draft (seq);

-- Every earlier revision, as it was sealed.
CREATE TABLE draft_revision (
    draft_id    BLOB    NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    revision    INTEGER NOT NULL,
    type        TEXT    NOT NULL,
    saved_at    INTEGER NOT NULL,
    meta        BLOB    NOT NULL,
    secrets     BLOB    NOT NULL,
    UNIQUE (draft_id, revision)
) STRICT;

CREATE TABLE environment (
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    revision    INTEGER NOT NULL CHECK (revision > 0),
    position    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    meta        BLOB    NOT NULL,
    token       BLOB    NOT NULL
) STRICT;

-- The link draft × environment. `digest` is the draft's digest when it was last published.
CREATE TABLE publication (
    id              BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    draft_id        BLOB    NOT NULL REFERENCES draft (id),
    environment_id  BLOB    NOT NULL REFERENCES environment (id),
    revision        INTEGER NOT NULL CHECK (revision > 0),
    state           TEXT    NOT NULL,
    draft_revision  INTEGER,
    published_at    INTEGER,
    verified_at     INTEGER,
    digest          BLOB,
    meta            BLOB    NOT NULL,
    UNIQUE (draft_id, environment_id)
) STRICT;
CREATE INDEX publication_environment ON publication (environment_id);

-- The journal: written with full sync before a request leaves, closed when its outcome is known.
CREATE TABLE attempt (
    id              BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    draft_id        BLOB    NOT NULL,
    environment_id  BLOB    NOT NULL,
    action          TEXT    NOT NULL CHECK (action IN ('create', 'update', 'delete')),
    state           TEXT    NOT NULL CHECK (state IN ('open', 'done', 'refused', 'notSent', 'unclear')),
    draft_revision  INTEGER NOT NULL,
    started_at      INTEGER NOT NULL,
    finished_at     INTEGER,
    intent          BLOB    NOT NULL,
    outcome         BLOB
) STRICT;
CREATE INDEX attempt_draft ON attempt (draft_id, environment_id);
CREATE INDEX attempt_state ON attempt (state) WHERE state IN ('open', 'unclear');

CREATE TABLE activity (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              BLOB    NOT NULL CHECK (length(id) = 16),
    at              INTEGER NOT NULL,
    kind            TEXT    NOT NULL,
    draft_id        BLOB,
    environment_id  BLOB,
    detail          BLOB    NOT NULL
) STRICT;

CREATE TABLE setting (
    name        TEXT    PRIMARY KEY,
    id          BLOB    NOT NULL CHECK (length(id) = 16),
    revision    INTEGER NOT NULL,
    value       BLOB    NOT NULL
) STRICT;
