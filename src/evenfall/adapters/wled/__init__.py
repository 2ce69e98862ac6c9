"""WLED lamps by their JSON interface, and a twin that behaves like one, for tests and demos."""
