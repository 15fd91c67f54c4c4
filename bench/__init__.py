"""The numbers of the README and docs/bench.md: `make bench`. Never part of `make test`."""
