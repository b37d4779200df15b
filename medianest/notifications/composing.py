"""What is said outside of the portal: the entries of a delivery as one message, in the reader's language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts.errors import NoSuchUser
from medianest.accounts.types import User
from medianest.core import clock
from medianest.core.config import Settings
from medianest.core.i18n import SOURCE_LANGUAGE, Catalogue, Catalogues, msg
from medianest.core.journal import Entry
from medianest.media_requests.decision_links import DecisionLinks
from medianest.media_requests.events import RequestSent
from medianest.notifications import digesting, places, queries, rights, sentences
from medianest.notifications.letter_links import LetterLinks
from medianest.notifications.queries import Note
from medianest.notifications.types import TOPICS, Act, Channel, ChannelKind, Notice, Outgoing
from medianest.plex.titles.service import Titles

INBOX = "/inbox"
_LINES_MOST = 5
_READ_BY_ONE = frozenset({ChannelKind.PUSH, ChannelKind.EMAIL})
"""A service is often a room, and a program decides by a token of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry that somebody is told, and which others it stands with."""

    entry: Entry
    notice: Notice
    bundle: int


class Composer:
    """`settings` are those that hold at that moment; `decisions` make the links by which requests are decided."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        catalogues: Catalogues,
        decisions: DecisionLinks,
        links: LetterLinks,
        titles: Titles,
    ) -> None:
        self._settings = settings
        self._catalogues = catalogues
        self._decisions = decisions
        self._links = links
        self._titles = titles

    async def compose(
        self, session: AsyncSession, key: str, channel: Channel, user: User, told: Sequence[Told]
    ) -> Outgoing | None:
        """One message of all these entries, the newest last; None where there is nothing to say any more."""
        newest = told[-1]
        say = self._catalogues.of(user.language or channel.language or SOURCE_LANGUAGE)
        if newest.notice is Notice.DIGEST:
            return await self._summary(session, say, key, channel, user, newest)
        title, body, path = _words(say, told, user.id)
        return Outgoing(
            key=key,
            notice=newest.notice,
            kind=newest.entry.kind,
            title=title,
            body=body,
            path=path,
            url=self.absolute(path),
            tag=str(newest.bundle) if len({one.bundle for one in told}) == 1 else "several",
            at=newest.entry.at,
            language=say.language,
            n=len(told),
            unread=await _unread(session, channel, user),
            acts=await self._acts(session, say, channel, user, told),
            leave_url=self._leave_url(channel),
        )

    async def _summary(
        self, session: AsyncSession, say: Catalogue, key: str, channel: Channel, user: User, due: Told
    ) -> Outgoing | None:
        summary = await digesting.summary(session, self._titles, user, *digesting.times_of(due.entry.data))
        if not summary.n:
            return None
        path = places.path(_note([due]), user.id)
        return Outgoing(
            key=key,
            notice=due.notice,
            kind=due.entry.kind,
            title=say.say(sentences.sentence(_note([due]))),
            body="\n".join(say.say(title) for title, _ in summary.lists)
            if channel.kind is not ChannelKind.EMAIL
            else "",
            path=path,
            url=self.absolute(path),
            tag="digest",
            at=due.entry.at,
            language=say.language,
            unread=await _unread(session, channel, user),
            sections=summary.sections(say),
            leave_url=self._leave_url(channel),
        )

    def trial(self, key: str, channel: Channel, user: User) -> Outgoing:
        """What is sent when somebody wants to see whether it arrives."""
        say = self._catalogues.of(user.language or channel.language or SOURCE_LANGUAGE)
        return Outgoing(
            key=key,
            notice=Notice.CHANNEL,
            kind="channel.tested",
            title=say.say(msg("notifications.trial")),
            body=say.say(msg("notifications.trial_body", name=user.display_name)),
            path=INBOX,
            url=self.absolute(INBOX),
            tag="trial",
            at=clock.now(),
            language=say.language,
            leave_url=self._leave_url(channel),
        )

    def question(self, key: str, channel: Channel, user: User) -> Outgoing:
        """What asks who reads there whether the address is theirs."""
        say = self._catalogues.of(user.language or channel.language or SOURCE_LANGUAGE)
        label = say.say(msg("notifications.confirm_label"))
        return Outgoing(
            key=key,
            notice=Notice.CHANNEL,
            kind="channel.asked",
            title=say.say(msg("notifications.confirm_title")),
            body=say.say(msg("notifications.confirm_body", name=user.display_name)),
            path="",
            url="",
            tag="confirm",
            at=clock.now(),
            language=say.language,
            acts=(Act(label=label, url=self.absolute(self._links.confirm(channel.id))),),
        )

    def absolute(self, path: str) -> str:
        """Its whole address; empty where the portal does not know how it is reached."""
        address = self._settings().server.public_address
        return f"{address}{path}" if address else ""

    def _leave_url(self, channel: Channel) -> str:
        return self.absolute(self._links.leave(channel.id)) if channel.kind is ChannelKind.EMAIL else ""

    async def _acts(
        self, session: AsyncSession, say: Catalogue, channel: Channel, user: User, told: Sequence[Told]
    ) -> tuple[Act, ...]:
        """A request can be decided from where it is told, if nobody else reads there: the link decides as its owner."""
        entry = told[-1].entry
        if len(told) > 1 or entry.kind != RequestSent.kind or channel.kind not in _READ_BY_ONE:
            return ()
        if not self._settings().server.public_address:
            return ()
        try:
            path = await self._decisions.make(session, entry.subject_id, user.id)
        except NoSuchUser:
            return ()
        return (Act(label=say.say(msg("notifications.decide")), url=self.absolute(path)),)


async def _unread(session: AsyncSession, channel: Channel, user: User) -> int:
    """What stands on an icon; nothing but a browser has one."""
    if channel.kind is not ChannelKind.PUSH:
        return 0
    return await session.run_sync(queries.unread_of, user.id, rights.whoms_of(user.role))


def _words(say: Catalogue, told: Sequence[Told], user_id: str) -> tuple[str, str, str]:
    """Title, text and page of what is told."""
    if len({one.bundle for one in told}) == 1:
        note = _note(told)
        reason = sentences.reason(note)
        return say.say(sentences.sentence(note)), say.say(reason) if reason else "", places.path(note, user_id)
    bundles: dict[int, list[Told]] = {}
    for one in told:
        bundles.setdefault(one.bundle, []).append(one)
    lines = [say.say(sentences.sentence(_note(bundle))) for bundle in bundles.values()]
    if left := len(lines) - _LINES_MOST:
        lines = [*lines[-_LINES_MOST:], say.say(msg("notifications.and_more", n=left))] if left > 0 else lines
    return say.say(msg("notifications.several", n=len(bundles))), "\n".join(lines), INBOX


def _note(told: Sequence[Told]) -> Note:
    newest = told[-1]
    return Note(id=newest.bundle, topic=TOPICS[newest.notice], entry=newest.entry, n=len(told), is_read=False)
