"""What a request that failed leaves in the log: method, path and status, never its query, which may carry a token.

A mixin for every handler of ours, before Tornado's classes. Tornado's own line has the whole address, and quotes the
arguments that it could not read.
"""

from __future__ import annotations

import logging
from types import TracebackType

from tornado.web import HTTPError, RequestHandler

_log = logging.getLogger("nbchat.server")


class Discreet(RequestHandler):
    """A handler whose failures are told without what the request has brought."""

    def log_exception(
        self, typ: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Called by Tornado for every exception; what was answered on purpose is in the log of requests already."""
        if not isinstance(value, HTTPError):
            raised = (typ, value, tb) if typ is not None and value is not None else None
            _log.error("%s %s failed", self.request.method, self.request.path, exc_info=raised)
