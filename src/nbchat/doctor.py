"""What `nbchat doctor` looks at once a hub is found: the chain from this program to the disk, link by link.

Each check says what it saw and, where that is not as it should be, what to do. No message is written, and the socket is
closed before it has said hello; with a token and a name one comes in under that name, as any client would, and who was
never there stays among the people. Used by `cli` only; the search for the hub is `client.find`, and what is on the disk
`doctor_data`.
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from nbchat import __version__
from nbchat.client.find import KEY_HEADER, PROBE_SECONDS, Hub, data_said, why
from nbchat.client.notes import read_notes

from .doctor_data import Check, data_checks

SKEW = 30.0
"""Seconds by which two clocks may differ before times look wrong to people."""
PROXY = (
    "Something between here and the hub lets no WebSocket through. Let it pass `Upgrade` and `Connection` "
    "(nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade)."
)


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def examine(hub: Hub) -> Iterator[Check]:
    """Look at everything behind a hub that answers, one after the other."""
    yield _extension()
    try:
        answer = _ask(hub, "api/hub")
    except OSError as error:
        yield Check("the hub", "wrong", f"it does not answer any more: {why(error)}", "Look at its server's log.")
        return
    yield _version(answer)
    yield _clock(answer)
    yield _page(hub)
    yield _handshake(hub)
    yield from _data(hub)


@dataclass(frozen=True)
class Running:
    """A hub of this user that runs here.

    Attributes:
        url: where it is.
        host: which kind of server it is in, and its process, for people.
        data: its database; None where it does not answer.
        replaced: another file has come to that place since it was started.
        hub: how its owner reaches it.
    """

    url: str
    host: str
    data: Path | None
    hub: Hub
    replaced: bool = False


def running() -> list[Running]:
    """All hubs of this user that left a note and whose process lives, the newest first; each is asked for its data."""
    found = []
    for note in sorted(read_notes(), key=lambda note: note.written, reverse=True):
        hub = Hub(note.url, {KEY_HEADER: note.key}, "running")
        where, replaced = data_said(hub)
        kind = {"jupyter": "a Jupyter server", "serve": "nbchat serve"}.get(note.kind, "inside a program")
        data = None if where is None else Path(where)
        found.append(Running(note.url, f"{kind}, process {note.pid}", data, hub, replaced))
    return found


def _extension() -> Check:
    """Whether Jupyter servers that start here will have the hub."""
    from jupyter_core.paths import jupyter_config_path

    title = "the Jupyter extension"
    for folder in jupyter_config_path():
        for path in sorted(Path(folder, "jupyter_server_config.d").glob("*.json")):
            try:
                said = json.loads(path.read_text(encoding="utf-8"))["ServerApp"]["jpserver_extensions"]["nbchat"]
            except (OSError, ValueError, KeyError, TypeError):
                continue
            if said:
                return Check(title, "ok", f"on, by {path}")
            return Check(title, "warn", f"switched off in {path}", "jupyter server extension enable nbchat")
    return Check(title, "none", "not on here", "For Jupyter servers: jupyter server extension enable nbchat")


def _version(answer: _Answer) -> Check:
    try:
        theirs = str(json.loads(answer.body)["version"])
    except (ValueError, KeyError, TypeError):
        return Check("versions", "warn", "the hub does not say which it is", "Update nbchat there.")
    if theirs == __version__:
        return Check("versions", "ok", f"nbchat {theirs} there and here")
    do = "Update the older one (pip install -U nbchat), then restart the server and its kernels."
    return Check("versions", "warn", f"the hub is nbchat {theirs}, this is {__version__}", do)


def _clock(answer: _Answer) -> Check:
    try:
        there = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (TypeError, ValueError):
        return Check("clocks", "none", "the server does not say what time it is")
    off = there - time.time()
    if abs(off) <= SKEW:
        return Check("clocks", "ok", "the hub's and this one agree")
    seen = f"the hub's is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} this one"
    return Check(
        "clocks", "warn", seen, "Messages keep their order; set the clocks by NTP so that their times are right."
    )


def _page(hub: Hub) -> Check:
    """Whether browsers are given the page of this installation."""
    from nbchat.widget.assets import STATIC

    built = STATIC / "widget.js"
    if not built.is_file():
        return Check("the page", "none", "there is no built front end here to compare with")
    try:
        answer = _ask(hub, "static/widget.js")
    except OSError as error:
        return Check("the page", "wrong", f"it cannot be fetched: {why(error)}", "Look at the server's log.")
    if answer.status != 200:
        return Check("the page", "wrong", f"{hub.url}static/widget.js: {answer.status}", "Install nbchat there anew.")
    if answer.body == built.read_bytes():
        return Check("the page", "ok", "browsers are given the same as is installed here")
    do = "Install the same nbchat in both, restart the server, and reload open pages."
    return Check("the page", "warn", "browsers are given another build than is installed here", do)


def _handshake(hub: Hub) -> Check:
    """Open the socket as a client does, and close it before it says anything."""
    key = base64.b64encode(os.urandom(16)).decode()
    wanted = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
    try:
        answer = _ask(hub, "ws", wanted)
    except OSError as error:
        return _blocked(hub, f"no answer to the handshake: {why(error)}")
    if answer.status == 101:
        return Check("the socket", "ok", f"{hub.socket_url} opens")
    said = _said(answer)
    if answer.status in (401, 403) and said:
        return Check(
            "the socket", "wrong", f"refused ({answer.status}). {said}", "Give a --token and a --name, or a --key."
        )
    return _blocked(hub, f"the handshake was answered with {answer.status}")


def _blocked(hub: Hub, seen: str) -> Check:
    """No WebSocket gets through; whether there is the other way, which is asked by POST."""
    try:
        goes_on = _ask(hub, "poll").status == HTTPStatus.METHOD_NOT_ALLOWED
    except OSError:
        goes_on = False
    if goes_on:
        return Check("the socket", "warn", f"{seen}; clients go over HTTP meanwhile, which costs the hub more", PROXY)
    return Check("the socket", "wrong", seen, PROXY)


def _said(answer: _Answer) -> str:
    try:
        return str(json.loads(answer.body)["text"])
    except (ValueError, KeyError, TypeError):
        return ""


def _data(hub: Hub) -> Iterator[Check]:
    where, replaced = data_said(hub)
    if where is None:
        yield Check("the data", "none", "only its owner, on its own machine, can look at it")
        return
    yield from _old_files(hub, where, replaced=replaced)
    if not Path(where).is_file():
        yield Check("the data", "none", f"{where} is not on this machine")
        return
    yield from data_checks(Path(where), own=1)


def _old_files(hub: Hub, where: str, *, replaced: bool) -> Iterator[Check]:
    """Name all hubs that stand on a file which another one has replaced: each has to be started again."""
    old = [f"{one.url} ({one.host})" for one in running() if one.replaced and one.data == Path(where)]
    beside = [one for one in old if not one.startswith(f"{hub.url} ")]
    if replaced:
        seen = f"{where} is not the file that this hub opened (it was restored, moved or removed): it stores nothing"
        do = f"Start the hub again, and so each other that has the old file: {', '.join(beside)}."
        yield Check("the hub's file", "wrong", seen, do if beside else "Start the hub again.")
    elif beside:
        seen = f"other hubs have the file that was at {where} before: they store nothing"
        yield Check("the other hubs' file", "wrong", seen, f"Start again: {', '.join(beside)}.")


def _ask(hub: Hub, path: str, more: Mapping[str, str] | None = None) -> _Answer:
    """One GET of the hub's, with its login. Raises OSError."""
    parts = urlsplit(hub.url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", f"{parts.path}{path}", headers={**hub.headers, **(more or {})})
        answer = connection.getresponse()
        return _Answer(answer.status, dict(answer.getheaders()), b"" if answer.status == 101 else answer.read())
    except HTTPException as error:
        raise OSError(0, f"no proper HTTP answer ({type(error).__name__})") from error
    finally:
        connection.close()
