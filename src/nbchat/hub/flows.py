"""A command as a straight line: a generator that yields what it waits for, and returns its reply.

Many commands need several answers of the store, one after the other. Written as callbacks they would be spread over the
core; as flows they read from top to bottom. A flow yields

- an `Item`: it is submitted, and the flow goes on with its `Outcome`;
- a `Query`: it is loaded, and the flow goes on with the `Answer`, or the `StoreFailed`;
- a `Wait`: it goes on when somebody wakes that key, with the value given then; it must look again whether what it
  waited for is so, as with a condition variable.

Whatever was looked at before a `yield` may have changed after it. Pure: no futures, no event loop. Flows of a closed
connection are ended where they stand (their `finally` blocks run), and answers that come for them are ignored.

Raising `Refusal` ends a flow with an error reply.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

from nbchat.protocol.messages import AnyReply

from .effects import Effect, Load, Token, Write
from .items import Failed, Item, Outcome
from .ports import StoreFailed
from .queries import Query

T = TypeVar("T")


class Wait(Struct, frozen=True):
    """Go on when this key is woken: what for, and of what."""

    what: str
    conversation: str = ""
    connection: int = 0


Step: TypeAlias = Item | Query | Wait
Steps: TypeAlias = Generator[Step, Any, T]
"""A flow, or a part of one to be used with `yield from`, that returns T."""


class Refusal(Exception):
    """The command cannot be done: a row of `codes.ERRORS`, and what to fill in.

    Attributes:
        retry_after: seconds after which trying again helps.
        close: a row of `codes.CLOSES` to close the connection with after the error.
        hides: what is refused is there, and who asks may not know it, not even by how soon the answer comes.
    """

    hides = False

    def __init__(
        self,
        code: str,
        *,
        retry_after: float | None = None,
        close: int | None = None,
        values: Mapping[str, object] | None = None,
        **more: object,
    ) -> None:
        """Keep what the error reply needs; the text's values may come as a mapping or by name."""
        super().__init__(code)
        self.code, self.retry_after, self.close = code, retry_after, close
        self.values: dict[str, object] = {**(values or {}), **more}


def read(query: Query, expect: type[T]) -> Steps[T | None]:
    """Load; None where the store has nothing.

    Raises:
        Refusal: the store could not read.
    """
    answer = yield query
    if isinstance(answer, StoreFailed):
        raise Refusal(answer.code)
    if answer is not None and not isinstance(answer, expect):
        raise TypeError(f"{type(query).__name__} was answered with a {type(answer).__name__}")
    return answer


def must_read(query: Query, expect: type[T]) -> Steps[T]:
    """Load what always has an answer.

    Raises:
        Refusal: the store could not read.
    """
    answer = yield from read(query, expect)
    if answer is None:
        raise TypeError(f"{type(query).__name__} was answered with nothing")
    return answer


class Flow:
    """One running flow: its steps, its place in the order of arrival, whose it is, and the command it answers."""

    __slots__ = ("done", "owner", "ref", "serial", "steps")

    def __init__(self, steps: Steps[AnyReply | None], serial: int, owner: int | None, ref: int | None) -> None:
        """Hold a generator that has not started."""
        self.steps, self.serial, self.owner, self.ref = steps, serial, owner, ref
        self.done = False


Ended: TypeAlias = Callable[[Flow, AnyReply | Exception | None], None]


class Flows:
    """Runs flows: gives each step its token, and each answer to the flow that waits for it."""

    def __init__(self, emit: Callable[[Effect], None], ended: Ended) -> None:
        """Hand effects to `emit`, and a flow's end (its reply, its `Refusal`, or a bug) to `ended`."""
        self._emit, self._ended = emit, ended
        self._serial = 0
        self._token = 0
        self._waiting: dict[Token, Flow] = {}
        self._parked: dict[Wait, list[Flow]] = {}
        self._woken: deque[tuple[Flow, object]] = deque()
        self._owned: dict[int, set[Flow]] = {}
        self.written: dict[Token, Item] = {}

    def start(self, steps: Steps[AnyReply | None], owner: int | None = None, ref: int | None = None) -> None:
        """Run a flow up to its first wait."""
        self._serial += 1
        flow = Flow(steps, self._serial, owner, ref)
        if owner is not None:
            self._owned.setdefault(owner, set()).add(flow)
        self._resume(flow, None)

    def running(self, owner: int) -> int:
        """How many flows of this owner wait for something."""
        return len(self._owned.get(owner, ()))

    def submit(self, item: Item, flow: Flow | None = None) -> None:
        """Write an item, for a flow or for nobody."""
        self._token += 1
        self.written[self._token] = item
        if flow is not None:
            self._waiting[self._token] = flow
        self._emit(Write(self._token, item))

    def answered(self, token: Token, value: object) -> None:
        """An answer or outcome came; nothing happens where nobody waits for it any more."""
        flow = self._waiting.pop(token, None)
        if flow is not None:
            self._resume(flow, value)

    def wake(self, key: Wait, value: object = None) -> None:
        """Let all who wait for this key go on, in the order in which their commands arrived, in the next `run`."""
        parked = self._parked.pop(key, None)
        if parked:
            self._woken.extend((flow, value) for flow in sorted(parked, key=lambda one: one.serial))

    @property
    def woken(self) -> bool:
        """Whether somebody can go on."""
        return bool(self._woken)

    def run(self) -> None:
        """Let those go on who were woken, until nobody is."""
        while self._woken:
            self._resume(*self._woken.popleft())

    def cancel(self, owner: int) -> None:
        """End all flows of this owner where they stand."""
        flows = self._owned.pop(owner, set())
        for flow in flows:
            flow.done = True
        for flow in sorted(flows, key=lambda one: one.serial):
            flow.steps.close()
        for key in [key for key, parked in self._parked.items() if any(flow.done for flow in parked)]:
            left = [flow for flow in self._parked[key] if not flow.done]
            if left:
                self._parked[key] = left
            else:
                del self._parked[key]

    def _resume(self, flow: Flow, value: object) -> None:
        if flow.done:
            return
        try:
            step = flow.steps.send(value)
        except StopIteration as end:
            self._end(flow, end.value)
        except Exception as error:  # noqa: BLE001 - one flow's bug must not spoil what else this input causes
            self._end(flow, error)
        else:
            self._await(flow, step)

    def _await(self, flow: Flow, step: Step) -> None:
        if isinstance(step, Wait):
            self._parked.setdefault(step, []).append(flow)
        elif isinstance(step, Query):
            self._token += 1
            self._waiting[self._token] = flow
            self._emit(Load(self._token, step))
        else:
            self.submit(step, flow)

    def _end(self, flow: Flow, result: AnyReply | Exception | None) -> None:
        flow.done = True
        if flow.owner is not None:
            owned = self._owned.get(flow.owner)
            if owned is not None:
                owned.discard(flow)
                if not owned:
                    del self._owned[flow.owner]
        self._ended(flow, result)


def stored(outcome: Outcome, kind: type[T], **values: str) -> T:
    """Return the outcome if it is of this kind.

    Raises:
        Refusal: the store has failed on the item; `values` are for the error's text.
    """
    if isinstance(outcome, kind):
        return outcome
    if isinstance(outcome, Failed):
        raise Refusal(outcome.code, values={**values, **outcome.values})
    raise TypeError(f"the store answered with a {type(outcome).__name__}")
