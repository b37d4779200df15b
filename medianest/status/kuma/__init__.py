"""Uptime Kuma, live: Socket.IO over a web socket, the login, and what its events mean."""
