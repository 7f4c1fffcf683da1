from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alertd.core.dossier import Observation, Reject
from alertd.core.errors import FeedError, FeedInputError
from alertd.demo.portal import Portal
from alertd.demo.portal.igate import dossier, names
from alertd.demo.portal.keycloak import Sso
from alertd.feeds.igate import IgateFeed
from alertd.feeds.keycloak import grant

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2024, 6, 10, 3, tzinfo=UTC)
RECEIVED = datetime(2024, 6, 3, 8, tzinfo=HANOI)
DUE = datetime(2024, 6, 5, 16, tzinfo=HANOI)
SECRET = "bí-mật-s3cret"
RECORDED = Path(__file__).parent / "recorded"


def made(number, **more):
    return dossier(number, zone=HANOI, **{"received": RECEIVED, "due": DUE, **more})


@pytest.fixture
def shown():
    return [made(number) for number in range(1, 8)]


@pytest.fixture
def portal(shown):
    with Portal(dossiers=lambda: shown, sso=Sso("alertd", SECRET)) as running:
        yield running


def feed(portal, **more):
    given = {"zone": HANOI, "page_size": 3, "pause": 0.0, "timeout": 5.0, **more}
    form = grant("alertd", given.pop("secret", SECRET), "", "")
    return IgateFeed("cong", given.pop("url", portal.url), given.pop("token_url", portal.token_url), form, **given)


async def read(one):
    (source,) = one.sources(NOW)
    return [page async for page in source.pages()]


def seen(pages):
    return [observation for page in pages for observation in page.observations]


def rejected(pages):
    return {reject.code: reject.reason for page in pages for reject in page.rejects}


async def one(portal, shown, **changed):
    shown[:] = [{**made(12), **changed}]
    pages = await read(feed(portal))
    assert rejected(pages) == {}
    (observation,) = seen(pages)
    return observation


def numbers(pages):
    return [int(observation.code[-6:]) for observation in seen(pages)]


# -- the list


async def test_all_pages_are_read_with_a_token_in_the_order_of_a_number_that_never_changes(portal):
    pages = await read(feed(portal, filters={"ancestor-agency-id": "abc", "page": "7"}))
    assert numbers(pages) == [1, 2, 3, 4, 5, 6, 7]
    assert pages[-1].incomplete == ""
    asked = [request.parameters for request in portal.requests]
    assert [parameters["page"] for parameters in asked] == ["0", "1", "2"]
    same = {"spec": "page", "sort": "id,asc", "remove-status": "0", "size": "3", "ancestor-agency-id": "abc"}
    assert all(same.items() <= parameters.items() for parameters in asked)
    assert portal.sso.granted == ["client_credentials"]


async def test_a_portal_that_gives_smaller_pages_than_asked_is_read_whole(shown):
    with Portal(dossiers=lambda: shown, sso=Sso("alertd", SECRET), page_limit=2) as portal:
        for spec in ("page", "slice"):
            pages = await read(feed(portal, page_size=200, spec=spec))
            assert numbers(pages) == [1, 2, 3, 4, 5, 6, 7]
            assert pages[-1].incomplete == ""


async def test_a_portal_without_dossiers_is_complete(portal, shown):
    shown.clear()
    for spec in ("page", "slice"):
        pages = await read(feed(portal, spec=spec))
        assert seen(pages) == []
        assert pages[-1].incomplete == ""


async def test_slices_are_read_twice_and_complete_when_both_readings_agree(portal):
    pages = await read(feed(portal, spec="slice"))
    assert numbers(pages) == [1, 2, 3, 4, 5, 6, 7]
    assert pages[-1].incomplete == ""
    assert [request.parameters["page"] for request in portal.requests] == ["0", "1", "2"] * 2


async def test_slices_of_a_list_that_dossiers_leave_while_it_is_read_are_incomplete(portal):
    portal.faults.leaving = 5
    pages = await read(feed(portal, spec="slice"))
    assert "the portal does not say how many dossiers there are, and two readings did not agree" in pages[-1].incomplete


async def test_a_page_from_which_a_dossier_has_moved_is_read_again(portal):
    portal.faults.leaving = 1  # between the first two pages: the fourth dossier moves into the page that was read
    pages = await read(feed(portal))
    assert sorted(numbers(pages)) == [1, 2, 3, 4, 5, 6, 7]
    assert pages[-1].incomplete == ""
    assert len(portal.requests) == 4


async def test_pages_that_go_on_drifting_are_incomplete(portal):
    portal.faults.leaving = 7
    pages = await read(feed(portal))
    assert "the number of dossiers changed while they were read, to" in pages[-1].incomplete


