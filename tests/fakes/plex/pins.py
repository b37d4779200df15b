"""The PINs of plex.tv: made by a client, claimed by a person, told until they expire."""

import math
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_STRONG_S = 1799
_SHORT_S = 900
_LOCATION = {
    "code": "NL",
    "european_union_member": True,
    "continent_code": "EU",
    "country": "The Netherlands",
    "city": "Example City",
    "time_zone": "Europe/Amsterdam",
    "postal_code": "0000",
    "in_privacy_restricted_country": True,
    "in_privacy_restricted_region": True,
    "subdivisions": "Example Province",
    "coordinates": "52.0000, 5.0000",
}


@dataclass(slots=True, kw_only=True, eq=False)
class Pin:
    id: int
    code: str
    client: str
    product: str
    created_at: float
    life_s: int
    token: str | None = None
    lag: int = 0

    @property
    def expires_at(self) -> float:
        return self.created_at + self.life_s

    def told(self, now: float) -> dict[str, Any]:
        """As plex.tv tells it; a claim may lag some polls behind the browser's return."""
        token = self.token
        if token is not None and self.lag > 0:
            self.lag -= 1
            token = None
        return {
            "id": self.id,
            "code": self.code,
            "product": self.product,
            "trusted": False,
            "qr": f"https://plex.tv/api/v2/pins/qr/{self.code}",
            "clientIdentifier": self.client,
            "location": _LOCATION,
            "expiresIn": max(0, math.ceil(self.expires_at - now)),
            "createdAt": _iso(self.created_at),
            "expiresAt": _iso(self.expires_at),
            "authToken": token,
            "newRegistration": None,
        }


class Pins:
    def __init__(self) -> None:
        self.made: list[Pin] = []
        self._next_id = 564_964_751

    def make(self, client: str, product: str, *, strong: bool, now: float) -> Pin:
        letters = string.ascii_lowercase + string.digits if strong else string.ascii_uppercase + string.digits
        code = "".join(secrets.choice(letters) for _ in range(25 if strong else 4))
        life_s = _STRONG_S if strong else _SHORT_S
        pin = Pin(id=self._next_id, code=code, client=client, product=product, created_at=now, life_s=life_s)
        self._next_id += 1
        self.made.append(pin)
        return pin

    def of_client(self, number: int, client: str | None, now: float) -> Pin | None:
        """A PIN that lives; whoever is not the client that made it is told that there is none."""
        return next((pin for pin in self._alive(now) if pin.id == number and pin.client == client), None)

    def unclaimed(self, code: str, now: float) -> Pin | None:
        return next((pin for pin in self._alive(now) if pin.code == code and pin.token is None), None)

    def _alive(self, now: float) -> list[Pin]:
        return [pin for pin in self.made if now < pin.expires_at]


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
