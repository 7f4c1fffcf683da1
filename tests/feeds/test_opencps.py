from __future__ import annotations

import json
import socket
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alertd.core.dossier import Observation
from alertd.core.errors import FeedError, FeedInputError
from alertd.demo.portal import Portal, dossier
from alertd.feeds.opencps import OpencpsFeed

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2024, 6, 10, 3, tzinfo=UTC)
RECEIVED = datetime(2024, 6, 3, 8, tzinfo=HANOI)
DUE = datetime(2024, 6, 5, 16, tzinfo=HANOI)
SECRET = "mật-khẩu-s3cret"
RECORDED = Path(__file__).parent / "recorded"


def made(number, **more):
    return dossier(number, zone=HANOI, **{"received": RECEIVED, "due": DUE, **more})


@pytest.fixture
def groups():
    return {"55301": [made(number) for number in range(1, 8)]}


@pytest.fixture
def portal(groups):
    with Portal(lambda: groups, username="alertd", password=SECRET) as running:
        yield running


def feed(portal, *groups, **more):
    given = {"zone": HANOI, "page_size": 3, "pause": 0.0, "timeout": 5.0, **more}
    return OpencpsFeed("cong", portal.url, groups or ("55301",), "alertd", given.pop("password", SECRET), **given)


async def read(one):
    (source,) = one.sources(NOW)
    return [page async for page in source.pages()]


def seen(pages):
    return [observation for page in pages for observation in page.observations]


async def one(portal, groups, **changed):
    groups["55301"] = [{**made(12), **changed}]
    pages = await read(feed(portal))
    assert [reject for page in pages for reject in page.rejects] == []
    (observation,) = seen(pages)
    return observation


async def test_all_pages_of_all_groups_are_read_with_basic_auth_and_the_group_header(portal, groups):
    groups["55302"] = [made(20)]
    pages = await read(feed(portal, "55301", "55302"))
    assert [observation.key for observation in seen(pages)] == ["1", "2", "3", "4", "5", "6", "7", "20"]
    assert all(page.incomplete == "" for page in pages)
    asked = [(request.group, request.start, request.end, request.user) for request in portal.requests]
    assert asked == [("55301", start, start + 3, "alertd") for start in (0, 3, 6)] + [("55302", 0, 3, "alertd")]
    assert {request.parameters["sort"] for request in portal.requests} == {"dossierId"}


async def test_a_portal_that_gives_smaller_pages_than_asked_is_read_whole(groups):
    with Portal(lambda: groups, page_limit=2) as portal:
        pages = await read(feed(portal, page_size=200))
    assert len(seen(pages)) == 7
    assert pages[-1].incomplete == ""


@pytest.mark.parametrize("path", ["", "/", "/o/rest/v2", "/o/rest/v2/"])
async def test_the_address_may_be_written_with_and_without_the_path_of_the_interface(portal, path):
    given = OpencpsFeed("cong", portal.url + path, ["55301"], "alertd", SECRET, zone=HANOI)
    assert len(seen(await read(given))) == 7


async def test_a_portal_without_dossiers_is_complete(portal, groups):
    groups["55301"] = []
    pages = await read(feed(portal))
    assert seen(pages) == []
    assert pages[-1].incomplete == ""


async def test_the_source_is_the_portal_as_it_is_now_and_its_label_holds_no_credentials():
    given = OpencpsFeed("cong", "https://user:pw@portal.vn/goc/?token=x", ["1"], "user", "pw", zone=HANOI)
    (source,) = given.sources(NOW)
    assert (source.label, source.as_of, source.digest) == ("https://portal.vn/goc/", NOW, "")


