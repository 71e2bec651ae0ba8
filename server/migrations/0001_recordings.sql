-- Times are ms since 1970, sizes are bytes.
CREATE TABLE recordings (
    id          BLOB    PRIMARY KEY NOT NULL, -- 16 bytes
    owner       BLOB    NOT NULL,             -- SHA-256 of the owner's key
    title       TEXT    NOT NULL,
    title_key   TEXT    NOT NULL,             -- the title in lower case, to sort by
    mime_type   TEXT    NOT NULL,
    room        TEXT,
    participant TEXT,
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,             -- when its last byte came, or it was finished
    state       INTEGER NOT NULL,             -- 0 recording, 1 interrupted, 2 complete
    length      INTEGER,                      -- what the sender said the whole would be
    size        INTEGER NOT NULL DEFAULT 0,
    duration_ms INTEGER,
    indexed     INTEGER NOT NULL DEFAULT 0,   -- 1 where there is a head beside the spooled file
    expired     INTEGER NOT NULL DEFAULT 0,   -- 1 where it was finished because nothing came
    generation  INTEGER NOT NULL DEFAULT 0,   -- of the links that were handed out
    metadata    TEXT    NOT NULL DEFAULT '',  -- Upload-Metadata as it was sent
    picture     TEXT,                         -- the type of its picture
    deleted_at  INTEGER,
    words       TEXT    NOT NULL              -- what is searched, in lower case
) STRICT;

CREATE INDEX recordings_by_created  ON recordings (owner, created_at, id)             WHERE deleted_at IS NULL;
CREATE INDEX recordings_by_title    ON recordings (owner, title_key, id)              WHERE deleted_at IS NULL;
CREATE INDEX recordings_by_duration ON recordings (owner, ifnull(duration_ms, 0), id) WHERE deleted_at IS NULL;
CREATE INDEX recordings_by_size     ON recordings (owner, size, id)                   WHERE deleted_at IS NULL;
-- What the administrator lists, and what retention looks for.
CREATE INDEX recordings_of_all      ON recordings (created_at, id)                    WHERE deleted_at IS NULL;
-- What is not at rest: few rows of many.
CREATE INDEX recordings_unfinished  ON recordings (state)                             WHERE state < 2;
CREATE INDEX recordings_deleted     ON recordings (deleted_at)                        WHERE deleted_at IS NOT NULL;
