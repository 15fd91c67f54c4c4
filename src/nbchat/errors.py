"""What goes wrong in Python clients, as one tree of exceptions; each says what was tried and what to do next.

    NbchatError
    ├── HubNotFound        no hub anywhere: the text lists every place that was looked at
    ├── HubUnreachable     a hub is known, but does not answer
    ├── WrongKey           the hub answers and refuses the key or token
    ├── HubError           the hub refused a command: .code, .text, .retry_after
    ├── MessageFailed      a message that was waited for was refused for good: .message, .code
    ├── OutboxFull         too much is waiting to be sent
    ├── Timeout            something that was waited for did not happen in time (also a TimeoutError)
    ├── SessionClosed      the session or client was closed
    └── WidgetNotBuilt     the installed package has no front end

Wrong arguments are Python's own TypeError and ValueError. Pure data: this module imports nothing of nbchat.
"""

from __future__ import annotations


class NbchatError(Exception):
    """Base of everything that nbchat raises on its own account."""


class HubNotFound(NbchatError):
    """No hub was found; the text has one line for each place that was looked at."""


class HubUnreachable(NbchatError):
    """The hub that was asked for does not answer.

    Attributes:
        url: where it was looked for.
        why: what happened instead, in a few words.
    """

    def __init__(self, url: str, why: str) -> None:
        self.url, self.why = url, why
        super().__init__(
            f"The hub at {url} does not answer: {why}. Is its server running? "
            "`nbchat doctor` goes through the search step by step."
        )


class WrongKey(NbchatError):
    """The hub answers, but lets nobody in with this key or token, or not under this name.

    Attributes:
        url: the hub that refused.
    """

    def __init__(self, url: str, used: str, said: str = "") -> None:
        self.url = url
        hint = (
            "Give the right one as key= or token= (NBCHAT_KEY goes with NBCHAT_URL), "
            "or leave out hub= so that nbchat finds the server and its key by itself."
        )
        super().__init__(
            f"The hub at {url} refused {used}: {said}" if said else f"The hub at {url} refused {used}. {hint}"
        )


class HubError(NbchatError):
    """A command failed with a row of the protocol's error table.

    Attributes:
        code: which row, such as "not_member" (docs/protocol.md has them all).
        text: what happened and what to do, for people.
        retry_after: seconds after which trying again helps, or None.
    """

    def __init__(self, code: str, text: str, retry_after: float | None = None) -> None:
        self.code, self.text, self.retry_after = code, text, retry_after
        super().__init__(f"{text} ({code})")


class MessageFailed(NbchatError):
    """A message will not arrive as it is.

    Attributes:
        message: the `Message`; its `retry()` tries again.
        code: the row of the error table that says why.
    """

    def __init__(self, message: object, code: str, text: str) -> None:
        self.message, self.code, self.text = message, code, text
        super().__init__(f"{text} ({code})")


class OutboxFull(NbchatError):
    """So much is waiting to be sent that no more is taken."""


class Timeout(NbchatError, TimeoutError):
    """What was waited for did not happen in time."""


class SessionClosed(NbchatError):
    """The session or client was closed; make another one."""

    def __init__(self, what: str = "This session") -> None:
        super().__init__(f"{what} was closed. Make another one to go on.")


class WidgetNotBuilt(NbchatError):
    """The files of the front end are not there."""