async def test_a_dossier_that_jumps_to_the_front_is_found_by_a_second_reading(portal):
    portal.faults.jumping = 1
    pages = await read(feed(portal))
    assert sorted(numbers(pages)) == [1, 2, 3, 4, 5, 6, 7]
    assert pages[-1].incomplete == ""


async def test_dossiers_that_go_on_jumping_make_the_poll_incomplete(portal):
    portal.faults.jumping = 100
    pages = await read(feed(portal))
    assert pages[-1].incomplete == "the list: dossiers moved between pages while they were read"


async def test_dossiers_announced_that_never_come_make_the_poll_incomplete(portal):
    portal.faults.missing = 5
    pages = await read(feed(portal))
    assert pages[-1].incomplete == "the list: 7 dossiers came and 12 were announced"


async def test_a_dossier_that_comes_twice_is_taken_once(portal):
    portal.faults.doubled = True
    for spec in ("page", "slice"):
        pages = await read(feed(portal, spec=spec))
        assert numbers(pages) == [1, 2, 3, 4, 5, 6, 7]
        assert pages[-1].incomplete == ""


async def test_the_numbers_of_a_page_may_stand_in_an_object_of_their_own(portal):
    answer = {"content": [made(1)], "page": {"size": 3, "number": 0, "totalElements": 1, "totalPages": 1}}
    portal.faults.instead = json.dumps(answer)
    pages = await read(feed(portal))
    assert (numbers(pages), pages[-1].incomplete, len(portal.requests)) == ([1], "", 1)


@pytest.mark.parametrize("spec", ["page", "slice"])
async def test_a_portal_that_does_not_turn_the_page_is_incomplete(portal, spec):
    answer = {"content": [made(1)], "last": False} | ({"totalElements": 3} if spec == "page" else {})
    portal.faults.instead = json.dumps(answer)
    pages = await read(feed(portal, spec=spec))
    assert pages[-1].incomplete == "the list: the portal gives the same page again and again"
    assert len(portal.requests) == (6 if spec == "page" else 4), "two readings that end"


# -- the token


async def test_a_token_that_the_portal_no_longer_takes_is_renewed_once_and_the_call_made_again(portal):
    portal.faults.token_calls = 1
    assert numbers(await read(feed(portal))) == [1, 2, 3, 4, 5, 6, 7]
    assert len(portal.sso.granted) == 3
    assert len(portal.requests) == 5


async def test_a_token_that_says_it_ends_soon_is_renewed_before(portal):
    portal.faults.token_life = 1
    portal.faults.slow = 0.3
    assert numbers(await read(feed(portal))) == [1, 2, 3, 4, 5, 6, 7]
    assert len(portal.sso.granted) >= 2
    assert len(portal.requests) == 3, "no call met a refusal"


async def failure(one_feed):
    with pytest.raises(FeedError) as raised:
        await read(one_feed)
    assert "\n" not in str(raised.value)
    assert SECRET not in str(raised.value)
    assert str(raised.value).startswith("feed cong: http")
    return str(raised.value)


async def test_an_account_that_may_not_list_is_an_error_after_one_renewal(portal):
    portal.faults.locked_out = False
    portal.faults.token_calls = -1
    text = await failure(feed(portal))
    assert "answers 401: the token is refused; check that its account or client may list dossiers" in text
    assert len(portal.requests) == 2


async def test_a_wrong_secret_is_an_error_before_anything_is_asked_of_the_portal(portal):
    text = await failure(feed(portal, secret="falsch"))
    assert "/auth/realms/digo/protocol/openid-connect/token answers 401 (unauthorized_client)" in text
    assert "falsch" not in text
    assert portal.requests == []


async def test_a_login_page_in_place_of_a_token_is_an_error(portal):
    portal.faults.token_html = True
    assert "openid-connect/token answers a web page (HTML) instead of JSON" in await failure(feed(portal))


async def test_a_token_endpoint_that_is_not_there_is_an_error(portal):
    text = await failure(feed(portal, token_url=portal.url + "/auth/realms/khac/token"))
    assert "/auth/realms/khac/token answers 404" in text


@pytest.mark.parametrize(
    ("fault", "value", "words"),
    [
        ("status", 500, "answers 500: the portal has failed"),
        ("html", True, "a web page (HTML) instead of JSON"),
        ("half", True, "damaged JSON"),
        ("cut", True, "broke the connection off in the middle"),
        ("instead", '{"error": "session"}', "without a list of dossiers (`content`)"),
        ("instead", "[]", "without a list of dossiers (`content`)"),
        ("instead", '<?xml version="1.0"?><list/>', "answers XML instead of JSON"),
        ("redirect", "http://localhost:1/pa", "redirects to http://localhost, which is not followed"),
    ],
)
async def test_what_goes_wrong_with_the_list_is_one_clear_error(portal, fault, value, words):
    setattr(portal.faults, fault, value)
    assert words in await failure(feed(portal))


