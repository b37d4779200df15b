"""A look at an address, by a client that is loaded when somebody looks."""

from medianest.plex.reach.types import Look


async def look(url: str, *, client_id: str, token: str = "", expected: str = "") -> Look:
    """Who is at `url`. Only the server with the machine identifier `expected` is shown the token."""
    from medianest.plex.reach import client  # httpx, which a portal that asks nobody starts without

    return await client.look(url, client_id=client_id, token=token, expected=expected)
