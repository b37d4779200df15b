"""What a handler of this face may name among its parameters, besides what the floor gives (`http.given`).

`services: Served`, `reader: CurrentReader`, `given: Given[BODY]`, `asked: Given[QUERY]`, `id: FromPath[str]`.
"""

from typing import TypeAlias, TypeVar

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from medianest.api.reader import Reader
from medianest.http.services import Services

T = TypeVar("T")

Given: TypeAlias = NamedDependency[SkipValidation[T]]
Served: TypeAlias = Given[Services]
CurrentReader: TypeAlias = Given[Reader]