async def test_a_portal_that_is_too_slow_is_an_error(portal):
    portal.faults.slow = 5
    assert "has not answered within 0.2 s" in await failure(feed(portal, timeout=0.2))


@pytest.mark.parametrize("place", ["url", "token_url"])
def test_an_address_that_is_none_is_an_error(place):
    addresses = {"url": "https://a.vn", "token_url": "https://b.vn"} | {place: "portal.vn"}
    with pytest.raises(FeedInputError, match="feed cong: `url:` is no address"):
        IgateFeed("cong", grant={}, zone=HANOI, **addresses)


# -- a dossier


def recorded(name):
    return (RECORDED / name).read_text(encoding="utf-8")


async def test_recorded_dossiers_are_understood_and_their_citizens_stay_behind(portal):
    portal.faults.instead = recorded("igate-page.json")
    pages = await read(feed(portal))
    assert (rejected(pages), pages[-1].incomplete) == ({}, "")
    first, second, third, fourth = seen(pages)
    assert first == Observation(
        key="65a1f0c2e4b0a1b2c3d4e501",
        code="000.09.23.H34-240603-0012",
        phase="running",
        status="Đang xử lý/Chờ phê duyệt",
        unit="000.05.23.H34",
        received_unit="000.09.23.H34",
        officers=("Chuyên viên Tài chính - Kế hoạch",),
        procedure_code="1.001612.000.00.00.H34",
        procedure="Đăng ký thành lập hộ kinh doanh",
        field="Thành lập và hoạt động của hộ kinh doanh",
        channel="online",
        submitted_at=datetime(2024, 6, 2, 14, 15, tzinfo=UTC),
        received_at=datetime(2024, 6, 3, 1, tzinfo=UTC),
        due_at=datetime(2024, 6, 6, 9, tzinfo=UTC),
        aliases=("H34.23-240603-0012",),
        step="Thẩm định hồ sơ",
        step_due_at=datetime(2024, 6, 5, 10, tzinfo=UTC),
    )
    assert (second.code, second.phase, second.status) == (
        "000.09.23.H34 - 240603 - 0013",
        "paused",
        "Tạm dừng/Yêu cầu bổ sung",
    )
    assert (second.unit, second.officers, second.step) == ("UBND thị trấn mẫu", (), "Tiếp nhận bổ sung")
    assert (second.due_at, second.due_on) == (None, date(2024, 6, 5)), "the portal's own deadline, a local midnight"
    assert (second.channel, second.field) == ("direct", "CT")
    assert (third.phase, third.status, third.aliases) == ("pre", "0/Mới đăng ký", ())
    assert (third.due_at, third.due_on, third.received_at) == (None, None, None)
    assert (third.unit, third.officers) == ("000.03.23.H34", ("tp.cv", "Phó trưởng phòng Tư pháp"))
    assert (fourth.phase, fourth.status, fourth.unit) == ("returned", "Đã trả kết quả", "000.09.23.H34")
    assert fourth.finished_at == datetime(2024, 5, 30, 3, tzinfo=UTC)
    assert fourth.returned_at == datetime(2024, 5, 30, 7, tzinfo=UTC)
    for observation in seen(pages):
        assert "mẫu " not in str(replace(observation, unit=""))
        assert "MAU" not in str(observation)


