"""Real hubs, real sockets, real faults: `make chaos`. The same clients and checks as tests/sim, by the real clock."""
