-- The title of the feed's page, for feeds that have none in feeds.toml.
ALTER TABLE feeds ADD COLUMN title TEXT;
