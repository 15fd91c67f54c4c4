"""`nbchat`: the commands of a terminal.

`serve` hosts a hub without Jupyter, `doctor` shows how a client finds its hub and what is wrong with it, `backup`
copies its data, `restore` puts a copy back, `sign-out` makes one person's logins worthless. Only reads options and
prints; the work is in `server` and `client.find`. Everything heavy is imported by the command that needs it.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from nbchat import __version__

if TYPE_CHECKING:
    from nbchat.client.find import Wanted
    from nbchat.doctor import Running
    from nbchat.doctor_data import Check
    from nbchat.errors import NbchatError
    from nbchat.server.config import Settings

WEAK_TOKEN = 16
"""Characters below which a token of one's own is called weak: less than 64 bits even where they are random."""


_data = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the data.  [default: shared with Jupyter]",
)
"""What every command has that works on the data of hubs."""


@click.group()
@click.version_option(__version__, prog_name="nbchat")
def main() -> None:
    """Chat where the notebook is."""


@main.command()
@click.option(
    "--port",
    default=8765,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port; if taken, the next one. 0: any.",
)
@click.option(
    "--ip", default="127.0.0.1", show_default=True, help="Address to listen on. 0.0.0.0: all, for other machines."
)
@_data
@click.option(
    "--token", help="The shared token.  [default: one that stays the same for this data]", envvar="NBCHAT_TOKEN"
)
@click.option("--owner", default="", help="Id of the person to whom the data belongs.  [default: the OS user]")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File with limits and other options, c.NbchatConfig.… as in Jupyter's; what is given here goes before it.",
)
@click.option("--open-browser/--no-browser", default=False, help="Open the page for you.")
@click.option("--debug", is_flag=True, help="Log every request and connection.")
@click.option("--log-json", is_flag=True, help="Log one JSON object a line.")
def serve(  # noqa: PLR0913, PLR0917 - click passes options by name
    port: int,
    ip: str,
    data: Path | None,
    token: str | None,
    owner: str,
    config: Path | None,
    open_browser: bool,
    debug: bool,
    log_json: bool,
) -> None:
    """Host the chat without Jupyter, until Ctrl-C."""
    from nbchat.logs import begin as begin_log
    from nbchat.server.assemble import HubUnusable
    from nbchat.server.config import ConfigUnusable, NbchatConfig, from_file
    from nbchat.server.standalone import PortTaken

    begin_log(debug=debug, as_json=log_json)
    if token is not None and len(token) < WEAK_TOKEN:
        click.echo(
            f"A token of {len(token)} characters can be guessed; take {WEAK_TOKEN} or more, or leave out --token.",
            err=True,
        )
    try:
        chosen = from_file(config.absolute()) if config else NbchatConfig()
        chosen.data_dir = str(data) if data else chosen.data_dir
        chosen.owner = owner or chosen.owner
        _run(_serve(chosen.settings(), ip=ip, port=port, token=token, open_browser=open_browser))
    except (ConfigUnusable, HubUnusable, PortTaken) as error:
        raise click.ClickException(str(error)) from None


