"""The servers that are measured: our hub as users run it, and its peers. Each is a process of its own while it is used.

    with target.running() as (pid, arguments): ...

The hub authenticates everybody, stores with FULL before it acknowledges, and gives each person their own connection;
only its limits on how much one person may send are raised, by its configuration. The peers do none of it: they are the
usual few lines (`peers/`), in packages that `set_up` puts into bench/output. Servers have a core of their own.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kit.processes import free_port
from kit.servers import Server, jupyter, serve

from nbchat import Client

HERE = Path(__file__).resolve().parent
PEERS, OUTPUT = HERE / "peers", HERE / "output"
INSTALLED = OUTPUT / "peers"
PYTHON = INSTALLED / "venv" / "bin" / "python"
FAST = OUTPUT / "fast"
"""uvloop alone, beside the project's own packages."""
START_SECONDS = 30.0
CORES = (0, 1) if (os.cpu_count() or 1) > 1 else (None, None)
"""For the server and for the load."""
SIZE = 200
"""Bytes of a message's text, as the reference had them."""
KEY = "k" * 32
"""As long as a key."""
MANY = 1_000_000
LIMITS = {
    "page_rate": float(MANY), "page_burst": MANY, "session_rate": float(MANY), "session_burst": MANY,
    "change_rate": float(MANY), "change_burst": MANY,
    "newcomer_rate": float(MANY), "newcomer_burst": MANY, "flood_frames": float(MANY), "pages": MANY, "sessions": MANY,
}  # fmt: skip
"""What a configuration file says, so that the hub and not its fairness is measured."""
HELLO = '{"t":"hello","ref":1,"kind":"page"}'


@dataclass(frozen=True)
class Target:
    """A server that can be started.

    Attributes:
        name: for tables.
        start: starts it, gives its process id and the arguments by which the generator talks to it, ends it.
        stores: whether what is acknowledged is on disk.
        slow: whether it needs seconds for a few messages to a thousand members.
    """

    name: str
    start: Callable[[], AbstractContextManager[tuple[int, list[str]]]]
    stores: bool = False
    slow: bool = False


# ---------------------------------------------------------------------------------------------------------------- ours


def posts(conversation: str) -> list[str]:
    """Arguments: everybody says hello, joins, and posts."""
    return [*joins(conversation), *writes(conversation)]


def writes(conversation: str) -> list[str]:
    """Arguments: those who are members post, with keys as our clients make them."""
    post = {"t": "post", "ref": "@S@", "conversation": conversation, "key": "@K@"}
    text = json.dumps({**post, "text": "@M@ @P@"}, separators=(",", ":")).replace('"@S@"', "@S@")
    size = SIZE + len(text.replace("@K@", KEY).replace("@M@ @P@", ""))
    return ["--post", text, "--size", str(size)]


def returns(conversation: str, position: list[object], last: str) -> list[str]:
    """Arguments: everybody says hello as one who was away since `position`, until the text `last` has come."""
    hello = {**json.loads(HELLO), "resume": {"watched": {conversation: position}}}
    return ["--step", f"send:{json.dumps(hello, separators=(',', ':'))}", "--step", f"expect:{last}"]


def types(conversation: str) -> list[str]:
    """Arguments: ten people type in turn, everybody looks; nothing is stored."""
    watch = json.dumps({"t": "watch", "ref": 3, "conversation": conversation}, separators=(",", ":"))
    text = json.dumps({"t": "type", "ref": 4, "conversation": conversation, "active": "@T@"}).replace('"@T@"', "@T@")
    steps = ["--step", f"send:{watch}", "--step", 'expect:"done"']
    return [*joins(conversation), *steps, "--post", text, "--counted", '"typing"', "--senders", "10"]


def joins(conversation: str) -> list[str]:
    """Arguments: everybody says hello and joins."""
    join = json.dumps({"t": "join", "ref": 2, "conversation": conversation}, separators=(",", ":"))
    steps = (f"send:{HELLO}", 'expect:"welcome"', f"send:{join}", 'expect:"done"')
    return [word for step in steps for word in ("--step", step)]


def channel(server: Server, user: str = "setup") -> str:
    """Make the conversation; returns its id."""
    where = f"{server.url}nbchat/" if server.app == "serve" else server.url
    with Client(hub=where, token=server.token, name=user) as chat:
        chat.open("bench")
        return chat.conversation_id


def reach(server: Server, who: str = "@I@") -> list[str]:
    """Arguments: how clients come in, each as a person of their own; with "@H@" as one of a hundred people."""
    where = ["--port", str(server.port), "--pid", str(server.pid)]
    token = ["--header", f"Authorization: token {server.token}"]
    if server.app == "serve":
        return [*where, "--path", "/nbchat/ws", *token, "--header", "X-Nbchat-Name: user-" + who]
    return [*where, "--path", f"/nbchat/ws?token={server.token}&user=user-{who}"]


@contextmanager
def standalone(*, uvloop: bool = False, data: Path | None = None) -> Iterator[Server]:
    """`nbchat serve` with raised limits, on its core."""
    with tempfile.TemporaryDirectory(prefix="nbchat-bench-") as folder:
        config = Path(folder) / "limits.json"
        config.write_text(json.dumps({"NbchatConfig": LIMITS}))
        more = {"PYTHONPATH": str(FAST)} if uvloop else {}
        with serve(Path(folder), data_dir=data, env=more, more=("--config", str(config))) as server:
            pin(server.pid)
            yield server


