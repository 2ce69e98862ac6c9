"""Lights and media players of a Home Assistant, and the heartbeat an automation there watches."""
