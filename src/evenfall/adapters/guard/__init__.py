"""The hub's side of the guard's socket: what it asks, what it hears, how a guard is started."""
