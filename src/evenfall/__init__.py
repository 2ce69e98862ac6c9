"""Evenfall, the open bedtime system: a home's nights, planned, prepared, watched and given back.

The packages are the rooms of one house, and data walks through them one way:
plan, compose, rehearse, play, sense, learn. ARCHITECTURE.md has the picture.
"""

__version__ = "0.1.0"
