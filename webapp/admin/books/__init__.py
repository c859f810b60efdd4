"""The books, as a bookkeeper reads them."""
