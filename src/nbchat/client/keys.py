"""Client keys: what makes a message the same message when it is sent again. Used by all that writes.

Never asks whether a key is known; the hub does. The page's are made in the same way (js/src/util/keys.ts).
"""

from __future__ import annotations

import secrets
import time


def fresh_key() -> str:
    """Return a new key: the time in ms in 12 hexadecimal digits, and 80 random bits in 20.

    The time comes first so that keys of about the same time are neighbours in the store's index (as in RFC 9562,
    section 5.7); whether a clock is right decides nothing.

    Example:
        >>> len(fresh_key()), fresh_key() == fresh_key()
        (32, False)
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
