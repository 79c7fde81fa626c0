-- By what an item is recognised where its key is not known: link and title at the last run, and the key made of
-- the id of the source, if that is not the item's key. Dropped items keep them.
ALTER TABLE items ADD COLUMN link TEXT;
ALTER TABLE items ADD COLUMN title TEXT;
ALTER TABLE items ADD COLUMN source_id TEXT;
UPDATE items SET link = json_extract(content, '$.url'), title = json_extract(content, '$.title')
WHERE pruned = 0 AND json_valid(content);
