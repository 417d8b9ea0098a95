"""Practice shifts: simulated callers of a scenario for agents who learn, marked, and apart from everything real."""
