"""Sizes, rates and times of the protocol, each with its reason. The only place where such a number stands.

Seconds are floats, sizes are bytes or characters as the name's comment says. Hosts may raise the starred ones by
configuration (`HubLimits`); the rest is part of the protocol.
"""

from __future__ import annotations

from msgspec import Struct

FRAME_BYTES = 64 * 1024
"""Largest frame to the hub. Centrifugo's default; Tornado's own 10 MiB would let one client fill the memory."""
TEXT_CHARS = 10_000
"""Longest message. Zulip's limit; about four printed pages."""
NAME_CHARS = 64
"""Longest display name. Longer ones do not fit a row of the narrow layout."""
TITLE_CHARS = 100
"""Longest conversation title or handle. Slack allows 80 for a channel name."""
PREVIEW_CHARS = 140
"""Text of a list row; what is longer is cut by the layout anyway."""
GROUP_MEMBERS = 200
"""Members named when a group is created, and above which member lists and presence become counts."""
RECEIPT_MEMBERS = 50
"""Above this many members, and in open channels, delivery and reading are not tracked:

the traffic would grow with the square.
"""
REACTIONS = 500
"""Reactions of one message, over all emoji: its state stays far below a page, with everybody's name in it."""
REACTION_KINDS = 50
"""Different emoji under one message. Slack allows 50; more do not fit any screen."""
MENTIONS = 50
"""People whom one message may name. Discord's bots may 100; more is everybody."""
MENTIONS_CAP = 100
"""Counting mentions stops here ("99+")."""
EVERYBODY_MEMBERS = 20
"""Up to so many members anybody may mention everybody; above only moderators, as in Zulip's larger channels."""
FOLLOWERS = 100
"""People who take part in one thread and are told of it; whoever comes later has to look."""
THREADS_UNREAD = 50
"""Unread threads that a row of the list names."""
PINS = 100
"""Pinned messages of a conversation. Slack's limit."""
LINKS = 50
"""Links by which people can join one conversation at a time."""
TOPIC_CHARS = 250
"""Slack's limit for a topic."""
OWN_ROWS = 10_000
"""Rows of one person's own state beside read markers: drafts, saved messages, preferences, blocks."""
OWN_BYTES = 512 * 1024
"""The same rows in bytes, keys and values as JSON: a person's ten thousand saved messages, or fifty long drafts."""
WELCOME_DRAFTS = 256 * 1024
"""Drafts, in bytes as JSON, that a page is given that has no own state yet: the newest ones. The others come when they
change."""
PERSON_COLORS = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")
"""What a person may choose as the colour of their avatar; the looks are the view's."""
VIEW_COMMANDS = ("help", "invite", "join", "leave", "me", "msg", "mute", "rename", "shrug", "status", "topic")
"""Slash commands of every view; nobody can offer them: an offered `/msg` would make public what was meant for one."""
UNREAD_CAP = 1_000
"""Counting stops here ("999+"): a bounded cost for the store."""
SUMMARIES = 50
"""Rows of the list in `welcome`; more by page. About three screens."""
KNOWN_CONVERSATIONS = 500
"""Positions that `resume.known` may name; the client keeps its newest."""
WATCHED_CONVERSATIONS = 20
"""Conversations watched by one connection: a page shows a few widgets, not hundreds."""
GROWTHS = 4
"""Messages that one connection writes piece by piece at a time: a notebook has few cells that answer at once."""
GROWTH_BYTES = 64 * 1024
"""Text of all messages of a conversation that are being written: it is given to everybody who comes to look."""
GROWTH_IDLE = 60.0
"""Without a piece for this long the hub stores what there is: a program that hangs holds nothing in memory."""
PAGE_MESSAGES = 50
"""Messages of a snapshot or of a page that names no limit. Zulip loads 50 at a time."""
SNAPSHOT_BYTES = 48 * 1024
"""Text in a snapshot's messages, so that one paste of long logs does not delay the first screen."""
PAGE_BYTES = 256 * 1024
"""Text in a page of history as JSON has it, where a control character takes six bytes: a page stays far below what a
client takes in one frame (8 MiB) and what may wait for a slow reader."""
NOTICED = ("created", "joined", "left", "described", "pinned", "ranked", "muted")
"""Kinds of events that are shown by themselves, as lines between the messages; the words are the view's. A page and a
snapshot bring them along, and clients keep them as long as the messages around them."""
NOTICES = 20
"""Of what happened to a conversation between two messages, so many are shown, the newest: a class that comes in at once
fills no page.
"""
RESUME_EVENTS = 300
"""Events replayed inline on resume, and kept in memory per conversation. Centrifugo's recovery default."""
RESUME_BYTES = 256 * 1024
"""The same in bytes, over all watched conversations."""
CLIENT_MESSAGES = 1_000
"""Messages of one conversation, or of one open thread, that a client keeps."""
ASIDES = 200
"""Single messages of a conversation that a client keeps besides: quoted, pinned, saved ones."""
QUEUE_BYTES = 1024 * 1024
"""Unsent bytes per connection; ephemeral events are dropped at half, at the whole it is closed as slow.

Centrifugo, Mattermost.
"""

