"""The rows for the page: how long a long conversation takes to open, what it weighs, how fast words travel.

Two people look at one conversation, each in a browser profile of their own; JupyterLab serves the hub, and all of it
runs on this machine. Measured as the peers were: from Enter in A to the insertion in B, by one clock.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from kit.browser import address, launched, new_context
from kit.filling import fill
from kit.people import Seat
from kit.servers import Server, jupyter
from playwright.sync_api import Browser, Page

from bench.browser import MARK, Probe, middle, percentile
from bench.figures import Figure
from bench.texts import texts

LENGTHS = {"empty": 0, "h1000": 1_000, "h10000": 10_000, "h100000": 100_000}
OPENINGS = 7
"""Times that each conversation is opened, in a fresh profile, beside an empty one; the median counts."""
ROUNDS = 3
"""Times that all else is measured, each thing in turn; the median counts, so that a busy moment is not the result."""
WRITER = Path(__file__).with_name("writer.py")
MESSAGES = 40
PACE_MS = 250
"""Between two messages of a page: a hub takes five a second, and makes whoever is faster wait."""
PIECES = 200
KEYS = 60
SCROLL_SECONDS = 3.0
SLOW_FRAME_MS = 50.0
ROOT, SCROLLER = ".nbchat", ".nbc-scroll"
WORDS = "The seed changes nothing after the warm-up. "
"""What is typed and sent, with a mark."""

Tell = Callable[[str], None]
Ask = Callable[[dict[str, Any]], list[float]]
_marks = itertools.count(1)


def measure(chats: Path | None, tell: Tell) -> Iterator[Figure]:
    """All rows; `tell` is given a line for each step.

    Args:
        chats: JSON lines with `text`, to fill the conversations with; None for our own few texts.
        tell: shows progress.
    """
    with tempfile.TemporaryDirectory(prefix="nbchat-bench-") as folder, launched() as browser:
        data = Path(folder) / "data"
        tell(f"filling {sum(LENGTHS.values()):,} messages")
        words = itertools.chain.from_iterable(texts(count, chats) for count in LENGTHS.values())
        fill(data / "nbchat" / "hub.sqlite3", LENGTHS, words)
        with jupyter(Path(folder), data_dir=data, identity="kit.identities.NamedPeople") as server:
            bench = _Bench(browser, server, tell)
            yield from bench.opening()
            yield from bench.weight()
            yield from bench.talking(("empty", "h100000"))
            yield from bench.program("h100000")


@dataclass(frozen=True)
class _Talk:
    """One round of two people talking: ms of each message, and ms of work for a message and for a key."""

    there: list[float]
    echo: list[float]
    work: float
    key: float


class _Bench:
    def __init__(self, browser: Browser, server: Server, tell: Tell) -> None:
        self._browser, self._server, self._tell = browser, server, tell

    @contextmanager
    def _visit(self, user: str, handle: str) -> Iterator[tuple[Seat, Probe, float]]:
        """A person at a conversation; gives the seat, the probe, and the ms from navigation to the last message."""
        context = new_context(self._browser)
        try:
            page = context.new_page()
            page.goto(address(self._server, "api/status", user=user))  # signs in
            page.add_init_script(f"({MARK})()")
            page.goto(self._server.url + f"nbchat/#c/{handle}")
            yield Seat(page), Probe(page), _shown(page, handle)
        finally:
            context.close()

    def opening(self) -> Iterator[Figure]:
        """From the navigation to the last message on the screen, in a fresh browser profile."""
        times: dict[str, list[float]] = {handle: [] for handle in LENGTHS}
        self._tell("opening")
        for _ in range(OPENINGS):  # in turn, so that a busy moment is one of all
            for handle in LENGTHS:
                with self._visit("ada", handle) as (_, _, ms):
                    times[handle].append(ms)
        yield Figure("page opens, empty conversation", middle(times["empty"]), "ms")
        peers = {"h1000": "3.3-4.8 s in all; Gradio 1.8 s", "h10000": "28.7 s or never", "h100000": "never"}
        for handle in ("h1000", "h10000", "h100000"):
            target = 700 if handle == "h1000" else 300
            row = f"{LENGTHS[handle]:,} messages open, more than an empty page"
            more = [took - empty for took, empty in zip(times[handle], times["empty"], strict=True)]
            yield Figure(row, middle(more), "ms", target, peers=peers[handle])

    def weight(self) -> Iterator[Figure]:
        """Nodes, heap and frames at the longest conversation."""
        self._tell("weight")
        with self._visit("ada", "empty") as (_, probe, _):
            nothing = probe.heap()
        with self._visit("ada", "h100000") as (_, probe, _):
            self._tell("scrolling")
            runs = [probe.scroll(SCROLLER, SCROLL_SECONDS) for _ in range(ROUNDS)]
            yield Figure("elements at 100,000 messages", probe.nodes(ROOT), "", 2_000, peers="12.9k-29k at 1,000")
            rows = probe.page.locator(f"{ROOT} article").count()
            yield Figure("rows in the page at 100,000 messages", rows, "", 300)
            more = (probe.heap() - nothing) / 1e6
            yield Figure("heap at 100,000 messages, more than empty", more, "MB", 10, peers="62-349 MB in all")
            slow = middle([float(sum(frame > SLOW_FRAME_MS for frame in frames)) for frames in runs])
            yield Figure(f"frames over 50 ms in {SCROLL_SECONDS:.0f} s of scrolling", slow, "", 0)
            rate = middle([len(frames) / SCROLL_SECONDS for frames in runs])
            yield Figure("frames a second while scrolling", rate, "", at_least=True)

    def talking(self, handles: tuple[str, ...]) -> Iterator[Figure]:
        """A writes, B reads: latency, own echo, work in B, work for a key."""
        rounds: dict[str, list[_Talk]] = {handle: [] for handle in handles}
        for _ in range(ROUNDS):
            for handle in handles:
                self._tell(f"talking in {handle}")
                rounds[handle].append(self._talk(handle))
        for handle, talks in rounds.items():
            where = f"{LENGTHS[handle]:,} messages"
            peers = "32-144 ms" if handle == "empty" else "composer dead"
            p50, p95 = ([percentile(talk.there, share) for talk in talks] for share in (0.5, 0.95))
            echo = [percentile(talk.echo, 0.95) for talk in talks]
            work, key = [talk.work for talk in talks], [talk.key for talk in talks]
            yield Figure(f"A to B, p50, {where}", middle(p50), "ms", peers=peers)
            yield Figure(f"A to B, p95, {where}", middle(p95), "ms", 50, peers="51-322 ms")
            yield Figure(f"own echo, p95, {where}", middle(echo), "ms", 19, peers="39-131 ms")
            yield Figure(f"work of the receiver a message, {where}", middle(work), "ms", 20)
            yield Figure(f"work for a key, {where}", middle(key), "ms", 6, peers="9-28 ms")

    def _talk(self, handle: str) -> _Talk:
        """One round. Nobody asks B's page anything meanwhile: to look for a message is work, too."""
        with self._visit("ada", handle) as (ada, writing, _), self._visit("grace", handle) as (_, reading, _):
            entered, work, keys = dict[str, float](), list[float](), list[float]()
            with reading.working(work):
                for _ in range(MESSAGES):
                    mark = f"mark-{next(_marks)}-"
                    ada.composer.fill(WORDS + mark)
                    ada.composer.press("Enter")
                    entered[mark] = writing.entered()
                    ada.page.wait_for_timeout(PACE_MS)  # as people write; faster, the hub's pace would be measured
            there = [reading.seen(mark) - at for mark, at in entered.items()]
            echo = [writing.seen(mark) - at for mark, at in entered.items()]
            ada.composer.focus()
            with writing.working(keys):
                ada.composer.press_sequentially((WORDS * 2)[:KEYS])
            return _Talk(there, echo, 1e3 * work[0] / MESSAGES, 1e3 * keys[0] / KEYS)

    def program(self, handle: str) -> Iterator[Figure]:
        """A program writes, a person looks: single messages, and one that is written piece by piece."""
        self._tell(f"a program writes in {handle}")
        with self._visit("grace", handle) as (_, reading, _), _writer(self._server, handle) as ask:
            rounds = [_sent(reading, ask) for _ in range(ROUNDS)]
            p50, p95 = (middle([percentile(there, share) for there in rounds]) for share in (0.5, 0.95))
            yield Figure("`chat.send()` to a person's screen, p50", p50, "ms", 15)
            yield Figure("`chat.send()` to a person's screen, p95", p95, "ms", 50)
            self._tell("streaming")
            work, mark, before = list[float](), f"mark-{next(_marks)}-", reading.received
            with reading.working(work):
                begun, ended = ask({"stream": PIECES, "mark": mark})
                reading.page.wait_for_timeout(PACE_MS)  # the last piece is drawn
            wall = max(ended, reading.seen(mark)) - begun
            what = f"{PIECES} pieces streamed at 50 a second"
            yield Figure(f"{what}: until all is on the screen and stored", wall / 1e3, "s", 4.3, peers="4.6-35 s")
            yield Figure(f"{what}: work of who looks", work[0], "s", 2, peers="3.8-35 s")
            kilobytes = (reading.received - before) / 1e3
            yield Figure(f"{what}: bytes to who looks", kilobytes, "kB", 32, peers="32-365 kB")