@pytest.mark.parametrize(
    ("label", "phase"),
    [
        ("Mới đăng ký", "pre"),
        ("Chờ tiếp nhận", "pre"),
        ("Được tiếp nhận", "running"),
        ("Đã tiếp nhận", "running"),
        ("ĐANG  XỬ LÝ", "running"),
        ("Đang thụ lý", "running"),
        ("Chờ phê duyệt", "running"),
        ("Đã bổ sung", "running"),
        ("Gia hạn", "running"),
        ("Gia hạn hồ sơ", "running"),
        ("Yêu cầu bổ sung", "paused"),
        ("Yêu cầu bổ sung giấy tờ", "paused"),
        ("Chờ bổ sung", "paused"),
        ("Chờ bổ sung hồ sơ", "paused"),
        ("Tạm dừng", "paused"),
        ("Tạm dừng hồ sơ", "paused"),
        ("Dừng tính thời gian", "paused"),
        ("Chờ thực hiện nghĩa vụ tài chính", "paused"),
        ("Chờ công dân thực hiện NVTC", "paused"),
        ("Chờ cơ quan thuế xác định NVTC", "paused"),
        ("Niêm yết", "paused"),
        ("Niêm yết hồ sơ", "paused"),
        ("Có kết quả", "done"),
        ("Đã có kết quả", "done"),
        ("Đã xử lý xong", "done"),
        ("Chờ trả kết quả", "done"),
        ("Đã trả kết quả", "returned"),
        ("Hoàn thành", "returned"),
        ("Rút hồ sơ", "cancelled"),
        ("Công dân yêu cầu rút", "cancelled"),
        ("Đã hủy", "cancelled"),
        ("Đã huỷ", "cancelled"),
        ("Từ chối", "rejected"),
        ("Không được tiếp nhận", "rejected"),
        ("Trả lại", "rejected"),
        ("Dừng xử lý", "unknown"),
        ("Quá hạn", "unknown"),
        ("Trễ hạn", "unknown"),
        ("Sắp đến hạn", "unknown"),
        ("Processing", "unknown"),
    ],
)
async def test_a_label_means_the_phase_of_the_table(portal, shown, label, phase):
    observation = await one(portal, shown, dossierStatus={"id": 2, "name": names(label)}, dossierTaskStatus=None)
    assert (observation.phase, observation.status) == (phase, " ".join(label.split()))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 6, 9, 10, "2", {"id": 2}, {"id": 9, "name": []}])
async def test_a_number_without_a_label_means_nothing(portal, shown, number):
    observation = await one(portal, shown, dossierStatus=number, dossierTaskStatus=None)
    assert observation.phase == "unknown"
    assert observation.status == str(number["id"] if isinstance(number, dict) else number)


async def test_a_label_of_the_task_tells_only_where_that_of_the_dossier_does_not(portal, shown):
    paused = {"id": "1", "name": names("Chờ bổ sung")}
    assert (await one(portal, shown, dossierTaskStatus=paused)).phase == "running"
    observation = await one(portal, shown, dossierStatus=None, dossierTaskStatus=paused)
    assert (observation.phase, observation.status) == ("paused", "Chờ bổ sung")
    other = {"id": 7, "name": names("Trạng thái riêng của tỉnh")}
    assert (await one(portal, shown, dossierStatus=other, dossierTaskStatus=paused)).phase == "paused"


async def test_statuses_name_a_label_a_number_or_both_labels_at_once(portal, shown):
    paused = {"id": "1", "name": names("Chờ bổ sung")}
    shown[:] = [
        made(1, status="Dừng xử lý"),
        {**made(2), "dossierStatus": 7, "dossierTaskStatus": None},
        {**made(3), "dossierTaskStatus": paused},
        made(4),
    ]
    statuses = {"rejected": ["dừng xử lý"], "done": ["7"], "paused": ["Đang xử lý/Chờ bổ sung"]}
    phases = [observation.phase for observation in seen(await read(feed(portal, statuses=statuses)))]
    assert phases == ["rejected", "done", "paused", "running"]


async def test_handed_back_means_refused_unless_the_dossier_was_finished(portal, shown):
    handed_back = {"id": 1, "name": names("Trả lại")}
    assert (await one(portal, shown, dossierStatus=handed_back)).phase == "rejected"
    finished = await one(portal, shown, dossierStatus=handed_back, completedDate="2024-06-05T10:00:00.000+0700")
    assert finished.phase == "returned"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-06-05T16:00:00.000+0700", (DUE, None)),
        ("2024-06-05T09:00:00.000+0000", (DUE, None)),
        ("2024-06-05T09:00:00Z", (DUE, None)),
        ("2024-06-05T16:00:00", (DUE, None)),
        (1717578000000, (DUE, None)),
        ("2024-06-04T17:00:00.000+0000", (None, date(2024, 6, 5))),
        ("2024-06-05T00:00:00.000+0700", (None, date(2024, 6, 5))),
        ("2024-06-05T00:00:00.000+0000", (datetime(2024, 6, 5, 7, tzinfo=HANOI), None)),
        ("2024-06-05", (None, date(2024, 6, 5))),
        ("0001-01-01T00:00:00.000+0000", (None, None)),
    ],
)
async def test_a_due_date_is_read_in_its_zone_before_its_day_is_taken(portal, shown, written, expected):
    observation = await one(portal, shown, appointmentDate=written, dueDate=None)
    assert (observation.due_at, observation.due_on) == expected


