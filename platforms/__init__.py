"""How to talk to a store. Knows no database and no web framework."""
