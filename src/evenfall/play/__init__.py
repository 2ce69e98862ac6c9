"""The night kernel: one pure step, and its fold."""
