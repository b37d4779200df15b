"""Who is told of what happens in the besieged portal, so that every form by which somebody is told stands in it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.fakes.post_office import PostOffice
from tests.fakes.webhook_sink import WebhookSink
from tests.hostile.requests import Request
from tests.web.test_push import GOOD

_CHANNELS = "/account/channels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A mail server, and one that takes what is posted to webhooks, to push services and by other services."""

    office: PostOffice
    sink: WebhookSink

    @property
    def settings(self) -> Mapping[str, Mapping[str, Any]]:
        """By which the portal knows them."""
        letters = {"smtp_host": "127.0.0.1", "smtp_port": self.office.port, "smtp_security": "none"}
        told = {"mail_from": "nest@nest.example", "allow_private_hosts": ["{}:{}".format(*self.sink.address)]}
        return {"notifications": {**letters, **told}}

    @property
    def lists(self) -> Mapping[str, list[Mapping[str, str]]]:
        """As `settings`: a service that people may choose."""
        return {"apprise": [{"name": "Kitchen", "url": f"json://127.0.0.1:{self.sink.address[1]}/kitchen"}]}

    @property
    def ports(self) -> set[int]:
        return {self.office.port, self.sink.address[1]}

    def tell(self, admin: httpx.Client) -> dict[str, str]:
        """Have an administrator told by webhook and in a browser; what is known by that."""
        for kind, form in (("webhook", {"url": self.sink.url("/hook"), "label": "Lamp"}), ("push", self._browser)):
            made = admin.post(f"{_CHANNELS}/{kind}", data=form, follow_redirects=True)
            assert made.is_success, made.text
        channels = admin.get("/api/v1/notifications/channels").json()["items"]
        return {"channels": next(channel["id"] for channel in channels if channel["kind"] == "webhook")}

    def absent(self, known: Mapping[str, str]) -> Iterator[Request]:
        """What stands in no form: a script sends it, nothing was given up yet, or too little to stand together."""
        again = {f"{_CHANNELS}/{known['channels']}/again": {"delivery": "x"}}
        together = {"/inbox/retry": {"note": "1", "topic": "downloads"}}
        for path, body in {f"{_CHANNELS}/push": self._browser, **again, **together}.items():
            spots = tuple(("body", (name,)) for name in body)
            yield Request(method="POST", path=path, body=body, is_form=True, spots=spots)

    @property
    def _browser(self) -> dict[str, str]:
        """What a browser is told by."""
        return {**GOOD, "endpoint": self.sink.url("/push")}


@contextmanager
def open_outside() -> Iterator[Outside]:
    with PostOffice() as office, WebhookSink() as sink:
        yield Outside(office=office, sink=sink)
