"""What workers run, and what the command line runs through the same code."""
