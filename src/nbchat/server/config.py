"""What a host may be told: `Settings` is what the code uses, `NbchatConfig` how Jupyter's configuration files say it.

Example, in jupyter_server_config.py:
    c.NbchatConfig.share = True
    c.NbchatConfig.data_dir = "/srv/class/nbchat"
"""

from __future__ import annotations

import getpass
import logging
import os
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from traitlets import Bool, Float, Int, Unicode
from traitlets.config import Config, Configurable
from traitlets.config.loader import ConfigError, JSONFileConfigLoader, PyFileConfigLoader

from nbchat.logs import say
from nbchat.protocol.limits import HubLimits, Rate
from nbchat.protocol.messages import Person

_USUAL = HubLimits()
_log = logging.getLogger("nbchat.serve")


@dataclass(frozen=True)
class Settings:
    """What one hub runs with.

    Attributes:
        folder: the directory of its data and secret.
        owner: whose store it is.
        share: whether the first browser is asked who it is, too.
        limits: what may be raised.
        open_metrics: whether `nbchat serve` shows its metrics to everybody.
    """

    folder: Path
    owner: Person
    share: bool = False
    limits: HubLimits = field(default_factory=HubLimits)
    open_metrics: bool = False


class ConfigUnusable(ValueError):
    """A configuration file cannot be read; the text says why."""


def read_config(path: Path) -> Config:
    """Read a configuration file as Jupyter has them: Python that fills `c`, or JSON.

    Raises:
        ConfigUnusable: there is none, or it is neither.
    """
    loader = JSONFileConfigLoader if path.suffix == ".json" else PyFileConfigLoader
    try:
        return loader(path.name, path=str(path.parent)).load_config()
    except (ConfigError, OSError, SyntaxError, ValueError) as error:
        raise ConfigUnusable(f"{path} cannot be read as a configuration file: {error}.") from error


def default_folder() -> Path:
    """`nbchat` in the Jupyter data directory: shared by every host of this OS user, as decisions go with the person."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "nbchat"


def default_owner(name: str = "") -> Person:
    """The configured name, else the JupyterHub user, else the OS user."""
    found = name or os.environ.get("JUPYTERHUB_USER", "") or _os_user()
    return Person(found, found)


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container with a user id that has no name.
        return f"user-{os.getuid()}" if hasattr(os, "getuid") else "user"


class NbchatConfig(Configurable):
    """Options of the hub inside a Jupyter server; each is `c.NbchatConfig.<name>`."""

    share = Bool(
        False,
        help="Ask every browser who it is, also the first. For demos and classes in which several people use one "
        "server without names of their own.",
    ).tag(config=True)
    owner = Unicode(
        "", help="Id of the person to whom the store belongs. Default: the JupyterHub user, else the OS user."
    ).tag(config=True)
    data_dir = Unicode(
        "", help="Directory of the database and the hub's secret. Default: nbchat in the Jupyter data directory."
    ).tag(config=True)
    page_rate = Float(_USUAL.page_send.rate, min=0.1, help="Messages a second from a person's pages.").tag(config=True)
    page_burst = Int(_USUAL.page_send.burst, min=1, help="Messages at once from a person's pages.").tag(config=True)
    session_rate = Float(
        _USUAL.session_send.rate, min=0.1, help="Messages a second from a person's notebooks and bots."
    ).tag(config=True)
    session_burst = Int(
        _USUAL.session_send.burst, min=1, help="Messages at once from a person's notebooks and bots."
    ).tag(config=True)
    change_rate = Float(
        _USUAL.changes.rate, min=0.1, help="Renamings and conversations made, joined or left by one person, a second."
    ).tag(config=True)
    change_burst = Int(_USUAL.changes.burst, min=1, help="The same at once.").tag(config=True)
    newcomer_rate = Float(_USUAL.newcomers.rate, min=0.01, help="People a second who come in for the first time.").tag(
        config=True
    )
    newcomer_burst = Int(_USUAL.newcomers.burst, min=1, help="The same at once.").tag(config=True)
    pages = Int(_USUAL.pages, min=1, help="Open pages of one person.").tag(config=True)
    sessions = Int(_USUAL.sessions, min=1, help="Connected notebooks and bots of one person.").tag(config=True)
    presence_grace = Float(
        _USUAL.presence_grace,
        min=0.0,
        help="Seconds from a person's last page closing until they are shown as offline.",
    ).tag(config=True)
    flood_frames = Float(
        _USUAL.flood_frames, min=10.0, help="Frames a second that, kept up for five seconds, close a connection."
    ).tag(config=True)
    queue_bytes = Int(
        _USUAL.queue_bytes, min=65536, help="Unsent bytes for one connection above which it is closed as too slow."
    ).tag(config=True)
    open_metrics = Bool(
        False,
        help="Let everybody who reaches `nbchat serve` read /metrics; without this it asks for the token. In Jupyter "
        "its own option holds, ServerApp.authenticate_prometheus.",
    ).tag(config=True)

    def settings(self) -> Settings:
        """These options with the defaults filled in."""
        limits = HubLimits(
            page_send=Rate(self.page_rate, self.page_burst),
            session_send=Rate(self.session_rate, self.session_burst),
            changes=Rate(self.change_rate, self.change_burst),
            newcomers=Rate(self.newcomer_rate, self.newcomer_burst),
            pages=self.pages,
            sessions=self.sessions,
            presence_grace=self.presence_grace,
            flood_frames=self.flood_frames,
            queue_bytes=self.queue_bytes,
        )
        folder = Path(self.data_dir).expanduser().absolute() if self.data_dir else default_folder()
        return Settings(
            folder=folder,
            owner=default_owner(self.owner),
            share=self.share,
            limits=limits,
            open_metrics=self.open_metrics,
        )


def from_file(path: Path) -> NbchatConfig:
    """The options of a configuration file; an option that there is not is told in the log.

    Raises:
        ConfigUnusable: as `read_config`.
    """
    given = read_config(path)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        chosen = NbchatConfig(config=given)
    for each in found:
        say(_log, logging.WARNING, "config", "%(path)s: %(problem)s", path=str(path), problem=str(each.message))
    return chosen
