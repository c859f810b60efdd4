"""Orders: the list, and one order with its tabs."""
