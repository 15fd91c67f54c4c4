-- Version 2: the index that finds a key again is in the order of keys, not of authors.
--
-- Clients begin a key with the time (`client/keys.py`), so what many people write at the same time stands together at the
-- end of this index; sorted by author it was a page for each of them in every commit, four of ten that were written.

DROP INDEX event_key;
CREATE UNIQUE INDEX event_key ON event (conversation, key, author) WHERE key IS NOT NULL;
