"""API tokens: what they carry, and that they end."""

import re

import pytest

from medianest.accounts import permissions, tokens
from medianest.accounts.errors import NoSuchToken, NoSuchUser, ScopeNotOwned, TooManyTokens
from medianest.accounts.service import Accounts
from medianest.accounts.types import Scope, UserChange
from medianest.core import journal_pages
from medianest.core.actor import SYSTEM, Actor, Permission, Role, Via
from medianest.core.db import Database
from medianest.core.errors import Forbidden, Invalid
from medianest.core.journal_pages import Sought
from tests.people import Cast, sign_in


async def _bearer(accounts: Accounts, owner: str, *scopes: Scope) -> tuple[str, Actor]:
    _, secret = await accounts.create_token(SYSTEM, "test", frozenset(scopes), owner=owner)
    actor = await accounts.identities.of_token(secret)
    assert actor is not None
    return secret, actor


@pytest.mark.parametrize(
    ("scope", "may", "may_not"),
    [
        (Scope.READ, {Permission.READ, Permission.SEE_HOUSEHOLD}, {Permission.DOWNLOAD, Permission.ADMINISTER}),
        (Scope.DOWNLOADS, {Permission.DOWNLOAD, Permission.READ}, {Permission.REQUEST, Permission.CURATE}),
        (Scope.REQUESTS, {Permission.REQUEST, Permission.READ}, {Permission.DOWNLOAD}),
        (Scope.LIBRARY, {Permission.CURATE, Permission.READ}, {Permission.DOWNLOAD}),
        (Scope.METRICS, {Permission.METRICS}, {Permission.READ, Permission.DOWNLOAD}),
        (Scope.ADMIN, set(Permission), set()),
    ],
)
async def test_a_token_may_what_its_scope_says_and_no_more(
    accounts: Accounts, cast: Cast, scope: Scope, may: set[Permission], may_not: set[Permission]
) -> None:
    secret, actor = await _bearer(accounts, "Alice", scope)
    assert re.fullmatch(r"mn_[A-Za-z0-9_-]{43}", secret)
    assert actor.via is Via.API
    assert actor.authenticated_at is None
    assert may <= actor.permissions
    assert not may_not & actor.permissions


async def test_a_narrow_token_of_an_administrator_does_not_hear_what_only_they_may(
    accounts: Accounts, cast: Cast
) -> None:
    _, narrow = await _bearer(accounts, "Alice", Scope.READ)
    _, wide = await _bearer(accounts, "Alice", Scope.ADMIN)
    assert not narrow.sees(frozenset({"role:admin"}))
    assert narrow.sees(frozenset({"role:member"}))
    assert wide.sees(frozenset({"role:admin"}))


@pytest.mark.parametrize("role", list(Role))
def test_no_scope_that_can_be_granted_gives_more_than_the_role_has(role: Role) -> None:
    granted = permissions.grantable(role)
    assert permissions.of_token(role, granted) <= permissions.OF_ROLE[role]
    assert Scope.READ in granted
    assert (Scope.ADMIN in granted) is (role is Role.ADMIN)
    assert (Scope.DOWNLOADS in granted) is (role in (Role.ADMIN, Role.CURATOR, Role.MEMBER))


@pytest.mark.parametrize("scopes", [{Scope.ADMIN}, {Scope.METRICS}, {Scope.READ, Scope.LIBRARY}, set()])
async def test_a_member_is_refused_scopes_that_are_not_theirs(
    accounts: Accounts, cast: Cast, scopes: set[Scope]
) -> None:
    _, bob = await sign_in(accounts, cast.bob)
    with pytest.raises(ScopeNotOwned) as refused:
        await accounts.create_token(bob, "too much", frozenset(scopes))
    assert [error.field for error in refused.value.fields] == ["scopes"]


async def test_a_token_shrinks_with_its_owner(accounts: Accounts, cast: Cast) -> None:
    secret, actor = await _bearer(accounts, "Carol", Scope.LIBRARY, Scope.DOWNLOADS)
    await accounts.people.change(SYSTEM, cast.carol.id, UserChange(role=Role.GUEST))
    now = await accounts.identities.of_token(secret)
    assert now is not None
    assert now.permissions == {Permission.READ}
    assert not await accounts.identities.still(actor)


async def test_a_revoked_token_and_that_of_a_suspended_person_are_refused_at_once(
    accounts: Accounts, cast: Cast
) -> None:
    token, secret = await accounts.create_token(SYSTEM, "phone", frozenset({Scope.READ}), owner="Bob")
    kept, _ = await _bearer(accounts, "Bob", Scope.READ)
    _, bob = await sign_in(accounts, cast.bob)
    assert await accounts.identities.of_token(secret)
    await accounts.revoke_token(bob, token.id)
    assert await accounts.identities.of_token(secret) is None
    assert await accounts.identities.of_token(kept)
    await accounts.people.change(SYSTEM, cast.bob.id, UserChange(suspended=True))
    assert await accounts.identities.of_token(kept) is None


