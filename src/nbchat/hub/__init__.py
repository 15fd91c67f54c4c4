"""The hub: a pure core that decides, and one asyncio shell that performs what it decided.

`core` takes inputs and returns effects, both as data (`effects`); `commands`, `policy`, `delivery`, `presence` and
`throttle` are among its parts. They import no IO and no clock. `runner` is the only module here that knows asyncio.
Stores and buses come in through `ports`.
"""
