from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from alertd.core.errors import StoreError
from alertd.core.grant import GrantState
from alertd.store.credentials import Credentials
from alertd.store.database import Database
from tests.channels.zalo.conftest import KEY
from tests.peers.zalo_server import EMPTY, GATEWAY


@pytest.fixture
def stored(database):
    """The real schema, on each engine in turn."""
    return database


async def test_the_configured_grant_is_taken_once_and_exchanged_at_the_first_tick(server, make_tokens, vault, clock):
    tokens = make_tokens()
    first = await tokens.current()
    configured = server.refresh
    await tokens.tick(clock())
    second = await tokens.current()
    again = await make_tokens(refresh_token=configured).current()

    assert (first.access, first.version, first.imported) == ("TEST-access-1-of-nobody", 1, True)
    assert (second.access, second.version, second.imported) == (server.access, 2, False)
    assert again.version == 2
    assert server.exchanges == [configured]
    assert tokens.trouble is None


async def test_a_refresh_token_alone_is_enough(server, make_tokens):
    grant = await make_tokens(access_token=None).current()

    assert grant.access == server.access
    assert len(server.exchanges) == 1


async def test_an_access_token_alone_works_until_it_ends(server, make_tokens, clock):
    tokens = make_tokens(refresh_token=None)
    grant = await tokens.current()
    await tokens.tick(clock())
    clock.move(hours=25)

    assert grant.access == server.access
    assert await tokens.current() is None
    assert tokens.needs_human
    assert tokens.trouble.startswith("chưa có refresh token Zalo")
    assert server.exchanges == []


async def test_tokens_are_exchanged_at_half_their_life_and_not_before(server, make_tokens, clock):
    tokens = make_tokens()
    await tokens.tick(clock())
    clock.move(hours=12, minutes=29)
    await tokens.tick(clock())
    assert len(server.exchanges) == 1
    clock.move(minutes=1)
    await tokens.tick(clock())
    await tokens.tick(clock())

    assert len(server.exchanges) == 2
    assert (await tokens.current()).access == server.access


async def test_a_missing_refresh_token_keeps_the_old_one(server, make_tokens, clock):
    server.keeps_refresh = True
    tokens = make_tokens()
    await tokens.tick(clock())
    issued = (await tokens.current()).refresh_issued_at
    clock.move(hours=13)
    await tokens.tick(clock())

    grant = await tokens.current()
    assert server.exchanges == [server.refresh] * 2
    assert (grant.refresh, grant.version, grant.refresh_issued_at) == (server.refresh, 3, issued)
    assert server.violations == []


async def test_an_expired_token_is_exchanged_before_it_is_handed_out(server, make_tokens, clock):
    tokens = make_tokens()
    await tokens.tick(clock())
    clock.move(hours=26)
    server.expire()
    grant = await tokens.current()

    assert grant.access == server.access
    assert len(server.exchanges) == 2


async def test_a_lost_answer_is_tried_once_more_after_thirty_seconds(server, make_tokens, clock):
    alarms = []
    tokens = make_tokens(on_trouble=alarms.append)
    server.fail_exchange(GATEWAY)
    await tokens.tick(clock())
    assert tokens.trouble == "chưa rõ kết quả đổi token Zalo; sẽ thử lại (zoauth:http:504)"
    clock.move(seconds=29)
    await tokens.tick(clock())
    assert len(server.calls) == 1
    clock.move(seconds=1)
    await tokens.tick(clock())

    assert len(server.calls) == 2
    assert tokens.trouble is None
    assert len(alarms) == 1


async def test_an_empty_answer_to_the_second_try_says_that_the_first_used_the_token_up(server, make_tokens, clock):
    alarms = []
    tokens = make_tokens(on_trouble=alarms.append)
    server.exchange_then(GATEWAY)
    await tokens.tick(clock())
    clock.move(seconds=30)
    await tokens.tick(clock())
    for _ in range(20):
        clock.move(minutes=30)
        await tokens.tick(clock())

    assert len(server.exchanges) == 1 + 1
    assert tokens.needs_human
    assert tokens.trouble.startswith("không đổi được token Zalo; quản trị viên OA cần cấp quyền lại")
    assert len(alarms) == 2, "one for the lost answer, one for the end, and none for each tick"


