"""The guard: the small process that alone drives a home's outputs (ARCHITECTURE.md)."""