HEARTBEAT = 25.0
"""Silence after which the hub sends an empty array. Centrifugo 25 s; proxies cut idle sockets at 60 s."""
CLIENT_SILENCE = 60.0
"""Silence after which a client pings: two missed heartbeats."""
PONG_WAIT = 5.0
"""How long it then waits before it reconnects."""
HELLO_DEADLINE = 10.0
"""From the handshake to `hello`. Centrifugo 15."""
COMMAND_TIMEOUT = 15.0
"""After which a client stops waiting for a reply to a query; a post stays in the outbox."""
TYPING_EVERY = 3.0
"""A client says "typing" at most this often. Matrix."""
TYPING_IDLE = 2.0
"""Without a keystroke for this long a client says "stopped"."""
TYPING_LOST = 5.0
"""The hub forgets a typer that said nothing more: heals a lost "stopped"."""
PRESENCE_GRACE = 15.0
"""From a person's last page closing to "offline": a reload must not blink. Zulip."""
LEASE = 75.0
"""How long another hub's presence news hold without a refresh."""
LEASE_REFRESH = 25.0
"""How often a hub refreshes its own."""
DRAFT_EVERY = 1.0
"""While somebody types, their draft is told to the hub at most this often: what is lost is a second of typing."""
RECEIPTS_EVERY = 1.0
"""Acknowledgements from a client, and receipt news to a watcher, at most this often."""
OWN_STATE_DELAY = 0.25
"""Own state and receipts ride on the next group commit, alone after this long."""
RECONNECT_BASE = 0.5
"""First step of the doubling reconnect delay; full jitter from 0.

AWS Architecture Blog, "Exponential Backoff And Jitter".
"""
RECONNECT_CAP_MIN = 0.5
RECONNECT_CAP_MAX = 20.0
RECONNECT_PER_SECOND = 250.0
"""The announced cap is connections / this, within the two bounds:

a restart brings at most about 250 hellos a second.
"""

POLL_LOST = 30.0
"""Over HTTP: a wait that has no answer after this long has got lost; the hub gives one after 20 seconds at the latest.
"""
POLL_PROMPT = 10.0
"""The same for any other request over HTTP."""
POLL_AGAIN = (0.2, 0.5, 1.0)
"""Pauses before a request over HTTP that failed on the way is made again; then the connection is over. Together they
are shorter than the hub waits for somebody whose wait broke off."""
GATEWAYS = (502, 503, 504)
"""What proxies answer while they do not reach the hub: a request over HTTP that gets one of these has failed on the
way. A hub that is just starting says 503 itself, and is asked again as well."""

FLOOD_FRAMES = 100.0
FLOOD_SECONDS = 5.0
"""More than FLOOD_FRAMES a second for FLOOD_SECONDS closes the connection."""


class Rate(Struct, frozen=True):
    """A token bucket: `rate` tokens a second into a bucket of `burst`."""

    rate: float
    burst: int


class HubLimits(Struct, frozen=True, kw_only=True):
    """What a host may raise by configuration; per user unless said otherwise."""

    page_send: Rate = Rate(5.0, 20)
    """Messages by a person's pages. Sendbird 5/s; nobody types faster."""
    session_send: Rate = Rate(20.0, 200)
    """Messages by notebooks and bots: a hundred sends in a loop go at once."""
    changes: Rate = Rate(1.0, 30)
    """Profiles, and what changes a conversation or its members: told to many, and people do a few of them an hour."""
    touches: Rate = Rate(10.0, 50)
    """Edits, deletions, reactions and pins; own state too. Faster than typing, slower than a loop."""
    growth: Rate = Rate(60.0, 120)
    """Pieces of messages that are being written: above the 50 a second that a client sends."""
    newcomers: Rate = Rate(1.0, 300)
    """People who come in for the first time, of all: a lecture at once. Each stays for ever, and is shown to all."""
    pages: int = 20
    """Pages of one user. ejabberd allows 10 sessions; notebooks are many."""
    sessions: int = 100
    """Sessions and bots of one user."""
    presence_grace: float = PRESENCE_GRACE
    """See PRESENCE_GRACE, in seconds. Longer where connections break often, shorter where one wants to know."""
    flood_frames: float = FLOOD_FRAMES
    """Frames a second that, kept up for FLOOD_SECONDS, close a connection."""
    queue_bytes: int = QUEUE_BYTES
    """See QUEUE_BYTES; per connection."""
