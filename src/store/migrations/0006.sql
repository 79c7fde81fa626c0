-- The fields that the items of a feed have lost, as their keys with spaces between (NULL: none).
ALTER TABLE feeds ADD COLUMN gone TEXT;
