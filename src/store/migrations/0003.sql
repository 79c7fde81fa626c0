-- The rules that were found on the page of a feed that has none in feeds.toml, as lines of that file.
ALTER TABLE feeds ADD COLUMN learned TEXT;
