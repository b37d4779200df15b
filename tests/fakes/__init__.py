"""Stateful stand-ins for what MediaNest talks to; each is a real server on a real socket."""
