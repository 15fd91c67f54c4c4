"""The client: the same shape in Python and TypeScript, under the same file names, passing the same vectors
(tests/vectors).

`state`, `reducer` and `link` are pure; `transport`, `thread` and `client` are the shell around them; `find` looks for
the hub; `outbox` keeps unsent messages on disk. Never imports hub, store, bus or server.
"""
