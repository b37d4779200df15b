"""A look at an address, by a client that is loaded when somebody looks."""

from medianest.media_requests.reach.types import Look


async def look(url: str, key: str) -> Look:
    """What is at `url`, and whether it takes the key; only what is such a server is shown it."""
    from medianest.media_requests.reach import client  # httpx, which a portal that asks nobody starts without

    return await client.look(url, key)
