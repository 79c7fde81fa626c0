-- When the site last sent the feed's page (NULL: it never did). An earlier version did not note it, so that the
-- time counts from the last success.
ALTER TABLE feeds ADD COLUMN received INTEGER;
UPDATE feeds SET received = last_success;
