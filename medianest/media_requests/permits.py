"""What the server lets an account do, by the bits of its permissions; pure."""

from dataclasses import dataclass
from enum import IntFlag

from medianest.media_requests.types import MediaType


class _Bit(IntFlag):
    ADMIN = 2
    MANAGE_REQUESTS = 16
    REQUEST = 32
    REQUEST_4K = 1024
    REQUEST_4K_MOVIE = 2048
    REQUEST_4K_TV = 4096
    REQUEST_MOVIE = 262_144
    REQUEST_TV = 524_288
    MANAGE_ISSUES = 1_048_576
    CREATE_ISSUES = 4_194_304


@dataclass(frozen=True, slots=True, kw_only=True)
class Permits:
    """Bits that a newer server has besides are nothing to us."""

    bits: int

    def asks(self, kind: MediaType) -> bool:
        return self._any(_Bit.REQUEST, _Bit.REQUEST_MOVIE if kind is MediaType.MOVIE else _Bit.REQUEST_TV)

    def asks_in_4k(self, kind: MediaType) -> bool:
        return self._any(_Bit.REQUEST_4K, _Bit.REQUEST_4K_MOVIE if kind is MediaType.MOVIE else _Bit.REQUEST_4K_TV)

    def reports(self) -> bool:
        return self._any(_Bit.CREATE_ISSUES, _Bit.MANAGE_ISSUES)

    def _any(self, *bits: int) -> bool:
        return any(self.bits & bit for bit in (_Bit.ADMIN, *bits))
