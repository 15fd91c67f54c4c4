"""Which conversation a name means, and what of it is remembered for when the hub is down. Part of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbchat.errors import HubError, HubUnreachable
from nbchat.protocol.messages import History, Open, Opened, Page

from .memory import Known, Memory, default_memory

if TYPE_CHECKING:
    from .engine import Engine

ID_CHARS = 12
"""Length of a conversation id (protocol: "12 random characters")."""


class Names:
    """The names that were opened on one hub, in this process and, by the memory, before.

    Args:
        engine: which asks the hub.
        memory: what is remembered of hubs; by default this OS user's.
    """

    def __init__(self, engine: Engine, memory: Memory | None) -> None:
        self._engine, self._memory = engine, memory or default_memory()
        self._opened: dict[str, str] = {}

    def of_hub(self, url: str) -> Known | None:
        """What is remembered of this hub."""
        return self._memory.hub(url)

    def resolve(self, name: str, *, create: bool = True) -> str:
        """The id of the conversation of that name (or id); one joins it.

        Raises:
            HubError: there is none and it cannot be made.
            HubUnreachable: the hub is down and the name was never opened before.
        """
        engine = self._engine
        with engine.reading() as state:
            remembered = engine.known.conversations if engine.known is not None else {}
            if name in state.conversations or name in self._opened.values() or name in remembered.values():
                return name
            if engine.link.info.state != "connected":
                known = self._opened.get(name) or remembered.get(name)
                if known is not None:
                    return known
                if state.me is None:
                    what = f"{name!r} was never opened from here, so it cannot be queued for"
                    raise HubUnreachable(engine.hub.url, what)
        if len(name) == ID_CHARS and self.exists(name):
            return name
        conversation = engine.ask(Open(ref=0, name=name, create=create), Opened).conversation
        with engine.lock:
            self._opened[name] = conversation
            self.remember()
        return conversation

    def exists(self, conversation: str) -> bool:
        """Whether the hub has a conversation with this id for us; asked, because the own list here is not all of it."""
        try:
            self._engine.ask(History(ref=0, conversation=conversation, limit=1), Page)
        except HubError as error:
            if error.code in ("unknown_conversation", "not_member"):
                return False
            raise
        return True

    def remember(self) -> None:
        """Write down which hub this is, whom it takes us for, and what was opened; under the engine's lock."""
        state, url = self._engine.link.state, self._engine.hub.url
        if state.me is not None and state.store:
            self._memory.remember(url, store=state.store, user=state.me.id, name=state.me.name, opened=self._opened)

    def forget(self) -> None:
        """Another store or user answers: the names are not for it."""
        self._opened = {}
