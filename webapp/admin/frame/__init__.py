"""What every screen stands on: rights, sign-in, session, the menu, formats, the facts of sites."""
