"""`nbchat sign-out`: the sockets of one person stop, what they came in with is worthless, and nobody else notices."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from kit.web import Line, Refused, Visitor
from server.conftest import Serve, guest, owner

from nbchat.cli import main
from nbchat.protocol import messages as wire
from nbchat.server.assemble import HubUnusable
from nbchat.server.config import Settings
from nbchat.server.signed_out import FILE, SignedOut, write
from nbchat.server.standalone import Served, serve

LOST = 4001


def sign_out(served: Served, who: str, *more: str) -> Result:
    """The command, on the same machine."""
    return CliRunner().invoke(main, ["sign-out", who, "--data", str(served.hub.folder), *more])


def robot(served: Served, name: str) -> Visitor:
    """A program with the shared token."""
    return Visitor(served.url, {"Authorization": f"token {served.door.token}", "X-Nbchat-Name": name})


async def comes_in(visitor: Visitor, kind: wire.ConnectionKind = "page") -> Line:
    line = await visitor.connects()
    await line.says(wire.Hello(ref=1, kind=kind))
    await line.sees(wire.Welcome)
    return line


async def is_still_here(line: Line) -> None:
    await line.says(wire.Ping(ref=9))
    await line.sees(wire.Pong)


async def is_refused(visitor: Visitor) -> None:
    with pytest.raises(Refused) as refused:
        await visitor.connects()
    assert refused.value.status == 403
    assert (await visitor.get("api/me")).status == 403


async def test_one_person_is_out_and_all_others_stay(start: Serve) -> None:
    first, second = start(), start()  # two servers on the same data
    bob, eve = await guest(first, "Bob"), await guest(first, "Eve")
    mine = [await comes_in(bob), await comes_in(bob)]
    others = [
        await comes_in(eve),
        await comes_in(robot(first, "Robot"), "session"),
        await comes_in(owner(first)),
        await comes_in(robot(second, "Other robot"), "session"),
    ]
    done = sign_out(first, "bob")
    assert (done.exit_code, "is signed out of 1 login; running hubs" in done.output) == (0, True)
    assert "For you" not in done.output
    assert [await line.closed() for line in mine] == [LOST, LOST]
    await is_refused(bob)
    bob.url = second.url
    await is_refused(bob)
    for line in others:
        await is_still_here(line)
    await comes_in(eve)


async def test_the_token_lets_them_in_as_somebody_new_under_another_name(start: Serve) -> None:
    served = start()
    bob = await guest(served, "Bob")
    sign_out(served, "Bob")
    assert (await bob.get(token=served.door.token, new="1")).headers["Location"] == "/nbchat/"
    assert (await bob.get("api/me")).json["state"] == "ask"
    again = await bob.post("api/me", {"choice": "new", "name": "Bob"})
    assert (again.status, again.json["code"]) == (400, "bad_name")
    assert (await bob.post("api/me", {"choice": "new", "name": "Robert"})).status == 200


async def test_the_page_says_how_who_was_signed_out_comes_back_as_who_they_were(start: Serve, built: Path) -> None:
    served = start()
    bob, stranger = await guest(served, "Bob"), Visitor(served.url)
    sign_out(served, "Bob")
    for _ in range(2):  # looking does not change who this browser was
        assert "You were signed out of this chat." in (await bob.get()).body.decode()
    assert "You were signed out" not in (await stranger.get()).body.decode()
    sign_out(served, "Bob", "--undo")
    assert 'id="nbchat-config"' in (await bob.get()).body.decode()
    assert (await bob.get("api/me")).json["person"]["name"] == "Bob"


async def test_who_they_were_stays_within_reach_until_they_choose_to_be_somebody_new(start: Serve, built: Path) -> None:
    """The address that they were given says the same as the page without it, and its form keeps what stood there."""
    served = start()
    bob = await guest(served, "Bob")
    sign_out(served, "Bob")
    page = (await bob.get(token=served.door.token, invite='a"b')).body.decode()
    assert page.count("You were signed out of this chat.") == page.count("somebody new, under another name") == 1
    assert "<code>nbchat sign-out --undo</code>" in page
    kept = (("token", served.door.token), ("invite", "a&quot;b"), ("new", "1"))
    assert all(f'<input type="hidden" name="{name}" value="{value}">' in page for name, value in kept)
    assert 'name="new"' in (await bob.get()).body.decode(), "the same is not said twice"
    sign_out(served, "Bob", "--undo")
    assert (await bob.get(token=served.door.token, invite="ab")).headers["Location"] == "/nbchat/?invite=ab"
    assert (await bob.get("api/me")).json["person"]["name"] == "Bob"


async def test_who_is_signed_out_or_in_already_is_told_so_and_no_line_is_written(start: Serve) -> None:
    served = start()
    await guest(served, "Bob")
    path = served.hub.folder / FILE
    assert ("is not signed out." in sign_out(served, "Bob", "--undo").output, path.exists()) == (True, False)
    for more, again in (((), "is signed out already."), (("--undo",), "is not signed out.")):
        assert "1 login" in sign_out(served, "Bob", *more).output
        said = path.read_bytes()
        done = sign_out(served, "Bob", *more)
        assert (done.exit_code, again in done.output, path.read_bytes()) == (0, True, said), done.output


async def test_a_token_with_a_name_is_signed_out_too(start: Serve) -> None:
    served = start()
    line = await comes_in(robot(served, "Robot"), "session")
    assert sign_out(served, "Robot").exit_code == 0
    assert await line.closed() == LOST
    await is_refused(robot(served, "Robot"))
    await is_refused(robot(served, "ROBOT "))
    await comes_in(robot(served, "Robot 2"), "session")
    assert "may come in again with 1 login." in sign_out(served, "Robot", "--undo").output
    await comes_in(robot(served, "Robot"), "session")


async def test_the_owner_comes_back_by_the_address_for_owners_only(start: Serve) -> None:
    served = start()
    lost = Visitor(served.url)
    await lost.get(owner=served.door.owner_key)
    line, program = await comes_in(lost), await comes_in(owner(served), "session")
    stolen = Visitor(served.url)
    stolen.cookies = dict(lost.cookies)
    assert "The owner comes back by the address “For you”" in sign_out(served, "ada").output
    assert await line.closed() == LOST
    await lost.get(owner=served.door.owner_key)
    await comes_in(lost)
    await is_refused(stolen)
    await is_still_here(program)


async def test_a_socket_that_is_opened_meanwhile_is_closed_as_well(start: Serve) -> None:
    """The login was good when the handshake began."""
    served = start()
    bob = await guest(served, "Bob")
    signed_out = asyncio.Event()
    resolve = served.hub.identities.login

    async def slowly(who: object) -> object:
        found = await resolve(who)  # type: ignore[arg-type]
        sign_out(served, "Bob")
        signed_out.set()
        return found

    served.hub.identities.login = slowly  # type: ignore[method-assign, assignment]
    line = await bob.connects()
    assert signed_out.is_set()
    assert await line.closed() == LOST


async def test_it_holds_after_a_restart(start: Serve) -> None:
    served = start()
    bob = await guest(served, "Bob")
    sign_out(served, "Bob")
    port = served.port
    await served.stop()
    start(port=port)
    await is_refused(bob)


async def test_who_cannot_be_signed_out_is_said(start: Serve, tmp_path: Path) -> None:
    served = start()
    await guest(served, "Bob")
    for who, said in (("Nobody", "Nobody here has the id or the name “Nobody”."), ("ada", "has no login of `nbchat")):
        done = sign_out(served, who)
        assert (done.exit_code, said in done.output) == (1, True), done.output
    nowhere = CliRunner().invoke(main, ["sign-out", "Bob", "--data", str(tmp_path / "nowhere")])
    assert (nowhere.exit_code, "There is no" in nowhere.output) == (1, True)
    assert SignedOut(served.hub.folder).logins() == frozenset()


def test_the_last_line_of_a_login_holds(tmp_path: Path) -> None:
    out = SignedOut(tmp_path)
    write(tmp_path, ["a", "b"])
    assert out.logins() == {"a", "b"}
    write(tmp_path, ["a"], again=True)
    assert out.logins() == SignedOut(tmp_path).logins() == {"b"}
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / FILE).unlink()
    assert out.logins() == frozenset()


async def test_a_hub_that_cannot_know_who_is_out_does_not_start(start: Serve, folders: Path) -> None:
    served = start()
    await served.stop()
    (folders / "nbchat" / FILE).mkdir()
    with pytest.raises(HubUnusable, match="who was signed out"):
        serve(Settings(folder=folders / "nbchat", owner=served.hub.info.owner), port=0)


def test_a_line_that_a_full_disk_has_cut_spoils_none_behind_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("-serve:5f0c\n-serve:77c8")
    write(tmp_path, ["serve:77c8aa"])
    write(tmp_path, ["serve:5f0c"], again=True)
    assert SignedOut(tmp_path).logins() == {"serve:77c8", "serve:77c8aa"}