async def test_a_dossier_becomes_an_observation_and_its_citizen_stays_behind(portal, groups):
    seen_one = await one(
        portal, groups, submitDate="02/06/2024 21:15:00", online="true", currentActionUser="tp.a##tp.b", lockState=""
    )
    assert (seen_one.key, seen_one.code) == ("12", "H27.35-000012")
    assert (seen_one.unit, seen_one.received_unit) == ("TP", "")
    assert seen_one.officers == ("tp.a", "tp.b")
    assert (seen_one.procedure, seen_one.procedure_code) == ("Chứng thực bản sao từ bản chính", "2.000815")
    assert seen_one.submitted_at == datetime(2024, 6, 2, 21, 15, tzinfo=HANOI)
    assert (seen_one.received_at, seen_one.due_at, seen_one.due_on) == (RECEIVED, DUE, None)
    assert (seen_one.phase, seen_one.channel, seen_one.status) == ("running", "online", "processing")
    assert "Công dân mẫu 12" in json.dumps(groups, ensure_ascii=False)
    assert "mẫu" not in str(seen_one)
    assert "MAU" not in str(seen_one)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("05/06/2024 16:00:00", (DUE, None)),
        ("20240605160000", (DUE, None)),
        ("2024-06-05T16:00:00Z", (DUE, None)),  # a false Z: local time
        ("2024-06-05T09:00:00.000+0000", (DUE, None)),
        (1717578000000, (DUE, None)),
        ("05/06/2024 00:00:00", (None, date(2024, 6, 5))),
        ("2024-06-04T17:00:00.000+0000", (None, date(2024, 6, 5))),
        ("2024-06-05T00:00:00Z", (None, date(2024, 6, 5))),
        (1717520400000, (None, date(2024, 6, 5))),
        ("", (None, None)),
        (None, (None, None)),
        (0, (None, None)),
        ("01/01/0001 00:00:00", (None, None)),
    ],
)
async def test_a_due_date_is_read_however_the_index_gives_it(portal, groups, written, expected):
    observation = await one(portal, groups, dueDate=written)
    assert (observation.due_at, observation.due_on) == expected


async def test_due_midnight_exact_takes_a_portals_midnight_as_an_instant(portal, groups):
    groups["55301"] = [{**made(1), "dueDate": "05/06/2024 00:00:00"}]
    (observation,) = seen(await read(feed(portal, due_midnight="exact")))
    assert observation.due_at == datetime(2024, 6, 5, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("status", "dates", "expected"),
    [
        ("releasing", ("05/06/2024 10:00:00", ""), ("done", 10)),
        ("done", ("05/06/2024 10:00:00", "05/06/2024 11:00:00"), ("returned", 10)),
        ("done", ("", "05/06/2024 11:00:00"), ("returned", 11)),
        ("denied", ("", "05/06/2024 11:00:00"), ("rejected", 11)),
        ("processing", ("", "05/06/2024 11:00:00"), ("running", None)),
    ],
)
async def test_the_finish_is_the_release_or_at_the_end_the_last_date(portal, groups, status, dates, expected):
    phase, hour = expected
    observation = await one(portal, groups, dossierStatus=status, releaseDate=dates[0], finishDate=dates[1])
    assert observation.phase == phase
    assert observation.finished_at == (hour and datetime(2024, 6, 5, hour, tzinfo=HANOI))


@pytest.mark.parametrize(
    ("online", "postal", "channel"),
    [
        ("true", "0", "online"),
        ("false", "0", "direct"),
        ("false", "1", "postal"),
        (None, "0", "unknown"),
        (True, 1, "online"),
    ],
)
async def test_the_channel_comes_from_two_texts_and_unknown_is_not_no(portal, groups, online, postal, channel):
    assert (await one(portal, groups, online=online, viaPostal=postal)).channel == channel


@pytest.mark.parametrize("lock", ["PAUSE", "LOCK", "PAUSE_OVERDUE"])
async def test_a_lock_pauses_an_open_dossier_and_shows(portal, groups, lock):
    observation = await one(portal, groups, lockState=lock)
    assert (observation.phase, observation.status) == ("paused", f"processing/{lock}")
    ended = await one(portal, groups, lockState=lock, dossierStatus="done", finishDate="05/06/2024 10:00:00")
    assert (ended.phase, ended.status) == ("returned", f"done/{lock}")


