"""The client: the same shape in Python and TypeScript, with the same file names and vectors (tests/vectors).

Pure: `link` (what to send when) with its parts `lifeline`, `sending`, `requests`, `pacing`, `backoff` and `outputs`;
`reducer` (what is known) with `state` and `ranges`. Around them: `engine` with `transport` and `thread`, `find` looks
for the hub, `outbox` keeps unsent messages on disk, `client` is what scripts use. Never imports hub, store, bus or
server.
"""
