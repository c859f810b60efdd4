"""Who works here, what they changed, and who bought."""
