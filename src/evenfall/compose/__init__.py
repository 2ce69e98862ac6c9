"""From an authored score to a programme the kernel can run, or a refusal with its reason."""
