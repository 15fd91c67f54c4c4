"""Prints what `import nbchat` costs beyond `import anywidget`, in milliseconds, against the aim of 100.

The median of several fresh interpreters. Timings vary with the machine, so only five times the aim fails: that is
somebody importing a server, not a slow disk.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

AIM, LIMIT, ROUNDS = 100.0, 500.0, 5
PROGRAM = """
import time
import anywidget
start = time.perf_counter()
from nbchat import ChatSession
print((time.perf_counter() - start) * 1000)
"""


def measure() -> float:
    """Milliseconds, in one fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"`from nbchat import ChatSession` failed:\n{done.stderr}")
    return float(done.stdout)


def main() -> int:
    """Returns 1 only where the import is grossly slow."""
    spent = statistics.median(measure() for _ in range(ROUNDS))
    print(f"          import nbchat, beyond anywidget: {spent:.0f} ms of {AIM:.0f} ms")
    return int(spent > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
