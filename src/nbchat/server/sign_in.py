"""What `nbchat serve` shows in a browser that it lets in nowhere yet: words, and a form for the token.

Three pages of one look (`notice.css`): to who has no login, to who had one that was taken back, and to the same person
with a good address: who they were stays within reach until they choose to be somebody new. Decides nothing:
`standalone.Page` knows which one it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from tornado.escape import xhtml_escape

from .pages import notice

NEW = "new"
"""In the address: who was signed out wants to come in as somebody new, and has read what that means."""
NOT_IN = (
    "Open the address that you were given for this chat again, or give its token: what stands behind “token=” there."
)
PAST = "This address does not let you in any more. Ask for the present one, or give the token."
TAKEN_BACK = "You were signed out of this chat."
_OWNERS = (
    "<p>If the data is yours, open the address “For you” that nbchat serve printed: with the token you would be "
    "somebody new.</p>"
)
_BACK = (
    "<p>To be who you were, ask who runs it to let you in again (<code>nbchat sign-out --undo</code>), and then load "
    "this page again. If the data is yours, open the address “For you” that nbchat serve printed.</p>"
    "<p>With the token of the chat you come in as somebody new, under another name.</p>"
)
_FIELD = (
    '<label for="token">Token</label><input id="token" name="token" type="password" autocomplete="off" required>'
    "<button>Sign in</button>"
)


def unknown(text: str) -> str:
    """The page for who has no login: what is wrong, and the form."""
    return notice(text, f"{_OWNERS}<form>{_FIELD}</form>")


def taken_back() -> str:
    """The page for who was signed out, and has no good address."""
    return notice(TAKEN_BACK, f"{_BACK}<form>{_hidden([(NEW, '1')])}{_FIELD}</form>")


def taken_back_at(asked: Iterable[tuple[str, str]]) -> str:
    """The page for who was signed out, and opens a good address.

    Args:
        asked: names and values in that address; they go on to the chat.
    """
    fields = _hidden([*asked, (NEW, "1")])
    return notice(TAKEN_BACK, f"{_BACK}<form>{fields}<button>Come in as somebody new</button></form>")


def _hidden(fields: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<input type="hidden" name="{xhtml_escape(name)}" value="{xhtml_escape(value)}">' for name, value in fields
    )
