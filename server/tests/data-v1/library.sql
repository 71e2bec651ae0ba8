PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'recordings','2026-11-20 10:55:39',1,X'3fc8f77072d63d2cc2abe08dfa11769430bb6ca57908ea9efbd823dbf7b493cb4ce102079fb39bcd835f090a4a206e13',1045219);
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
INSERT INTO recordings VALUES(X'11111111111111111111111111111111',X'49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1','Monday','monday','video/webm;codecs=vp8,opus',NULL,NULL,1795172139307,1795172139308,2,19869,19869,2548,1,0,0,'title TW9uZGF5,filetype dmlkZW8vd2VibTtjb2RlY3M9dnA4LG9wdXM=',NULL,NULL,replace('monday\n\n','\n',char(10)));
INSERT INTO recordings VALUES(X'22222222222222222222222222222222',X'49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1','Monday','monday','video/webm;codecs=vp8,opus',NULL,NULL,1795172139325,1795172139325,0,19869,0,NULL,0,0,0,'title TW9uZGF5,filetype dmlkZW8vd2VibTtjb2RlY3M9dnA4LG9wdXM=',NULL,NULL,replace('monday\n\n','\n',char(10)));
CREATE INDEX recordings_by_created  ON recordings (owner, created_at, id)             WHERE deleted_at IS NULL;
CREATE INDEX recordings_by_title    ON recordings (owner, title_key, id)              WHERE deleted_at IS NULL;
CREATE INDEX recordings_by_duration ON recordings (owner, ifnull(duration_ms, 0), id) WHERE deleted_at IS NULL;
CREATE INDEX recordings_by_size     ON recordings (owner, size, id)                   WHERE deleted_at IS NULL;
CREATE INDEX recordings_of_all      ON recordings (created_at, id)                    WHERE deleted_at IS NULL;
CREATE INDEX recordings_unfinished  ON recordings (state)                             WHERE state < 2;
CREATE INDEX recordings_deleted     ON recordings (deleted_at)                        WHERE deleted_at IS NOT NULL;
COMMIT;
