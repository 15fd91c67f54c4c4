"""Who gets in where, asked of every route of `nbchat serve`; the routes are read from the running application.

A route that is added fails here until `ROUTES` says what it lets in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from kit.web import Answer, Refused, Visitor
from server.conftest import Serve, guest, owner
from tornado.web import create_signed_value

from nbchat.server.door import COOKIE_DAYS
from nbchat.server.extension import NbchatExtension
from nbchat.server.standalone import Served

DAY = 24 * 3600


@dataclass(frozen=True)
class Route:
    """What one route gives to whom.

    Attributes:
        example: an address of it, below `/nbchat/`.
        nobody: the status for who proves nothing.
        wrong: the status for who proves it wrongly, in a header.
        methods: those it has; all others are refused.
    """

    example: str
    nobody: int
    wrong: int = 403
    methods: tuple[str, ...] = ("GET",)


ROUTES = {
    r"/nbchat/ws$": Route("ws", 403),
    r"/nbchat/poll$": Route("poll", 403, methods=("POST",)),
    r"/nbchat/api/hub$": Route("api/hub", 200),
    r"/nbchat/api/me$": Route("api/me", 403, methods=("GET", "POST")),
    r"/nbchat/api/data$": Route("api/data", 403),
    # The same for everybody.
    r"/nbchat/static/(.*)$": Route("static/widget.js", 200, 200, ("GET", "HEAD")),
    r"/nbchat/(favicon\.svg|notice\.css)$": Route("notice.css", 200, 200),
    # The way in: it says so to who has none, and headers mean nothing to it.
    r"/nbchat/$": Route("", 200, 200),
    r"/nbchat$": Route("../nbchat", 302, 302),
    # How the hub is, for who shows the token in a header: a login is not asked for.
    r"/metrics$": Route("../metrics", 403),
    r"/$": Route("../", 302, 302),
    r".*$": Route("nothing", 404, 404, ()),
}
SECRET = ("ws", "poll", "api/me", "api/data")
"""What only somebody with a login is answered."""


def patterns(served: Served) -> list[str]:
    """The routes as the running application has them."""
    app: Any = served._server.request_callback
    return [rule.matcher.regex.pattern for rule in app.wildcard_router.rules]


async def asks(visitor: Visitor, method: str, path: str, headers: dict[str, str] | None = None) -> Answer:
    """A request; the two routes above `/nbchat/` are named from there."""
    if not path.startswith("../"):
        return await visitor.asks(method, path, headers)
    above = Visitor(visitor.url.removesuffix("nbchat/"), visitor.headers)
    above.cookies = visitor.cookies
    return await above.asks(method, path.removeprefix("../"), headers)


async def knocks(visitor: Visitor, path: str, headers: dict[str, str] | None = None) -> int:
    """The status that is answered; for the socket by a real handshake, for what stands for it as a page asks."""
    if path == "poll":
        own = {"_xsrf": "00ff"}  # nobody needs a login for that
        page = Visitor(visitor.url, visitor.headers)
        page.cookies = {**own, **visitor.cookies}
        return (await page.post("poll", {"t": "open"}, headers)).status
    if path != "ws":
        return (await asks(visitor, "GET", path, headers)).status
    try:
        await visitor.connects(headers)
    except Refused as refused:
        return refused.status
    return 101


async def test_the_table_has_every_route_and_no_other(start: Serve) -> None:
    assert patterns(start()) == list(ROUTES)


def test_a_jupyter_server_has_the_same_routes() -> None:
    extension = NbchatExtension()
    extension.initialize_settings()
    extension.handlers = []
    extension.initialize_handlers()
    below = {pattern for pattern in ROUTES if pattern.startswith("/nbchat")}
    assert {f"{pattern}$" for pattern, *_ in extension.handlers} == below


# ----------------------------------------------------------------------------------------------------- who gets in


def cookie(served: Served, value: str, **options: Any) -> dict[str, str]:
    """A login cookie with the hub's own signature."""
    key = served.hub.keys.derive("cookie signature")
    return {served.door.cookie: create_signed_value(key, served.door.cookie, value, **options).decode()}


def expired() -> float:
    return time.time() - COOKIE_DAYS * DAY - 60


