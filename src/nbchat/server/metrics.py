"""A hub's figures in Prometheus' form: on Jupyter's own /metrics, and on that of `nbchat serve`.

Everything is read when somebody asks: the hub only adds to integers (`hub.figures`). Labels are names of our own
tables, never a person, a conversation or an address. prometheus_client comes with jupyter-server; where it is missing
there are no metrics, and the log says so. Used by the two hosts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from nbchat.hub.figures import Spread
from nbchat.protocol.codes import CLOSES, ERRORS

from .handlers import HubHandler, Problem

if TYPE_CHECKING:
    from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric

    from .assemble import Hub

RESUMES = ("events", "snapshot", "reset")
CLOSE_REASONS = (*(row.name for row in CLOSES.values()), "silent")
_MISSING = "There are no metrics: prometheus_client is not installed (pip install prometheus-client)."


class Collector:
    """What a registry asks for the present figures of one hub."""

    def __init__(self, hub: Hub) -> None:
        """Show this hub."""
        self._hub = hub

    def collect(self) -> Iterator[Metric]:
        """Called by the registry, on the thread of the hub's loop."""
        yield from self._now()
        yield from self._counted()
        figures = self._hub.runner.figures
        yield _histogram(
            "nbchat_commit_seconds", "Seconds that the store took to write a batch, durably.", self._hub.commits
        )
        yield _histogram(
            "nbchat_delivery_seconds",
            "Seconds from the arrival of events, alone or together, until they were on disk and sent to all.",
            figures.delivery,
        )

    def _now(self) -> Iterator[Metric]:
        from prometheus_client.metrics_core import GaugeMetricFamily

        runner = self._hub.runner
        connections = GaugeMetricFamily("nbchat_connections", "Open connections.", labels=["kind"])
        kinds = runner.kinds()
        for kind in ("page", "session", "bot"):
            connections.add_metric([kind], kinds[kind])
        connections.add_metric(["unnamed"], kinds[""])
        yield connections
        polling = len(self._hub.polls)
        ways = GaugeMetricFamily("nbchat_ways", "Open connections by their way.", labels=["way"])
        ways.add_metric(["websocket"], runner.connections - polling)
        ways.add_metric(["http"], polling)
        yield ways
        queued = runner.queued()
        yield GaugeMetricFamily("nbchat_queue_bytes", "Bytes that wait for slow connections.", sum(queued))
        yield GaugeMetricFamily("nbchat_queue_bytes_max", "Of these, for the slowest one.", max(queued, default=0))

    def _counted(self) -> Iterator[Metric]:
        figures = self._hub.runner.figures
        events = {str(kind.__struct_config__.tag): count for kind, count in figures.events.items()}
        yield _counter(
            "nbchat_events", "Events that were stored; kind posted is a message.", "kind", {"posted": 0, **events}
        )
        yield _counter("nbchat_errors", "Commands that were refused.", "code", _from_zero(ERRORS, figures.errors))
        resumes = _from_zero(RESUMES, figures.resumes)
        yield _counter("nbchat_resumes", "Views that were brought on, by what they were given.", "given", resumes)
        closes = _from_zero(CLOSE_REASONS, figures.closes)
        yield _counter("nbchat_closes", "Connections that the hub closed.", "reason", closes)
        for name, text, value in (
            ("nbchat_gaps", "Readings of the log because events were missing here.", figures.gaps),
            ("nbchat_behind", "Connections that were too far behind for events.", figures.behind),
            ("nbchat_frames", "Frames that were encoded.", figures.frames),
            ("nbchat_deliveries", "Frames that were given to connections.", figures.deliveries),
            ("nbchat_sent_bytes", "Bytes of these deliveries.", figures.bytes),
            ("nbchat_skipped", "News that do not last, left out for a slow connection.", figures.skipped),
        ):
            yield _counter(name, text, "", {"": value})


def _from_zero(all_there_may_be: Iterable[str], counted: dict[str, int]) -> dict[str, int]:
    """With those that have not happened yet: what begins with 1 has not grown, and no alarm would see the first one."""
    return {**dict.fromkeys(all_there_may_be, 0), **counted}


def _counter(name: str, text: str, label: str, values: dict[str, int]) -> CounterMetricFamily:
    from prometheus_client.metrics_core import CounterMetricFamily

    family = CounterMetricFamily(name, text, labels=[label] if label else [])
    for value, count in sorted(values.items()):
        family.add_metric([value] if label else [], count)
    return family


def _histogram(name: str, text: str, spread: Spread) -> HistogramMetricFamily:
    from prometheus_client.metrics_core import HistogramMetricFamily

    family, buckets, below = HistogramMetricFamily(name, text), [], 0
    for bound, count in zip((*map(str, spread.bounds), "+Inf"), spread.counts, strict=True):
        below += count
        buckets.append((bound, float(below)))
    family.add_metric([], buckets, spread.total)
    return family


def publish(hub: Hub, log: logging.Logger) -> Callable[[], None]:
    """Show a hub where this process shows its metrics: in a Jupyter server, at its /metrics.

    Returns:
        What takes it away again.
    """
    try:
        from prometheus_client import REGISTRY
    except ImportError:
        log.info(_MISSING)
        return nothing
    collector = Collector(hub)
    REGISTRY.register(collector)
    return lambda: REGISTRY.unregister(collector)


def nothing() -> None:
    """Take nothing away."""


class Metrics(HubHandler):
    """`/metrics` of a host that has none of its own."""

    def check_may_read(self) -> None:
        """Raise `Problem` 403 where the request proves nothing."""
        raise NotImplementedError  # each host has its own

    async def get(self) -> None:
        """All figures of the hub, of Python and of the process, as text."""
        self.check_may_read()
        hub = self.hub
        try:
            from prometheus_client import (
                CONTENT_TYPE_LATEST,
                GC_COLLECTOR,
                PROCESS_COLLECTOR,
                CollectorRegistry,
                generate_latest,
            )
        except ImportError:
            raise Problem(501, "unavailable", _MISSING) from None
        registry = CollectorRegistry()
        for collector in (Collector(hub), PROCESS_COLLECTOR, GC_COLLECTOR):
            registry.register(collector)
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        self.finish(generate_latest(registry))
