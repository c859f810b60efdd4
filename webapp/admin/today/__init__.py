"""The first page: what needs a person, or the steps of an empty installation."""
