"""Addresses of hubs: what people paste, made into URLs to try. Pure text."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit, urlunsplit

from nbchat.errors import HubNotFound


def candidates(given: str) -> tuple[list[str], str | None]:
    """Where the hub may be, from what people paste: a hub's URL, a server's, or the address line of JupyterLab.

    Returns:
        URLs that end in `/nbchat/`, likeliest first, and the token that was in the address, if any.

    Raises:
        HubNotFound: this is no address of a web server.
    """
    given = given.strip()
    parts = urlsplit(given if "://" in given else f"http://{given}")
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in ("http", "https") or not parts.hostname or not given.isprintable() or " " in given:
        raise HubNotFound(
            f"{given!r} is no address of a hub; http://127.0.0.1:8888/ or http://127.0.0.1:8888/nbchat/ would be one."
        )
    token = parse_qs(parts.query).get("token", [None])[0]
    folders = [part for part in parts.path.split("/") if part]
    if "nbchat" in folders:
        paths = ["/".join(["", *folders[: folders.index("nbchat") + 1], ""])]
    else:
        # …/user/ada/lab/tree/x.ipynb: the server's base is some folder above; four levels are more than any host uses.
        paths = ["/".join(["", *folders[:depth], "nbchat", ""]) for depth in range(min(len(folders), 4), -1, -1)]
    return [urlunsplit((scheme, parts.netloc, path, "", "")) for path in paths], token


def same_place(one: str, other: str) -> bool:
    """Whether two URLs of hubs are one address; all names of the own machine are the same."""
    a, b = urlsplit(one), urlsplit(other)
    loopback = {"localhost", "127.0.0.1", "::1"}
    same_host = a.hostname == b.hostname or {a.hostname, b.hostname} <= loopback
    return same_host and a.port == b.port and a.path == b.path
