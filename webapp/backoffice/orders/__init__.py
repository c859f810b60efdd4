"""An order's way through: stored, planned, compared, written, shipped."""
