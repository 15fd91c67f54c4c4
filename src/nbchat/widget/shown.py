"""Traits that show what Python knows: read-only for people, written by the session, and never taken from a view.

A view may send any synced trait back, for instance from a saved document; what comes for one of these is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any

import msgspec
import traitlets


def shown(trait: traitlets.TraitType[Any, Any], to_json: Callable[[Any, Any], Any] | None = None) -> Any:
    """Make a trait one that is synced to the views, and only there.

    Args:
        trait: holds Python values.
        to_json: makes JSON of the value and the session; by default from dataclasses, Structs and lists of them.
    """
    trait.read_only = True

    def keep(_: Any, session: Any) -> Any:
        return getattr(session, trait.name or "")

    return trait.tag(sync=True, to_json=to_json or _to_json, from_json=keep)


def python_only(trait: traitlets.TraitType[Any, Any]) -> Any:
    """Make a trait one that can be observed in Python, and that no view and no document ever gets."""
    trait.read_only = True
    return trait


def _to_json(value: Any, _: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return msgspec.to_builtins(value)
