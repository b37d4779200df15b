"""The webhook is a hint: heeded from who has the secret, whatever its values are, and never needed."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medianest.core.config import PathsSettings
from medianest.core.db import Database
from medianest.core.errors import Conflict, Forbidden, Invalid, Unauthenticated
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.resilience import Retry
from medianest.media_requests.hints import Hints
from medianest.media_requests.overseerr import Overseerr as Whole
from medianest.media_requests.types import State, Verdict, Wish
from tests.fakes.overseerr import Has, Overseerr
from tests.media_requests.conftest import DUNE, THE_MATRIX
from tests.media_requests.house import ADAM, ANNA, BERT, House, at_once
from tests.media_requests.named import Named


@pytest.fixture
async def named(tmp_path: Path, overseerr: Overseerr) -> Named:
    found = Named(PathsSettings(data_dir=tmp_path, media_dir=tmp_path))
    found.lead_to(overseerr)
    return found


@pytest.fixture
async def whole(db: Database, named: Named) -> AsyncIterator[Whole]:
    built = Whole(db, Live(), Metrics(), named.settings, retry=Retry(sleep=at_once))
    yield built
    await built.stop()


def test_the_secret_is_the_settings_own_else_one_of_the_portals(
    whole: Whole, named: Named, overseerr: Overseerr
) -> None:
    own = whole.webhook.secret
    assert len(own) == 40
    whole.webhook.check(own, None)
    named.lead_to(overseerr, webhook_secret="of-the-file")
    whole.webhook.check("of-the-file", None)
    for wrong in (own, "", "Bearer of-the-file", "öf-the-file", "of-the-file "):
        with pytest.raises(Unauthenticated):
            whole.webhook.check(wrong, None)


def test_it_may_come_from_the_named_networks_only(whole: Whole, named: Named, overseerr: Overseerr) -> None:
    named.lead_to(overseerr, webhook_secret="word", webhook_allow=["192.168.1.0/24", "fd00::/8"])
    whole.webhook.check("word", "192.168.1.7")
    whole.webhook.check("word", "fd00::1")
    for address in ("192.168.2.7", None, "::1"):
        with pytest.raises(Forbidden):
            whole.webhook.check("word", address)


class Seeing:
    """Notes which requests are looked at."""

    def __init__(self) -> None:
        self.looked: list[int] = []

    async def look_again(self, upstream_id: int) -> None:
        self.looked.append(upstream_id)


@pytest.mark.parametrize(
    ("body", "looked"),
    [
        (b'{"notification_type": "MEDIA_APPROVED", "request": {"request_id": "7"}}', [7]),
        (b'{"notification_type": "MEDIA_NEWER", "request": {"request_id": 7, "more": []}, "x": 1}', [7]),
        (b'{"notification_type": "TEST_NOTIFICATION", "request": null, "media": null}', []),
        (b'{"request": null, "issue": {"issue_id": "9", "issue_type": "VIDEO"}}', [9]),
        (b'{"request": {"request_id": ""}}', []),
        (b'{"request": {"request_id": "-7"}}', []),
        (b'{"request": {"request_id": "99999999999999999999"}}', []),
        ('{"request": {"request_id": "٧"}}'.encode(), []),
    ],
)
async def test_only_which_request_it_names_is_heeded(body: bytes, looked: list[int]) -> None:
    seeing = Seeing()
    hints = Hints(seeing.look_again, seeing.look_again)
    for _ in range(3):
        hints.take(body)
    run = asyncio.create_task(hints.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    run.cancel()
    assert seeing.looked == looked
    assert hints.heard_at


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"request": 5}', b'{"request": {"request_id": {}}}', b"[" * 5000])
def test_what_it_never_posts_is_refused(body: bytes) -> None:
    hints = Hints(Seeing().look_again, Seeing().look_again)
    with pytest.raises(Invalid):
        hints.take(body)
    assert hints.heard_at is None


async def test_a_button_sets_it_up_and_sees_it_arrive(whole: Whole, overseerr: Overseerr) -> None:
    text = whole.webhook.text(ADAM, "http://127.0.0.1:9/nest/")
    assert text.url == "http://127.0.0.1:9/nest/webhooks/overseerr"
    with pytest.raises(Forbidden):
        await whole.webhook.set_up(ANNA, "http://127.0.0.1:9")

    posting = asyncio.create_task(whole.webhook.set_up(ADAM, "http://127.0.0.1:9"))
    while not overseerr.webhook.sent:
        await asyncio.to_thread(overseerr.wait_for, "/api/v1/settings/notifications/webhook/test")
    whole.hints.take(b'{"notification_type": "TEST_NOTIFICATION"}')
    assert await posting

    options = overseerr.webhook.settings["options"]
    assert (options["webhookUrl"], options["authHeader"]) == (
        "http://127.0.0.1:9/webhooks/overseerr",
        whole.webhook.secret,
    )
    assert overseerr.webhook.settings["enabled"]
    assert overseerr.webhook.sent[-1]["notification_type"] == "TEST_NOTIFICATION"


async def test_a_webhook_that_leads_elsewhere_is_replaced_only_if_that_is_meant(
    whole: Whole, overseerr: Overseerr
) -> None:
    overseerr.webhook.lead_to("http://127.0.0.1:9/other", "x")
    with pytest.raises(Conflict) as caught:
        await whole.webhook.set_up(ADAM, "http://127.0.0.1:9")
    assert caught.value.code == "webhook_taken"
    assert overseerr.webhook.settings["options"]["webhookUrl"] == "http://127.0.0.1:9/other"


@pytest.mark.parametrize("way", ["lost", "doubled", "backwards"])
async def test_however_the_webhook_comes_all_ends_as_overseerr_has_it(
    house: House, overseerr: Overseerr, way: str
) -> None:
    first = (await house.requests.ask(ANNA, THE_MATRIX)).request
    second = (await house.requests.ask(BERT, Wish(title=DUNE))).request
    asking = await house.asking()
    await asking.decide(first.upstream_id or 0, Verdict.APPROVE)
    await asking.decide(second.upstream_id or 0, Verdict.APPROVE)
    await asking.decide(second.upstream_id or 0, Verdict.DECLINE)
    overseerr.media[0].status = Has.AVAILABLE

    posts = [json.dumps(told).encode() for told in overseerr.webhook.sent]
    heard = {"lost": [], "doubled": [*posts, *posts], "backwards": posts[::-1]}[way]
    hints = Hints(house.requests.look_again, house.requests.look_again)
    for post in heard:
        hints.take(post)
    while hints._line:
        await hints._look(*next(iter(hints._line)))
    await house.requests.reconcile()

    assert [(await house.now(one)).state for one in (first, second)] == [State.AVAILABLE, State.DECLINED]
    kinds = await house.events()
    assert (kinds.count("available"), kinds.count("declined"), kinds.count("found")) == (1, 1, 0)
