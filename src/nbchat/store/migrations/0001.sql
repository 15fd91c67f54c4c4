-- Version 1: conversations in two forms, people, and what each person keeps for themself.
--
-- `event` is the log, which is only ever appended to (a scrubbed row stays); `message`, `member` and the counters in
-- `conversation` are the current state, written in the same transaction. Times are ms UTC. STRICT and RETURNING are not
-- used: they need SQLite 3.37 and 3.35, and Red Hat Enterprise Linux 9 has 3.34.

CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  store TEXT NOT NULL,            -- the store's id; pages know the hub by it
  owner TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changes INTEGER NOT NULL        -- counts what is written; the columns `change` say when, for those who ask what is new
);

CREATE TABLE conversation (
  n INTEGER PRIMARY KEY,          -- short name inside this file
  id TEXT NOT NULL UNIQUE,
  epoch TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  folded_title TEXT NOT NULL,
  handle TEXT,
  folded_handle TEXT UNIQUE,
  low TEXT,                       -- direct: the two user ids, sorted; the same twice with oneself
  high TEXT,
  author TEXT NOT NULL,
  key TEXT,
  created_at INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  last_change INTEGER NOT NULL,   -- event.change of the last event: order of lists, and what has grown
  rules INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  members INTEGER NOT NULL
);
CREATE UNIQUE INDEX conversation_pair ON conversation (low, high) WHERE low IS NOT NULL;
CREATE UNIQUE INDEX conversation_key ON conversation (author, key) WHERE key IS NOT NULL;
CREATE INDEX conversation_change ON conversation (last_change);
CREATE INDEX conversation_channel ON conversation (last_change) WHERE kind = 'channel';

CREATE TABLE event (
  change INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  seq INTEGER NOT NULL,
  author TEXT NOT NULL,
  key TEXT,
  payload TEXT NOT NULL           -- the event as JSON
);
CREATE UNIQUE INDEX event_seq ON event (conversation, seq);
CREATE UNIQUE INDEX event_key ON event (author, conversation, key) WHERE key IS NOT NULL;

CREATE TABLE message (
  change INTEGER PRIMARY KEY,     -- of its first event
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  seq INTEGER NOT NULL,
  v INTEGER NOT NULL,
  key TEXT NOT NULL,
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  via TEXT NOT NULL,
  nth INTEGER NOT NULL,           -- how many messages there are up to this one,
  own_nth INTEGER NOT NULL        -- and how many of them by its author: unread is a difference, however long the history
);
CREATE UNIQUE INDEX message_seq ON message (conversation, seq);
CREATE INDEX message_author ON message (conversation, author, seq, own_nth);

CREATE TABLE member (
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  user TEXT NOT NULL,
  delivered INTEGER NOT NULL DEFAULT 0,
  read INTEGER NOT NULL DEFAULT 0,
  change INTEGER,                 -- of the receipts
  PRIMARY KEY (conversation, user)
) WITHOUT ROWID;
CREATE INDEX member_user ON member (user);
CREATE INDEX member_change ON member (change) WHERE change IS NOT NULL;

CREATE TABLE person (
  id TEXT PRIMARY KEY,
  folded_id TEXT NOT NULL,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL,
  plain_id TEXT NOT NULL,         -- as names are compared, so that nobody is taken for somebody else
  plain_name TEXT NOT NULL,
  last_seen INTEGER,
  change INTEGER                  -- of the name, once there was one
) WITHOUT ROWID;
CREATE INDEX person_name ON person (folded_name, id);
CREATE INDEX person_plain_id ON person (plain_id);
CREATE INDEX person_plain_name ON person (plain_name);
CREATE INDEX person_change ON person (change) WHERE change IS NOT NULL;

CREATE TABLE own_state (
  user TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,            -- JSON
  v INTEGER NOT NULL,             -- from the user's own counter, which is the highest v there is
  change INTEGER NOT NULL,
  PRIMARY KEY (user, key)
) WITHOUT ROWID;
CREATE INDEX own_state_change ON own_state (change);
CREATE UNIQUE INDEX own_state_v ON own_state (user, v);

CREATE TABLE login (
  login TEXT PRIMARY KEY,         -- an anonymous login, as a cookie has it
  user TEXT NOT NULL REFERENCES person (id)
) WITHOUT ROWID;
CREATE INDEX login_user ON login (user);

CREATE TABLE hub (
  id TEXT PRIMARY KEY,            -- a process that has this file open
  until INTEGER NOT NULL          -- its lease, ms UTC
) WITHOUT ROWID;
