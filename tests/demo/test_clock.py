"""The demo's clock: as the real one, only faster."""

from __future__ import annotations

import time
from datetime import UTC

from alertd.clock import Clock
from alertd.demo import district


def test_the_fast_clock_tells_utc_as_the_real_one_does_for_stored_instants_are_compared_as_text():
    assert Clock(district.BEGIN, 1.0).now().tzinfo is Clock().now().tzinfo is UTC


def test_a_clock_that_begins_anew_is_at_its_beginning():
    clock = Clock(district.BEGIN, 1.0, started=time.monotonic() - 2 * 60 * 60)
    assert (clock.now() - district.BEGIN).total_seconds() > 60 * 60
    clock.restart()
    assert (clock.now() - district.BEGIN).total_seconds() < 60 * 60
