"""Stores: where conversations are kept. Each implements `hub.ports.Store` and passes tests/contract.

`sqlite` is the embedded default; `memory` forgets, and is for tests and simulation. They share `derived`, so that they
cannot disagree about what an answer looks like. Only `server/assemble` chooses one.
"""
