"""The door of `nbchat serve`'s hub over real sockets: who gets in, and who one is then."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest
from kit.web import Refused, Visitor

from nbchat.protocol.messages import (
    Accepted,
    Error,
    Hello,
    Post,
    Welcome,
)

from .conftest import OWNER, Serve, enters, guest, owner

# ------------------------------------------------------------------------------------------------------ the handshake


async def refusal(
    visitor: Visitor, headers: dict[str, str] | None = None, *, page: bool | None = None
) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await visitor.connects(headers, page=page)
    return refused.value.status, json.loads(refused.value.body)["code"] if refused.value.body else ""


async def test_who_proves_nothing_is_refused_at_the_handshake(start: Serve) -> None:
    served = start()
    assert await refusal(Visitor(served.url)) == (403, "forbidden")
    assert await refusal(Visitor(served.url, {"X-Nbchat-Key": "wrong"})) == (403, "forbidden")
    assert await refusal(Visitor(served.url, {"X-Nbchat-Key": ""})) == (403, "forbidden")
    assert await refusal(Visitor(served.url, {"Authorization": "token wrong", "X-Nbchat-Name": "Bob"})) == (
        403,
        "forbidden",
    )
    forged = Visitor(served.url)
    forged.cookies[served.door.cookie] = "serve:0000|1"
    assert await refusal(forged) == (403, "forbidden")


async def test_the_key_is_for_programs_only(start: Serve) -> None:
    served = start()
    program = owner(served)
    assert await refusal(program, {"Origin": program.origin}) == (403, "forbidden")
    assert await refusal(program, {"Origin": "null"}) == (403, "forbidden")
    line = await program.connects()
    await line.says(Hello(ref=1, kind="session"))
    welcome = await line.sees(Welcome)
    assert (welcome.me, welcome.owner, welcome.store) == (OWNER, True, served.hub.info.id)


async def test_pages_of_other_origins_are_refused(start: Serve) -> None:
    bob = await guest(start(), "Bob")
    for origin in ("http://evil.example", "null", bob.origin.replace("127.0.0.1", "localhost"), bob.origin + "1"):
        assert await refusal(bob, {"Origin": origin}) == (403, "forbidden")
    assert (await enters(bob))[1]
    await bob.connects(page=False)


async def test_a_foreign_name_for_this_machine_is_refused(start: Serve) -> None:
    served = start()
    answer = await Visitor(served.url).get("api/hub", {"Host": "rebound.example"})
    assert answer.status == 403


async def test_an_unanswered_question_keeps_the_socket_closed(start: Serve) -> None:
    served = start()
    visitor = Visitor(served.url)
    await visitor.get(token=served.door.token)
    assert await refusal(visitor) == (403, "forbidden")


# --------------------------------------------------------------------------------------------------------- who is who


async def test_the_shared_token_becomes_a_cookie_and_leaves_the_address(start: Serve) -> None:
    served = start()
    visitor = Visitor(served.url)
    assert (await visitor.get(token="wrong")).status == 403
    assert (await visitor.get()).status == 200
    way_in = (await visitor.get()).body.decode()
    assert 'name="token"' in way_in
    assert "Open the address that you were given for this chat again" in way_in, "a guest never saw a token by itself"
    assert "open the address “For you”" in way_in, "with the token an owner would be somebody new"
    answer = await visitor.get(token=served.door.token)
    assert (answer.status, answer.headers["Location"]) == (302, "/nbchat/")
    cookie = next(line for line in answer.headers.get_list("Set-Cookie") if line.startswith(served.door.cookie))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert (await visitor.get("api/me")).json == {"state": "ask", "may_be_owner": False, "owner": None}
    assert (await visitor.post("api/me", {"choice": "owner"})).status == 403


@pytest.mark.parametrize("by", ["token", "owner"])
async def test_what_else_is_asked_of_the_page_stays_in_the_address(start: Serve, by: str) -> None:
    served = start()
    secret = {"token": served.door.token, "owner": served.door.owner_key}[by]
    answer = await Visitor(served.url).get(f"?{urlencode({'debug': 'texts', by: secret, 'x': 'a&b%0A☃'})}")
    assert answer.headers["Location"] == "/nbchat/?debug=texts&x=a%26b%250A%E2%98%83"
    answer = await Visitor(served.url).get(f"?{by}={secret}&debug")
    assert answer.headers["Location"] == "/nbchat/?debug="


async def test_a_guest_chooses_a_name_and_keeps_it(start: Serve) -> None:
    served = start()
    bob = await guest(served, "Bob")
    me = (await bob.get("api/me")).json
    assert (me["state"], me["person"]["name"], me["owner"]) == ("known", "Bob", False)
    again = await bob.get(token=served.door.token)
    assert again.status == 302
    assert (await bob.get("api/me")).json == me
    other = Visitor(served.url)
    await other.get(token=served.door.token)
    await other.get("api/me")
    taken = await other.post("api/me", {"choice": "new", "name": "bob"})
    assert (taken.status, taken.json["code"]) == (400, "bad_name")
    assert "who was here before" in taken.json["text"]
    assert (await other.post("api/me", {"choice": "maybe"})).status == 400
    for path in ("api/me", "poll"):
        unproved = await other.post(path, {"choice": "new", "name": "Eve"}, {"X-XSRFToken": ""})
        assert (unproved.status, unproved.json["code"]) == (403, "forbidden")
        assert "in the header X-XSRFToken" in unproved.json["text"]


async def test_the_owners_address_makes_a_browser_the_owner(start: Serve) -> None:
    served = start()
    ada = Visitor(served.url)
    assert (await ada.get(owner="wrong")).status == 403
    assert (await ada.get(owner=served.door.owner_key)).status == 302
    me = (await ada.get("api/me")).json
    assert (me["state"], me["owner"], me["person"]["id"], me["person"]["name"]) == ("known", True, "ada", "ada")
    bob = await guest(served, "Bob")
    await bob.get(owner=served.door.owner_key)
    assert (await bob.get("api/me")).json["owner"] is True
    line, room = await enters(ada)
    await line.says(Post(ref=3, conversation=room, key="key-00001", text="hi"))
    assert (await line.sees(Accepted)).seq > 0


async def test_another_token_signs_everybody_out_and_forgets_nobody(start: Serve) -> None:
    first = start(token="a" * 24)
    bob = await guest(first, "Bob")
    person = (await bob.get("api/me")).json["person"]
    port = first.port
    await first.stop()
    second = start(token="b" * 24, port=port)
    assert second.port == port
    assert (await bob.get("api/me")).status == 403
    await bob.get(token="b" * 24)
    assert (await bob.get("api/me")).json["person"] == person


async def test_a_program_with_the_token_needs_a_name_that_is_free(start: Serve) -> None:
    served = start()
    await guest(served, "Bob")
    token = {"Authorization": f"token {served.door.token}"}
    assert await refusal(Visitor(served.url, token)) == (403, "bad_name")
    for taken in ("Bob", "ADA"):
        assert await refusal(Visitor(served.url, {**token, "X-Nbchat-Name": taken})) == (403, "bad_name")
    seen = set()
    for _ in range(2):
        line = await Visitor(served.url, {**token, "X-Nbchat-Name": quote("Röbot 李")}).connects()
        await line.says(Hello(ref=1, kind="bot"))
        welcome = await line.sees(Welcome)
        seen.add((welcome.me.id, welcome.me.name, welcome.owner))
    assert len(seen) == 1
    assert next(iter(seen))[1:] == ("Röbot 李", False)


async def test_a_browser_is_a_page_and_nothing_else(start: Serve) -> None:
    line = await (await guest(start(), "Bob")).connects()
    await line.says(Hello(ref=1, kind="session"))
    assert (await line.sees(Error)).code == "forbidden"