@pytest.mark.parametrize("secret", ["", "mn_", "mn_" + "A" * 43, "\x00", "x" * 100_000])
async def test_what_is_no_token_of_ours_is_nobody(accounts: Accounts, cast: Cast, secret: str) -> None:
    assert await accounts.identities.of_token(secret) is None


async def test_a_session_secret_is_no_token_and_a_token_no_session(accounts: Accounts, cast: Cast) -> None:
    opened, _ = await sign_in(accounts, cast.alice)
    secret, _ = await _bearer(accounts, "Alice", Scope.ADMIN)
    assert await accounts.identities.of_token(opened.secret) is None
    assert await accounts.identities.of_session(secret, None) is None


async def test_others_tokens_are_not_there(accounts: Accounts, cast: Cast) -> None:
    token, _ = await accounts.create_token(SYSTEM, "phone", frozenset({Scope.READ}), owner="Bob")
    _, dora = await sign_in(accounts, cast.dora)
    _, alice = await sign_in(accounts, cast.alice)
    with pytest.raises(NoSuchToken):
        await accounts.revoke_token(dora, token.id)
    with pytest.raises(Forbidden):
        await accounts.list_tokens(dora, everyone=True)
    with pytest.raises(Forbidden):
        await accounts.create_token(dora, "for bob", frozenset({Scope.READ}), owner="Bob")
    assert await accounts.list_tokens(dora) == []
    assert [one.id for one in await accounts.list_tokens(alice, everyone=True)] == [token.id]
    await accounts.revoke_token(alice, token.id)


async def test_a_narrow_token_cannot_make_or_end_what_proves_people(accounts: Accounts, cast: Cast) -> None:
    _, narrow = await _bearer(accounts, "Alice", Scope.DOWNLOADS)
    opened, _ = await sign_in(accounts, cast.alice)
    with pytest.raises(Forbidden):
        await accounts.create_token(narrow, "wider", frozenset({Scope.ADMIN}))
    with pytest.raises(Forbidden):
        await accounts.revoke_token(narrow, narrow.token_id or "")
    with pytest.raises(Forbidden):
        await accounts.end_session(narrow, opened.session_id)


async def test_the_journal_tells_of_tokens_without_their_secrets(accounts: Accounts, cast: Cast, db: Database) -> None:
    _, bob = await sign_in(accounts, cast.bob)
    token, secret = await accounts.create_token(bob, "  my\tphone ", frozenset({Scope.READ, Scope.DOWNLOADS}))
    await accounts.revoke_token(bob, token.id)
    entries = (await db.read(journal_pages.page, Sought(subject=("token", token.id)))).items
    assert [entry.kind for entry in entries] == ["token.revoked", "token.created"]
    assert entries[1].data == {"label": "my phone", "scopes": ["downloads", "read"], "owner_id": cast.bob.id}
    assert entries[1].audience == {"role:admin", f"user:{cast.bob.id}"}
    assert secret not in repr(entries)


async def test_one_has_only_so_many_tokens_each_with_a_label(accounts: Accounts, cast: Cast) -> None:
    _, bob = await sign_in(accounts, cast.bob)
    for label in ("", " ", "x" * 81, "a\x00b", "a\u202eb"):
        with pytest.raises(Invalid):
            await accounts.create_token(bob, label, frozenset({Scope.READ}))
    for number in range(tokens.TOKENS_MOST):
        await accounts.create_token(bob, f"token {number}", frozenset({Scope.READ}))
    with pytest.raises(TooManyTokens):
        await accounts.create_token(bob, "one more", frozenset({Scope.READ}))


async def test_the_last_use_of_a_token_is_written_down(accounts: Accounts, cast: Cast) -> None:
    _, bob = await sign_in(accounts, cast.bob)
    _, secret = await accounts.create_token(bob, "phone", frozenset({Scope.READ}))
    assert (await accounts.list_tokens(bob))[0].last_used_at is None
    await accounts.identities.of_token(secret)
    await accounts.presence.write()
    assert (await accounts.list_tokens(bob))[0].last_used_at is not None


async def test_a_token_for_nobody_is_refused(accounts: Accounts, cast: Cast) -> None:
    with pytest.raises(NoSuchUser):
        await accounts.create_token(SYSTEM, "x", frozenset({Scope.READ}), owner="Zoe")
