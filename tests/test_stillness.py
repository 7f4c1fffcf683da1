"""Ticks side by side, and the stillness in which everything is changed."""

from __future__ import annotations

import asyncio

import pytest

from alertd.stillness import Stillness


async def soon(condition):
    for _ in range(100):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("never")


def tick(stillness, kind, done, go):
    async def run():
        async with stillness.tick(kind):
            done.append(f"{kind} begins")
            await go.wait()
            done.append(f"{kind} ends")

    return asyncio.create_task(run())


async def test_stillness_waits_for_what_is_under_way_and_what_begins_waits_for_it():
    stillness, done, go = Stillness(), [], asyncio.Event()
    first = tick(stillness, "slow", done, go)
    await soon(lambda: done)

    async def change():
        async with stillness.still("slow"):
            done.append("still")
            await asyncio.sleep(0)
            done.append("changed")

    changing = asyncio.create_task(change())
    await asyncio.sleep(0)
    later = tick(stillness, "slow", done, go)
    await asyncio.sleep(0)
    assert done == ["slow begins"]
    go.set()
    await asyncio.gather(first, changing, later)
    assert done == ["slow begins", "slow ends", "still", "changed", "slow begins", "slow ends"]


async def test_other_kinds_run_on():
    stillness, done, go = Stillness(), [], asyncio.Event()
    go.set()
    async with stillness.still("slow"):
        await tick(stillness, "quick", done, go)
    assert done == ["quick begins", "quick ends"]


async def test_ticks_of_one_kind_run_side_by_side():
    stillness, done, go = Stillness(), [], asyncio.Event()
    both = [tick(stillness, "slow", done, go) for _ in range(2)]
    await soon(lambda: len(done) == 2)
    go.set()
    await asyncio.gather(*both)
    assert done == ["slow begins"] * 2 + ["slow ends"] * 2


async def test_a_tick_that_fails_or_is_cancelled_holds_up_nobody():
    stillness, done, go = Stillness(), [], asyncio.Event()
    cancelled = tick(stillness, "slow", done, go)
    await soon(lambda: done)
    cancelled.cancel()
    await asyncio.gather(cancelled, return_exceptions=True)
    with pytest.raises(ValueError, match="broken"):
        async with stillness.tick("slow"):
            raise ValueError("broken")
    async with asyncio.timeout(5), stillness.still("slow"):
        pass


async def test_a_change_that_fails_lets_the_ticks_go_on():
    stillness, done, go = Stillness(), [], asyncio.Event()
    go.set()
    with pytest.raises(ValueError, match="broken"):
        async with stillness.still("slow", "quick"):
            raise ValueError("broken")
    await tick(stillness, "slow", done, go)
    assert done == ["slow begins", "slow ends"]


async def test_a_change_that_is_given_up_while_it_waits_lets_the_ticks_go_on():
    stillness, done, go = Stillness(), [], asyncio.Event()
    first = tick(stillness, "slow", done, go)
    await soon(lambda: done)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0), stillness.still("slow"):
            raise AssertionError("it was not still")
    second = tick(stillness, "slow", done, go)
    await soon(lambda: len(done) == 2)
    go.set()
    await asyncio.gather(first, second)
