-- Instants are milliseconds since 1970 in UTC.
CREATE TABLE feeds (
    id             TEXT PRIMARY KEY,
    active         INTEGER NOT NULL DEFAULT 1,
    site           TEXT NOT NULL,
    schedule       TEXT NOT NULL,
    registered     TEXT NOT NULL,             -- hash of the feed's settings
    next_due       INTEGER NOT NULL,
    claimed_by     TEXT,
    claimed_until  INTEGER NOT NULL DEFAULT 0,
    fence          INTEGER NOT NULL DEFAULT 0,
    version        INTEGER NOT NULL DEFAULT 0,
    changed        INTEGER,
    last_success   INTEGER,
    last_run       INTEGER,
    failures       INTEGER NOT NULL DEFAULT 0,
    trouble        TEXT,
    trouble_detail TEXT,
    etag           TEXT,
    last_modified  TEXT,
    validators_of  TEXT,
    body_hash      TEXT,
    container      TEXT,
    rules_hash     TEXT,                      -- of the last good run
    items          INTEGER NOT NULL DEFAULT 0,
    touched        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX feeds_due ON feeds (next_due) WHERE active = 1;
CREATE INDEX feeds_touched ON feeds (touched);
CREATE INDEX feeds_claimed ON feeds (site, claimed_until) WHERE claimed_by IS NOT NULL;

CREATE TABLE sites (
    site       TEXT PRIMARY KEY,
    rest_until INTEGER NOT NULL
) STRICT;

CREATE TABLE items (
    feed           TEXT NOT NULL,
    key            TEXT NOT NULL,
    guid           TEXT NOT NULL,
    first_seen     INTEGER NOT NULL,
    last_seen      INTEGER NOT NULL,
    date           INTEGER NOT NULL,
    date_offset    INTEGER NOT NULL,          -- seconds east of UTC
    precision      TEXT NOT NULL,
    date_source    TEXT NOT NULL,
    updated        INTEGER,
    updated_offset INTEGER,
    position       INTEGER NOT NULL,
    content        TEXT NOT NULL,             -- JSON; empty once pruned
    fingerprint    TEXT NOT NULL,
    pruned         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (feed, key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX items_guid ON items (feed, guid);
CREATE INDEX items_served ON items (feed, pruned, date DESC, first_seen DESC, position);

CREATE TABLE runs (
    feed        TEXT NOT NULL,
    started     INTEGER NOT NULL,
    fence       INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    outcome     TEXT NOT NULL,
    trouble     TEXT,
    detail      TEXT,
    bytes       INTEGER NOT NULL,
    found       INTEGER NOT NULL,
    added       INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    problems    INTEGER NOT NULL,
    PRIMARY KEY (feed, fence)
) STRICT, WITHOUT ROWID;
