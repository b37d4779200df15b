"""Telling people what happened, once, where they asked to be told."""
