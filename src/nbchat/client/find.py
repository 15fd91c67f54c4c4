"""Where the hub is: the search of a client, step by step, so that each failure can say what was tried.

The order: the `hub=` argument; NBCHAT_URL; the Jupyter server that started this kernel; a running Jupyter server or
`nbchat serve` of the same user; a JupyterHub; last a hub inside this process. The first three configured places are
final where they are set: a client that was sent to one hub never talks to another by accident.

Reads the environment, the Jupyter runtime directory and one small HTTP answer (`api/hub`). Never imports a server:
the hub in this process is reached through the entry point group `nbchat.local_hub`, the only door in the wall between
client and server.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from nbchat.errors import HubNotFound, HubUnreachable, NbchatError, WrongKey

from .addresses import candidates, same_place
from .notes import Note, holds, read_notes, runtime_dir

PROBE_SECONDS = 5.0
"""How long one place may take to answer; they are on this machine, or were given by hand."""

KEY_HEADER = "X-Nbchat-Key"

Place = Literal["argument", "environment", "parent", "running", "jupyterhub", "process"]
TITLES: dict[Place, str] = {
    "argument": "the hub= argument",
    "environment": "NBCHAT_URL in the environment",
    "parent": "the Jupyter server that started this kernel",
    "running": "a running Jupyter server or `nbchat serve` of this user",
    "jupyterhub": "JupyterHub",
    "process": "a hub inside a process of this user",
}


@dataclass(frozen=True)
class Hub:
    """A hub that answered: where it is, and what lets one in.

    Attributes:
        url: ends in `/nbchat/`.
        headers: the login, sent with the handshake; never shown.
        place: which step found it.
        store: the id of its store.
    """

    url: str
    headers: dict[str, str] = field(repr=False)
    place: Place
    store: str = ""

    @property
    def socket_url(self) -> str:
        """Where its WebSocket is."""
        return f"ws{self.url.removeprefix('http')}ws"

    @property
    def poll_url(self) -> str:
        """Where it is asked where no WebSocket gets through."""
        return f"{self.url}poll"


@dataclass(frozen=True)
class Step:
    """One place that was looked at.

    Attributes:
        place: which.
        found: the hub, if this is the one.
        detail: what was seen there, for people.
        error: set where the place was configured but does not work: the search ends here.
    """

    place: Place
    detail: str
    found: Hub | None = None
    error: NbchatError | None = None

    @property
    def title(self) -> str:
        """The place, for people."""
        return TITLES[self.place]

    def __str__(self) -> str:
        return f"{'found' if self.found else 'no'}: {self.title}: {self.detail}"


@dataclass(frozen=True)
class Wanted:
    """What a caller said about the hub; None where they said nothing.

    Attributes:
        hub: URL of the hub (`…/nbchat/`) or of a Jupyter server.
        key: a hub's key (NBCHAT_KEY).
        token: a token of the server (Jupyter's, JupyterHub's, or `nbchat serve`'s).
        name: the name to write under, where the server lets a token choose one.
    """

    hub: str | None = None
    key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    name: str | None = None


def find(wanted: Wanted | None = None, *, start: bool = True) -> Hub:
    """The first hub of the search.

    Args:
        wanted: what is known about it.
        start: whether to start a hub in this process when there is no other.

    Raises:
        HubNotFound: there is none; the text lists what was tried.
        HubUnreachable: the place that was configured does not answer.
        WrongKey: it answers and refuses.
    """
    tried = []
    for step in explain(wanted, start=start):
        if step.found is not None:
            return step.found
        if step.error is not None:
            raise step.error
        tried.append(f"  - {step.title}: {step.detail}")
    raise HubNotFound(
        "No hub was found. Tried, in this order:\n"
        + "\n".join(tried)
        + "\nStart one with `nbchat serve`, open JupyterLab with nbchat "
        "installed, or give its address: ChatSession(hub='http://127.0.0.1:8888/')."
    )


def explain(wanted: Wanted | None = None, *, start: bool = False) -> Iterator[Step]:
    """The search, step by step; ends with the first place that has a hub, or that was configured and failed."""
    wanted = wanted or Wanted()
    looks = (_argument, _environment, _parent, _running, _jupyterhub, _in_process if start else _not_in_process)
    for look in looks:
        step = look(wanted)
        yield step
        if step.found is not None or step.error is not None:
            return


def configured(wanted: Wanted) -> list[Hub]:
    """The hubs that may be at the address that was given, unasked; for clients that start while theirs is down."""
    given, wanted, place = _given(wanted)
    if given is None:
        return []
    urls, token = candidates(given)
    wanted = replace(wanted, token=wanted.token or token)
    return [Hub(url, _login(url, wanted), place) for url in urls]


def _given(wanted: Wanted) -> tuple[str | None, Wanted, Place]:
    """The address that was given, with its login and where it stood."""
    if wanted.hub is not None:
        return wanted.hub, wanted, "argument"
    key, token = wanted.key or os.environ.get("NBCHAT_KEY"), wanted.token or os.environ.get("JUPYTERHUB_API_TOKEN")
    return os.environ.get("NBCHAT_URL") or None, replace(wanted, key=key, token=token), "environment"


# ---------------------------------------------------------------------------------------------------------------- steps


def _argument(wanted: Wanted) -> Step:
    if wanted.hub is None:
        return Step("argument", "not given")
    return _configured("argument", wanted.hub, wanted)


def _environment(wanted: Wanted) -> Step:
    url, wanted, _ = _given(wanted)
    return Step("environment", "not set") if url is None else _configured("environment", url, wanted)


def _configured(place: Place, given: str, wanted: Wanted) -> Step:
    """A place that somebody named: its first candidate that is a hub, else the error that ends the search."""
    try:
        urls, token = candidates(given)
        wanted = replace(wanted, token=wanted.token or token)
        for url in urls:
            found = _probe(place, url, _login(url, wanted))
            if found is not None:
                return Step(place, f"{found.url} answers", found)
    except NbchatError as error:
        return Step(place, _briefly(error), error=error)
    tried = ", ".join(urls)
    text = f"There is a web server at {given}, but no nbchat hub in it (tried {tried}). Is nbchat installed there?"
    return Step(place, text, error=HubNotFound(text))


def _parent(wanted: Wanted) -> Step:
    parent = os.environ.get("JPY_PARENT_PID", "")
    if not parent.isdigit():
        return Step("parent", "this process is no kernel of a Jupyter server")
    pid = int(parent)
    note = next((note for note in read_notes() if note.pid == pid), None)
    if note is not None:
        return _try_notes("parent", [note], wanted)
    if (runtime_dir() / f"jpserver-{pid}.json").is_file():
        return Step("parent", f"server {pid} has no hub: `jupyter server extension enable nbchat`, then restart it")
    return Step("parent", f"process {pid}, which started this kernel, has no hub")


def _running(wanted: Wanted) -> Step:
    notes = [note for note in read_notes() if note.kind != "local"]
    if not notes:
        return Step("running", f"none left its address in {runtime_dir()}")
    here = Path.cwd()
    notes.sort(key=lambda note: (holds(note.pid, here), note.written), reverse=True)
    return _try_notes("running", notes, wanted)


def _jupyterhub(_: Wanted) -> Step:
    if "JUPYTERHUB_API_TOKEN" not in os.environ:
        return Step("jupyterhub", "not on one")
    return Step(
        "jupyterhub",
        "on one, but nobody said where its chat is: set NBCHAT_URL by c.Spawner.environment in jupyterhub_config.py",
    )


def _in_process(wanted: Wanted) -> Step:
    from importlib.metadata import entry_points

    entries = list(entry_points(group="nbchat.local_hub"))
    if not entries:
        return Step("process", "not possible: this installation of nbchat has no server part")
    try:
        url, key, _ = entries[0].load()()
    except Exception as error:  # noqa: BLE001 - whatever keeps a server from starting is told, not raised, here
        return Step("process", f"could not be started: {error}")
    found = _probe("process", url, _headers(replace(wanted, key=key)))
    if found is None:
        return Step("process", f"started at {url}, but is no hub")
    return Step("process", f"runs at {url}", found)


def _not_in_process(wanted: Wanted) -> Step:
    for note in (note for note in read_notes() if note.kind == "local"):
        found = _try_notes("process", [note], wanted)
        if found.found is not None:
            return found
    return Step("process", "none yet; a session would start one")


def _try_notes(place: Place, notes: list[Note], wanted: Wanted) -> Step:
    why = []
    for note in notes:
        try:
            found = _probe(place, note.url, _headers(replace(wanted, key=note.key)))
        except NbchatError as error:
            why.append(_briefly(error))
            continue
        if found is not None:
            kind = "" if note.kind == "local" else f"{note.kind}, "
            return Step(place, f"{found.url} ({kind}process {note.pid}) answers{_why_this(note, notes)}", found)
        why.append(f"{note.url} is no hub")
    return Step(place, "; ".join(why))


def _why_this(note: Note, notes: list[Note]) -> str:
    """Why this one is taken of several that may be."""
    if len(notes) == 1:
        return ""
    why = "its folder holds this one" if holds(note.pid, Path.cwd()) else "it started last of those that answer"
    return f"; of {len(notes)} it is taken because {why}"


# --------------------------------------------------------------------------------------------------- logins and answers


def _login(url: str, wanted: Wanted) -> dict[str, str]:
    """What was given, else the key that a server of this user left in the runtime directory for this very address."""
    if wanted.key is None and wanted.token is None:
        known = next((note.key for note in read_notes() if same_place(note.url, url)), None)
        wanted = replace(wanted, key=known)
    return _headers(wanted)


def _headers(wanted: Wanted) -> dict[str, str]:
    if wanted.key:
        return {KEY_HEADER: wanted.key}
    # Headers are ASCII; the hub undoes the percent signs.
    named = {"X-Nbchat-Name": quote(wanted.name)} if wanted.name else {}
    return {"Authorization": f"token {wanted.token}", **named} if wanted.token else named


def _probe(place: Place, url: str, headers: dict[str, str]) -> Hub | None:
    """Ask `api/hub` there.

    Returns:
        The hub, or None where a web server answers that is none.

    Raises:
        HubUnreachable, WrongKey.
    """
    try:
        status, body = _get(f"{url}api/hub", headers)
    except OSError as error:
        raise HubUnreachable(url, why(error)) from None
    if status in (301, 302, 303, 307, 401, 403):  # a hub answers in place; a redirect leads to a login page
        raise WrongKey(url, _used(headers))
    if status == 503:
        text = "its server runs, but its store could not be opened; the server's log says why"
        raise HubUnreachable(url, text)
    try:
        return Hub(url, headers, place, str(json.loads(body)["store"]))
    except (ValueError, KeyError, TypeError):
        return None


def reaches(hub: Hub) -> bool:
    """Whether this very hub answers over HTTP now. Waits up to PROBE_SECONDS.

    Raises:
        WrongKey: it does not take the login any more.
    """
    try:
        found = _probe(hub.place, hub.url, hub.headers)
    except HubUnreachable:
        return False
    return found is not None and hub.store in ("", found.store)


def data_place(hub: Hub) -> str | None:
    """The file in which a hub keeps its data; None where it does not tell us: it tells only its owner."""
    where, _ = data_said(hub)
    return where


def data_said(hub: Hub) -> tuple[str | None, bool]:
    """What a hub says of its data: `data_place`, and whether another file has come to that place meanwhile.

    As any request that shows a token and a name, this enters who was never there.
    """
    try:
        _, body = _get(f"{hub.url}api/data", hub.headers)
        said = json.loads(body)
        return str(said["where"]), said.get("replaced") is True  # a hub before 0.1 does not say it
    except (OSError, ValueError, KeyError, TypeError):
        return None, False


def _briefly(error: NbchatError) -> str:
    """Without the advice to go through the search step by step: this is the search."""
    if not isinstance(error, HubUnreachable):
        return str(error)
    return f"The hub at {error.url} does not answer: {error.why}. Is its server running?"


def _get(url: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """One GET, straight as the WebSocket that follows: no proxy, no redirect. Raises OSError."""
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", parts.path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(65536)
    except HTTPException as error:
        raise OSError(0, f"no proper HTTP answer ({type(error).__name__})") from error
    finally:
        connection.close()


def _used(headers: dict[str, str]) -> str:
    if KEY_HEADER in headers:
        return "the key that was given"
    return "the token that was given" if "Authorization" in headers else "a login without key or token"


def why(error: BaseException) -> str:
    """A network failure in words."""
    reason = getattr(error, "reason", error)
    match reason:
        case ConnectionRefusedError():
            return "the connection was refused"
        case socket.gaierror():
            return "there is no machine of that name"
        case TimeoutError():
            return f"no answer within {PROBE_SECONDS:.0f} s"
        case OSError(strerror=str(text)):
            return text
        case _:
            return str(reason) or type(reason).__name__
