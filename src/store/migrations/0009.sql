-- Changes of feeds that people may want to be told of. `number` is never used twice.
CREATE TABLE events (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    feed    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    trouble TEXT,
    detail  TEXT,
    since   INTEGER NOT NULL,
    keys    TEXT                               -- JSON: the keys of new items
) STRICT;
CREATE INDEX events_feed ON events (feed, number);

-- Since when a feed is in the trouble that it is in. When its newest item came, after which time without another
-- it counts as silent, and whether that was told.
ALTER TABLE feeds ADD COLUMN trouble_since INTEGER;
ALTER TABLE feeds ADD COLUMN newest_item INTEGER;
ALTER TABLE feeds ADD COLUMN silent_from INTEGER;
ALTER TABLE feeds ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN muted_until INTEGER;
UPDATE feeds SET trouble_since = coalesce(last_success, last_run, 0) WHERE trouble IS NOT NULL;
UPDATE feeds SET newest_item = (SELECT max(first_seen) FROM items WHERE items.feed = feeds.id);
CREATE INDEX feeds_silent ON feeds (silent_from) WHERE active = 1 AND silent = 0 AND silent_from IS NOT NULL;

-- The number of the last event that was planned.
CREATE TABLE planned (event INTEGER NOT NULL) STRICT;
INSERT INTO planned VALUES (0);

-- Events that a rule of feeds.toml will tell, until they are put into a message.
CREATE TABLE notices (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    rule   TEXT NOT NULL,
    feed   TEXT NOT NULL,                      -- the feed that the rule names, perhaps a derived one
    event  INTEGER NOT NULL,
    due    INTEGER NOT NULL,
    reason TEXT NOT NULL,                      -- why it is due then
    part   TEXT NOT NULL                       -- JSON
) STRICT;
CREATE INDEX notices_due ON notices (due);
CREATE INDEX notices_rule ON notices (rule, feed);

-- Messages on their way.
CREATE TABLE messages (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    rule    TEXT NOT NULL,
    lane    TEXT NOT NULL,                     -- messages of one rule and lane are sent in order
    created INTEGER NOT NULL,
    state   TEXT NOT NULL,                     -- waiting, sent or dead
    changed INTEGER NOT NULL,
    tries   INTEGER NOT NULL DEFAULT 0,
    claimed INTEGER NOT NULL DEFAULT 0,        -- until when somebody sends it
    reason  TEXT,
    content TEXT NOT NULL                      -- JSON
) STRICT;
CREATE INDEX messages_waiting ON messages (rule, lane, number) WHERE state = 'waiting';
CREATE INDEX messages_rule ON messages (rule, created);
CREATE INDEX messages_lane ON messages (lane, number);

-- The targets: how many tries have failed in a row, until when a target is left alone, and what it last said.
CREATE TABLE targets (
    rule       TEXT PRIMARY KEY,
    failures   INTEGER NOT NULL DEFAULT 0,
    rest_until INTEGER NOT NULL DEFAULT 0,
    last_sent  INTEGER,
    last_error TEXT
) STRICT;
