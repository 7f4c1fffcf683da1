from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from alertd.assembly.rest import rest
from alertd.config.feeds import RestFeed
from alertd.core.errors import FeedError, FeedInputError
from tests.peers.json_portal import JsonPortal
from tests.peers.loopback import Answer, json_answer

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2024, 6, 10, 3, tzinfo=UTC)
SECRET = "bi-mat-s3cret"
PAGINGS = {
    "none": "none",
    "page": {"type": "page"},
    "offset": {"type": "offset", "size": "size"},
    "link": {"type": "link", "next": "$.next", "size": "size"},
    "cursor": {"type": "cursor", "next": "$.cursor", "parameter": "sau", "size": "size"},
}


def dossier(number):
    return {"MaHoSo": f"H27.35-240603-{number:04}", "NgayHenTra": "20240605160000", "DonVi": "Phòng Tư pháp"}


def feed(portal, **more):
    given = {
        "name": "cong",
        "type": "rest",
        "url": portal.url,
        "rows": "$.data.items",
        "total": "$.data.total",
        "paging": PAGINGS[portal.paging],
        "page_size": 3,
        "fields": {"code": "$.MaHoSo", "due_at": "$.NgayHenTra", "unit": "$.DonVi"},
        **more,
    }
    made = rest(RestFeed.model_validate({key: value for key, value in given.items() if value is not None}), HANOI)
    made._client.keywords["pause"] = 0.0
    return made


async def read(one):
    (source,) = one.sources(NOW)
    return [page async for page in source.pages()]


def codes(pages):
    return [seen.code for page in pages for seen in page.observations]


def whole(number):
    return [dossier(each)["MaHoSo"] for each in range(1, number + 1)]


async def failure(one, *hidden):
    with pytest.raises(FeedError) as raised:
        await read(one)
    text = str(raised.value)
    assert text.startswith("feed cong: http")
    assert "\n" not in text
    for secret in (SECRET, *hidden):
        assert secret not in text
    return text


@pytest.fixture
def portal():
    """Makes a portal with seven dossiers."""
    return lambda number=7, **more: JsonPortal([dossier(each) for each in range(1, number + 1)], **more)


@pytest.mark.parametrize("paging", PAGINGS)
async def test_a_list_is_read_whole_and_once_in_every_way_of_paging(portal, paging):
    async with portal(paging=paging) as one:
        pages = await read(feed(one))
    assert codes(pages) == whole(7)
    assert pages[-1].incomplete == ""
    assert one.violations == []
    assert len(one.calls) == (1 if paging == "none" else 3)


async def test_pages_are_asked_for_by_the_names_that_the_portal_knows_from_its_first_number_on(portal):
    async with portal(first=1) as one:
        await read(
            feed(one, paging={"type": "page", "first": "1"}, params={"donVi": "35166"}, url=one.url + "?nam=2024")
        )
    assert [call.params for call in one.calls] == [
        {"nam": "2024", "donVi": "35166", "page": str(number), "size": "3"} for number in (1, 2, 3)
    ]


@pytest.mark.parametrize("paging", ["page", "offset", "cursor"])
async def test_parameters_of_a_page_can_stand_in_a_json_body_where_a_number_is_one(portal, paging):
    async with portal(paging=paging) as one:
        given = feed(one, method="POST", body={"trangThai": [2, 4]}, paging={**PAGINGS[paging], "in": "body"})
        assert codes(await read(given)) == whole(7)
    assert {call.method for call in one.calls} == {"POST"}
    assert {str(call.params) for call in one.calls} == {"{}"}
    assert all(call.body["trangThai"] == [2, 4] and call.body["size"] == 3 for call in one.calls)


async def test_parameters_of_a_page_can_stand_in_a_form(portal):
    async with portal() as one:
        await read(feed(one, method="POST", form={"nam": "2024"}, paging={"type": "page", "in": "body"}))
    assert [call.body for call in one.calls] == [{"nam": "2024", "page": str(n), "size": "3"} for n in range(3)]


async def test_a_body_and_parameters_of_a_page_in_the_address_go_together(portal):
    async with portal() as one:
        assert codes(await read(feed(one, method="POST", body={"trangThai": [2]}))) == whole(7)
    assert [(call.body, call.params["page"]) for call in one.calls] == [({"trangThai": [2]}, str(n)) for n in range(3)]