async def test_a_long_outage_of_the_endpoint_is_survived_with_few_calls(server, make_tokens, clock):
    tokens = make_tokens()
    server.fail_exchange(*[GATEWAY] * 20)
    begun = clock()
    while clock() - begun < timedelta(hours=3):
        await tokens.tick(clock())
        clock.move(seconds=30)
    assert 18 <= len(server.calls) <= 20
    server._next_token.clear()
    clock.move(minutes=10)
    await tokens.tick(clock())

    assert tokens.trouble is None
    assert (await tokens.current()).access == server.access


async def test_a_dead_refresh_token_leaves_the_access_token_until_it_ends(server, make_tokens, clock):
    tokens = make_tokens()
    await tokens.tick(clock())
    server._used.add(server.refresh)
    clock.move(hours=13)
    await tokens.tick(clock())

    assert (await tokens.current()).access == server.access
    assert tokens.needs_human
    clock.move(hours=12)
    assert await tokens.current() is None
    assert len(server.exchanges) == 2


async def test_another_configured_token_replaces_a_dead_one_and_only_a_dead_one(server, make_tokens, clock):
    tokens = make_tokens()
    await tokens.tick(clock())
    other = make_tokens(access_token="TEST-other", refresh_token="TEST-refresh-other")
    assert (await other.current()).access == server.access

    server.revoke()
    clock.move(hours=13)
    await tokens.tick(clock())
    assert tokens.needs_human
    server._issue()
    await make_tokens(access_token=None, refresh_token="TEST-refresh-1-of-nobody").tick(clock())
    replaced = make_tokens()
    grant = await replaced.current()

    assert grant.access == server.access
    assert not replaced.needs_human
    await replaced.tick(clock())
    assert replaced.trouble is None
    assert (await replaced.current()).access == server.access


async def test_a_wrong_secret_is_alarmed_and_tried_again_each_minute_without_loss(server, make_tokens, clock):
    tokens = make_tokens(secret_key="wrong")
    for _ in range(6):
        await tokens.tick(clock())
        clock.move(seconds=20)

    assert len(server.exchanges) == 2
    assert tokens.trouble.startswith("Zalo từ chối đổi token")
    await make_tokens().tick(clock())
    assert len(server.exchanges) == 3
    assert not server.violations


async def test_a_crash_before_the_new_tokens_are_stored_is_found_out_and_told(server, make_tokens, vault, clock):
    tokens = make_tokens()
    grant = await tokens.current()
    vault.mark(grant, GrantState.IN_FLIGHT, "", clock())
    server._used.add(grant.refresh)  # the provider took it, the process died with the answer
    later = make_tokens()
    clock.move(seconds=60)
    await later.tick(clock())

    assert later.needs_human
    assert (await later.current()).access == grant.access, "it lives on until it ends"


async def test_a_crash_before_the_call_leaves_the_token_usable(server, make_tokens, vault, clock):
    grant = await make_tokens().current()
    vault.mark(grant, GrantState.IN_FLIGHT, "", clock())
    later = make_tokens()
    clock.move(seconds=60)
    await later.tick(clock())

    assert (await later.current()).access == server.access
    assert later.trouble is None


async def test_a_crash_after_the_new_tokens_are_stored_loses_nothing(server, make_tokens, clock):
    await make_tokens().tick(clock())
    later = make_tokens()

    assert (await later.current()).access == server.access
    assert len(server.exchanges) == 1


async def test_a_clock_that_ran_ahead_and_was_set_back_stops_no_exchange(server, make_tokens, clock):
    tokens = make_tokens()
    clock.move(days=365)
    await tokens.tick(clock())
    clock.move(days=-365)
    used = await tokens.current()

    assert (await tokens.renew(used)).access == server.access
    assert len(server.exchanges) == 2


class Refusing(Credentials):
    """A database that refuses to store what an exchange gave, as a full disk does, until it is told not to."""

    refuses = True

    def save(self, grant):
        if self.refuses:
            raise StoreError("the database refused the work")
        return super().save(grant)


