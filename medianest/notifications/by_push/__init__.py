"""Telling a browser, also while no page of the portal is open: Web Push."""
