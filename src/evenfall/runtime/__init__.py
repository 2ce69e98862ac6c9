"""The loops of the hub: a night kept, its log written, its room held."""