def _sent(reading: Probe, ask: Ask) -> list[float]:
    """One round of messages by a program: ms from the call to the row in the page of who reads."""
    there = list[float]()
    for _ in range(MESSAGES):
        mark = f"mark-{next(_marks)}-"
        (begun,) = ask({"send": WORDS + mark})
        there.append(reading.seen(mark) - begun)  # one after the other: a queue is not what is measured
    return there


@contextmanager
def _writer(server: Server, handle: str) -> Iterator[Ask]:
    """A program in a process of its own; gives what asks it."""
    command = [sys.executable, str(WRITER), server.url, server.token, handle]
    with subprocess.Popen(command, env=server.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        told, heard = cast("IO[str]", program.stdin), cast("IO[str]", program.stdout)

        def ask(what: dict[str, Any]) -> list[float]:
            told.write(json.dumps(what) + "\n")
            told.flush()
            return [float(one) for one in json.loads(heard.readline())]

        yield ask
        told.close()


def _shown(page: Page, handle: str) -> float:
    """Wait for the last message (or, in an empty conversation, for the composer); ms since the navigation began."""
    selector = f"{ROOT} textarea" if handle == "empty" else f"{ROOT} article .nbc-text"
    look = "(s) => { const all = document.querySelectorAll(s); return all.length ? performance.now() : 0; }"
    return float(page.wait_for_function(look, arg=selector, polling="raf").json_value())