def _run(main: Coroutine[Any, Any, None]) -> None:
    """On uvloop where it is installed (`pip install nbchat[fast]`): it makes the way of a message shorter."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)


async def _serve(settings: Settings, *, ip: str, port: int, token: str | None, open_browser: bool) -> None:
    from nbchat.server.collector import Collector
    from nbchat.server.standalone import serve as begin

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    _on_signals(loop, stop)
    served = begin(settings, ip=ip, port=port, token=token)
    if port and served.port != port:
        click.echo(f"Port {port} is taken; using {served.port}.")
    click.echo(f"For you:     {served.owner_url}")
    click.echo(f"For others:  {served.guest_url}")
    click.echo(f"Data:        {served.hub.info.where}")
    for line in about_others(ip, served.guest_url):
        click.echo(line)
    click.echo("Stop with Ctrl-C.")
    if open_browser:
        click.launch(served.owner_url)
    collecting = loop.create_task(Collector().run())
    await stop.wait()
    collecting.cancel()
    click.echo("Stopping.")
    await served.stop()


def about_others(ip: str, url: str) -> list[str]:
    """What to know about other machines, where they can connect.

    Args:
        ip: where the hub listens.
        url: the address that it prints for them.
    """
    from nbchat.server.door import is_loopback

    if is_loopback(ip):
        return []
    said = [
        "Other machines can connect, without encryption: put a proxy with TLS in front if the network is not yours."
    ]
    if is_loopback(urlsplit(url).hostname or ""):
        said.append("For them, put this machine's name or address in the place of 127.0.0.1 in the address for others.")
    return said


def _on_signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """SIGINT and SIGTERM drain; a second one ends at once."""
    for number in (signal.SIGINT, signal.SIGTERM):

        def drain(number: int = number) -> None:
            stop.set()
            loop.remove_signal_handler(number)

        try:
            loop.add_signal_handler(number, drain)
        except NotImplementedError:  # Windows: signals come on the main thread, between two steps of the loop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


@main.command(short_help="Copy all messages into a new file.")
@click.argument("target", default="nbchat-backup.sqlite3", type=click.Path(dir_okay=False, path_type=Path))
@_data
def backup(target: Path, data: Path | None) -> None:
    """Copy all messages into TARGET (nbchat-backup.sqlite3), which must be a new file; also while a hub runs."""
    from nbchat.server.assemble import HubUnusable, back_up
    from nbchat.server.config import default_folder

    try:
        source, counts = back_up(data.expanduser().absolute() if data else default_folder(), target)
    except HubUnusable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{source} was copied to {target.absolute()}")
    click.echo(f"The copy was checked: {_said(counts)}.")


@main.command(short_help="Put a backup in the place of the data.")
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path))
@_data
@click.option("--force", is_flag=True, help="Also where a hub runs, or where what is there is newer or damaged.")
def restore(source: Path, data: Path | None, force: bool) -> None:
    """Put SOURCE, a file of `nbchat backup`, in the place of the data. What is there is kept beside it."""
    from nbchat.server.assemble import HubUnusable, put_back
    from nbchat.server.config import default_folder

    folder = data.expanduser().absolute() if data else default_folder()
    try:
        done = put_back(folder, source, force=force)
    except HubUnusable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{source.absolute()} is the data in {folder} now: {_said(done.counts)}.")
    if done.kept is not None:
        click.echo(f"What was there before is in {done.kept}")
    if force:
        click.echo("A hub that ran meanwhile has to be started again; until then it stores nothing.")


@main.command("sign-out", short_help="Sign one person out.")
@click.argument("who")
@_data
@click.option("--undo", is_flag=True, help="Let them in again with the logins that they had.")
def sign_out(who: str, data: Path | None, undo: bool) -> None:
    """Sign one person out of `nbchat serve`: WHO is an id, or a name that only one has.

    Every browser and program of theirs is out within a second, and cannot come back with what it has; nobody else
    notices. Who still knows the shared token can come in again, but as somebody new and under another name. To keep
    them out altogether, start `nbchat serve` with another --token. The owner comes back by the address “For you”.
    """
    from nbchat.server.assemble import HubUnusable, sign_out as do
    from nbchat.server.config import default_folder

    try:
        person, logins, owns = do(data.expanduser().absolute() if data else default_folder(), who, again=undo)
    except HubUnusable as error:
        raise click.ClickException(str(error)) from None
    if not logins:
        click.echo(f"{person.name} ({person.id}) {'is not signed out' if undo else 'is signed out already'}.")
        return
    counted = f"{logins} login{'' if logins == 1 else 's'}"
    if undo:
        click.echo(f"{person.name} ({person.id}) may come in again with {counted}.")
        return
    click.echo(f"{person.name} ({person.id}) is signed out of {counted}; running hubs close their sockets in a second.")
    if owns:
        click.echo("The owner comes back by the address “For you” that nbchat serve prints when it starts.")
    click.echo("With the shared token they can come in as somebody new; with another --token they cannot.")


_ONE = {"conversations": "conversation", "messages": "message", "people": "person"}


def _said(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {_ONE[what] if count == 1 else what}" for what, count in counts.items())


@main.command(short_help="Look for the hub, and for what is wrong.")
@click.option("--hub", help="Address of a hub or a Jupyter server, as in ChatSession(hub=…).")
@click.option("--key", help="The hub's key.", envvar="NBCHAT_KEY")
@click.option("--token", help="A token of the server.")
@click.option("--name", help="The name that goes with a token. Who was never there stays among the people.")
@_data
def doctor(hub: str | None, key: str | None, token: str | None, name: str | None, data: Path | None) -> None:
    """Go through the search for a hub step by step, then through the chain from here to its disk; say what to do.

    With --data it looks for the hub of that data, and at the data, also where no hub starts on it. The notes that
    killed hubs left for programs are removed, and with --token and --name one comes in as a client would: who was never
    there stays among the people. Nothing else changes.

    Exits with 0 if a hub answers and lets you in, else with 1, also where a session would start one in its own process,
    and where a part of the chain is broken.
    """
    from nbchat.client.find import Wanted
    from nbchat.doctor import running
    from nbchat.server.runtime import sweep

    if data is not None:
        _refuse_beside_data()
    killed = sweep()
    if killed:
        click.echo(f"Removed the notes of hubs that were killed: process {', '.join(map(str, killed))}.")
    hubs = running()
    if data is not None:
        is_well = _hub_of_data(hubs, data.expanduser().absolute())
    else:
        is_well = _hub_searched(hubs, Wanted(hub=hub, key=key, token=token, name=name))
    if not is_well:
        sys.exit(1)


def _refuse_beside_data() -> None:
    """Raise UsageError for options that say nothing beside --data; NBCHAT_KEY in the environment may stay."""
    given = click.get_current_context().get_parameter_source
    if given("hub") is ParameterSource.COMMANDLINE:
        raise click.UsageError("Name the hub with --hub, or its data with --data: each leads to the other.")
    for option in ("key", "token", "name"):
        if given(option) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{option} is for the hub of --hub. That of --data is asked as its owner.")


def _hub_of_data(hubs: list[Running], folder: Path) -> bool:
    """Look at the hub on this data, or at the data alone. Returns whether all is well."""
    from nbchat.doctor import examine
    from nbchat.doctor_data import data_checks
    from nbchat.server.assemble import DATABASE
    from nbchat.typed import data_option

    path = folder / DATABASE
    one = next((one for one in hubs if one.data is not None and one.data.resolve() == path.resolve()), None)
    if one is not None:
        click.echo(f"ok   a hub on this data: {one.url} ({one.host}) answers")
        is_well = _shown(examine(one.hub))
        click.echo(f"\nThe hub is at {one.url}\nIts data is in {path}")
        return is_well
    click.echo("-    a hub on this data: none of yours answers")
    is_well = _shown(data_checks(path, own=0))
    starts = f"`nbchat serve {data_option(folder)}` starts one."
    click.echo(f"\nNo hub is running on {path}. {starts if is_well else 'First mend what is named above.'}")
    return False


def _hub_searched(hubs: list[Running], wanted: Wanted) -> bool:
    """Search as a session does, and look at what is found. Returns whether all is well."""
    from nbchat.client.find import data_place, explain
    from nbchat.doctor import examine
    from nbchat.doctor_data import data_checks
    from nbchat.server.assemble import DATABASE
    from nbchat.server.config import default_folder

    for step in explain(wanted):
        mark = "ok  " if step.found else "FAIL" if step.error else "-   "
        click.echo(f"{mark} {step.title}: {step.detail}")
    if step.found is None:
        is_sound = step.error is not None or _shown(data_checks(default_folder() / DATABASE, own=0))
        click.echo(f"\n{_no_hub(step.error, is_sound=is_sound)}")
        return False
    is_well = _shown(examine(step.found))
    click.echo(f"\nThe hub is at {step.found.url}")
    where = data_place(step.found)
    if where is not None:
        click.echo(f"Its data is in {where}")
    _tell_others([one for one in hubs if one.url != step.found.url])
    return is_well


def _tell_others(others: list[Running]) -> None:
    """Name the hubs beside the one that was found."""
    if not others:
        return
    click.echo("Also running here; name one with --hub to look at it:")
    for one in others:
        state = f"data in {one.data}" if one.data else "lives, but does not answer"
        click.echo(f"  {one.url} ({one.host}): {state}")


def _shown(checks: Iterable[Check]) -> bool:
    """Print what was looked at. Returns whether nothing of it is broken."""
    is_well = True
    for check in checks:
        mark = {"ok": "ok  ", "warn": "WARN", "wrong": "FAIL", "none": "-   "}[check.verdict]
        click.echo(f"{mark} {check.title}: {check.seen}")
        if check.do:
            click.echo(f"     {check.do}")
        is_well = is_well and check.verdict != "wrong"
    return is_well


def _no_hub(error: NbchatError | None, *, is_sound: bool) -> str:
    """What `doctor` ends with when it has found none."""
    from nbchat.errors import WrongKey
    from nbchat.server.assemble import DATABASE
    from nbchat.server.config import default_folder

    if error is None and not is_sound:
        return f"No hub is running, and none can start with the data in {default_folder() / DATABASE}: see above."
    if error is None:
        return (
            "No hub is running that a session could find. It would start one inside its own process, where nobody else "
            f"can reach it, with the data in {default_folder() / DATABASE}.\n"
            "To chat with others, start `nbchat serve`, or open JupyterLab with nbchat installed."
        )
    first = "A hub answers there, but does not let you in." if isinstance(error, WrongKey) else "No hub answers there."
    return f"{first} Where an address is given, nbchat looks at no other."


if __name__ == "__main__":
    main()
