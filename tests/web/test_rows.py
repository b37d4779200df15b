"""What a download shows, and to whom."""

from dataclasses import replace
from datetime import timedelta

import pytest

from medianest.core.actor import Actor, Permission, Role, Via
from medianest.downloads.types import Broadcast, Counts, Progress, Stage, State
from medianest.web.acts import Relation, acts, relation
from medianest.web.lines import line, moving
from medianest.web.rows import row, tally
from tests.gallery import samples

DECIDING = {
    State.QUEUED: ["pause", "first", "up", "down", "log", "cancel"],
    State.RUNNING: ["pause", "log", "cancel"],
    State.PAUSED: ["resume", "first", "up", "down", "log", "cancel"],
    State.WAITING: ["retry", "pause", "first", "up", "down", "log", "cancel"],
    State.COMPLETED: ["play", "save", "log", "delete"],
    State.FAILED: ["retry", "log", "delete"],
    State.CANCELLED: ["retry", "log", "delete"],
}


def names(state: State, who: Relation) -> list[str]:
    return [act.label.id.removeprefix("web.act.") for act in acts(replace(samples.HERE, state=state), who)]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("who", [Relation.OWNER, Relation.ADMIN])
def test_who_decides_may_do_what_the_state_allows(state: State, who: Relation) -> None:
    assert names(state, who) == DECIDING[state]


def test_a_broadcast_that_is_recorded_can_be_finished_until_somebody_does() -> None:
    shown = row(samples.RECORDING, Relation.OWNER)
    assert shown.is_live
    assert shown.quick == shown.menu[0]
    assert [act.label.id for act in shown.menu][:2] == ["web.act.finish", "web.act.pause"]
    assert (shown.line.stage.id, shown.line.recorded_s) == ("web.stage.recording", 754.0)
    ending = row(replace(samples.RECORDING, broadcast=Broadcast.ENDING), Relation.OWNER)
    assert ending.is_live
    assert "web.act.finish" not in [act.label.id for act in ending.menu]
    assert row(samples.RECORDING, Relation.OTHER).menu == ()


def test_a_premiere_says_when_it_begins_and_once_it_is_late_when_the_site_is_asked_again() -> None:
    told = line(samples.PREMIERE)
    assert (told.begins_at, told.until, told.warns) == (samples.PREMIERE.begins_at, None, False)
    late = line(replace(samples.PREMIERE, begins_at=samples.NOW - timedelta(days=4000)))
    assert (late.begins_at, late.until) == (None, samples.PREMIERE.next_attempt_at)


def test_what_a_retry_cannot_help_has_it_only_among_the_rest() -> None:
    shown = row(samples.MEMBERS, Relation.OWNER)
    assert [act.label.id for act in shown.menu] == ["web.act.log", "web.act.retry", "web.act.delete"]
    assert shown.quick == shown.menu[0]


@pytest.mark.parametrize("state", State)
def test_others_may_do_nothing_and_followers_may_play_and_save(state: State) -> None:
    assert names(state, Relation.OTHER) == []
    assert names(state, Relation.FOLLOWER) == (["play", "save"] if state is State.COMPLETED else [])


def person(id: str, *permissions: Permission) -> Actor:
    return Actor(id=id, name=id, role=Role.MEMBER, permissions=frozenset(permissions), via=Via.WEB)


def test_an_owner_is_the_owner_even_as_an_administrator() -> None:
    assert relation(person("robin", Permission.ADMINISTER), samples.HERE) is Relation.OWNER
    assert relation(person("wren", Permission.ADMINISTER), samples.HERE) is Relation.ADMIN
    assert relation(person("kids"), samples.HERE) is Relation.FOLLOWER
    assert relation(person("grandma"), samples.HERE) is Relation.OTHER


def test_only_fetching_has_a_measure() -> None:
    fetching = moving("1", "A", samples.FETCHING.stage, samples.FETCHING.progress)
    merging = moving("1", "A", samples.MERGING.stage, samples.FETCHING.progress)
    assert (fetching.percent, fetching.speed, fetching.bytes_of) == (64.2, 8.2e6, 2900 * 10**6)
    assert (merging.percent, merging.speed, merging.bytes_of) == (None, None, None)


@pytest.mark.parametrize(
    ("done", "total", "told"), [(0, None, (None, None)), (0, 9, (0, 9)), (5, None, (5, None)), (5, 9, (5, 9))]
)
def test_bytes_are_told_as_far_as_they_are_known(
    done: int, total: int | None, told: tuple[int | None, int | None]
) -> None:
    shown = moving("1", "A", Stage.FETCHING, Progress(downloaded_bytes=done, total_bytes=total))
    assert (shown.bytes, shown.bytes_of) == told


def test_a_waiting_download_says_why_and_until_when() -> None:
    told = line(samples.COOLING)
    assert told.stage.id == "web.stage.site"
    assert told.until == samples.COOLING.next_attempt_at
    assert not told.moves


def test_a_failure_offers_a_retry_only_where_it_can_help_and_only_to_who_decides() -> None:
    def retry(item: samples.Download, who: Relation) -> str | None:
        shown = row(item, who)
        assert shown.why is not None
        return shown.why.retry

    assert retry(samples.FULL, Relation.OWNER) == "/downloads/greenhouse/retry"
    assert retry(samples.FULL, Relation.OTHER) is None
    assert retry(samples.MEMBERS, Relation.OWNER) is None


def test_the_way_to_the_doctor_is_an_administrators() -> None:
    failed = replace(samples.FULL, failure=replace(samples.FULL.failure, retryable=False))  # type: ignore[type-var]
    assert row(failed, Relation.ADMIN).why.link == "/admin/doctor"  # type: ignore[union-attr]
    assert row(failed, Relation.OTHER).why.link is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("counts", "id"),
    [(Counts(), "web.queue.idle"), (Counts(running=1), "web.queue.only"), (Counts(paused=2), "web.queue.only"),
     (Counts(running=1, queued=1), "web.queue.both")],
)  # fmt: skip
def test_how_many_there_are_is_one_sentence(counts: Counts, id: str) -> None:
    assert tally(counts).sentence.id == id
