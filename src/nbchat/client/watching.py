"""Which conversations and threads views have open, and what is asked of the hub for them.

Pure, part of the link. Rules: a conversation in a view is watched on every connection; a thread in a view has its
newest replies loaded as soon as its conversation has a snapshot, and again whenever a snapshot has made it forget them.
"""

from __future__ import annotations

from nbchat.protocol import messages as m

from . import reducer, rows
from .ranges import live
from .requests import may_retry
from .wire import Wire

AGAIN = 1.0
"""Seconds after which a hub that could not just now is asked again, where it does not say when."""


class Watching:
    """The views of one link.

    Args:
        wire: what the parts of the link share.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._conversations: dict[str, None] = {}
        self._threads: dict[tuple[str, int], None] = {}
        self._loading: set[tuple[str, int]] = set()
        self._behind: set[tuple[str, int]] = set()
        """Open threads whose first page was overtaken by events."""

    @property
    def conversations(self) -> list[str]:
        """Ids of those in a view, in the order in which they were opened."""
        return list(self._conversations)

    def positions(self) -> dict[str, m.Position]:
        """Where those stand that can be bridged: their messages are loaded."""
        found = [self._wire.state.conversations.get(id) for id in self._conversations]
        return {one.summary.id: one.position for one in found if one is not None and one.ranges}

    def watch(self, id: str, now: float) -> None:
        """A view shows this conversation; if the hub refuses for good, the watch is forgotten."""
        if id not in self._conversations:
            self._conversations[id] = None
            if self._wire.live:
                self._ask(id, now)

    def unwatch(self, id: str, now: float) -> None:
        """No view shows it any more."""
        if id in self._conversations:
            del self._conversations[id]
            self._look_away(id, now)

    def thread(self, id: str, root: int, now: float) -> None:
        """A view shows this thread."""
        self._threads[id, root] = None
        self.load_threads(id, now)

    def unthread(self, id: str, root: int) -> None:
        """No view shows it any more: its messages are not kept."""
        if (id, root) in self._threads:
            del self._threads[id, root]
            self._behind.discard((id, root))
            self._wire.touch(reducer.close_thread(self._wire.state, id, root))

    def load_threads(self, id: str, now: float) -> None:
        """Ask for what is missing of the open threads of a conversation."""
        known = self._wire.state.conversations.get(id)
        if not self._wire.live or known is None or not known.ranges:
            return
        for one, root in self._threads:
            loaded = known.threads.get(root)
            if one != id or (id, root) in self._loading or (loaded and (id, root) not in self._behind):
                continue
            self._loading.add((id, root))
            after = loaded[-1].last if loaded else None
            self._wire.ask(m.History(ref=0, conversation=id, thread=root, after=after), now)

    # --------------------------------------------------------------------------------------------------- what came back

    def welcomed(self, resume: m.Resume, now: float) -> None:
        """Watch what could not be bridged; what was closed since hello is not watched."""
        for id in [*self._conversations, *(id for id in resume.watched if id not in self._conversations)]:
            if id not in self._conversations:
                self._look_away(id, now)
            elif id not in resume.watched:
                self._ask(id, now)
            else:
                self.load_threads(id, now)

    def shown(self, id: str, now: float) -> None:
        """A snapshot came; its view may have been closed while it was on its way."""
        if id not in self._conversations:
            self._look_away(id, now)
        self.load_threads(id, now)

    def added(self, id: str, now: float) -> None:
        """A conversation is ours again: its view, if there is one, shows it again."""
        if id in self._conversations:
            self._ask(id, now)

    def answered(self, command: m.AnyCommand, now: float) -> None:
        """A command was done, the link's own or not; what it brought is in the state."""
        match command:
            case m.Watch(conversation=id) if id in self._conversations:
                self._wire.touch(rows.watch(self._wire.state, id))
                self.load_threads(id, now)
            case m.History(conversation=id, thread=int(root)):
                self._loaded(command, root, now)
            case _:
                pass

    def failed(self, command: m.AnyCommand, error: m.Error, now: float) -> None:
        """A command of the link's own was refused, or its time is up: it is asked again, if that may help."""
        match command:
            case m.Watch(conversation=id) if id in self._conversations:
                if may_retry(error):
                    self._wire.requests.postpone(command, now + max(AGAIN, error.retry_after or 0.0))
                else:
                    del self._conversations[id]
            case m.History(conversation=id, thread=int(root)):
                self._loading.discard((id, root))
                if may_retry(error):
                    self._wire.requests.postpone(command, now + max(AGAIN, error.retry_after or 0.0))
            case _:
                pass

    def again(self, command: m.Watch | m.History, now: float) -> None:
        """The time to ask once more has come, if a view still wants it."""
        if isinstance(command, m.History):
            self.load_threads(command.conversation, now)
        elif command.conversation in self._conversations:
            self._ask(command.conversation, now)

    def lost(self) -> None:
        """The connection is gone, and with it what was asked for."""
        self._loading.clear()

    # ---------------------------------------------------------------------------------------------------------- helpers

    def _ask(self, id: str, now: float) -> None:
        known = self._wire.state.conversations.get(id)
        position = known.position if known is not None and known.ranges else None
        self._wire.ask(m.Watch(ref=0, conversation=id, position=position), now)

    def _look_away(self, id: str, now: float) -> None:
        self._wire.touch(reducer.unwatch(self._wire.state, id))
        if self._wire.live:
            self._wire.ask(m.Unwatch(ref=0, conversation=id), now)

    def _loaded(self, command: m.History, root: int, now: float) -> None:
        """A page of a thread came. What events have overtaken it is asked for, so that what is loaded stays live."""
        id, state = command.conversation, self._wire.state
        mine = (id, root) in self._loading
        self._loading.discard((id, root))
        known = state.conversations.get(id)
        if (id, root) not in self._threads:
            self._wire.touch(reducer.close_thread(state, id, root))
        elif mine and known is not None:
            loaded = known.threads.get(root, [])
            if loaded and live(loaded, known.cursor) is None:
                self._behind.add((id, root))
            else:
                self._behind.discard((id, root))
            self.load_threads(id, now)