async def test_headers_go_with_every_call(portal):
    async with portal(paging="link") as one:
        await read(feed(one, headers={"X-Don-Vi": "H27"}))
    assert [call.headers["x-don-vi"] for call in one.calls] == ["H27"] * 3


LOGINS = {
    "basic": {"type": "basic", "username": "alertd", "password": SECRET},
    "bearer": {"type": "bearer", "token": SECRET},
    "header": {"type": "header", "name": "X-Khoa", "secret": SECRET},
    "oauth2": {"type": "oauth2", "client_id": "alertd", "client_secret": SECRET, "scope": "ho-so"},
}


def login(kind, portal, **changed):
    made = {**LOGINS[kind], **changed}
    return made | {"token_url": portal.token_url} if kind == "oauth2" else made


@pytest.mark.parametrize("kind", LOGINS)
async def test_a_login_of_every_kind_goes_with_every_page(portal, kind):
    async with portal(login=kind) as one:
        assert codes(await read(feed(one, auth=login(kind, one)))) == whole(7)
    assert len(one.calls) == 3


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [("basic", "password"), ("bearer", "token"), ("header", "secret"), ("oauth2", "client_secret")],
)
async def test_a_refused_login_is_one_call_and_one_sentence_without_the_secret(portal, kind, wrong):
    async with portal(login=kind) as one:
        text = await failure(feed(one, auth=login(kind, one, **{wrong: "sai-mật-khẩu"})), "sai-mật-khẩu")
    assert "answers 401" in text
    assert "login is refused; check" in text
    assert len(one.calls) + len(one.grants) == 1


async def test_a_token_is_asked_for_in_the_clients_name_or_with_a_user_in_theirs(portal):
    async with portal(login="oauth2") as one:
        await read(feed(one, auth=login("oauth2", one)))
        named = login("oauth2", one, username="tp.a", password=SECRET)
        await read(
            feed(one, auth={key: value for key, value in named.items() if key not in ("scope", "client_secret")})
        )
    assert one.grants == [
        {"grant_type": "client_credentials", "client_id": "alertd", "client_secret": SECRET, "scope": "ho-so"},
        {"grant_type": "password", "client_id": "alertd", "username": "tp.a", "password": SECRET},
    ]


async def test_a_token_that_ends_between_two_pages_is_renewed_and_nothing_is_read_twice(portal):
    async with portal(login="oauth2", token_calls=2) as one:
        pages = await read(feed(one, auth=login("oauth2", one)))
    assert codes(pages) == whole(7)
    assert pages[-1].incomplete == ""
    assert len(one.grants) == 2


async def test_a_portal_without_dossiers_is_complete(portal):
    for paging in PAGINGS:
        async with portal(0, paging=paging) as one:
            pages = await read(feed(one))
        assert codes(pages) == []
        assert pages[-1].incomplete == "", paging


async def test_an_empty_list_may_be_left_out_when_its_length_is_said(portal):
    async with portal() as one:
        one.faults.instead["*"] = json_answer({"data": {"total": 0, "items": None}})
        assert (await read(feed(one)))[-1].incomplete == ""
        one.faults.instead["*"] = json_answer({"data": {"total": "0"}})
        assert (await read(feed(one)))[-1].incomplete == ""


@pytest.mark.parametrize("paging", ["page", "offset", "link", "cursor"])
async def test_a_portal_that_caps_its_pages_is_read_whole(portal, paging):
    async with portal(paging=paging, cap=2) as one:
        pages = await read(feed(one, page_size=200))
    assert codes(pages) == whole(7)
    assert pages[-1].incomplete == ""


@pytest.mark.parametrize("paging", ["page", "offset", "link", "cursor"])
async def test_a_portal_that_caps_its_pages_and_tells_no_number_is_read_whole_too_and_twice(portal, paging):
    async with portal(paging=paging, cap=2) as one:
        one.faults.no_total = True
        pages = await read(feed(one, page_size=200))
    assert codes(pages) == whole(7)
    assert pages[-1].incomplete == ""
    assert one.violations == []
    assert len(one.calls) in (8, 10)  # four pages, and an empty one where none is called the last


async def test_what_the_portal_calls_the_last_page_ends_the_list(portal):
    async with portal() as one:
        one.faults.no_total, one.faults.no_last = True, False
        pages = await read(feed(one, total=None, last="$.data.last"))
    assert codes(pages) == whole(7)
    assert pages[-1].incomplete == ""
    assert len(one.calls) == 6  # twice three: without a number one reading is no evidence


