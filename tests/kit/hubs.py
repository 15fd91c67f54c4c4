"""A hub for tests of Python clients, in folders that this process shares with it.

with hub_beside(tmp_path, monkeypatch) as hub:            # on a thread of this process
with running_hub(tmp_path, monkeypatch) as hub:           # a process of its own, which can be killed
    Client("ml-team")                                     # finds it by itself, as the owner
    Client("ml-team", **guest(hub, "Grace"))              # another person
    hub.kill(); hub.start()
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kit.hosted import Hosted, hosted
from kit.servers import TESTS, Server, serve

FOREIGN = ("NBCHAT_URL", "NBCHAT_KEY", "JPY_PARENT_PID", "JUPYTERHUB_USER", "JUPYTERHUB_API_TOKEN")
SOURCES = TESTS.parent / "src"


def own_folders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Jupyter's folders inside `folder` for this process; nothing of the person who runs the test is seen."""
    for name in ("DATA", "RUNTIME", "CONFIG"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(folder / name.lower()))
        (folder / name.lower()).mkdir(exist_ok=True)
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    return folder


@contextmanager
def running_hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """`nbchat serve`, whose runtime directory is this process's too."""
    own_folders(folder, monkeypatch)
    place = folder / "hub"
    place.mkdir()
    paths = {"PYTHONPATH": os.pathsep.join([str(TESTS), str(SOURCES)])}
    with serve(place, env=paths) as hub:
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(hub.runtime))
        yield hub


@contextmanager
def hub_beside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosted]:
    """A hub on a thread of this process, which every client here finds by itself; Ada is its owner."""
    own_folders(folder, monkeypatch)
    with hosted(folder / "hub") as hub:
        yield hub


def guest(hub: Server | Hosted, name: str) -> dict[str, Any]:
    """Arguments of a client that is somebody else than the owner."""
    return {"hub": hub.url, "token": hub.token, "name": name}


def note(hub: Server | Hosted) -> dict[str, Any]:
    """What the running hub left in the runtime directory."""
    [path] = hub.runtime.glob("nbchat-*.json")
    said: dict[str, Any] = json.loads(path.read_text())
    return said


def script_env() -> dict[str, str]:
    """The environment of a script that sees the same folders and sources as this process."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCES), *sys.path])}
