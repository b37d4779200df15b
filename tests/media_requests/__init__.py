"""Asking for films and series."""
