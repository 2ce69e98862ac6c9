"""A key or button on the hub's own machine."""