Forge = Callable[[Served, Served], dict[str, str]]
COOKIES: dict[str, Forge] = {
    "unsigned": lambda here, _: {here.door.cookie: "serve:0000|" + here.door.tag},
    "empty": lambda here, _: {here.door.cookie: ""},
    "signed with nothing": lambda here, _: cookie(here, "|" + here.door.tag),
    "of another token": lambda here, _: cookie(here, "serve:0000|" + "0" * 16),
    "without a token": lambda here, _: cookie(here, "serve:0000"),
    "expired": lambda here, _: cookie(here, "serve:0000|" + here.door.tag, clock=expired),
    "of another server": lambda here, there: {
        here.door.cookie: cookie(there, "serve:0000|" + there.door.tag)[there.door.cookie]
    },
    "of another port": lambda here, _: {
        f"nbchat-login-{here.port + 1}": cookie(here, "serve:0000|" + here.door.tag)[here.door.cookie]
    },
    "another cookie, well signed": lambda here, _: {
        here.door.cookie: create_signed_value(
            here.hub.keys.derive("cookie signature"), "other", "serve:0|" + here.door.tag
        ).decode()
    },
}
HEADERS: dict[str, Callable[[Served, Served], dict[str, str]]] = {
    "key": lambda *_: {"X-Nbchat-Key": "wrong"},
    "empty key": lambda *_: {"X-Nbchat-Key": ""},
    "key of another server": lambda _, there: {"X-Nbchat-Key": there.hub.keys.client},
    "key in a page": lambda here, _: {"X-Nbchat-Key": here.hub.keys.client, "Origin": f"http://127.0.0.1:{here.port}"},
    "key that is no ASCII": lambda *_: {"X-Nbchat-Key": "ÿ" * 64},
    "token": lambda *_: {"Authorization": "token wrong", "X-Nbchat-Name": "Eve"},
    "empty token": lambda *_: {"Authorization": "token ", "X-Nbchat-Name": "Eve"},
    "token of another server": lambda _, there: {
        "Authorization": f"token {there.door.token}",
        "X-Nbchat-Name": "Eve",
    },
    "key for a token": lambda here, _: {"Authorization": f"token {here.hub.keys.client}", "X-Nbchat-Name": "Eve"},
    "password": lambda here, _: {"Authorization": "Basic YTpi"},
}


@pytest.fixture
async def pair(start: Serve, folders: Any) -> tuple[Served, Served]:
    """Two servers with nothing in common."""
    return start(), start(folder=folders / "another", token="u" * 24)


@pytest.mark.parametrize("route", ROUTES.values(), ids=lambda route: route.example)
async def test_who_proves_nothing(pair: tuple[Served, Served], route: Route) -> None:
    assert await knocks(Visitor(pair[0].url), route.example) == route.nobody


@pytest.mark.parametrize("route", ROUTES.values(), ids=lambda route: route.example)
async def test_a_forged_cookie_is_no_cookie(pair: tuple[Served, Served], route: Route) -> None:
    here, there = pair
    for name, forge in COOKIES.items():
        visitor = Visitor(here.url)
        visitor.cookies = forge(here, there)
        assert await knocks(visitor, route.example) == route.nobody, name
        assert b"nbchat-config" not in (await visitor.get()).body, "the page itself"


@pytest.mark.parametrize("route", ROUTES.values(), ids=lambda route: route.example)
async def test_a_wrong_proof_is_refused_also_where_none_is_needed(pair: tuple[Served, Served], route: Route) -> None:
    for name, made in HEADERS.items():
        assert await knocks(Visitor(pair[0].url, made(*pair)), route.example) == route.wrong, name


async def test_a_login_of_one_server_is_none_at_another(pair: tuple[Served, Served]) -> None:
    here, there = pair
    bob = await guest(here, "Bob")
    stranger = Visitor(there.url)
    stranger.cookies = {there.door.cookie: bob.cookies[here.door.cookie]}
    for path in SECRET:
        assert await knocks(bob, path) == {"ws": 101, "api/data": 403}.get(path, 200)
        assert await knocks(stranger, path) == 403


async def test_only_the_owner_gets_through_everywhere(start: Serve) -> None:
    served = start()
    assert [await knocks(owner(served), path) for path in SECRET] == [101, 200, 200, 200]
    bob = await guest(served, "Bob")
    assert [await knocks(bob, path) for path in SECRET] == [101, 200, 200, 403]


# ---------------------------------------------------------------------------------------------- pages of other places


def foreign(served: Served) -> list[str]:
    """Origins that are not the hub's, and look like it as well as they can."""
    own, port = f"http://127.0.0.1:{served.port}", served.port
    return [
        "null",
        "",
        "http://evil.example",
        f"http://localhost:{port}",
        f"http://127.0.0.2:{port}",
        f"http://2130706433:{port}",
        f"http://0x7f.0.0.1:{port}",
        f"http://[::1]:{port}",
        "http://127.0.0.1",
        f"http://127.0.0.1:{port}1",
        f"http://127.0.0.1:{port - 1}",
        f"{own}.evil.example",
        f"http://127.0.0.1.evil.example:{port}",
        f"http://evil.example:{port}",
        f"http://evil.example/{own}",
        f"http://evil.example?{own}",
        f"http://evil.example#{own}",
        f"http://127.0.0.1:{port}@evil.example",
        f"http://evil.example@127.0.0.1:{port}",
        f"{own}/evil",
        f"{own}\\.evil.example",
        f"{own} http://evil.example",
        f"{own},http://evil.example",
        f"{own}:80",
        f"ftp://127.0.0.1:{port}",
        f"javascript://127.0.0.1:{port}",
        f"chrome-extension://127.0.0.1:{port}",
        f"//127.0.0.1:{port}",
        f"127.0.0.1:{port}",
        "file://",
        "data:",
        "http://[",
        "http://[::1",
        "*",
    ]


