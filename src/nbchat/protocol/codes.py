"""The two tables of what can go wrong on the wire: error codes of replies, and close codes of the socket.

Each row: the code, what it says (a format string for the values), and whether trying the same again may help. Never put
an exception's text into either: texts here are written for the person who reads them. What people have typed stands in
“…”, with escapes for what does not show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

_JOINED = re.compile(r"(?<=[^\x00-\u024f\u2000-\u206f])[\u200c\u200d](?=[^\x00-\u024f\u2000-\u206f])")
"""A zero-width (non-)joiner inside of a Persian or Indic word, or of an emoji; Latin letters need none."""


def visible(text: str) -> str:
    r"""Return the text so that it can be quoted: as it is, but for what does not show or turns the line around.

    Example:
        >>> print(visible("a\tb"))
        a\tb
    """
    joiners = {found.start() for found in _JOINED.finditer(text)}
    return "".join(
        one if one.isprintable() or at in joiners else one.encode("unicode_escape").decode()
        for at, one in enumerate(text)
    )


class ErrorCode(Struct, frozen=True):
    """One row of the table of error codes."""

    code: str
    text: str
    retry: bool

    def say(self, values: Mapping[str, object]) -> str:
        """Return the text with these values; characters in them that do not show stand there as escapes."""
        return self.text.format_map(
            {name: visible(value) if isinstance(value, str) else value for name, value in values.items()}
        )


class CloseCode(Struct, frozen=True):
    """One row of the table of close codes. `resume`: reconnect by the usual backoff and go on from the cursors."""

    code: int
    name: str
    text: str
    resume: bool


ERRORS: dict[str, ErrorCode] = {
    row.code: row
    for row in (
        ErrorCode(
            "malformed",
            "This frame is no JSON object with a known shape: {why}. Send one command, as docs/protocol.md has it.",
            False,
        ),
        ErrorCode(
            "unknown_command", "There is no command “{kind}”. This hub may be older than the client: update it.", False
        ),
        ErrorCode("hello_first", "The first command of a connection must be hello, not “{kind}”.", False),
        ErrorCode("hello_twice", "This connection has already said hello. Open another one.", False),
        ErrorCode(
            "unknown_conversation",
            "There is no conversation “{conversation}” for you. Find one by name, or create it.",
            False,
        ),
        ErrorCode("not_member", "You are not a member of “{conversation}”. Join it first.", False),
        ErrorCode("forbidden", "You may not do that here: {why}.", False),
        ErrorCode("empty_text", "A message needs some text.", False),
        ErrorCode("text_too_long", "This message has {length} characters; {limit} is the most. Split it.", False),
        ErrorCode("bad_name", "“{name}” cannot be used as a name: {why}.", False),
        ErrorCode("taken", "“{name}” is in use already. Open it, or choose another name.", False),
        ErrorCode(
            "unknown_person",
            "There is nobody called “{name}” on this hub. People appear here when they first connect.",
            False,
        ),
        ErrorCode("too_many", "At most {limit} {what}; this would be {count}.", False),
        ErrorCode("deleted", "This message is deleted; nothing more can be done with it.", False),
        ErrorCode("unknown_message", "There is no message {message} in “{conversation}”.", False),
        ErrorCode("bad_emoji", "“{emoji}” is no emoji. Choose one from the picker.", False),
        ErrorCode("bad_link", "This invitation cannot be used: {why}. Ask for a new one.", False),
        ErrorCode("last_owner", "“{conversation}” would have no owner. Make somebody else its owner first.", False),
        ErrorCode(
            "muted", "A moderator has muted you in “{conversation}”: you can read, and write again later.", False
        ),
        ErrorCode("slow_mode", "Slow mode: one message every {seconds} s here. The next in {retry_after:.0f} s.", True),
        ErrorCode("archived", "“{conversation}” is archived: nothing can be written there any more.", False),
        ErrorCode(
            "banned", "Who is banned from “{conversation}” may not come back; its moderators can change that.", False
        ),
        ErrorCode("blocked", "“{name}” takes no messages from you.", False),
        ErrorCode("bad_own", "“{key}” cannot be set so: {why}.", False),
        ErrorCode("slow", "Too much at once. Try again in {retry_after:.1f} s; nothing was stored.", True),
        ErrorCode("flood", "More than {limit:.0f} frames a second: the connection is closed.", False),
        ErrorCode("frame_too_large", "A frame of {size} bytes; {limit} is the most. Send less at once.", False),
        ErrorCode("store_full", "The hub's disk is full: nothing was stored. Try again when there is room.", True),
        ErrorCode(
            "store_replaced",
            "The hub's data was removed or replaced: nothing is stored until the hub is started again. "
            "Its log says more.",
            True,
        ),
        ErrorCode(
            "store_damaged",
            "The hub's data is damaged: this cannot be read or stored there. Its log says what who runs it can do.",
            True,
        ),
        ErrorCode("store_failed", "The hub could not store this. Try again; its log says why.", True),
        ErrorCode("internal", "The hub failed on this command. Its log says why.", True),
    )
}

CLOSES: dict[int, CloseCode] = {
    row.code: row
    for row in (
        CloseCode(1001, "going_away", "The hub is shutting down.", True),
        CloseCode(1009, "frame_too_large", "A frame was larger than the hub takes.", False),
        CloseCode(4001, "signed_out", "The login is not valid any more. Sign in again.", False),
        CloseCode(4002, "slow_reader", "The connection could not keep up. Reconnect and resume.", True),
        CloseCode(4003, "flood", "Too many frames. The client is broken: wait before connecting again.", False),
        CloseCode(4004, "no_hello", "No hello in time.", True),
        CloseCode(4005, "too_many_connections", "This user has as many connections as the hub allows.", False),
        CloseCode(4006, "restart", "The hub restarts. Reconnect and resume.", True),
        CloseCode(4007, "internal", "The hub failed on this connection. Reconnect and resume.", True),
    )
}
SIGNED_OUT = 4001
"""The close of a login that is not valid any more; a client takes a refused handshake for the same."""
INTERNAL = 4007
"""The close where something of ours failed."""
