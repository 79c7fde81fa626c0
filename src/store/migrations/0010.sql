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
-- Those of which the version before has told, or is about to tell. The last message of each decides.
INSERT INTO open_alarms (rule, feed, silence, told, part)
SELECT rule, feed, silence, created, part FROM (
    SELECT m.rule, f.id AS feed, p.value ->> '$.trouble' IS NULL AS silence, m.created, p.value AS part,
           iif(p.value ->> '$.trouble' IS NULL, f.silent, f.trouble IS NOT NULL) AS lasts, max(m.number)
    FROM messages m
         CROSS JOIN json_each(iif(json_valid(m.content), m.content, '{}'), '$.parts') p
         JOIN feeds f ON f.id = p.value ->> '$.source'
    WHERE m.state IN ('waiting', 'sent') AND p.value ->> '$.event' IN ('trouble', 'silent', 'recovered')
    GROUP BY 1, 2, 3)
WHERE lasts AND part ->> '$.event' <> 'recovered';
