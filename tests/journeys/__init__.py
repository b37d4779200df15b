"""Whole ways through the running portal, as people with a browser go them."""
