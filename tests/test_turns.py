"""Ticks side by side, and the stillness in which everything is changed."""

from __future__ import annotations

import asyncio

import pytest

from alertd.turns import Turns


async def soon(condition):
    for _ in range(100):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("never")


def tick(turns, kind, done, go):
    async def run():
        async with turns.tick(kind):
            done.append(f"{kind} begins")
            await go.wait()
            done.append(f"{kind} ends")

    return asyncio.create_task(run())


async def test_stillness_waits_for_what_is_under_way_and_what_begins_waits_for_it():
    turns, done, go = Turns(), [], asyncio.Event()
    first = tick(turns, "slow", done, go)
    await soon(lambda: done)

    async def change():
        async with turns.still("slow"):
            done.append("still")
            await asyncio.sleep(0)
            done.append("changed")

    changing = asyncio.create_task(change())
    await asyncio.sleep(0)
    later = tick(turns, "slow", done, go)
    await asyncio.sleep(0)
    assert done == ["slow begins"]
    go.set()
    await asyncio.gather(first, changing, later)
    assert done == ["slow begins", "slow ends", "still", "changed", "slow begins", "slow ends"]


async def test_other_kinds_run_on():
    turns, done, go = Turns(), [], asyncio.Event()
    go.set()
    async with turns.still("slow"):
        await tick(turns, "quick", done, go)
    assert done == ["quick begins", "quick ends"]


async def test_ticks_of_one_kind_run_side_by_side():
    turns, done, go = Turns(), [], asyncio.Event()
    both = [tick(turns, "slow", done, go) for _ in range(2)]
    await soon(lambda: len(done) == 2)
    go.set()
    await asyncio.gather(*both)
    assert done == ["slow begins"] * 2 + ["slow ends"] * 2


async def test_a_tick_that_fails_or_is_cancelled_holds_up_nobody():
    turns, done, go = Turns(), [], asyncio.Event()
    cancelled = tick(turns, "slow", done, go)
    await soon(lambda: done)
    cancelled.cancel()
    await asyncio.gather(cancelled, return_exceptions=True)
    with pytest.raises(ValueError, match="broken"):
        async with turns.tick("slow"):
            raise ValueError("broken")
    async with asyncio.timeout(5), turns.still("slow"):
        pass


async def test_a_change_that_fails_lets_the_ticks_go_on():
    turns, done, go = Turns(), [], asyncio.Event()
    go.set()
    with pytest.raises(ValueError, match="broken"):
        async with turns.still("slow", "quick"):
            raise ValueError("broken")
    await tick(turns, "slow", done, go)
    assert done == ["slow begins", "slow ends"]


async def test_a_change_that_is_given_up_while_it_waits_lets_the_ticks_go_on():
    turns, done, go = Turns(), [], asyncio.Event()
    first = tick(turns, "slow", done, go)
    await soon(lambda: done)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0), turns.still("slow"):
            raise AssertionError("it was not still")
    second = tick(turns, "slow", done, go)
    await soon(lambda: len(done) == 2)
    go.set()
    await asyncio.gather(first, second)
