"""The ways to one person, in the order of their contacts (delivery reference 7.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.organisation import Contact, Person
from alertd.core.ways import CONSULTATION, Connected, Way, ways

NOW = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)
ALL = ("telegram", "zalo", "email", "webhook", "console")
SECOND = timedelta(seconds=1)


def found(*contacts, connected=(), dead=(), channels=ALL, now=NOW):
    person = Person("an", "An", contacts=contacts)
    return ways(person, dict(connected), dead, channels, now)


def test_contacts_are_tried_in_their_order_over_channels_that_are_configured():
    contacts = Contact("email", "an@example.invalid"), Contact("console"), Contact("telegram", "42")
    assert found(*contacts) == [Way("email", "an@example.invalid"), Way("console", ""), Way("telegram", "42")]
    assert found(*contacts, channels=("telegram",)) == [Way("telegram", "42")]


@pytest.mark.parametrize("channel", ["console", "webhook"])
def test_a_channel_that_needs_no_address_is_always_a_way(channel):
    assert found(Contact(channel)) == [Way(channel, "")]
    assert found(Contact(channel, phone="84912")) == [Way(channel, "84912", phone="84912")]
    assert found(Contact(channel, "a", phone="84912")) == [Way(channel, "a", phone="84912")]


def test_a_contact_without_an_address_is_dead_until_the_person_connects_it():
    assert found(Contact("telegram")) == [Way("telegram", "", dead=True)]
    assert found(Contact("telegram"), connected={"telegram": Connected("42", NOW)}) == [Way("telegram", "42")]
    assert found(Contact("telegram"), connected={"zalo": Connected("42", NOW)}) == [Way("telegram", "", dead=True)]
    assert found(Contact("telegram", "1"), connected={"telegram": Connected("2", NOW)}) == [Way("telegram", "1")]


def test_an_address_that_was_refused_is_dead_for_its_person_and_channel():
    contact = Contact("telegram", "42")
    assert found(contact, dead={("an", "telegram", "42")}) == [Way("telegram", "42", dead=True)]
    for other in (("binh", "telegram", "42"), ("an", "zalo", "42"), ("an", "telegram", "43")):
        assert found(contact, dead={other}) == [Way("telegram", "42")]


def test_a_zalo_contact_is_several_ways_cheapest_first():
    contact = Contact("zalo", "7", phone="84912", group="g1")
    assert found(contact) == [
        Way("zalo", "cs:7", dead=True, phone="84912"),
        Way("zalo", "uid:7", phone="84912"),
        Way("zalo", "phone:84912", phone="84912"),
        Way("zalo", "group:g1", phone="84912"),
    ]


def test_free_text_is_a_way_within_seven_days_of_the_persons_last_word_with_half_a_day_to_spare():
    contact = Contact("zalo", "7")

    def open_at(spoke_at, address="7"):
        (free, template) = found(contact, connected={"zalo": Connected(address, spoke_at)})
        assert not template.dead
        return not free.dead

    assert timedelta(days=6, hours=12) == CONSULTATION
    assert open_at(NOW)
    assert open_at(NOW - CONSULTATION + SECOND)
    assert not open_at(NOW - CONSULTATION)
    assert not open_at(NOW, "8"), "another chat of theirs"


def test_a_zalo_chat_that_was_connected_serves_where_none_is_configured():
    assert found(Contact("zalo"), connected={"zalo": Connected("8", NOW)}) == [
        Way("zalo", "cs:8"),
        Way("zalo", "uid:8"),
    ]


def test_a_zalo_contact_without_anything_waits_to_be_connected():
    assert found(Contact("zalo")) == [Way("zalo", "uid:", dead=True)]
    assert found(Contact("zalo", phone="84912")) == [Way("zalo", "phone:84912", phone="84912")]
    assert found(Contact("zalo", group="g1")) == [Way("zalo", "group:g1")]
