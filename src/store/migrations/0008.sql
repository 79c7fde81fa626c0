-- The version of reading by which the feed's page was last read; NULL for one before these were counted.
ALTER TABLE feeds ADD COLUMN reading INTEGER;
