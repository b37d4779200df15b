"""The Plex server as a source: who may sign in with it, what it holds.

`installation` is the portal's own place at Plex: its client identifier, the chosen server and its owner's token.
`titles` is what the server holds, `reach` tries its addresses, `tv` speaks to plex.tv.
"""
