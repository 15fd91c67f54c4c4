"""nbchat: chat where the notebook is.

    from nbchat import ChatSession
    chat = ChatSession("ml-team")
    chat                            # the widget
    chat.send("epoch 3: loss 0.12")

`ChatSession` is the widget and the conversation in one object, `Client` the same without a widget. Importing this
package loads
neither: each name is loaded when it is first used, so that a script which only wants `Client` never loads a widget,
    and a Jupyter server that looks for the extension loads no client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbchat.client.client import Client
    from nbchat.client.message import Message
    from nbchat.errors import (
        HubError,
        HubNotFound,
        HubUnreachable,
        MessageFailed,
        NbchatError,
        OutboxFull,
        SessionClosed,
        Timeout,
        WidgetNotBuilt,
        WrongKey,
    )
    from nbchat.widget.session import ChatSession

__version__ = "0.1.0"

__all__ = [
    "ChatSession",
    "Client",
    "HubError",
    "HubNotFound",
    "HubUnreachable",
    "Message",
    "MessageFailed",
    "NbchatError",
    "OutboxFull",
    "SessionClosed",
    "Timeout",
    "WidgetNotBuilt",
    "WrongKey",
]

_HOMES = {
    "ChatSession": "nbchat.widget.session",
    "Client": "nbchat.client.client",
    "Message": "nbchat.client.message",
    "_jupyter_server_extension_points": "nbchat.server.extension",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    home = _HOMES.get(name, "nbchat.errors" if name in __all__ else None)
    if home is None:
        raise AttributeError(f"module 'nbchat' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
