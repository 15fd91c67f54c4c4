"""Buses: news between hubs. Each implements `hub.ports.Bus` and passes tests/contract; `server/assemble` chooses."""
