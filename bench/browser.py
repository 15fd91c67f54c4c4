"""What a page costs, as the browser itself says it: main thread, heap, nodes, frames. No chat in here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page

MARK = """() => {
  // When did this text come into the page? One clock for all pages of the machine.
  const clock = () => performance.timeOrigin + performance.now();
  window.__marks = new Map();
  window.__clock = clock;
  const waiting = new Map();
  const found = (text) => {
    for (const mark of text.match(/mark-\\d+-/g) ?? []) {
      if (!window.__marks.has(mark)) window.__marks.set(mark, clock());
      waiting.get(mark)?.(window.__marks.get(mark));
    }
  };
  // Told, not asked for once a frame: that would be work of the page that is measured.
  window.__seen = (mark) => new Promise((done, fail) => {
    if (window.__marks.has(mark)) return done(window.__marks.get(mark));
    waiting.set(mark, done);
    setTimeout(() => fail(new Error(`${mark} did not come within 30 s`)), 30_000);
  });
  // In a message, not in the preview of a list.
  const look = (node) => {
    const element = node.nodeType === 1 ? node : node.parentElement;
    if (element?.closest('article')) found(node.textContent ?? '');
    else for (const row of element?.querySelectorAll('article') ?? []) found(row.textContent ?? '');
  };
  const see = (changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) look(node);
      if (change.type === 'characterData') look(change.target);
    }
  };
  new MutationObserver(see).observe(document, { childList: true, subtree: true, characterData: true });
  addEventListener('keydown', (event) => { if (event.key === 'Enter') window.__enter = clock(); }, true);
}"""

SCROLL = """async ([selector, seconds]) => {
  const scroller = document.querySelector(selector);
  const frames = [];
  const start = performance.now();
  let before = start;
  let direction = -1;
  while (performance.now() - start < seconds * 1000) {
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now();
    frames.push(now - before);
    before = now;
    scroller.scrollTop += direction * 60;
    if (scroller.scrollTop <= 0) direction = 1;
  }
  return frames.slice(1);
}"""


class Probe:
    """One page under measurement."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        # The processor's time of the thread, so that what else runs on the machine is not counted.
        self._cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._cdp.send("Network.enable")
        self.received = 0
        self._cdp.on("Network.webSocketFrameReceived", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self.received += len(str(event["response"]["payloadData"]).encode())

    def busy(self) -> float:
        """Seconds of processor time that the main thread has used since the page was opened."""
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    def heap(self) -> float:
        """Bytes in use after collecting garbage."""
        self._cdp.send("HeapProfiler.collectGarbage")
        return float(self._cdp.send("Runtime.getHeapUsage")["usedSize"])

    def nodes(self, selector: str) -> int:
        """Elements below this one, itself included."""
        return int(self.page.evaluate("(s) => document.querySelector(s).querySelectorAll('*').length + 1", selector))

    def scroll(self, selector: str, seconds: float) -> list[float]:
        """Milliseconds of each frame while the element scrolls."""
        return [float(one) for one in self.page.evaluate(SCROLL, [selector, seconds])]

    def seen(self, mark: str) -> float:
        """When `mark` came into the page: ms of the machine's clock. Waits for it."""
        return float(self.page.evaluate("(mark) => window.__seen(mark)", mark))

    def entered(self) -> float:
        """When Enter was pressed last, by the same clock."""
        return float(self.page.evaluate("() => window.__enter"))

    @contextmanager
    def working(self, into: list[float]) -> Iterator[None]:
        """Append the seconds that the main thread works during the block."""
        before = self.busy()
        yield
        into.append(self.busy() - before)


def percentile(values: list[float], share: float) -> float:
    """The value below which this share (0 to 1) of them lies; the nearest one that was measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def middle(values: list[float]) -> float:
    """The median."""
    return float(median(values))
