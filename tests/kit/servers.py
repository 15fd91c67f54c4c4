"""Real servers for tests: JupyterLab, Notebook 7 and `nbchat serve`, each in folders of its own.

    with jupyter(tmp_path, identity="kit.identities.NamedPeople") as server:
        server.url, server.token, server.port, server.pid, server.log
        server.kill()       # SIGKILL
        server.restart()    # same port, same data

The extension is found where the wheel put it: etc/jupyter below sys.prefix. Nothing of the person's own Jupyter
configuration, data or running servers is seen.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from kit.processes import ServerProcess, free_port

TESTS = Path(__file__).resolve().parent.parent

# Silence what pops up over the page, and what writes the notebook behind the test's back; draw every cell at once.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    # Over a subshell comms are answered while a cell runs; Lab uses one only if the kernel says in time that it can.
    # The tests look at the harder case, which every older kernel has.
    "@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
COLLABORATION = ("@jupyter/collaboration-extension", "@jupyter/docprovider-extension")
# Set by a surrounding Jupyter, a notebook or the developer's shell; none of it belongs to the test.
FOREIGN = ("JUPYTER", "JPY_", "NBCHAT_", "IPYTHON", "PYTHONPATH", "PYTHONSTARTUP", "COLAB_", "PYTEST_")


class Server(ServerProcess):
    """A server with folders that a test may look into.

    Attributes:
        app: "lab", "notebook" or "serve".
        root: where its notebooks are.
        data: its Jupyter data directory (or the folder given to `nbchat serve --data`).
        runtime: its Jupyter runtime directory.
        env: what it runs with; a script started with it sees the same Jupyter folders.
    """

    def __init__(
        self, app: str, command: list[str], env: dict[str, str], *, root: Path, data: Path, **options: Any
    ) -> None:
        super().__init__(command, env, **options)
        self.app, self.root, self.data, self.env = app, root, data, env
        self.runtime = Path(env["JUPYTER_RUNTIME_DIR"])

    def write_notebook(self, name: str, *cells: str) -> str:
        """Put a notebook with these code cells into the root. Returns its path there."""
        notebook = {"cells": [_cell(at, source) for at, source in enumerate(cells)], **_EMPTY_NOTEBOOK}
        (self.root / name).write_text(json.dumps(notebook), encoding="utf-8")
        return name


@contextmanager
def jupyter(
    folder: Path,
    *,
    app: Literal["lab", "notebook"] = "lab",
    identity: str | None = None,
    password: str | None = None,
    rtc: bool = False,
    root_dir: Path | None = None,
    data_dir: Path | None = None,
    base_url: str = "/",
    config: dict[str, Any] | None = None,
    env: dict[str, str] | None = None,
) -> Iterator[Server]:
    """Start a Jupyter server and wait until it answers; end it and its kernels afterwards.

    Args:
        folder: an empty folder for all that it writes.
        app: JupyterLab or Notebook 7.
        identity: the import path of an IdentityProvider, such as "kit.identities.NamedPeople".
        password: a password, which makes the token empty.
        rtc: whether jupyter-collaboration is on; then browsers share documents and kernels.
        root_dir: where the notebooks are, if not in the folder.
        data_dir: the Jupyter data directory, if another server shares it.
        base_url: the path below which the server answers.
        config: more for jupyter_server_config.json.
        env: more environment variables.
    """
    root, data, port = root_dir or folder / "notebooks", data_dir or folder / "data", free_port()
    token = "" if password else secrets.token_hex(16)
    settings = _server_config(root, port, base_url, token, password)
    if identity:
        settings["ServerApp"]["identity_provider_class"] = identity
    settings["ServerApp"]["jpserver_extensions"] = {} if rtc else {"jupyter_server_ydoc": False}
    _merge(settings, config or {})
    surroundings = {**_environment(folder, data), **(env or {})}
    _write_config(Path(surroundings["JUPYTER_CONFIG_DIR"]), settings, rtc=rtc)
    for made in (root, data):
        made.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "jupyterlab" if app == "lab" else "notebook", "--no-browser"]
    options: dict[str, Any] = {"folder": folder, "port": port, "base_url": base_url, "token": token}
    server = Server(app, command, surroundings, root=root, data=data, **options)
    server.ready_path = "api"
    yield from _run(server)


@contextmanager
def serve(
    folder: Path,
    *,
    data_dir: Path | None = None,
    token: str | None = None,
    env: dict[str, str] | None = None,
    more: tuple[str, ...] = (),
) -> Iterator[Server]:
    """Start `nbchat serve`, the hub without Jupyter, and wait until it answers; end it afterwards."""
    data, port, token = data_dir or folder / "data", free_port(), token or secrets.token_hex(16)
    program = Path(sys.executable).parent / "nbchat"
    command = [str(program), "serve", "--port", str(port), "--data", str(data), "--token", token, "--no-browser", *more]
    surroundings = {**_environment(folder, data), **(env or {})}
    server = Server("serve", command, surroundings, root=folder, data=data, folder=folder, port=port, token=token)
    data.mkdir(parents=True, exist_ok=True)
    yield from _run(server)


def _run(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.close()


def _environment(folder: Path, data: Path) -> dict[str, str]:
    """The environment with Jupyter's and IPython's folders all inside `folder`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    places = {
        "HOME": folder / "home",
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "IPYTHONDIR": folder / "ipython",
    }
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    # tests/ is importable so that the server finds the identity providers of the kit; src/ is not: the wheel is tested.
    own = {"JUPYTER_DATA_DIR": str(data), "PYTHONPATH": str(TESTS), "PYTHONUNBUFFERED": "1"}
    return {**kept, **{name: str(place) for name, place in places.items()}, **own}


def _server_config(root: Path, port: int, base_url: str, token: str, password: str | None) -> dict[str, Any]:
    where = {"ip": "127.0.0.1", "port": port, "port_retries": 0, "base_url": base_url, "root_dir": str(root)}
    settings: dict[str, Any] = {
        "ServerApp": {**where, "open_browser": False, "allow_root": True},
        "LabApp": {"expose_app_in_browser": True},
        "JupyterNotebookApp": {"expose_app_in_browser": True},
        "IdentityProvider": {"token": token},
    }
    if password:
        from jupyter_server.auth.security import passwd

        # sha256 here, because argon2 takes a noticeable time and its strength is not what is tested.
        settings["PasswordIdentityProvider"] = {"hashed_password": passwd(password, algorithm="sha256")}  # type: ignore[no-untyped-call]
    return settings


def _write_config(place: Path, settings: dict[str, Any], *, rtc: bool) -> None:
    lab = place / "labconfig"
    lab.mkdir(parents=True, exist_ok=True)
    _write(place / "jupyter_server_config.json", settings)
    _write(lab / "default_setting_overrides.json", LAB_SETTINGS)
    if not rtc:
        _write(lab / "page_config.json", {"disabledExtensions": dict.fromkeys(COLLABORATION, True)})


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for section, values in more.items():
        into.setdefault(section, {}).update(values)


_EMPTY_NOTEBOOK = {
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def _cell(at: int, source: str) -> dict[str, Any]:
    empty: dict[str, Any] = {"execution_count": None, "metadata": {}, "outputs": []}
    return {"cell_type": "code", "id": f"cell-{at}", "source": source, **empty}
