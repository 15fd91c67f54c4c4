"""`Client`: a conversation from Python without a widget, for scripts and bots. The same core as `ChatSession`."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from .connection import Connection
from .engine import Engine
from .find import Wanted
from .message import Message
from .tracing import Debug
from .verbs import Verbs
from .views import members_of, messages_of, summaries_of, typing_of, unread_of

if TYPE_CHECKING:
    from typing_extensions import Self

    from nbchat.protocol.messages import Person, Status, Summary


class Client(Verbs):
    """A program in a conversation.

    Args:
        conversation: "ml-team" for the open channel of that name (made if missing), "@ada" for a direct conversation;
            None for none yet,
            then handlers get the messages of all conversations that one is a member of.
        id: a conversation by its id, instead.
        hub: URL of the hub or of its Jupyter server; by default it is searched for (`nbchat doctor` shows how).
        key: the hub's key.
        token: a token of the server.
        name: the name to write under, where the token lets one choose.
        debug: show frames and the state of the connection on standard error, without what people write; "texts": with
            it. The same as NBCHAT_DEBUG=1 and NBCHAT_DEBUG=texts.

    Raises:
        HubNotFound, HubUnreachable, WrongKey: there is no hub, it does not answer, or it does not let one in.
        HubError: the conversation cannot be opened, or the hub can enter nobody new, as with a full disk.

    Example:
        with Client("ml-team") as bot:
            bot.send("training starts")
            answer = bot.wait_for(lambda m: m.text == "stop", timeout=3600)
    """

    def __init__(
        self,
        conversation: str | None = None,
        *,
        id: str | None = None,
        hub: str | None = None,
        key: str | None = None,
        token: str | None = None,
        name: str | None = None,
        debug: Debug = False,
    ) -> None:
        self._name, self._id = "", ""
        label = f"Client({conversation or id or ''!r})"
        self._engine = Engine("bot", Wanted(hub, key, token, name), label=label, debug=debug)
        self._engine.start()
        try:
            if conversation is not None or id is not None:
                self.open(conversation, id=id)
        except BaseException:
            self.close()
            raise

    @property
    def _opened(self) -> str:
        return self._id

    def open(self, name: str | None = None, *, id: str | None = None) -> None:
        """Open another conversation, by name or id. Waits for the hub. Raises as the class does."""
        self._name, self._id = name or id or "", switch(self._engine, self._id, name, id)

    @property
    def conversation(self) -> str:
        """The open conversation, as it was named; "" for none."""
        return self._name

    @property
    def conversation_id(self) -> str:
        """The open conversation's id; "" for none."""
        return self._id

    @property
    def messages(self) -> list[Message]:
        """The newest messages of the open conversation that are here already, oldest first; `history` asks for more."""
        return messages_of(self._engine, self._id)

    @property
    def typing(self) -> list[Person]:
        """Who is typing in the open conversation (at most five)."""
        return typing_of(self._engine, self._id)

    @property
    def members(self) -> list[Person]:
        """The members of the open conversation, by name; empty above 200."""
        return members_of(self._engine, self._id)

    @property
    def presence(self) -> dict[str, Status]:
        """Who is online and when they last were, by user id."""
        with self._engine.reading() as state:
            known = state.conversations.get(self._id)
            return dict(known.presence) if known else {}

    @property
    def unread(self) -> int:
        """Unread messages of the open conversation; without one, of all."""
        return unread_of(self._engine, self._id)

    @property
    def conversations(self) -> list[Summary]:
        """The own conversations that are known here, last event first."""
        return summaries_of(self._engine)

    @property
    def connection(self) -> Connection:
        """How the connection to the hub is."""
        return self._engine.connection

    @property
    def me(self) -> Person:
        """Who one is on this hub: `.id`, and the name under which one writes."""
        return self._engine.me

    def close(self) -> None:
        """End it. What is still unsent after two seconds is kept on disk and goes out with the next session."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._engine.closed:
            return f"<nbchat.Client {self._name!r} as {self.me.name}, closed>"
        now = self.connection
        state, note = now.state.replace("_", " "), f". {now.note}" if now.note else ""
        return f"<nbchat.Client {self._name!r} as {self.me.name}, {state}{note}>"


def switch(engine: Engine, before: str, name: str | None, id: str | None) -> str:
    """Make another conversation the open one of this engine.

    Returns:
        Its id.

    Raises:
        HubError: there is no such conversation, or it cannot be made.
    """
    from nbchat.errors import HubError
    from nbchat.protocol.codes import ERRORS

    if id is not None:
        known = engine.link.info.state != "connected" or id in engine.link.state.conversations
        if not known and not engine.names.exists(id):
            raise HubError("unknown_conversation", ERRORS["unknown_conversation"].text.format(conversation=id))
        conversation = id
    else:
        conversation = engine.names.resolve(name) if name else ""
    if before and before != conversation:
        engine.unwatch(before)
    engine.arrivals.only = conversation or None
    if conversation and before != conversation:
        engine.watch(conversation)
        engine.wait_snapshot(conversation)
    return conversation
