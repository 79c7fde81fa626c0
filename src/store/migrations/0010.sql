-- Notices of new items that wait for the pages of these items. See the reason `article`.
CREATE INDEX notices_article ON notices (event) WHERE reason = 'article';

-- The troubles of one feed within a time are counted.
CREATE INDEX events_troubles ON events (feed, at) WHERE kind = 'trouble';

-- The troubles and silences of which people were told last, and not yet of their end.
CREATE TABLE open_alarms (
    rule    TEXT NOT NULL,
    feed    TEXT NOT NULL,
    silence INTEGER NOT NULL,                  -- 1: a silence; 0: a trouble
    told    INTEGER NOT NULL,                  -- when a message of it was last made
    part    TEXT NOT NULL,                     -- JSON: what that message told
    PRIMARY KEY (rule, feed, silence)
) STRICT, WITHOUT ROWID;
