"""Fixtures of the tests of what must not be possible: the hubs of `server`, in this process, on loopback ports."""

from server.conftest import built, folders, hung_up, start

__all__ = ["built", "folders", "hung_up", "start"]