@pytest.mark.parametrize(("way", "status"), [("ws", 101), ("poll", 200)])
async def test_no_page_of_another_place_opens_a_connection(start: Serve, way: str, status: int) -> None:
    served = start()
    bob = await guest(served, "Bob")
    for origin in foreign(served):
        assert await knocks(bob, way, {"Origin": origin}) == 403, origin
    assert await knocks(bob, way, {"Origin": bob.origin}) == status
    assert await knocks(bob, way, {"Origin": bob.origin.upper()}) == status


async def test_behind_a_proxy_that_gives_another_name_the_browser_says_whose_page_it_is(start: Serve) -> None:
    """By a header that no page can set; one at another port of this machine is of the same site, not of the origin."""
    bob = await guest(start(), "Bob")
    for site in ("cross-site", "same-site", "none", "", "same-origin, cross-site"):
        for way in ("ws", "poll"):
            assert await knocks(bob, way, {"Origin": "http://chat.example", "Sec-Fetch-Site": site}) == 403, site
    assert await knocks(bob, "poll", {"Origin": "http://chat.example", "Sec-Fetch-Site": "same-origin"}) == 200


@pytest.mark.parametrize(("way", "status"), [("ws", 101), ("poll", 200)])
async def test_a_page_without_encryption_opens_none_behind_it(start: Serve, way: str, status: int) -> None:
    bob = await guest(start(), "Bob")
    behind = {"X-Forwarded-Proto": "https"}
    assert await knocks(bob, way, {**behind, "Origin": bob.origin}) == 403
    assert await knocks(bob, way, {**behind, "Origin": bob.origin.replace("http", "https")}) == status


@pytest.mark.parametrize("route", ROUTES.values(), ids=lambda route: route.example)
async def test_no_page_of_another_place_may_read_an_answer(start: Serve, route: Route) -> None:
    served = start()
    bob = await guest(served, "Bob")
    for method in ("GET", "OPTIONS"):
        asking = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
        answer = await asks(bob, method, route.example, asking)
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


METHODS = ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@pytest.mark.parametrize("route", ROUTES.values(), ids=lambda route: route.example)
async def test_methods_that_a_route_has_not_do_nothing(start: Serve, built: Any, route: Route) -> None:
    bob = await guest(start(), "Bob")
    for method in METHODS:
        # Those that change something fail at the XSRF cookie before there is a question of the method.
        right = (200,) if method == "HEAD" and method in route.methods else (403, 404, 405)
        assert (await asks(bob, method, route.example)).status in right, method


async def test_an_answer_needs_the_cookie_repeated(start: Serve) -> None:
    served = start()
    visitor = Visitor(served.url)
    await visitor.get(token=served.door.token)
    await visitor.get("api/me")
    mallory = {"choice": "new", "name": "Mallory"}
    for wrong in ("", "0", visitor.cookies["_xsrf"][:-1] + "!", "2|00000000|00000000000000000000000000000000|1"):
        assert (await visitor.post("api/me", mallory, {"X-XSRFToken": wrong})).status == 403
    assert (await visitor.get("api/me")).json["state"] == "ask"


HOSTS = ("rebound.example", "127.0.0.1.rebound.example", "localhost.rebound.example", "[", "[::2]", "0.0.0.0", "", "@")


@pytest.mark.parametrize("path", [*SECRET, "api/hub", ""])
async def test_a_foreign_name_for_this_machine_gets_nothing(start: Serve, path: str) -> None:
    visitor = owner(start())
    for host in HOSTS:
        assert await knocks(visitor, path, {"Host": host}) in (400, 403), host


# ------------------------------------------------------------------------------------------------------ what is sent


@pytest.mark.parametrize("route", ROUTES.values(), ids=lambda route: route.example)
async def test_no_answer_is_taken_for_something_else(start: Serve, built: Any, route: Route) -> None:
    bob = await guest(start(), "Bob")
    answer = await asks(bob, "GET", route.example)
    assert answer.status in (302, 400, 403) or answer.headers["X-Content-Type-Options"] == "nosniff"
    if "html" in answer.headers.get("Content-Type", "") and answer.status == 200:
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


PATHS = (
    "static/../page.html",
    "static/..%2fpage.html",
    "static/%2e%2e/%2e%2e/keys.py",
    "static/....//keys.py",
    "static//etc/passwd",
    "static/%2fetc%2fpasswd",
    "static/%252e%252e%252fkeys.py",
    "static/..%5c..%5ckeys.py",
    "static/%00",
    "static/page.js%00.html",
    "static/~root",
    "static/file:///etc/passwd",
    "static/chunks",
    "static/chunks/../../keys.py",
    "static/" + "a" * 5000,
    "static/" + "../" * 500 + "etc/passwd",
    "page.html",
    "api/../../etc/passwd",
    "api/me/",
    "api//me",
    "ws/",
)


async def test_no_path_leads_out_of_the_built_files(start: Serve, built: Any) -> None:
    visitor = owner(start())
    for path in PATHS:
        answer = await visitor.get(path)
        assert answer.status in (400, 403, 404), path
        assert b"root:" not in answer.body
        assert b"import" not in answer.body
    assert (await visitor.get("static/page.js")).status == 200