async def test_one_call_that_gives_all_is_whole_by_the_admins_word(portal):
    async with portal(paging="none") as one:
        one.faults.no_total = True
        pages = await read(feed(one, total=None))
    assert pages[-1].incomplete == ""
    assert len(one.calls) == 1


async def test_one_call_that_says_that_there_is_more_is_not(portal):
    async with portal(paging="none") as one:
        one.faults.more = 5
        pages = await read(feed(one))
    assert pages[-1].incomplete == "the list: 7 dossiers came and 12 were announced"


async def test_dossiers_announced_that_never_come_make_the_poll_incomplete(portal):
    for paging in ("page", "offset", "link", "cursor"):
        async with portal(paging=paging) as one:
            one.faults.more = 5
            pages = await read(feed(one))
        assert codes(pages) == whole(7)
        assert pages[-1].incomplete == "the list: 7 dossiers came and 12 were announced", paging


async def test_a_dossier_that_moves_between_pages_is_found_by_the_second_reading(portal):
    async with portal() as one:

        def moved(number):
            if number == 1:  # the first goes to the end: one slips over a border between pages
                one.rows.append({**one.rows.pop(0), "NgayHenTra": "20240606160000"})

        one.faults.before_page = moved
        pages = await read(feed(one))
    assert sorted(codes(pages)) == whole(7)
    assert len(one.calls) == 6


async def test_a_list_that_shrinks_every_time_is_never_complete(portal):
    async with portal(12) as one:
        one.faults.before_page = lambda number: one.rows.pop(0) if number % 4 else None
        pages = await read(feed(one))
    assert "the number of dossiers changed while they were read" in pages[-1].incomplete


async def test_a_link_that_leads_back_is_an_error_and_not_a_circle(portal):
    async with portal(paging="link") as one:
        one.faults.next = "/api/ho-so?size=3"
        text = await failure(feed(one))
    assert "its pages lead back to one that was read already" in text
    assert len(one.calls) == 2


async def test_a_mark_that_comes_again_is_an_error_and_not_a_circle(portal):
    async with portal(paging="cursor") as one:
        one.faults.next = "m0"
        text = await failure(feed(one))
    assert "lead back" in text
    assert len(one.calls) == 2


@pytest.mark.parametrize(
    "link",
    [
        "http://localhost:1/api/ho-so?sau=m3",
        "//khac.example/api",
        "https://127.0.0.1/api",
        "http://127.0.0.1:1/api",
        "javascript:1",
    ],
)
async def test_a_link_to_another_place_is_refused_and_nothing_goes_there(portal, link):
    async with portal(paging="link", login="bearer") as one:
        one.faults.next = link if "/" in link else link + "/?"
        text = await failure(feed(one, auth=login("bearer", one)))
    assert "gives a link to the next page" in text
    assert "which is not followed; ask for its pages by number or offset" in text
    assert len(one.calls) == 1


async def test_a_link_that_is_none_is_an_error(portal):
    async with portal(paging="link") as one:
        one.faults.next = "http://[::1/?"
        assert "no address" in await failure(feed(one))
    async with portal(paging="none") as one:
        one.faults.instead["*"] = json_answer({"data": {"items": [], "total": 9}, "next": {"a": 1}})
        assert "`next:` of `paging:` finds something" in await failure(feed(one, paging=PAGINGS["link"]))


