"""Clients with one connection each: never shared while a call is under way, as few as there were calls at once."""

from __future__ import annotations

import asyncio

import pytest

from alertd.channels.webhook.lanes import Lanes


class Client:
    closed = False

    async def aclose(self):
        self.closed = True


async def test_two_calls_at_once_never_share_a_client_and_one_after_the_other_do():
    made = []
    lanes = Lanes(lambda: made.append(Client()) or made[-1])
    async with lanes.lane() as one, lanes.lane() as two:
        assert one is not two
    for _ in range(5):
        async with lanes.lane() as again:
            assert again is one or again is two
    assert len(made) == 2
    await lanes.close()
    assert all(client.closed for client in made)


async def test_a_client_is_free_again_after_a_call_that_failed_or_was_cancelled():
    made = []
    lanes = Lanes(lambda: made.append(Client()) or made[-1])
    with pytest.raises(ValueError, match="broken"):
        async with lanes.lane():
            raise ValueError("broken")

    async def held():
        async with lanes.lane():
            await asyncio.sleep(60)

    call = asyncio.create_task(held())
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    async with lanes.lane():
        assert len(made) == 1


async def test_once_closed_there_is_no_road_any_more_and_none_is_made():
    made = []
    lanes = Lanes(lambda: made.append(Client()) or made[-1])
    await lanes.close()
    with pytest.raises(RuntimeError, match="closed"):
        async with lanes.lane():
            pass
    assert made == []
