"""`ChatSession`: a conversation that is a widget, a Python object, and the same in both.

    views (any number) <==traits, comm==> ChatSession ---> Engine ---> hub

The traits are the state that Python and the views share; live events reach a view as frames, over its own socket or
through `relay`. Never imports hub, store, bus or server.

Threads: the network has one of its own, handlers another; traits are set, and observers called, in a third, the
    session's "observers" thread, because the kernel's main thread is busy while a cell runs. A trait that is set in
    Python is observed in the thread that sets it, as everywhere in traitlets.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets
from msgspec import to_builtins
from msgspec.structs import replace

from nbchat.client.client import switch
from nbchat.client.connection import Connection
from nbchat.client.engine import Engine
from nbchat.client.find import Wanted
from nbchat.client.message import Message
from nbchat.client.thread import LoopThread
from nbchat.client.verbs import Verbs
from nbchat.client.views import members_of, name_of, stored_of, summaries_of, typing_of, unread_of
from nbchat.errors import NbchatError
from nbchat.protocol.messages import Person, Summary

from .assets import STATIC, asset, chunk
from .pace import Pace
from .relay import Relay
from .reruns import Reruns, current_run
from .shown import python_only, shown

if TYPE_CHECKING:
    from typing_extensions import Self

SHOWN_MESSAGES = 20
"""Messages in the `messages` trait, for the first paint: a full screen, and small enough to travel with each change."""
HEIGHT = 480
"""Default height of a view in pixels; about two thirds of a laptop's notebook area."""
_reruns = Reruns()
_told: set[str] = set()
"""Notices that were given in this process already."""


def _snapshot(session: ChatSession) -> int:
    return min(int(session.options.get("snapshot", SHOWN_MESSAGES)), SHOWN_MESSAGES)


def _messages_json(messages: tuple[Message, ...], session: ChatSession) -> list[dict[str, Any]]:
    """What of them may enter a document: `options["snapshot"]` in open channels, nothing of private conversations.

    Asks of each message where it stands, not which conversation is open: a document may be saved between the two.
    """
    count = _snapshot(session)
    return [message.as_dict() for message in messages[-count:] if session.in_channel(message)] if count > 0 else []


def _rows_json(rows: tuple[Summary, ...], session: ChatSession) -> list[dict[str, Any]]:
    """The rows; their previews are text of messages, so the same rule holds."""
    keep = "channel" if _snapshot(session) > 0 else None
    return [to_builtins(row if row.kind == keep else replace(row, last=None)) for row in rows]


