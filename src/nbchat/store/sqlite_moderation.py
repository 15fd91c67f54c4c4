"""What the items about invitation links and reports mean in SQL. Used by `sqlite_write` only."""

from __future__ import annotations

from nbchat.hub import items
from nbchat.hub.conversation import REPORTS
from nbchat.protocol.limits import LINKS
from nbchat.protocol.messages import Invitation

from .derived import many
from .sqlite_batch import Batch
from .sqlite_own import own_stored, set_own
from .sqlite_rows import message_at, own_value


def put_link(batch: Batch, link: Invitation) -> items.Outcome:
    """Make a link, and forget those of its conversation that cannot be used any more."""
    head = batch.head(link.conversation)
    if head is None:
        return items.Failed("unknown_conversation")
    batch.sql("DELETE FROM link WHERE conversation = ? AND (until <= ? OR uses <= 0)", (head.n, batch.at))
    if batch.sql("SELECT 1 FROM link WHERE code = ?", (link.code,)).fetchone():
        return items.Failed("store_failed")
    if batch.sql("SELECT count(*) FROM link WHERE conversation = ?", (head.n,)).fetchone()[0] >= LINKS:
        return many(LINKS, "links of one conversation")
    batch.sql(
        "INSERT INTO link (code, conversation, author, role, until, uses, change) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (link.code, head.n, link.author, link.role, link.until, link.uses, batch.next()),
    )
    return items.Put()


def drop_link(batch: Batch, item: items.DropLink) -> items.Outcome:
    """Take a link away, also where it cannot be used anyway."""
    head = batch.head(item.conversation)
    if head is None:
        return items.Failed("unknown_conversation")
    batch.sql("DELETE FROM link WHERE code = ? AND conversation = ?", (item.code, head.n))
    return items.Put()


def put_report(batch: Batch, item: items.PutReport) -> items.Outcome:
    """Keep a report; the same person's second one replaces the first."""
    head = batch.head(item.conversation)
    if head is None:
        return items.Failed("unknown_conversation")
    message = message_at(batch.sql, head.n, item.message)
    if message is None:
        return items.Failed("unknown_message", {"message": item.message})
    if message.deleted is not None:
        return items.Failed("deleted")
    same = (head.n, item.message, item.user)
    batch.sql("DELETE FROM report WHERE conversation = ? AND message = ? AND user = ?", same)
    sql = "INSERT INTO report (id, conversation, message, user, at, reason) VALUES (?, ?, ?, ?, ?, ?)"
    batch.sql(sql, (batch.next(), *same, batch.at, item.reason))
    return _tell(batch, head.n, item.conversation, item.moderators)


def close_report(batch: Batch, item: items.CloseReport) -> items.Outcome:
    """A report is dealt with, perhaps by somebody else already."""
    head = batch.head(item.conversation)
    if head is None:
        return items.Failed("unknown_conversation")
    batch.sql("DELETE FROM report WHERE id = ? AND conversation = ?", (item.report, head.n))
    return _tell(batch, head.n, item.conversation, item.moderators)


def _tell(batch: Batch, n: int, conversation: str, moderators: tuple[str, ...]) -> items.OwnsStored:
    """Let each moderator have the number of open reports."""
    key = REPORTS + conversation
    count = batch.sql("SELECT count(*) FROM report WHERE conversation = ?", (n,)).fetchone()[0]
    for user in moderators:
        row = batch.sql("SELECT value FROM own_state WHERE user = ? AND key = ?", (user, key)).fetchone()
        if row is None or own_value(row[0]) != count:
            set_own(batch, user, key, count)
    return items.OwnsStored(tuple(own_stored(batch, user, key) for user in moderators))