@pytest.fixture
def refusing(stored, tmp_path):
    return Refusing(stored, KEY, "zalo", "42", tmp_path / "zalo.journal")


async def test_new_tokens_that_the_database_refuses_are_kept_beside_it_and_imported_at_the_next_start(
    server, make_tokens, refusing, vault, tmp_path, clock
):
    journal = tmp_path / "zalo.journal"
    tokens = make_tokens(vault=refusing)
    await tokens.tick(clock())
    assert journal.stat().st_mode & 0o777 == 0o600
    assert server.access.encode() not in journal.read_bytes()
    assert (await tokens.current()).access == server.access
    assert tokens.trouble.startswith("token Zalo mới chưa ghi được")

    later = make_tokens()  # the process died; the database works again
    assert (await later.current()).access == server.access
    assert not journal.exists()
    assert vault.load().version == 2
    assert len(server.exchanges) == 1


async def test_new_tokens_that_nothing_takes_live_in_memory_until_the_database_does(
    server, make_tokens, refusing, tmp_path, clock
):
    (tmp_path / "zalo.new").mkdir()  # in the way of the journal
    tokens = make_tokens(vault=refusing)
    await tokens.tick(clock())
    assert (await tokens.current()).access == server.access
    refusing.refuses = False
    clock.move(seconds=61)
    await tokens.tick(clock())

    assert refusing.load().access == server.access
    assert tokens.trouble is None
    assert len(server.exchanges) == 1


async def test_fifty_who_ask_at_once_cause_one_exchange(server, make_tokens):
    tokens = make_tokens()
    used = await tokens.current()
    found = await asyncio.gather(*(tokens.renew(used) for _ in range(50)))

    assert {grant.access for grant in found} == {server.access}
    assert len(server.exchanges) == 1


async def test_two_processes_that_ask_at_once_cause_one_exchange(server, make_tokens, stored, tmp_path):
    url = stored.url.render_as_string(hide_password=False)
    other_database = Database(url)
    other_vault = Credentials(other_database, KEY, "zalo", "42", tmp_path / "other.journal")
    one, two = make_tokens(), make_tokens(vault=other_vault)
    used, seen = await one.current(), await two.current()
    try:
        found = await asyncio.gather(one.renew(used), two.renew(seen))
    finally:
        other_database.close()

    assert {grant.access for grant in found} == {server.access}
    assert len(server.exchanges) == 1
    assert server.violations == []


async def test_a_sender_that_is_cancelled_does_not_lose_the_tokens(server, make_tokens):
    tokens = make_tokens()
    used = await tokens.current()
    asked = asyncio.create_task(tokens.renew(used))
    while not server.exchanges:  # noqa: ASYNC110 - the judge has no event to wait for
        await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)

    assert (await tokens.renew(used)).access == server.access
    assert len(server.exchanges) == 1


async def test_another_key_does_not_open_what_is_stored_and_a_new_grant_replaces_it(
    server, make_tokens, stored, tmp_path, clock
):
    await make_tokens().tick(clock())
    foreign = Credentials(stored, b"x" * 32, "zalo", "42", tmp_path / "foreign.journal")
    closed = make_tokens(vault=foreign, access_token=None, refresh_token=None)
    assert await closed.current() is None
    assert closed.needs_human
    assert closed.trouble

    grant = await make_tokens(vault=foreign).current()
    assert (grant.access, grant.version) == (server.access, 3)


async def test_a_database_out_of_reach_stops_no_tick(make_tokens, tmp_path, clock):
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    tokens = make_tokens(vault=Credentials(empty, KEY, "zalo", "42", tmp_path / "j.journal"))
    await tokens.tick(clock())
    with pytest.raises(StoreError):
        await tokens.current()
    empty.close()


async def test_an_answer_that_says_nothing_at_all_is_the_end_at_once(server, make_tokens, clock):
    server.fail_exchange(EMPTY)
    tokens = make_tokens()
    await tokens.tick(clock())

    assert tokens.needs_human
