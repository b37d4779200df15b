"""Telling by services that the administrator set up, and that Apprise speaks to."""