async def test_a_relative_link_is_followed_below_the_address(portal):
    async with portal(paging="link") as one:
        one.faults.next = "?sau=m3&size=4"
        assert codes(await read(feed(one))) == whole(7)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(200, b"<html>dang nhap</html>", {"Content-Type": "text/html"}), "a web page (HTML) instead of JSON"),
        (Answer(200, b'{"data": {"items": [{"MaHoSo":', {"Content-Type": "application/json"}), "damaged JSON"),
        (Answer(200, b'{"data": {"items": []}}' * 9, {}, fault="half"), "broke the connection off"),
        (Answer(500), "answers 500"),
        (Answer(302, b"", {"Location": "http://localhost:1/dang-nhap"}), "redirects to http://localhost"),
        (json_answer({"error_code": -3, "message": "Phien lam viec het han"}), "finds nothing instead of one list"),
        (json_answer({"data": {"items": {"MaHoSo": "x"}}}), "finds something else instead of one list"),
        (json_answer(["het han"]), "finds nothing instead of one list"),
        (json_answer("het han"), "finds nothing instead of one list"),
        (json_answer({"data": {"items": [], "total": [1, 2]}}), "`total:` is of no use"),
    ],
    ids=["html", "cut", "half", "500", "redirect", "expired", "object", "list", "text", "totals"],
)
@pytest.mark.parametrize("page", [0, 1])
async def test_an_answer_that_is_no_list_is_an_error_on_any_page_and_nothing_is_taken(portal, answer, expected, page):
    async with portal() as one:
        one.faults.instead = {page: answer, page + 1: answer, page + 2: answer}
        assert expected in await failure(feed(one))


async def test_a_busy_portal_is_asked_again(portal):
    async with portal() as one:
        one.faults.instead = {1: Answer(503), 2: Answer(429)}
        assert codes(await read(feed(one))) == whole(7)


async def test_a_portal_that_does_not_answer_is_an_error(portal):
    async with portal() as one:
        one.faults.instead = {0: Answer(fault="hang")}
        assert "has not answered within 1 s" in await failure(feed(one, timeout="1s"))


async def test_rows_that_cannot_be_taken_are_set_aside_and_stop_no_other(portal):
    async with portal() as one:
        one.rows[1] = {**dossier(2), "NgayHenTra": "sớm"}
        one.rows[2] = {"NgayHenTra": "20240605160000"}
        one.rows[3] = "H27"
        pages = await read(feed(one))
    assert codes(pages) == [whole(7)[number] for number in (0, 4, 5, 6)]
    assert [(reject.row, reject.code, reject.reason[:38]) for page in pages for reject in page.rejects] == [
        (2, "H27.35-240603-0002", "due_at: 'sớm' is not a date; expected "),
        (3, "", "code: nothing is found that could be a"),
        (4, "", "code: nothing is found that could be a"),
    ]
    assert pages[-1].incomplete == ""


async def test_a_row_repeated_for_each_attachment_is_one_dossier(portal):
    async with portal() as one:
        one.rows[:] = [row for row in one.rows for _ in range(2)]
        pages = await read(feed(one))
    assert codes(pages) == whole(7)
    assert pages[-1].incomplete == ""


async def test_a_list_may_be_the_whole_answer(portal):
    async with portal() as one:
        one.faults.instead["*"] = json_answer(one.rows)
        assert codes(await read(feed(one, rows="$", total=None, paging="none"))) == whole(7)


async def test_the_source_is_the_portal_as_it_is_now_and_its_label_holds_no_secret(portal):
    async with portal() as one:
        made = feed(one, url=one.url.replace("//", "//user:pw@") + "?khoa=s3cret")
        (source,) = made.sources(NOW)
    assert (source.label, source.as_of, source.digest) == (one.url, NOW, "")
    assert "s3cret" not in str(source)


@pytest.mark.parametrize("url", ["http://", "http://[::1", "portal"])
def test_an_address_that_is_none_is_an_error(portal, url):
    given = {
        "name": "cong",
        "type": "rest",
        "url": "http://x",
        "rows": "$",
        "paging": "none",
        "fields": {"code": "$.a"},
    }
    settings = RestFeed.model_validate(given).model_copy(update={"url": url})
    with pytest.raises(FeedInputError, match="feed cong: `url:` is no address"):
        rest(settings, HANOI)


async def test_without_a_status_a_dossier_runs_until_its_finish_is_past(portal):
    async with portal(3) as one:
        for row, finish in zip(one.rows, ["", "20240604090000", "20240611090000"], strict=True):
            row["xong"] = finish
        fields = {"code": "$.MaHoSo", "finished_at": "$.xong"}
        pages = await read(feed(one, fields=fields))
    assert [seen.phase for page in pages for seen in page.observations] == ["running", "done", "running"]


async def test_every_page_is_asked_for_only_after_the_one_before_was_taken(portal):
    """Bounded memory: the list is never held as a whole."""
    async with portal(30) as one:
        (source,) = feed(one).sources(NOW)
        asked = [len(one.calls) async for _ in source.pages()]
    assert all(after - before <= 1 for before, after in pairwise(asked))