class ChatSession(Verbs, anywidget.AnyWidget):
    """A conversation in a notebook: show it as a widget, or drive it from code; both are one.

    Args:
        conversation: "ml-team" for the open channel of that name (made if missing), "@ada" for a direct conversation;
            None for
            none yet.
        id: a conversation by its id, instead.
        hub: URL of the hub or of its Jupyter server; by default it is searched for (`nbchat doctor` shows how). Where
            there is none
            a hub is started in this process, and the session says so.
        key: the hub's key.
        token: a token of the server.
        name: the name to write under, where the token lets one choose.
        height: of the views, in pixels.
        snapshot: how many messages of an open channel are kept in the notebook's document, at most 20; with 0 no
            previews either. No text of private conversations ever is.

    Traits that views have too (only `conversation` and `options` may be set):
        conversation: the open conversation as it was named, or the name of what was chosen in a view ("ml-team",
            "@ada", a group's id); set it to open another one in every view.
        opened: how often code has done that. Who looks at this session under another name than its own (a shared
            kernel) chooses for themselves; their view follows `conversation_id` only when this has changed too.
        options: `height` and `snapshot`, as above, and `language`: the tag of what views speak that are drawn from then
            on ("he"); by default the language of the page around them.
        conversation_id, conversations (open channels and the open conversation), messages (the newest 20), typing,
        presence, connection, me, store.
    Traits that stay in Python: unread, members, all_conversations.

    They change at most twice a second. Running the cell that made a session again replaces it: the old one is closed.

    Raises:
        HubNotFound, HubUnreachable, WrongKey: there is no hub, it does not answer, or it does not let one in.
        HubError: the conversation cannot be opened, or the hub can enter nobody new, as with a full disk.
        WidgetNotBuilt: the front end is missing.

    Example:
        chat = ChatSession("ml-team")
        chat                                   # the widget
        chat.send("epoch 3: loss 0.12")
        chat.observe(lambda change: print(change.new.state), names="connection")
    """

    if (STATIC / "widget.js").is_file():
        _esm = STATIC / "widget.js"
        _css = STATIC / "widget.css"

    conversation = traitlets.Unicode("", help="The open conversation, as it was named.").tag(sync=True)
    conversation_id = shown(traitlets.Unicode(""))
    opened = shown(traitlets.Int(0))
    conversations = shown(traitlets.Tuple(), _rows_json)
    messages = shown(traitlets.Tuple(), _messages_json)
    typing = shown(traitlets.Tuple())
    presence = shown(traitlets.Dict())
    connection = shown(traitlets.Instance(Connection, args=("connecting",)))
    me = shown(traitlets.Instance(Person, args=("", "")))
    store = shown(traitlets.Unicode(""))
    options = traitlets.Dict().tag(sync=True)

    unread = python_only(traitlets.Int(0))
    members = python_only(traitlets.Tuple())
    all_conversations = python_only(traitlets.Tuple())

    def __init__(
        self,
        conversation: str | None = None,
        *,
        id: str | None = None,
        hub: str | None = None,
        key: str | None = None,
        token: str | None = None,
        name: str | None = None,
        height: int = HEIGHT,
        snapshot: int = SHOWN_MESSAGES,
    ) -> None:
        asset("widget.js")
        wanted = conversation or id or ""
        self._id, self._name, self._ready, self._closing = "", wanted, False, False
        self._chosen: tuple[int, object] | None = None
        """The thread in which a view's choice is being taken over, and the choice."""
        # Two flushes at once, one of them begun before a switch, could leave the older state standing.
        self._flushing = threading.RLock()
        run = current_run()
        earlier = _reruns.replaced_by(run, wanted)
        if earlier is not None:
            earlier.close()
        self._engine = Engine("session", Wanted(hub, key, token, name), label=f"ChatSession({wanted!r})")
        self._engine.start()
        try:
            self._id = switch(self._engine, "", conversation, id)
            super().__init__(conversation=wanted, options={"height": height, "snapshot": snapshot})
            self._begin()
        except BaseException:
            self._engine.close()
            raise
        _reruns.made(run, wanted, self)

    def _begin(self) -> None:
        self._observers = LoopThread(f"nbchat-observers {self.conversation}")
        self._pace = Pace(self._observers, self._flush)
        self._relay = Relay(self._engine.drive, lambda: self._engine.hub, self._tell)
        self.on_msg(self._from_view)
        self._flush()
        self._ready = True
        self._engine.listeners.append(lambda _: self._pace.ring())
        if self._engine.hub.place == "process":
            _say(self._engine.connection.note)

    # --------------------------------------------------------------------------------------------------------- traits

    @property
    def _opened(self) -> str:
        return self._id

    @traitlets.validate("conversation")
    def _validate_conversation(self, proposal: Any) -> str:
        """Open it before the trait holds it, so that a name that cannot be opened is an error where it was set."""
        name = str(proposal["value"])
        chosen = self._chosen == (threading.get_ident(), name)
        if self._ready and name != self._name:
            self._switch(name, None)
        if self._ready and chosen:  # by its id, as a view knows no other name
            self._name = name = name_of(self._engine, self._id)
        elif self._ready:
            with self._flushing:  # after the id, so that a view that hears of it has that already
                self.set_trait("opened", self.opened + 1)
        return name

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Called by ipywidgets when a view has set traits: its choice of a conversation is nobody else's."""
        self._chosen = (threading.get_ident(), sync_data.get("conversation"))
        try:
            super().set_state(sync_data)
        finally:
            self._chosen = None

    def _switch(self, name: str | None, id: str | None) -> None:
        try:
            self._id = switch(self._engine, self._id, name, id)
        except NbchatError as error:
            raise traitlets.TraitError(f"{name or id!r} could not be opened: {error}") from error
        self._name = name or id or ""
        self._flush()

    def _flush(self) -> None:
        """Set the traits to what the engine knows; those that did not change are not sent."""
        with self._flushing:
            for name, value in self._shown_now().items():
                self.set_trait(name, value)

    def _shown_now(self) -> dict[str, Any]:
        engine, here = self._engine, self._id
        with engine.reading() as state:
            row = state.conversations.get(here)
            presence = dict(row.presence) if row else {}
            rows = summaries_of(engine)
            return {
                "conversation_id": here,
                "conversations": tuple(one for one in rows if one.kind == "channel" or one.id == here),
                "messages": tuple(stored_of(engine, here, SHOWN_MESSAGES)),
                "typing": tuple(typing_of(engine, here)),
                "presence": presence,
                "connection": engine.connection,
                "me": engine.me,
                "store": state.store,
                "unread": unread_of(engine, here),
                "members": tuple(members_of(engine, here)),
                "all_conversations": tuple(rows),
            }

    def in_channel(self, message: Message) -> bool:
        """Whether everybody may read it; no, where its conversation is not known here any more."""
        with self._engine.lock:
            row = self._engine.link.state.conversations.get(message.conversation)
            return row is not None and row.summary.kind == "channel"

    # ---------------------------------------------------------------------------------------------------------- views

    def _from_view(self, _: object, content: object, __: object) -> None:
        """A custom message of a view (in the kernel's main thread)."""
        if not isinstance(content, dict):
            return
        if content.get("t") == "chunk":
            self._tell({"t": "chunk", "name": content.get("name"), "text": chunk(content.get("name"))})
        else:
            self._relay.received(content)

    def _tell(self, content: dict[str, Any]) -> None:
        self._send({"method": "custom", "content": content})

    # ------------------------------------------------------------------------------------------------- life and looks

    def open(self, name: str | None = None, *, id: str | None = None) -> None:
        """Open another conversation, by name or id, in every view. Waits for the hub.

        Without arguments it is ipywidgets' own `open`, which makes the comm.

        Raises:
            TraitError: it cannot be opened.
        """
        if name is None and id is None:
            super().open()
        elif id is not None:
            self._switch(None, id)
            self.conversation = id
        else:
            self.conversation = name or ""

    def close(self) -> None:
        """End the session and remove its views. What is unsent after two seconds goes out with the next session."""
        engine = getattr(self, "_engine", None)
        if engine is None or engine.closed:
            return
        with engine.lock:  # of two threads that close at the same time one does it
            if self._closing:
                return
            self._closing = True
        if self._ready:
            self._relay.close()
        engine.close()
        if self._ready:
            self._observers.stop()
        super().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        engine = self._engine
        state = "closed" if engine.closed else engine.connection.state.replace("_", " ")
        note = "" if engine.closed else engine.connection.note
        unread = "" if engine.closed or not self._id else f", {unread_of(engine, self._id)} unread"
        parts = f"{self.conversation!r} as {engine.me.name}, {state}{unread}"
        return f"<ChatSession {parts}{'. ' + note if note else ''}>"


def _say(note: str) -> None:
    """Tell the person, once in a process: nobody else will see what they write.

    On stdout, because notebooks show stderr as an alarm, and nothing is wrong.
    """
    if note not in _told:
        _told.add(note)
        sys.stdout.write(f"nbchat: no hub was found, so one was started here. {note} (`nbchat doctor` says more.)\n")
