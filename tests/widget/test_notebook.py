"""The notebooks run from top to bottom by themselves, in a real kernel: without any server, and beside one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from kit.hubs import SOURCES, own_folders, running_hub

# nbformat has no types.
format_of: Any = nbformat
NOTEBOOKS = sorted((SOURCES.parent / "notebooks").glob("*.ipynb"))
HELLO, TALK = NOTEBOOKS


BUSY = """
end = time.monotonic() + 20
friend.send('question')
while not any('answer' in m.text for m in friend.messages) and time.monotonic() < end:
    sum(range(1000))
print([m.text for m in friend.history()])
"""


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No hub anywhere; folders of its own, and a kernel that uses these sources."""
    folder = own_folders(tmp_path, monkeypatch)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONPATH", str(SOURCES))
    return folder


def run(path: Path, folder: Path) -> Any:
    notebook = format_of.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": folder}}
    )
    client.execute()
    return notebook


def said(notebook: Any) -> Iterator[str]:
    """Every text output, in order."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield output.get("text") or output.get("data", {}).get("text/plain", "")


def errors(notebook: Any) -> list[str]:
    streams = (
        output for cell in notebook.cells for output in cell.get("outputs", ()) if output.get("name") == "stderr"
    )
    return [stream["text"] for stream in streams]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_committed_without_outputs(path: Path) -> None:
    notebook = format_of.read(path, as_version=4)
    format_of.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in code] == [([], None)] * len(code)


@pytest.mark.slow
def test_it_runs_without_any_server_and_says_where_the_hub_is(alone: Path) -> None:
    notebook = run(HELLO, alone)
    output = "\n".join(said(notebook))
    assert "<ChatSession 'hello'" in output
    assert "'sent'" in output
    assert "I wrote it above: 0.12" in output
    assert output.count("no hub was found, so one was started here") == 1
    assert errors(notebook) == []


@pytest.mark.slow
def test_it_runs_beside_a_server_and_leaves_its_messages_there(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbchat import Client

    with running_hub(alone, monkeypatch):
        notebook = run(HELLO, alone)
        assert errors(notebook) == []
        with Client("hello") as client:
            assert client.history()[0].text == "epoch 3: **loss 0.12**"


@pytest.mark.slow
def test_what_is_done_to_messages_from_cells(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_hub(alone, monkeypatch):
        notebook = run(TALK, alone)
    output = "\n".join(said(notebook))
    for shown in (
        "['epoch 3: loss 0.21', 'epoch 3: loss 0.12']",
        "(True, '')",
        "['epoch 3: loss 0.12', 'same seed, by the way']",
        "(['🎉'], ['epoch 3: loss 0.12'])",
        "'epoch 2: loss 0.21'",
        "with every seed that we have tried so far",
        "('losses, and why', 'member', ['owner'])",
    ):
        assert shown in output
    assert errors(notebook) == []


@pytest.mark.slow
def test_a_busy_cell_stops_neither_receiving_nor_answering(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that computes for a while: its session receives, and its handler answers, meanwhile."""
    cells = (
        "from nbchat import ChatSession, Client\nimport time\nchat, friend = ChatSession('busy'), Client('busy')",
        "@chat.on_message\ndef answer(message): chat.send('answer to ' + message.text)",
        BUSY,
    )
    notebook = format_of.v4.new_notebook(cells=[format_of.v4.new_code_cell(cell) for cell in cells])
    with running_hub(alone, monkeypatch):
        nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    assert "['question', 'answer to question']" in "\n".join(said(notebook))
