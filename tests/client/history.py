"""A conversation's log made by dice, and what is true of it at each seq: counted from the log, not by the reducer.

A `History` plays hub and store: it completes events, and gives snapshots, pages and rows as of any seq.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from vectors.shapes import CY, NAMES, deleted, edited, joined, left, mention, page, pinned, posted, reacted, row

from nbchat.protocol import changes, messages as m

ME = "ada"
PEOPLE = ("ada", "bob", "cy")


class History:
    """The log of conversation c1.

    Args:
        dice: makes the events.
        length: how many.
    """

    def __init__(self, dice: random.Random, length: int) -> None:
        self._dice = dice
        self.log: list[m.AnyDurable] = []
        self.read = 0
        self.thread_read: dict[int, int] = {}
        for seq in range(1, length + 1):
            self.log.append(self._event(seq))

    # ---------------------------------------------------------------------------------------------------- the events

    def _event(self, seq: int) -> m.AnyDurable:
        there = [one for one in self.messages(seq - 1).values() if one.deleted is None]
        author, roll = self._dice.choice(PEOPLE), self._dice.random()
        if not there or roll < 0.35:
            return posted(seq, author, mentions=self._mentions())
        one = self._dice.choice(there)
        if roll < 0.6:
            return self._reply(seq, author, one.thread or one.seq)
        if roll < 0.7:
            return edited(seq, one.seq, f"edit {seq}", one.author, mentions=self._mentions())
        if roll < 0.8:
            return self._deletion(seq, author, one)
        kinds: list[Callable[[], m.AnyDurable]] = [
            lambda: reacted(seq, one.seq, self._dice.choice("👍🎉"), author, on=self._dice.random() < 0.7),
            lambda: pinned(seq, one.seq, author, on=self._dice.random() < 0.7),
            lambda: joined(seq, CY),
            lambda: left(seq, "cy"),
        ]
        return self._dice.choice(kinds)()

    def _mentions(self) -> list[m.Mention]:
        return [mention(who) for who in ("ada", "cy", "@all") if self._dice.random() < 0.2]

    def _reply(self, seq: int, author: str, root: int) -> m.Posted:
        mentions = self._mentions()
        named = [one.user for one in mentions if one.user != m.EVERYBODY]
        followers = list(dict.fromkeys([*self.followers(root, seq - 1), author, *named]))
        also = self._dice.random() < 0.3
        return posted(seq, author, thread=root, also=also, followers=followers, mentions=mentions)

    def _deletion(self, seq: int, author: str, one: m.Message) -> m.Deleted:
        begun = self.log[one.seq - 1]
        assert isinstance(begun, m.Posted)
        return deleted(
            seq,
            one.seq,
            author,
            one.author,
            thread=one.thread,
            also=one.also,
            mentions=[each.user for each in begun.mentions],
            followers=[] if one.thread is None else self.followers(one.thread, seq - 1),
        )

    # --------------------------------------------------------------------------------------------- what is true of it

    def posts(self, upto: int) -> list[m.Posted]:
        """The events that began a message."""
        return [event for event in self.log[:upto] if isinstance(event, m.Posted)]

    def messages(self, upto: int) -> dict[int, m.Message]:
        """Every message as it was after so many events."""
        found: dict[int, m.Message] = {}
        for event in self.log[:upto]:
            for seq in changes.touched(event):
                found[seq] = changes.changed(found[seq], event)
            if isinstance(event, m.Posted):
                found[event.seq] = changes.message_of(event)
        return found

    def timeline(self, upto: int, thread: int | None) -> list[m.Message]:
        """The messages of one timeline."""
        found = self.messages(upto).values()
        if thread is None:
            return [one for one in found if changes.in_conversation(one)]
        return [one for one in found if thread in (one.thread, one.seq)]

    def followers(self, root: int, upto: int) -> list[str]:
        """Who is told of a thread's replies."""
        told = [user for one in self.posts(upto) if one.thread == root for user in one.followers]
        return list(dict.fromkeys([self.messages(upto)[root].author, *told]))

    def counted(self, upto: int) -> list[m.Posted]:
        """Unread messages of the conversation's own timeline."""
        gone = {event.message for event in self.log[:upto] if isinstance(event, m.Deleted)}
        return [
            one
            for one in self.posts(upto)
            if one.seq > self.read and one.author != ME and one.seq not in gone and changes.in_conversation(one)
        ]

    def mentions(self, upto: int) -> int:
        """Those of them that mention us."""
        return sum(any(one.user in (ME, m.EVERYBODY) for one in post.mentions) for post in self.counted(upto))

    def thread_unread(self, root: int, upto: int) -> m.ThreadUnread:
        """What is unread of a thread: what we were told of since we replied or read."""
        gone = {event.message for event in self.log[:upto] if isinstance(event, m.Deleted)}
        replies = [one for one in self.posts(upto) if one.thread == root]
        told = [one.seq for one in replies if ME in one.followers]
        own = [one.seq for one in replies if one.author == ME]
        read = max([self.thread_read.get(root, 0), *own, *(seq - 1 for seq in told[:1])])
        unread = [one.seq for one in replies if one.seq in told and one.seq > read and one.author != ME]
        return m.ThreadUnread(root, read, len([seq for seq in unread if seq not in gone]))

    def threads(self, upto: int) -> list[m.ThreadUnread]:
        """Unread threads, the one with the newest reply last."""
        newest = {one.thread: one.seq for one in self.posts(upto) if one.thread is not None and ME in one.followers}
        found = [self.thread_unread(root, upto) for root in sorted(newest, key=lambda root: newest[root])]
        return [one for one in found if one.unread]

    def row(self, upto: int) -> m.Summary:
        """The list row."""
        shown = self.timeline(upto, None)
        last = None
        if shown:
            one = shown[-1]
            last = m.Preview(one.seq, one.author, NAMES[one.author], one.at, one.text, one.deleted is not None)
        return row(
            last_seq=upto,
            last=last,
            read=self.read,
            unread=len(self.counted(upto)),
            mentions=self.mentions(upto),
            threads=self.threads(upto),
        )

    def page(self, asked: m.History, as_of: int, cursor: int) -> m.Page:
        """A page that was read at one moment, and sent when the client had been given `cursor`."""
        all_of_it = self.timeline(as_of, asked.thread)
        found = all_of_it[-asked.limit :]
        if asked.before is not None:
            found = [one for one in all_of_it if one.seq < asked.before][-asked.limit :]
        elif asked.after is not None:
            found = [one for one in all_of_it if one.seq > asked.after][: asked.limit]
        elif asked.around is not None:
            middle = sum(one.seq < asked.around for one in all_of_it)
            found = all_of_it[max(0, middle - asked.limit // 2) :][: asked.limit]
        first = found[0].seq if found else asked.before or (asked.after or as_of) + 1
        last = found[-1].seq if found else (asked.after or first - 1)
        return page(
            5,
            found,
            as_of,
            before=any(one.seq < first for one in all_of_it),
            after=any(one.seq > last for one in all_of_it),
            fixups=self.fixups([one.seq for one in found], as_of, cursor),
        )

    def fixups(self, seqs: list[int], as_of: int, cursor: int) -> list[m.AnyDurable]:
        """What the client was given already, and the page does not know."""
        return [event for event in self.log[as_of:cursor] if set(changes.touched(event)) & set(seqs)]