async def test_statuses_may_name_a_status_together_with_its_lock(portal, groups):
    groups["55301"] = [made(1, lock="LOCK"), made(2, lock="PAUSE"), made(3, status="paying")]
    statuses = {"running": ["processing/lock", "paying"]}
    assert [each.phase for each in seen(await read(feed(portal, statuses=statuses)))] == [
        "running",
        "paused",
        "running",
    ]


async def test_recorded_dossiers_are_understood_and_their_citizens_stay_behind(portal):
    portal.faults.instead = (RECORDED / "opencps-dossiers.json").read_text(encoding="utf-8")
    pages = await read(feed(portal))
    assert ([reject for page in pages for reject in page.rejects], pages[-1].incomplete) == ([], "")
    first, second, third, fourth = seen(pages)
    assert first == Observation(
        key="51201",
        code="000.00.23.H27-240603-0012",
        phase="running",
        status="processing",
        unit="TP",
        officers=("tp.chuyenvien", "tp.photruong"),
        procedure_code="1.004082",
        procedure="Cải chính hộ tịch",
        field="Hộ tịch",
        channel="online",
        submitted_at=datetime(2024, 6, 2, 21, 15, tzinfo=HANOI).astimezone(UTC),
        received_at=datetime(2024, 6, 3, 8, tzinfo=HANOI).astimezone(UTC),
        due_at=datetime(2024, 6, 6, 16, tzinfo=HANOI).astimezone(UTC),
        aliases=("HT-2024-0007", "2024-TP-0012"),
        step="Thẩm định hồ sơ",
        step_due_at=datetime(2024, 6, 5, 17, tzinfo=HANOI).astimezone(UTC),
        service_level="full",
    )
    assert (second.phase, second.status, second.channel) == ("paused", "processing/PAUSE", "unknown")
    assert second.received_at == datetime(2024, 6, 3, 8, 5, tzinfo=HANOI), "a false Z"
    assert (second.due_at, second.due_on) == (None, date(2024, 6, 5))
    assert (second.parent, second.aliases, second.service_level) == ("000.00.23.H27-240603-0012", (), "partial")
    assert (third.code, third.phase, third.channel, third.service_level) == ("51203", "pre", "online", "info")
    assert (third.due_at, third.due_on) == (None, None)
    assert (fourth.phase, fourth.channel, fourth.service_level) == ("returned", "postal", "")
    assert fourth.finished_at == datetime(2024, 5, 30, 10, tzinfo=HANOI)
    for observation in seen(pages):
        assert "Công dân" not in str(observation)
        assert "MAU" not in str(observation)


@pytest.mark.parametrize(
    ("originality", "online", "channel"),
    [(1, None, "online"), (3, "", "direct"), (2, None, "unknown"), (9, None, "unknown"), (1, "false", "direct")],
)
async def test_originality_tells_the_channel_where_nothing_else_does(portal, groups, originality, online, channel):
    observation = await one(portal, groups, originality=originality, online=online, viaPostal=0)
    assert observation.channel == channel


@pytest.mark.parametrize(
    ("originality", "origin", "counter", "aliases", "parent"),
    [
        (3, "A-1", "B-2", ("A-1", "B-2"), ""),
        (2, "A-1", "B-2", ("B-2",), "A-1"),
        (9, "A-1", "", (), "A-1"),
        (None, "A-1", "a - 1", ("A-1",), ""),
        (3, "h27.35-000012", "", (), ""),  # its own code, written otherwise
        (3, "", "17", (), ""),  # counts within one book, and names no dossier
        (3, None, None, (), ""),
    ],
)
async def test_other_codes_are_recorded_and_a_part_names_its_whole(
    portal, groups, originality, origin, counter, aliases, parent
):
    changed = {"originality": originality, "originDossierNo": origin, "dossierCounter": counter}
    observation = await one(portal, groups, **changed)
    assert (observation.aliases, observation.parent) == (aliases, parent)


