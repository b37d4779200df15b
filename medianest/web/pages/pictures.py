"""Pictures from outside, under the addresses that our pages carry."""

from typing import Any

from litestar import Response
from litestar.params import FromPath

from medianest.http.pictures import picture_response
from medianest.web.given import TheServices
from medianest.web.htmx import AnyRequest


async def show(request: AnyRequest, services: TheServices, path: FromPath[str]) -> Response[Any]:
    return await picture_response(request, services.pictures, path)
