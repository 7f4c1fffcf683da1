"""Problem 24: an expired login answers 200 with a web page, and an empty list may be an outage or the truth."""

from __future__ import annotations

import pytest

from alertd.core.errors import FeedError
from tests.feeds.problems.ground import ADMIN, igate, opencps

FAULTS = {
    "html": (True, "web page \\(HTML\\)"),
    "instead": ('{"error_code": 1, "message": "session expired"}', "without a list of dossiers"),
    "half": (True, "damaged JSON"),
    "locked_out": (True, "wrong user or password"),
}


@pytest.fixture
def read_once(office, portal, rows):
    rows.extend(opencps(n) for n in range(1, 13))
    office.reads_opencps(portal, max_age="1h")
    office.reading("08/06 09:00")
    return office


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_no_list_and_nothing_that_is_stored_changes(read_once, portal, fault):
    before = read_once.world.rows("dossiers")
    value, words = FAULTS[fault]
    setattr(portal.faults, fault, value)
    with pytest.raises(FeedError, match=words):
        read_once.poll("08/06 09:05")
    assert read_once.world.rows("dossiers") == before
    (feed,) = read_once.status("08/06 09:06")["feeds"]
    assert (feed["state"], feed["fresh"]) == ("failed", True)


def test_the_admin_hears_of_it_once_while_the_data_still_serve_and_of_its_end(read_once, portal):
    portal.faults.html = True
    told = []
    for minute in range(5, 60, 5):
        with pytest.raises(FeedError):
            read_once.poll(f"08/06 09:{minute:02}")
        read_once.watches(f"08/06 09:{minute:02}")
        told += read_once.told(f"08/06 09:{minute:02}")
    (alarm,) = [text for who, text in told if who == ADMIN]
    assert "không đọc được từ 09:05 08/06/2026" in alarm
    assert "dùng được đến 10:00 08/06/2026" in alarm
    portal.faults.html = False
    read_once.poll("08/06 10:00")
    read_once.watches("08/06 10:00")
    assert read_once.told("08/06 10:00") == [
        (ADMIN, "Nguồn dữ liệu hoạt động lại: portal\nNguồn «portal»: đã đọc lại được.")
    ]


def test_an_empty_list_where_there_were_dossiers_is_an_outage_until_somebody_says_otherwise(read_once, rows):
    rows.clear()
    with pytest.raises(FeedError, match="0 rows, where portal had 12 before; nothing was taken"):
        read_once.poll("08/06 09:05")
    told = read_once.told("08/06 09:06")
    assert [who for who, _ in told] == [ADMIN]
    assert "chỉ còn 0 hồ sơ, lần trước 12" in told[0][1]
    assert read_once.listed("missing", "08/06 09:06") == []
    read_once.reads_opencps_again(accept_smaller=True)
    read_once.poll("08/06 09:10")
    assert len(read_once.listed("missing", "08/06 09:11")) == 12


def test_an_empty_list_at_the_first_poll_is_the_truth(office, portal):
    office.reads_opencps(portal)
    assert office.poll("08/06 09:00").rows == 0
    assert office.status("08/06 09:01")["feeds"][0]["state"] == "ok"


@pytest.mark.parametrize("fault", ["expired", "token_calls"])
def test_a_token_that_ends_while_the_list_is_read_is_renewed_and_the_list_comes_whole(office, portal, rows, fault):
    rows.extend(igate(n) for n in range(1, 46))
    office.reads_igate(portal, page_size=10)
    setattr(portal.faults, fault, 2)
    assert office.poll("08/06 09:00").new == 45
    assert office.status("08/06 09:01")["feeds"][0]["state"] == "ok"


def test_a_keycloak_that_answers_its_login_page_changes_nothing(office, portal, rows):
    rows.append(igate(1))
    office.reads_igate(portal)
    office.poll("08/06 09:00")
    before = office.world.rows("dossiers")
    portal.faults.token_html = True
    with pytest.raises(FeedError, match="web page"):
        office.poll("08/06 09:05")
    assert office.world.rows("dossiers") == before
