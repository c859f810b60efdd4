"""Backups: one consistent file of a whole database, and a database made of it again."""
