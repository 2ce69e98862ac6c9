"""The hub's face to the house: its pages, its API, and what guards the door."""
