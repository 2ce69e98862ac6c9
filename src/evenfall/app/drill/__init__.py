"""`evenfall drill`: an emergency rehearsed with a family's own devices, awake and by day.

Everything in it is the real thing, at a made-up hour: the guard, the hub, the pages, the lamps, the
phone. Only the night is not: it is kept in a folder of its own, and gone when the drill is over.
"""
