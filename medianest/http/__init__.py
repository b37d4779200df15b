"""The floor that both faces stand on: who is asking, from where, and whether that may be; files, events, limits."""
