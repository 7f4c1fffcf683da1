"""The machine's clock is stepped by an hour while the daemon runs, as by a time server that was late or wrong."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.harness import until
from tests.faults.world import World
from tests.oracle import seen as oracle

pytestmark = pytest.mark.process
LIMIT = 60
#: Past due by any of the clocks.
LONG = timedelta(hours=3)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_stepped_by_an_hour_stops_nothing_and_doubles_nothing(tmp_path, sqlite, running, seed, hours):
    bent = tmp_path / "bent"
    bent.mkdir()
    receiver = running.receiver()
    with World(tmp_path / "config", sqlite, receiver.url, random.Random(seed)) as world:
        outbox = lambda: world.district.outbox  # noqa: E731
        world.overdue(8, by=LONG)
        daemon = running.start("tests.faults.bent", bent, "run", "--config", world.district.folder)

        def all_told():
            must = oracle.must(world.shown, datetime.now(UTC))
            return {(person, code) for person, code, _ in must} == receiver.told

        until(all_told, LIMIT, lambda: daemon.stderr)
        until(lambda: outbox().keys() <= {"accepted", "superseded"}, LIMIT, outbox)
        (bent / "clock").write_text(str(hours * 3600))
        until(lambda: daemon.logged("the clock was stepped"), LIMIT, lambda: daemon.stderr)
        world.overdue(8, by=LONG)
        until(all_told, LIMIT, lambda: f"nothing is sent by the stepped clock\n{daemon.stderr[-3000:]}")
        until(lambda: outbox().keys() <= {"accepted", "superseded"}, LIMIT, outbox)
        assert receiver.doubled == 0
        assert [line for line in daemon.logs if line["level"] == "error"] == []
        assert daemon.terminate() == 0
