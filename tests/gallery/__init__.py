"""Every page in every state, built from samples, for looking at and for checks in a browser."""
