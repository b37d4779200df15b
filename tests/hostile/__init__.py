"""Hostile strings in every field of every route of the running portal."""
