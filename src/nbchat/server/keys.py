"""The secrets of a hub: one file in the data directory from which every key is derived, and how keys are compared.

The secret survives restarts, so that what was derived from it does too: the key that kernels carry, the signature of
login cookies, the token of `nbchat serve`. Deleting the file makes all of them invalid. Keys for different purposes
are different, because each is an HMAC of its own purpose (RFC 5869 calls this the `info` of a derived key).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import shlex
import stat
from pathlib import Path

SECRET_FILE = "secret"  # noqa: S105 - the name of the file, not what is in it
SECRET_BYTES = 32
PRIVATE_DIR, PRIVATE_FILE = 0o700, 0o600
_log = logging.getLogger(__name__)


class Keys:
    """What can be derived from one secret.

    Example:
        >>> keys = Keys(b"0" * 32)
        >>> same(keys.client, keys.derive("client key"))
        True
    """

    def __init__(self, secret: bytes) -> None:
        """Derive from these bytes."""
        self._secret = secret

    def derive(self, purpose: str, detail: str = "") -> str:
        """A key for one purpose, as 64 hexadecimal digits."""
        return hmac.new(self._secret, f"nbchat {purpose}\0{detail}".encode(), hashlib.sha256).hexdigest()

    @property
    def client(self) -> str:
        """What makes a Python client the owner: header `X-Nbchat-Key`, environment variable NBCHAT_KEY."""
        return self.derive("client key")


def same(given: str, right: str) -> bool:
    """Compare in constant time; an empty key is never right."""
    return bool(right) and hmac.compare_digest(given.encode(), right.encode())


def private_directory(path: Path) -> Path:
    """Make the directory, for its owner only where it is new. Raises OSError if that cannot be."""
    path.mkdir(mode=PRIVATE_DIR, parents=True, exist_ok=True)
    return path


def _warn_if_shared(directory: Path) -> None:
    """Who may write in a directory may replace the secret and the data in it, whatever their own modes are."""
    mode = stat.S_IMODE(directory.stat().st_mode)
    if os.name == "posix" and mode & (stat.S_IWGRP | stat.S_IWOTH):
        text = "others may write in %s (mode %o), so they could put other data or another secret there: chmod go-w %s"
        _log.warning(text, directory, mode, shlex.quote(str(directory)))


def load_keys(directory: Path) -> Keys:
    """Read the secret in this directory, or make one that nobody else may read.

    Raises:
        OSError: it can be neither read nor made.
    """
    path = private_directory(directory) / SECRET_FILE
    _warn_if_shared(directory)
    try:
        secret = _create(path)
    except FileExistsError:
        secret = path.read_bytes()
    if len(secret) < SECRET_BYTES:
        raise OSError(
            f"{path} is damaged: it should hold {SECRET_BYTES} bytes or more. Delete it; everybody signs in again."
        )
    path.chmod(PRIVATE_FILE)
    return Keys(secret)


def _create(path: Path) -> bytes:
    """Write a new secret whole or not at all: two hubs that start at once must end with the same one."""
    if path.exists():
        raise FileExistsError(path)
    secret = secrets.token_bytes(SECRET_BYTES)
    draft = path.with_name(f"{SECRET_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    write_private(draft, secret)
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: the rename is whole as well, and the last of two wins.
        draft.replace(path)
        return path.read_bytes()
    finally:
        draft.unlink(missing_ok=True)
    return secret


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
