"""The protocol, read from top to bottom: commands, replies, durable events, ephemeral events, control.

A client sends one command a text frame, a JSON object tagged by `t` with a `ref` of its own; the hub answers each with
exactly one reply that carries that `ref`, after the events which the command caused. The hub sends text frames that
are JSON arrays of replies and events; an empty array is the heartbeat. Unknown fields are ignored; unknown event kinds
are skipped and counted.

Rules that hold everywhere:

1. `seq` numbers the durable events of ONE conversation, gap-free from 1, given by the store at commit. Order is `seq`,
   never time.
2. Times are milliseconds UTC by the hub's clock at commit, for people only.
3. The author of an event is whom the hub authenticated; no command has an author field.
4. A client applies a durable event only if its `seq` is above what it has (its cursor), so applying twice is harmless.
5. Commands may have defaults. What the hub sends is always complete, also where a Struct has a default, so that
   TypeScript sees every field.

The kinds are in `commands`, `rooms`, `events`, `replies` and `news`, the shapes that they share (person, message,
summary, ...) in `shapes`; all of them can be imported from here.

This module holds data only: no behaviour, no IO. The tables in docs/protocol.md and the TypeScript types are generated
from it.
"""

from __future__ import annotations

from .commands import (
    Ack as Ack,
    Command as Command,
    Create as Create,
    Delete as Delete,
    Edit as Edit,
    FindChannels as FindChannels,
    FindMentions as FindMentions,
    FindPeople as FindPeople,
    FindPins as FindPins,
    FindVersions as FindVersions,
    Follow as Follow,
    Grow as Grow,
    Hello as Hello,
    History as History,
    Join as Join,
    Leave as Leave,
    ListConversations as ListConversations,
    Lookup as Lookup,
    Offer as Offer,
    Open as Open,
    Pin as Pin,
    Ping as Ping,
    Post as Post,
    React as React,
    Read as Read,
    ReadAll as ReadAll,
    SetOwn as SetOwn,
    SetProfile as SetProfile,
    Type as Type,
    Unwatch as Unwatch,
    Watch as Watch,
)
from .events import (
    AnyDurable as AnyDurable,
    Created as Created,
    Deleted as Deleted,
    Described as Described,
    Durable as Durable,
    Edited as Edited,
    Joined as Joined,
    Left as Left,
    Muted as Muted,
    Pinned as Pinned,
    Posted as Posted,
    Ranked as Ranked,
    Reacted as Reacted,
    Unbanned as Unbanned,
)
from .news import (
    Added as Added,
    AnyEphemeral as AnyEphemeral,
    Bye as Bye,
    Commands as Commands,
    Growing as Growing,
    Limited as Limited,
    Named as Named,
    Own as Own,
    Presence as Presence,
    Receipts as Receipts,
    Removed as Removed,
    Reset as Reset,
    Snapshot as Snapshot,
    Typing as Typing,
)
from .replies import (
    Accepted as Accepted,
    AnyReply as AnyReply,
    Channels as Channels,
    Conversations as Conversations,
    Done as Done,
    Error as Error,
    Found as Found,
    Hits as Hits,
    Invited as Invited,
    Links as Links,
    Log as Log,
    Members as Members,
    Opened as Opened,
    Page as Page,
    People as People,
    Pong as Pong,
    Reply as Reply,
    Reports as Reports,
    Versions as Versions,
    Welcome as Welcome,
)
from .rooms import (
    CloseReport as CloseReport,
    Describe as Describe,
    DropLink as DropLink,
    FindBanned as FindBanned,
    FindInvitation as FindInvitation,
    FindLinks as FindLinks,
    FindLog as FindLog,
    FindMembers as FindMembers,
    FindReports as FindReports,
    Invite as Invite,
    MakeLink as MakeLink,
    Mute as Mute,
    Rank as Rank,
    Redeem as Redeem,
    Remove as Remove,
    Report as Report,
    Unban as Unban,
)
from .shapes import (
    EVERYBODY as EVERYBODY,
    LARGEST as LARGEST,
    Aspect as Aspect,
    ConnectionKind as ConnectionKind,
    ConversationId as ConversationId,
    ConversationKind as ConversationKind,
    Forwarded as Forwarded,
    Hit as Hit,
    Invitation as Invitation,
    Key as Key,
    Level as Level,
    Limits as Limits,
    Mark as Mark,
    Member as Member,
    Mention as Mention,
    Message as Message,
    Offered as Offered,
    OwnRow as OwnRow,
    OwnValue as OwnValue,
    Person as Person,
    Pointer as Pointer,
    Position as Position,
    Prefs as Prefs,
    Preview as Preview,
    Reaction as Reaction,
    Ref as Ref,
    Replies as Replies,
    Reported as Reported,
    Resume as Resume,
    Role as Role,
    Seq as Seq,
    Settings as Settings,
    Slash as Slash,
    Standing as Standing,
    Status as Status,
    Summary as Summary,
    ThreadUnread as ThreadUnread,
    UserId as UserId,
)

AnyCommand = (
    Hello
    | Ping
    | Post
    | Open
    | Create
    | Join
    | Leave
    | Watch
    | Unwatch
    | History
    | Read
    | Ack
    | Type
    | ListConversations
    | FindPeople
    | FindChannels
    | Edit
    | Grow
    | Delete
    | React
    | Pin
    | Lookup
    | FindVersions
    | FindPins
    | FindMentions
    | Follow
    | Describe
    | Rank
    | Mute
    | Invite
    | Remove
    | Unban
    | FindBanned
    | FindMembers
    | MakeLink
    | FindLinks
    | DropLink
    | Redeem
    | FindInvitation
    | Report
    | FindReports
    | CloseReport
    | FindLog
    | SetProfile
    | SetOwn
    | ReadAll
    | Offer
)
AnyFromHub = AnyReply | AnyDurable | AnyEphemeral
