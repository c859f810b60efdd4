"""The database's story, one file a step. `HEAD` is the newest step (a test compares them)."""

HEAD = "0015"
