"""The Plex server as a source: who may sign in with it, what it holds.

`installation` is the portal's own place at Plex: its client identifier, the chosen server and its owner's token.
`tv` speaks to plex.tv, `reach` tries the addresses of a server, `people` knows whose Plex account is whose, `pins` and
`sign_in` lead somebody to Plex and back.
"""
