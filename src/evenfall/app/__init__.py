"""Where it all meets: the wiring, the command line, the report."""
