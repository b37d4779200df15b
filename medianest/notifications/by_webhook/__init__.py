"""Telling a program: JSON by POST, signed."""