async def test_a_date_that_decides_nothing_is_left_out_and_listed(portal, groups):
    groups["55301"] = [{**made(1), "submitDate": "26090704075542", "stepDuedate": "Còn 2 ngày"}]
    pages = await read(feed(portal))
    (observation,) = seen(pages)
    assert (observation.submitted_at, observation.step_due_at, observation.due_at) == (None, None, DUE)
    reasons = [reject.reason for page in pages for reject in page.rejects]
    assert [reason.partition(":")[0] for reason in reasons] == ["submitDate", "stepDuedate"]
    assert all(reason.endswith("; the rest of the row was taken") for reason in reasons)


async def test_a_dossier_that_is_opened_again_is_running_without_the_dates_of_its_end(portal, groups):
    groups["55301"] = [made(1, status="done", released=DUE, finished=DUE)]
    assert seen(await read(feed(portal)))[0].phase == "returned"
    portal.faults.reopen = True
    (observation,) = seen(await read(feed(portal)))
    assert (observation.phase, observation.finished_at, observation.returned_at) == ("running", None, None)


async def test_xml_is_refused_with_what_to_do(portal):
    portal.faults.instead = (
        '<?xml version="1.0" encoding="UTF-8"?><DossierResultsModel><total>1</total></DossierResultsModel>'
    )
    assert "answers XML instead of JSON, which was asked for" in await failure(feed(portal))


async def test_a_dossier_without_a_number_goes_by_its_key_and_without_an_id_by_its_reference(portal, groups):
    observation = await one(portal, groups, dossierNo="", dossierId=None)
    assert (observation.key, observation.code) == ("mau-00000012", "mau-00000012")
    assert (await one(portal, groups, govAgencyCode="")).unit == "Phòng Tư pháp"


async def test_a_damaged_dossier_is_rejected_and_stops_no_other(portal, groups):
    groups["55301"] = [
        {**made(1), "dueDate": "sớm"},
        {**made(2), "dossierId": None, "referenceUid": ""},
        made(3),
    ]
    pages = await read(feed(portal))
    assert [observation.key for observation in seen(pages)] == ["3"]
    rejects = {reject.code: reject.reason for page in pages for reject in page.rejects}
    assert rejects["H27.35-000001"].startswith("dueDate: 'sớm' is not a date; expected")
    assert rejects["H27.35-000002"].startswith("it has neither dossierId nor referenceUid")
    assert pages[-1].incomplete == ""


async def test_a_dossier_that_comes_twice_is_taken_once(portal, groups):
    groups["55302"] = [made(7), made(8)]
    portal.faults.doubled = True
    pages = await read(feed(portal, "55301", "55302"))
    assert [observation.key for observation in seen(pages)] == [str(number) for number in range(1, 9)]
    assert pages[-1].incomplete == ""


@pytest.mark.parametrize(
    ("drift", "doubt"),
    [(1, "7 dossiers came and"), (-1, "the number of dossiers changed while they were read, to")],
)
async def test_a_total_that_goes_on_changing_makes_the_poll_incomplete(portal, drift, doubt):
    portal.faults.missing, portal.faults.drift = 9, drift
    pages = await read(feed(portal))
    assert len(seen(pages)) == 7
    assert f"group 55301: {doubt}" in pages[-1].incomplete


async def test_a_total_that_changed_once_is_settled_by_reading_again(portal, groups):
    calls = []

    def growing():
        calls.append(1)
        return {"55301": groups["55301"][: 6 if len(calls) == 1 else 7]}

    portal._groups = growing
    pages = await read(feed(portal))
    assert len(seen(pages)) == 7
    assert pages[-1].incomplete == ""


async def test_dossiers_announced_that_never_come_make_the_poll_incomplete(portal):
    portal.faults.missing = 5
    pages = await read(feed(portal))
    assert pages[-1].incomplete == "group 55301: 7 dossiers came and 12 were announced"


async def test_a_portal_that_has_shrunk_is_whole_to_the_feed(portal):
    portal.faults.shrunk = True  # whether to believe it is for those to judge who know what was there before
    pages = await read(feed(portal))
    assert len(seen(pages)) == 5
    assert pages[-1].incomplete == ""


