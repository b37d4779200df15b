"""Signatures of handlers are read once, though each test has an application of its own with hundreds of them."""

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from litestar.utils.signature import ParsedSignature

_Known = WeakKeyDictionary[FunctionType, tuple[dict[str, Any], ParsedSignature]]


@pytest.fixture(scope="session", autouse=True)
def _signatures_are_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ParsedSignature, "from_fn", _remembering(ParsedSignature.from_fn))
        yield


def _remembering(
    read: Callable[[Any, dict[str, Any]], ParsedSignature],
) -> Callable[[Any, dict[str, Any]], ParsedSignature]:
    known: _Known = WeakKeyDictionary()

    def from_fn(fn: Any, signature_namespace: dict[str, Any]) -> ParsedSignature:
        if not isinstance(fn, FunctionType):
            return read(fn, signature_namespace)
        namespace, signature = known.get(fn, (None, None))
        if signature is None or namespace != signature_namespace:
            signature = read(fn, signature_namespace)
            known[fn] = dict(signature_namespace), signature
        return signature

    return from_fn
