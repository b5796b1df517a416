"""This machine's other processes come in here: the command line, a second start, later the dashboard."""
