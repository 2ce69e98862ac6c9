"""Limits with their sources, the gate every setpoint passes, and the merge on shared outputs."""
