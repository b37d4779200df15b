"""Pictures from outside: posters, backdrops and portraits."""

from litestar.params import FromPath

from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import Served
from medianest.http.pictures import picture_response


async def show(request: AnyRequest, services: Served, path: FromPath[str]) -> Answer:
    """A picture, under the address that another answer gave for it."""
    return await picture_response(request, services.pictures, path)
