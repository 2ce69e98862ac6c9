"""The exhaustive checker: every state a programme can reach, and what must hold in all of them."""
