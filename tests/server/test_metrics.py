"""What /metrics says after real flows, and whom it tells."""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path

import pytest
from kit.web import Visitor
from prometheus_client.parser import text_string_to_metric_families
from security.hostile import Hand

from nbchat.protocol import messages as wire
from nbchat.protocol.codes import CLOSES, ERRORS
from nbchat.server import metrics
from nbchat.server.standalone import Served
from server.conftest import Serve, guest, owner

TOKEN = {"Authorization": "Bearer " + "t" * 24}


async def scrape(served: Served, headers: dict[str, str] | None = None) -> dict[str, float]:
    """All samples, as `name` or `name{label=value}`."""
    visitor = Visitor(served.url.removesuffix("nbchat/"), TOKEN if headers is None else headers)
    answer = await visitor.get("metrics")
    assert answer.status == 200, answer.body
    found = {}
    for family in text_string_to_metric_families(answer.body.decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sample.labels.items())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def test_the_figures_are_those_of_what_happened(start: Serve) -> None:
    served = start()
    ada, bob = await Hand.of(owner(served)), await Hand.of(await guest(served, "Bob"), "page")
    before = await scrape(served)
    room = (await ada.asks(wire.Open, name="room")).conversation
    await bob.asks(wire.Join, conversation=room)
    for text in ("word-one", "word-two", "word-three"):
        await ada.posts(room, text)
    await bob.line.sends('{"t":"post","ref":77,"key":"key-00000009","conversation":"nowhere","text":"x"}')
    await bob.line.sees(wire.Error)
    await bob.line.sends("x" * 70_000)
    await bob.line.closed()
    after = await scrape(served)
    assert before["nbchat_connections{kind=page}"] == before["nbchat_connections{kind=session}"] == 1
    assert after["nbchat_connections{kind=page}"] == 0
    assert before["nbchat_events_total{kind=posted}"] == 0
    assert after["nbchat_events_total{kind=posted}"] == 3
    assert after["nbchat_events_total{kind=joined}"] == 1
    assert after["nbchat_errors_total{code=unknown_conversation}"] == 1
    assert after["nbchat_closes_total{reason=frame_too_large}"] == 1
    assert after["nbchat_commit_seconds_count"] >= 3
    assert after["nbchat_commit_seconds_bucket{le=+Inf}"] == after["nbchat_commit_seconds_count"]
    assert after["nbchat_delivery_seconds_count"] >= 3
    assert after["nbchat_delivery_seconds_sum"] > 0
    assert after["nbchat_deliveries_total"] >= before["nbchat_deliveries_total"] + 6
    assert after["nbchat_sent_bytes_total"] > before["nbchat_sent_bytes_total"]
    assert after["nbchat_queue_bytes"] == 0
    assert after["process_resident_memory_bytes"] > 0
    assert not [name for name in after if room in name or "Bob" in name or "word" in name]


async def test_what_has_not_happened_yet_is_there_as_none_so_that_the_first_one_is_seen_to_grow(start: Serve) -> None:
    found = await scrape(start())
    codes = {f"nbchat_errors_total{{code={code}}}" for code in ERRORS}
    reasons = {
        f"nbchat_closes_total{{reason={reason}}}" for reason in (*(one.name for one in CLOSES.values()), "silent")
    }
    given = {f"nbchat_resumes_total{{given={given}}}" for given in ("events", "snapshot", "reset")}
    assert {name: found.get(name) for name in codes | reasons | given} == dict.fromkeys(codes | reasons | given, 0.0)


async def test_the_page_of_operations_names_all_of_them(start: Serve) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    names = {one.name for one in metrics.Collector(start().hub).collect()}
    named = set(re.findall(r"nbchat_[a-z_]+", page)) - {"nbchat_queue_bytes_max"}
    assert {name.removesuffix("_total") for name in named} == names - {"nbchat_queue_bytes_max"}
    assert "`nbchat_queue_bytes_max`" in page


async def test_who_comes_back_is_a_resume(start: Serve) -> None:
    served = start()
    ada = await Hand.of(owner(served))
    room = (await ada.asks(wire.Open, name="room")).conversation
    await ada.line.says(wire.Watch(ref=99, conversation=room))
    snapshot = await ada.line.sees(wire.Snapshot)
    await ada.posts(room, "while away")
    for epoch in (snapshot.summary.epoch, "another"):
        again = await owner(served).connects()
        position = wire.Position(epoch, snapshot.as_of)
        await again.says(wire.Hello(ref=1, kind="session", resume=wire.Resume(watched={room: position})))
        await again.sees(wire.Posted if epoch != "another" else wire.Reset)
    found = await scrape(served)
    assert found["nbchat_resumes_total{given=events}"] == 1
    assert found["nbchat_resumes_total{given=reset}"] == 1


async def test_metrics_are_for_who_shows_the_token_or_the_key(start: Serve) -> None:
    served = start()
    above = served.url.removesuffix("nbchat/")
    bob = await guest(served, "Bob")
    signed_in = Visitor(above)
    signed_in.cookies = bob.cookies
    for visitor in (Visitor(above), Visitor(above, {"Authorization": "Bearer wrong"}), signed_in):
        answer = await visitor.get("metrics")
        assert (answer.status, answer.json["code"]) == (403, "forbidden")
    assert "nbchat_frames_total" in await scrape(served, owner(served).headers)


async def test_metrics_may_be_opened_to_all(start: Serve) -> None:
    served = start(open_metrics=True)
    assert "nbchat_frames_total" in await scrape(served, {})
    answer = await Visitor(served.url.removesuffix("nbchat/"), {"Authorization": "Bearer wrong"}).get("metrics")
    assert answer.status == 403


async def test_without_prometheus_it_is_said(
    start: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    served = start()
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    answer = await Visitor(served.url.removesuffix("nbchat/"), TOKEN).get("metrics")
    assert answer.status == 501
    assert "pip install prometheus-client" in answer.json["text"]
    with caplog.at_level(logging.INFO):
        assert metrics.publish(served.hub, logging.getLogger("nbchat.serve")) is metrics.nothing
    assert "pip install prometheus-client" in caplog.text
