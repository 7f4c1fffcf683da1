"""Wrong references are counted per client, for a minute, in bounded memory."""

from __future__ import annotations

from alertd.web.strangers import ALLOWED, MOST, WINDOW, Strangers
from tests.store.ground import MINUTE, at

NOW = at("03/06 08:00")


def tried(strangers, address, times=ALLOWED, now=NOW):
    for _ in range(times):
        strangers.wrong(address, now)


def test_a_client_waits_for_the_rest_of_the_minute():
    strangers = Strangers()
    tried(strangers, "203.0.113.9", ALLOWED - 1)
    assert strangers.wait("203.0.113.9", NOW) == 0
    tried(strangers, "203.0.113.9", 1)
    assert strangers.wait("203.0.113.9", NOW) == 60
    assert strangers.wait("203.0.113.9", NOW + WINDOW / 2) == 30
    assert strangers.wait("203.0.113.10", NOW) == 0
    assert strangers.wait("203.0.113.9", NOW + MINUTE) == 0


def test_a_new_minute_counts_from_nothing():
    strangers = Strangers()
    tried(strangers, "203.0.113.9")
    tried(strangers, "203.0.113.9", 1, NOW + MINUTE)
    assert strangers.wait("203.0.113.9", NOW + MINUTE) == 0


def test_one_customers_ipv6_addresses_are_one_client():
    strangers = Strangers()
    for number in range(ALLOWED):
        strangers.wrong(f"2001:db8:1:2::{number + 1:x}", NOW)
    assert strangers.wait("2001:db8:1:2:ffff::1", NOW) > 0
    assert strangers.wait("2001:db8:1:3::1", NOW) == 0


def test_memory_is_bounded_and_the_longest_unseen_goes_first():
    strangers = Strangers()
    tried(strangers, "203.0.113.9")
    for number in range(MOST):
        strangers.wrong(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", NOW)
    assert len(strangers._seen) == MOST
    assert strangers.wait("203.0.113.9", NOW) == 0


def test_what_is_no_address_is_one_client():
    strangers = Strangers()
    tried(strangers, "unix")
    assert strangers.wait("testclient", NOW) > 0
