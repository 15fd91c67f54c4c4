"""An IdentityProvider for tests, in which the address says who one is: `?token=…&user=ada` is Ada from then on.

The name goes into the server's signed login cookie, so every later request and every socket of that browser context
carries it. A token without a name or a cookie is nobody in particular, as with Jupyter's own provider.
"""

from __future__ import annotations

from jupyter_server.auth.identity import PasswordIdentityProvider, User
from tornado.web import RequestHandler

NAMES = {"ada": "Ada Lovelace", "alan": "Alan Turing", "grace": "Grace Hopper"}


def person(username: str) -> User:
    """The user of that name; the three famous ones have a full name."""
    name = NAMES.get(username, username.title())
    return User(username=username, name=name, display_name=name, initials=username[:2].upper())


class NamedPeople(PasswordIdentityProvider):
    """Jupyter's provider, except that a valid token with `user=NAME` makes one that person."""

    async def get_user_token(self, handler: RequestHandler) -> User | None:
        """Called by the base class; what it returns is stored in the login cookie."""
        user = await super().get_user_token(handler)
        username = handler.get_argument("user", "")
        if user is None or not username:
            return user
        return person(username)
