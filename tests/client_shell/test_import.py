"""`import nbchat` stays light: it loads no server, no database, and not even the widget."""

from __future__ import annotations

import subprocess
import sys

import pytest
from kit.hubs import script_env

import nbchat

HEAVY = (
    "jupyter_server",
    "sqlite3",
    "anywidget",
    "tornado",
    "nbchat.hub",
    "nbchat.store",
    "nbchat.bus",
    "nbchat.server",
)


def loaded_after(program: str) -> set[str]:
    program += "; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], env=script_env(), capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_package_alone_loads_nothing() -> None:
    assert {name for name in loaded_after("import nbchat") if name.startswith("nbchat.")} == set()


def test_a_client_loads_no_server_and_no_widget() -> None:
    assert loaded_after("from nbchat import Client") & set(HEAVY) <= {"tornado"}


def test_the_widget_loads_no_server() -> None:
    servers = set(HEAVY) - {"anywidget", "tornado"}
    # ipykernel's own comm may load sqlite3 through IPython's history, so only what nbchat adds counts.
    before = loaded_after("import anywidget")
    assert (loaded_after("from nbchat import ChatSession") - before) & servers == set()


def test_every_public_name_is_there() -> None:
    assert all(getattr(nbchat, name) is not None for name in nbchat.__all__)
    assert set(nbchat.__all__) <= set(dir(nbchat))
    with pytest.raises(AttributeError, match="no attribute 'Chat'"):
        _ = nbchat.Chat
