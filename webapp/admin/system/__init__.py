"""People, the audit trail, whether everything runs."""
