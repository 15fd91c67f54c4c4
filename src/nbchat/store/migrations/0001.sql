-- Version 1: conversations in two forms, people, and what each person keeps for themself.
--
-- `event` is the log, which is only ever appended to (a scrubbed row stays); the other tables and the counters in
-- `conversation` are the current state, written in the same transaction. What an event or a message says is JSON; a
-- column of its own has only what an index needs, so that a new field costs nothing here. Times are ms UTC. STRICT and
-- RETURNING are not used: they need SQLite 3.37 and 3.35, and Red Hat Enterprise Linux 9 has 3.34.

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
  settings TEXT NOT NULL,         -- JSON
  posts INTEGER NOT NULL,         -- messages in its own timeline: not those that stand only in a thread
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
  about INTEGER,                  -- edits: the seq of the message
  moderated INTEGER,              -- 1: it stands in the log of moderation
  noticed INTEGER,                -- 1: people see it as a line between the messages
  payload TEXT NOT NULL           -- the event as JSON, without the text of a message that is deleted
);
CREATE UNIQUE INDEX event_seq ON event (conversation, seq);
CREATE UNIQUE INDEX event_key ON event (author, conversation, key) WHERE key IS NOT NULL;
CREATE INDEX event_about ON event (conversation, about, seq) WHERE about IS NOT NULL;
CREATE INDEX event_moderated ON event (conversation, seq) WHERE moderated = 1;
CREATE INDEX event_noticed ON event (conversation, seq) WHERE noticed = 1;

CREATE TABLE message (
  change INTEGER PRIMARY KEY,     -- of its `posted` event
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  seq INTEGER NOT NULL,
  author TEXT NOT NULL,
  thread INTEGER,                 -- seq of the root
  state TEXT,                     -- the message as JSON, once something has changed it; until then its event says all
  gone INTEGER NOT NULL DEFAULT 0, -- 1: it is deleted
  pinned INTEGER,                 -- the change that pinned it
  nth INTEGER,                    -- how many messages its conversation's own timeline has up to this one,
  own_nth INTEGER                 -- and how many of them are by its author: unread is a difference, however long the
);                                -- history; both NULL where it stands only in a thread
CREATE UNIQUE INDEX message_seq ON message (conversation, seq) WHERE nth IS NOT NULL;
CREATE INDEX message_author ON message (conversation, author, seq, own_nth) WHERE nth IS NOT NULL;
CREATE INDEX message_thread_author ON message (conversation, author, seq) WHERE nth IS NULL;
CREATE INDEX message_thread ON message (conversation, thread, seq, author, gone) WHERE thread IS NOT NULL;
CREATE INDEX message_gone ON message (conversation, seq, author) WHERE gone = 1 AND nth IS NOT NULL;
CREATE INDEX message_pinned ON message (conversation, pinned) WHERE pinned IS NOT NULL;

CREATE TABLE mention (
  user TEXT NOT NULL,             -- or @all
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  seq INTEGER NOT NULL,           -- of a message that is not deleted
  change INTEGER NOT NULL,
  author TEXT NOT NULL,
  shown INTEGER NOT NULL,         -- 1: the message stands in the conversation's own timeline
  PRIMARY KEY (user, conversation, seq)
) WITHOUT ROWID;
CREATE INDEX mention_change ON mention (user, conversation, change);

CREATE TABLE follow (
  user TEXT NOT NULL,
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  root INTEGER NOT NULL,
  told INTEGER NOT NULL,          -- 0: has left the thread
  read INTEGER NOT NULL,
  unread INTEGER NOT NULL,        -- replies by others above `read`, not deleted
  last INTEGER NOT NULL,          -- seq at which it became unread, or of the newest of them: order of unread threads
  PRIMARY KEY (user, conversation, root)
) WITHOUT ROWID;
CREATE INDEX follow_root ON follow (conversation, root);
CREATE INDEX follow_unread ON follow (user, conversation, last, root) WHERE unread > 0;

CREATE TABLE member (
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  user TEXT NOT NULL,
  role TEXT NOT NULL,
  muted INTEGER,                  -- until then
  delivered INTEGER NOT NULL DEFAULT 0,
  read INTEGER NOT NULL DEFAULT 0,
  change INTEGER,                 -- of the receipts
  PRIMARY KEY (conversation, user)
) WITHOUT ROWID;
CREATE INDEX member_user ON member (user);
CREATE INDEX member_change ON member (change) WHERE change IS NOT NULL;

CREATE TABLE ban (
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  user TEXT NOT NULL,
  PRIMARY KEY (conversation, user)
) WITHOUT ROWID;

CREATE TABLE stood (              -- who left as a guest or muted: so they come back
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  user TEXT NOT NULL,
  role TEXT NOT NULL,
  muted INTEGER,                  -- until then
  PRIMARY KEY (conversation, user)
) WITHOUT ROWID;

CREATE TABLE link (
  code TEXT PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  author TEXT NOT NULL,
  role TEXT NOT NULL,
  until INTEGER,
  uses INTEGER,                   -- how often it may still be used
  change INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX link_conversation ON link (conversation, change);

CREATE TABLE report (
  id INTEGER PRIMARY KEY,         -- the number of a change, so that none comes twice
  conversation INTEGER NOT NULL REFERENCES conversation (n),
  message INTEGER NOT NULL,
  user TEXT NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL
);
CREATE UNIQUE INDEX report_user ON report (conversation, message, user);
CREATE INDEX report_open ON report (conversation, id);

CREATE TABLE person (
  id TEXT PRIMARY KEY,
  folded_id TEXT NOT NULL,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL,
  plain_id TEXT NOT NULL,         -- as names are compared, so that nobody is taken for somebody else
  plain_name TEXT NOT NULL,
  status TEXT NOT NULL,
  emoji TEXT NOT NULL,
  color TEXT NOT NULL,
  hide_seen INTEGER NOT NULL,
  last_seen INTEGER,
  change INTEGER                  -- of what they show, once there was one
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
  kept INTEGER NOT NULL,          -- 1: it counts against what a person may keep
  PRIMARY KEY (user, key)
) WITHOUT ROWID;
CREATE INDEX own_state_kept ON own_state (user) WHERE kept = 1;
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
