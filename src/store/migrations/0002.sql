-- What an item's own page said, and when it is fetched (NULL: it is not wanted, or not any more).
ALTER TABLE items ADD COLUMN completion TEXT;
ALTER TABLE items ADD COLUMN article_due INTEGER;
ALTER TABLE items ADD COLUMN article_tries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX items_article ON items (article_due) WHERE article_due IS NOT NULL;
-- The language that the page says it has.
ALTER TABLE feeds ADD COLUMN language TEXT;
