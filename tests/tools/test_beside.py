"""tools/beside.py: commands run beside each other, with outputs that can be read and codes that are right."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "tools" / "beside.py"


def says(*lines: str, code: int = 0) -> str:
    """A command that says this and ends so."""
    return _python(f"import sys; print(*{lines!r}, sep=chr(10)); sys.exit({code})")


def _python(source: str) -> str:
    return shlex.join([sys.executable, "-c", source])


def beside(*commands: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, PROGRAM, *commands], capture_output=True, text=True, timeout=60, check=False)


def test_all_work() -> None:
    done = beside(says("one a", "one b"), says("two a", "two b"))
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == ["one a", "one b"]
    assert done.stdout.splitlines()[-2:] == ["two a", "two b"]
    assert done.stdout.count("one a") == 1


def test_they_run_at_the_same_time(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for pipe in (first, second):
        subprocess.run(["mkfifo", pipe], check=True)
    one = _python(f"open({str(first)!r}, 'w').close(); open({str(second)!r}).close()")
    two = _python(f"open({str(first)!r}).close(); open({str(second)!r}, 'w').close()")
    assert beside(one, two).returncode == 0


def test_what_failed_is_said_last_and_gives_the_code() -> None:
    first = beside(says("wrong here", code=3), says("fine"))
    assert first.returncode == 3
    assert first.stdout.splitlines()[-1] == "wrong here"
    assert "fine" in first.stdout
    second = beside(says("fine"), says("wrong there", code=4))
    assert (second.returncode, second.stdout.splitlines()[-1]) == (4, "wrong there")
    both = beside(says("wrong here", code=3), says("wrong there", code=4))
    assert both.returncode == 3
    assert both.stdout.rindex("wrong here") < both.stdout.rindex("wrong there")


def test_a_command_that_was_killed_has_failed() -> None:
    killed = _python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert beside(says("fine"), killed).returncode == 128 + signal.SIGKILL


def test_who_interrupts_it_interrupts_each_once_and_waits_for_it(tmp_path: Path) -> None:
    # Not `signal.pause`: a signal just before it would be waited for in vain. The pipe keeps what came earlier.
    waits = (
        "import os, signal\nhear, tell = os.pipe()\nos.set_blocking(tell, False)\nsignal.set_wakeup_fd(tell)\n"
        "try:\n    {first}\n    os.read(hear, 1)\nexcept KeyboardInterrupt:\n    {then}"
    )
    flag, done = tmp_path / "flag", tmp_path / "done"
    subprocess.run(["mkfifo", flag], check=True)
    one = waits.format(first="print('ready', flush=True)", then="raise SystemExit(2)")
    other = waits.format(first=f"open({str(flag)!r}, 'w').close()", then=f"open({str(done)!r}, 'w').write('tidied up')")
    command = [sys.executable, str(PROGRAM), _python(one), _python(other)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        flag.open().close()
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=60) == 2
    assert done.read_text() == "tidied up"
