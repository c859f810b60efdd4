"""Stock items: what is there, what is promised, what the stores show."""
