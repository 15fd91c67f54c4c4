"""One suite per interface: every store and every bus passes it (`hub/ports.py` has the rules)."""
