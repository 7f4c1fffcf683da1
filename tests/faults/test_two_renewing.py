"""Two processes whose access token was refused at the same time exchange it once (delivery reference 7.7 and 7.12)."""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.harness import until
from tests.peers.loopback import Answer
from tests.peers.zalo_server import ZaloServer

pytestmark = pytest.mark.process


@pytest.mark.parametrize("delay", [0.0, 0.5])
async def test_two_processes_with_fifty_refused_calls_exchange_the_token_once(database, url, running, tmp_path, delay):
    go = tmp_path / "go"
    async with ZaloServer() as server:
        # Tokens takes up the configured grant and keeps it: the first to come stores it for both
        arguments = ["--database", url, "--server", server.url, "--access", server.access, "--refresh", server.refresh,
                     "--go", go]  # fmt: skip
        processes = []
        for number in range(2):
            journal = tmp_path / f"journal-{number}"
            processes.append(running.start("tests.faults.renewing", *arguments, "--journal", journal))
            await ready(processes[-1], "ready")
        if delay:
            # the exchange takes long enough for the other process to find it under way
            server.exchange_then(Answer(delay=delay, fault="slow"))
        go.touch()
        for process in processes:
            await ready(process, "found ")
        assert [process.ended(20) for process in processes] == [0, 0], [process.stderr for process in processes]
        assert server.violations == []
        assert len(server.exchanges) == 1
        assert [process.stdout.splitlines()[-1] for process in processes] == [f"found {server.access}"] * 2


async def ready(process, word):
    """Wait until the process has said so; the server of this test goes on meanwhile."""
    await asyncio.to_thread(
        until, lambda: word in process.stdout or process.code is not None, 30, lambda: process.stderr
    )
    assert word in process.stdout, process.stderr
