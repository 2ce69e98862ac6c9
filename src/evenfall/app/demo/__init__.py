"""The made-up home of the demos, and the evening of `evenfall demo family`."""