async def failure(one_feed):
    with pytest.raises(FeedError) as raised:
        await read(one_feed)
    assert "\n" not in str(raised.value)
    assert SECRET not in str(raised.value)
    assert str(raised.value).startswith("feed cong: http")
    return str(raised.value)


async def test_a_wrong_password_says_so_and_does_not_show_it(portal):
    text = await failure(feed(portal, password="falsch"))
    assert "401: wrong user or password; check" in text
    assert "falsch" not in text
    assert len(portal.requests) == 1


async def test_an_account_that_is_locked_out_is_an_error(portal):
    portal.faults.locked_out = True
    assert "wrong user or password" in await failure(feed(portal))


async def test_a_portal_that_answers_500_is_an_error_at_once(portal):
    portal.faults.status = 500
    assert "answers 500: the portal has failed" in await failure(feed(portal))
    assert len(portal.requests) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_busy_portal_is_tried_again(portal, status):
    portal.faults.status, portal.faults.times, portal.faults.retry_after = status, 2, 0
    assert len(seen(await read(feed(portal)))) == 7


async def test_a_portal_that_stays_busy_is_given_up_after_three_tries(portal):
    portal.faults.status = 503
    assert "answers 503" in await failure(feed(portal))
    assert len(portal.requests) == 3


async def test_a_portal_that_asks_for_an_hour_is_left_alone_until_the_next_poll(portal):
    portal.faults.status, portal.faults.retry_after = 429, 3600
    assert "answers 429" in await failure(feed(portal))
    assert len(portal.requests) == 1


async def test_html_with_status_200_is_an_error(portal):
    portal.faults.html = True
    assert "a web page (HTML) instead of JSON; the login may have expired" in await failure(feed(portal))


async def test_half_a_json_body_is_an_error(portal):
    portal.faults.half = True
    assert "damaged JSON" in await failure(feed(portal))


async def test_a_connection_that_ends_in_the_middle_is_an_error(portal):
    portal.faults.cut = True
    assert "broke the connection off in the middle" in await failure(feed(portal))


async def test_a_portal_that_is_too_slow_is_an_error(portal):
    portal.faults.slow = 5
    assert "has not answered within 0.2 s" in await failure(feed(portal, timeout=0.2))


async def test_json_that_is_no_list_of_dossiers_is_an_error(portal):
    portal.faults.instead = '{"error": "session"}'
    assert "without a list of dossiers" in await failure(feed(portal))


async def test_a_portal_that_is_not_there_is_an_error():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        text = await failure(OpencpsFeed("cong", url, ["1"], "alertd", SECRET, zone=HANOI, pause=0.0))
    assert "cannot be reached" in text


async def test_the_password_never_follows_a_redirect_to_another_host(portal):
    portal.faults.redirect = "http://localhost:1/o/rest/v2/dossiers"
    assert "redirects to http://localhost, which is not followed" in await failure(feed(portal))


async def test_a_redirect_in_a_circle_ends(portal):
    portal.faults.redirect = "/o/rest/v2/dossiers"
    assert "redirects in a circle" in await failure(feed(portal))


@pytest.mark.parametrize("url", ["", "portal.vn", "ftp://portal.vn", "http://", "http://[::1"])
def test_an_address_that_is_none_is_an_error(url):
    with pytest.raises(FeedInputError, match="feed cong: `url:` is no address"):
        OpencpsFeed("cong", url, ["1"], "a", "b", zone=HANOI)


async def test_an_unknown_group_is_an_error(portal):
    assert "answers 404" in await failure(feed(portal, "999"))


async def test_what_a_dossier_waits_for_and_which_dates_have_no_time_are_known(portal, groups):
    shown = await one(portal, groups, dossierStatus="waiting", submitDate="03/06/2024 00:00:00")
    assert (shown.phase, shown.pause, shown.day_only) == ("paused", "supplement", ("submitted_at",))
