"""Many simulated nights of one score: faults from a seed, and what came of them.

Rule: the engine is the real one (`play.step`, `safety.merge`); hub, room, page and lamp are models
of what stands around it, each stated where it is written. A night is its seed, and nothing else.
"""
