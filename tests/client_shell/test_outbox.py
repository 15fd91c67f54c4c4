"""The outbox: what is put is there again for the next session, in order, whatever happened to the last one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from kit.faults import limited_files

from nbchat.client.outbox import COMPACT_BYTES, Entry, Outbox, place
from nbchat.client.outputs import Extra
from nbchat.errors import OutboxFull
from nbchat.protocol.messages import Pointer


def entry(number: int, text: str = "hello") -> Entry:
    return Entry(f"key-{number:05}", "c1", text, number)


def texts(box: Outbox) -> list[str]:
    return [waiting.text for waiting in box.entries]


def files(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())


def test_what_arrived_is_gone_and_what_waits_stays_in_order(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    for number in range(3):
        box.put(entry(number, f"message {number}"))
    box.forget("key-00001")
    assert texts(box) == ["message 0", "message 2"]
    box.close()
    assert texts(Outbox(tmp_path)) == ["message 0", "message 2"]


def test_the_same_key_is_one_message(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.put(entry(1, "first"))
    box.put(entry(1, "second"))
    assert texts(box) == ["first"]


def test_nothing_stays_on_disk_when_nothing_waits(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.put(entry(1))
    box.forget("key-00001")
    assert [path.stat().st_size for path in tmp_path.glob("*.jsonl")] == [0]
    box.close()
    assert files(tmp_path) == []


def test_a_living_session_keeps_its_messages(tmp_path: Path) -> None:
    one = Outbox(tmp_path)
    one.put(entry(1, "mine"))
    other = Outbox(tmp_path)
    assert texts(other) == []
    one.close()
    assert texts(Outbox(tmp_path)) == ["mine"]


def test_a_killed_process_leaves_its_messages_to_the_next(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, pathlib\n"
        "from nbchat.client.outbox import Entry, Outbox\n"
        "box = Outbox(pathlib.Path(sys.argv[1]))\n"
        "box.put(Entry('key-00001', 'c1', 'last words', 1))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    died = subprocess.run([sys.executable, "-c", program, str(tmp_path)], env=with_sources(), check=False)
    assert died.returncode == -signal.SIGKILL
    assert texts(Outbox(tmp_path)) == ["last words"]


def with_sources() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_a_torn_line_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "1-dead.jsonl").write_bytes(b'["put","key-00001","c1","whole",1]\n["put","key-00002","c1","to')
    assert texts(Outbox(tmp_path)) == ["whole"]


def test_lines_that_are_no_records_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "1-dead.jsonl").write_bytes(b'{}\n["put",1,2,3]\n\xff\n["put","key-00001","c1","good",1]\n')
    assert texts(Outbox(tmp_path)) == ["good"]


def test_orphans_are_adopted_by_one_session_only(tmp_path: Path) -> None:
    dead = Outbox(tmp_path)
    dead.put(entry(1, "orphan"))
    dead.close()
    assert [texts(box) for box in (Outbox(tmp_path), Outbox(tmp_path))] == [["orphan"], []]


def test_too_many_are_refused_with_what_to_do(tmp_path: Path) -> None:
    box = Outbox(tmp_path, max_messages=2)
    box.put(entry(1))
    box.put(entry(2))
    with pytest.raises(OutboxFull, match=r"2 messages .* wait to be sent.*nbchat doctor"):
        box.put(entry(3))
    box.forget("key-00001")
    box.put(entry(3))
    assert len(box) == 2


def test_too_much_text_is_refused(tmp_path: Path) -> None:
    box = Outbox(tmp_path, max_bytes=1_000)
    with pytest.raises(OutboxFull):
        box.put(entry(1, "x" * 1_000))
    assert box.entries == []


def test_a_long_life_does_not_grow_the_file(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.put(entry(0, "waits all the time"))
    for number in range(1, 400):
        box.put(entry(number, "x" * 10_000))
        box.forget(f"key-{number:05}")
    [data] = tmp_path.glob("*.jsonl")
    assert data.stat().st_size < 2_500_000
    box.put(entry(400, "after the compaction"))
    box.close()
    assert texts(Outbox(tmp_path)) == ["waits all the time", "after the compaction"]


def test_where_nothing_can_be_written_it_lives_in_memory(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("")
    box = Outbox(blocked / "below")
    box.put(entry(1))
    assert (box.durable, texts(box)) == (False, ["hello"])
    assert "only as long as this process" in caplog.text


def test_a_full_disk_costs_neither_messages_nor_open_files(tmp_path: Path) -> None:
    """Found by reading for `make chaos`: each attempt to write the file anew left one open, once a second."""
    box = Outbox(tmp_path)
    for number, size in enumerate((2 * COMPACT_BYTES, 1, 1)):
        box.put(entry(number, f"message {number} {'x' * size}"))
    had = len(list(Path("/dev/fd").iterdir()))
    with limited_files():
        box.forget("key-00000")
        with pytest.raises(OutboxFull, match="Make room"):
            box.put(entry(3))
    assert len(list(Path("/dev/fd").iterdir())) == had
    assert files(tmp_path) == [".jsonl", ".lock"]
    box.put(entry(4, "there is room again"))
    box.forked()  # let go of as by kill -9
    assert [text[:9] for text in texts(Outbox(tmp_path))] == ["message 0", "message 1", "message 2", "there is "]


def test_what_a_killed_process_left_of_a_new_file_goes_with_the_old_one(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.put(entry(1))
    box.forked()
    next(tmp_path.glob("*.jsonl")).with_suffix(".new").write_text("a text that somebody may have deleted since")
    again = Outbox(tmp_path)
    again.forget("key-00001")
    again.close()
    assert files(tmp_path) == []


def test_files_are_private(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.put(entry(1))
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


@pytest.mark.parametrize("user", ["../../etc", "..", "a/b", "ü" * 200, "", "COM1:"])
def test_no_id_leaves_the_folder(tmp_path: Path, user: str) -> None:
    folder = place(tmp_path, store="s", user=user)
    assert folder.resolve().parent.parent == tmp_path.resolve()
    assert folder != place(tmp_path, store="s", user="ada")


def test_what_a_message_is_besides_its_text_waits_with_it(tmp_path: Path) -> None:
    extra = Extra(reply=3, thread=2, also=True, forward=Pointer("c2", 9))
    box = Outbox(tmp_path)
    box.put(Entry("key-00001", "c1", "hello", 1, extra))
    box.close()
    again = Outbox(tmp_path).entries[0]
    assert again.extra == extra
    assert again.pending.extra == extra


def test_a_line_with_a_strange_rest_is_left_out(tmp_path: Path) -> None:
    lines = b'["put","key-00001","c1","odd",1,{"reply":"x"}]\n["put","key-00002","c1","good",1]\n'
    (tmp_path / "1-dead.jsonl").write_bytes(lines)
    assert texts(Outbox(tmp_path)) == ["good"]


def test_what_was_sent_is_in_no_file_while_something_else_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbchat.client.outbox.COMPACT_SECONDS", 0.0)
    box = Outbox(tmp_path)
    box.put(entry(1, "refused, and kept"))
    box.put(entry(2, "the secret"))
    box.forget("key-00002")
    assert b"secret" not in b"".join(path.read_bytes() for path in tmp_path.glob("*.jsonl"))
    box.close()
    assert texts(Outbox(tmp_path)) == ["refused, and kept"]
