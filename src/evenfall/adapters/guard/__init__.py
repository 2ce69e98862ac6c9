"""The guard and the world: its home's files, notes, key, lock and socket, and the hub's side of it.

`house`, `notes`, `keys`, `count`, `lock` and `line` are the guard's own; `client` and `process` are
how a hub asks it, hears it and starts one.
"""