async def test_the_appointment_goes_before_the_portals_own_deadline(portal, shown):
    appointed = await one(portal, shown, dueDate="2024-07-01T10:00:00.000+0700")
    assert appointed.due_at == DUE
    own = await one(portal, shown, appointmentDate=None, dueDate="2024-07-01T10:00:00.000+0700")
    assert own.due_at == datetime(2024, 7, 1, 10, tzinfo=HANOI)


@pytest.mark.parametrize("endless", [1, "1", True, "true"])
async def test_a_dossier_without_an_end_has_no_due_date_whatever_else_it_says(portal, shown, endless):
    observation = await one(portal, shown, undefindedCompleteTime=endless)
    assert (observation.due_at, observation.due_on) == (None, None)


@pytest.mark.parametrize("ended", [0, None, "0", False, ""])
async def test_any_other_dossier_has_the_one_it_says(portal, shown, ended):
    assert (await one(portal, shown, undefindedCompleteTime=ended)).due_at == DUE


async def test_officers_are_all_who_have_a_current_task_each_once(portal, shown):
    def task(name):
        return {"assignee": {"fullname": name}}

    several = [task("A"), task("B; C"), task("A"), {"assignee": None}, {}]
    assert (await one(portal, shown, currentTask=several)).officers == ("A", "B", "C")
    assert (await one(portal, shown, currentTask=task("A"))).officers == ("A",)
    assert (await one(portal, shown, currentTask=None, task=[task("A")])).officers == ("A",)
    done = [{**task("A"), "isCurrent": 0}, {**task("B"), "isCurrent": 1}]
    assert (await one(portal, shown, currentTask=[], task=done)).officers == ("B",)


async def test_the_unit_is_that_of_the_task_else_the_dossiers_own(portal, shown):
    elsewhere = [{"agency": None}, {"agency": {"code": "TNMT"}}]
    observation = await one(portal, shown, currentTask=elsewhere)
    assert (observation.unit, observation.received_unit) == ("TNMT", "TP")
    nowhere = await one(portal, shown, currentTask=[])
    assert (nowhere.unit, nowhere.received_unit) == ("TP", "TP")


async def test_a_channel_that_a_province_calls_otherwise_is_configured(portal, shown):
    shown[:] = [{**made(1), "applyMethod": {"id": 3, "name": "Kiosk"}}, {**made(2), "applyMethod": {"id": 1}}]
    channels = [each.channel for each in seen(await read(feed(portal, channel_values={"direct": ["kiosk"]})))]
    assert channels == ["direct", "unknown"]


async def test_a_dossier_that_the_portal_has_removed_is_none(portal, shown):
    shown[3]["removeStatus"] = 1
    pages = await read(feed(portal))
    assert numbers(pages) == [1, 2, 3, 5, 6, 7]
    assert (rejected(pages), pages[-1].incomplete) == ({}, "")


async def test_a_date_that_decides_nothing_is_left_out_and_listed(portal, shown):
    task = {"assignee": {"fullname": "A"}, "dueDate": "hôm kia"}
    shown[:] = [{**made(1), "appliedDate": "2609-01-01T00:00:00.000+0700", "currentTask": [task]}]
    pages = await read(feed(portal))
    (observation,) = seen(pages)
    assert (observation.submitted_at, observation.step_due_at, observation.due_at) == (None, None, DUE)
    reasons = [reject.reason for page in pages for reject in page.rejects]
    assert len(reasons) == 2
    assert all(reason.endswith("; the rest of the row was taken") for reason in reasons)


async def test_a_damaged_dossier_is_rejected_and_stops_no_other(portal):
    rows = [7, {**made(1), "appointmentDate": "sớm"}, {**made(2), "id": None, "code": ""}, made(3)]
    portal.faults.instead = json.dumps({"content": rows, "totalElements": 4, "last": True})
    pages = await read(feed(portal))
    assert numbers(pages) == [3]
    assert [reject for page in pages for reject in page.rejects] == [
        Reject(1, "", "this is no dossier (a JSON object); ask the portal's operator"),
        Reject(2, "H27.35-000001", rejected(pages)["H27.35-000001"]),
        Reject(3, "", "it has neither id nor code; ask the portal's operator"),
    ]
    assert rejected(pages)["H27.35-000001"].startswith("appointmentDate: 'sớm' is not a date; expected")


async def test_a_dossier_without_an_id_goes_by_its_code(portal, shown):
    observation = await one(portal, shown, id=None, code=" h27.35 - 12 ")
    assert (observation.key, observation.code) == ("H27.35-12", "h27.35 - 12")
