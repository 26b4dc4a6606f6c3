-- Schema 5. Overrides per environment stand inside a draft's own sealed columns (docs/formats.md); the number keeps an
-- earlier version, which would drop them with its next save, from writing here.

-- Named groups of environments, to publish to. Name and members are sealed.
CREATE TABLE environment_group (
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    revision    INTEGER NOT NULL CHECK (revision > 0),
    position    INTEGER NOT NULL,
    meta        BLOB    NOT NULL
) STRICT;

-- The rotation of a draft's secret, at most one per draft. What it is about is sealed; how far it is follows from the
-- publications. The secrets of before stand in draft_revision.
CREATE TABLE rotation (
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    draft_id    BLOB    NOT NULL UNIQUE REFERENCES draft (id) ON DELETE CASCADE,
    revision    INTEGER NOT NULL CHECK (revision > 0),
    started_at  INTEGER NOT NULL,
    meta        BLOB    NOT NULL
) STRICT;
