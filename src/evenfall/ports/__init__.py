"""What the core and the runtime ask of the world, as protocols only."""
