"""Tillbridge, the application. Importing it builds nothing."""

VERSION = "0.1.0"
