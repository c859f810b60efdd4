"""The rules. No web framework, no queue, no clock of their own: `now` is an argument."""
