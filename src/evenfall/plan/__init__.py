"""When: what the day asks, the sleep an age needs and family life, made into tonight's times."""
