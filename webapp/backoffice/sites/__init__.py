"""A site's settings as values, its lease and its runs."""