@contextmanager
def extension() -> Iterator[Server]:
    """The extension in JupyterLab, with raised limits, on its core."""
    with (
        tempfile.TemporaryDirectory(prefix="nbchat-bench-") as folder,
        jupyter(Path(folder), identity="kit.identities.NamedPeople", config={"NbchatConfig": LIMITS}) as server,
    ):
        pin(server.pid)
        yield server


def pin(pid: int) -> None:
    """Put all threads of a process on the server's core."""
    if CORES[0] is not None:
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), {CORES[0]})


@contextmanager
def _ours(server: AbstractContextManager[Server]) -> Iterator[tuple[int, list[str]]]:
    with server as running:
        yield running.pid, [*reach(running), *posts(channel(running))]


# --------------------------------------------------------------------------------------------------------------- peers

_TEXT = '{"user":"user-@I@","key":"key-@S@","text":"@M@ @P@"}'
_ENGINE = ("--path", "/socket.io/?EIO=4&transport=websocket", "--engine-io", "--step", "expect:0{", "--step", "send:40",
           "--step", "expect:40{", "--post", f'42["post",{_TEXT}]', "--size", str(SIZE + 51))  # fmt: skip
_JSON = ("--post", _TEXT, "--size", str(SIZE + 41))


@contextmanager
def _process(command: list[str], arguments: list[str], folder: Path = INSTALLED) -> Iterator[tuple[int, list[str]]]:
    port = free_port()
    words = [word.replace("PORT", str(port)) for word in command]
    pinned = [] if CORES[0] is None else ["taskset", "-c", str(CORES[0])]
    said = subprocess.DEVNULL
    with subprocess.Popen([*pinned, *words], cwd=folder, stdout=said, stderr=said) as process:
        try:
            _listens(port, process)
            yield process.pid, ["--port", str(port), "--pid", str(process.pid), *arguments]
        finally:
            process.kill()


def _listens(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)  # until the peer listens: programs of others have no other way to say so
        else:
            return
    raise RuntimeError(f"{process.args!r} did not start")


def _node(script: str, *arguments: str) -> AbstractContextManager[tuple[int, list[str]]]:
    # Node looks for packages beside the script, and they are in bench/output.
    (INSTALLED / script).write_bytes((PEERS / script).read_bytes())
    return _process(["node", script, "PORT"], list(arguments))


def _python(script: str, *arguments: str) -> AbstractContextManager[tuple[int, list[str]]]:
    return _process([str(PYTHON), str(PEERS / script), "PORT"], list(arguments))


@contextmanager
def _room() -> Iterator[tuple[int, list[str]]]:
    recorded = OUTPUT / "room.frames"
    if not recorded.exists():
        subprocess.run([PYTHON, PEERS / "py_room.py", "--record", recorded, "40000", str(SIZE)], check=True)
    with _python("py_room.py", "--path", "/room", "--frames", str(recorded), "--senders", "1") as running:
        yield running


@contextmanager
def _jupyterlab_chat() -> Iterator[tuple[int, list[str]]]:
    """jupyterlab-chat in its WebSocket mode, in a Jupyter server; it writes its file, without `fsync`."""
    with tempfile.TemporaryDirectory(prefix="nbchat-bench-") as folder:
        command = [
            str(PYTHON), "-m", "jupyter_server", "--port=PORT", "--no-browser", "--allow-root",
            f"--ServerApp.root_dir={folder}",
            "--IdentityProvider.token=bench", "--ServerApp.jpserver_extensions={'jupyterlab_chat': True}",
        ]  # fmt: skip
        post = '{"type":"client","action":"send","id":"key-@S@","body":"@M@ @P@"}'
        path = "/api/chat/ws/bench.chat?token=bench"
        with _process(command, ["--path", path, "--post", post, "--size", str(SIZE + 60)], Path(folder)) as running:
            yield running


NODE_WS = "node ws"
OURS = "nbchat serve"
TARGETS = {
    target.name: target
    for target in (
        Target(OURS, lambda: _ours(standalone()), stores=True),
        Target("nbchat serve on uvloop", lambda: _ours(standalone(uvloop=True)), stores=True),
        Target("nbchat in JupyterLab", lambda: _ours(extension()), stores=True),
        Target(NODE_WS, lambda: _node("ws.js", *_JSON)),
        Target("socket.io", lambda: _node("socketio.js", *_ENGINE)),
        Target("python-socketio", lambda: _python("py_socketio.py", *_ENGINE), slow=True),
        Target("websockets.broadcast", lambda: _python("py_websockets.py", *_JSON)),
        Target("jupyter-server-ydoc's room", _room, slow=True),
        Target("jupyterlab-chat", _jupyterlab_chat, slow=True),
    )
}


def set_up(tell: Callable[[str], None]) -> None:
    """Install the peers and uvloop into bench/output, where they are not there yet."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    if not (INSTALLED / "node_modules").exists():
        tell("installing node's peers")
        (INSTALLED / "package.json").write_bytes((PEERS / "package.json").read_bytes())
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=INSTALLED, check=True)  # noqa: S607
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    if not PYTHON.exists():
        tell("installing Python's peers")
        subprocess.run([sys.executable, "-m", "venv", str(INSTALLED / "venv")], check=True)
        subprocess.run([PYTHON, *pip, "-r", PEERS / "requirements.txt"], check=True)
    if not FAST.exists():
        subprocess.run([sys.executable, *pip, "--target", FAST, "uvloop>=0.18"], check=True)
