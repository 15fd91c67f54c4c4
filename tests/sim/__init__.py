"""The convergence test: hubs, clients and a bad network, simulated without IO."""
