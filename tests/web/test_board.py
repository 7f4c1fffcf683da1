"""What the board shows, and what people do on it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from alertd.core.dossier import PauseKind, Phase
from alertd.store import configurations, tables
from alertd.store.database import Database
from alertd.store.sessions import Level
from alertd.web.board.lists import PAGE
from alertd.web.board.tally import Tally
from tests.store.ground import dossier
from tests.web.ground import MESSAGE, NOW, Site
from tests.web.visitors import ids, mark, signed_in, visiting


@pytest.fixture
def site(database):
    return Site(database).seed()


def counts(page):
    """The numbers on the tiles, by the class that each links to."""

    return {name: int(n) for name, n in re.findall(r"\?class=(\w+)[^>]*><strong>(\d+)</strong>", page.text)}


async def shown(site, path, person="an", **session):
    async with visiting(site, signed_in(site, person, **session)) as client:
        return await client.get(path)


async def test_the_list_opens_at_what_is_most_urgent(site):
    page = await shown(site, "/b/")
    assert page.status_code == 200
    assert counts(page) == {
        "overdue": 2,
        "late_accept": 0,
        "due_today": 0,
        "due_soon": 1,
        "paused": 0,
        "no_due": 0,
        "missing": 0,
        "open": 3,
    }
    assert ids(page) == [site.id_of("HS-0001"), site.id_of("HS-0002")]
    assert "Chậm 7 giờ 30 phút làm việc" in page.text
    assert "Cải chính &lt;b&gt;hộ tịch&lt;/b&gt;" in page.text


@pytest.mark.parametrize("own", ["", "&own=1"])
async def test_each_number_is_that_of_the_dossiers_behind_it(site, own):
    site.poll(
        NOW + timedelta(minutes=1),
        dossier("HS-0001", due="10/06 08:00"), dossier("HS-0002", due="10/06 23:00"), dossier("HS-0003", due="11/06 16:00"),
        dossier("HS-0004", due=None), dossier("HS-0005", due="28/06 16:00"), dossier("HS-0006", phase=Phase.PAUSED),
        dossier("HS-0007", phase=Phase.PRE, received_at=None),
        dossier("HS-0008", phase=Phase.PRE, received_at=None, due=None, accept_due_at=NOW - timedelta(hours=1)),
    )  # fmt: skip
    async with visiting(site, signed_in(site, "head")) as client:
        page = await client.get(f"/b/?class=open{own}")
        for name, number in counts(page).items():
            assert len(ids(await client.get(f"/b/?class={name}{own}"))) == number
    if not own:
        assert counts(page) == {
            "overdue": 1, "late_accept": 1, "due_today": 1, "due_soon": 1, "paused": 1, "no_due": 1, "missing": 0, "open": 8,
        }  # fmt: skip


@pytest.mark.parametrize("path", ["/b/", "/b/?class=open&own=1", "/b/units", "/api/v1/units", "/api/v1/dossiers"])
async def test_nobody_waits_for_the_numbers_with_the_database_in_hand(site, monkeypatch, path):
    """A count of many takes seconds: those who wait for it would leave no connection to anybody else."""
    open_now, asked, read, whole = [0], [], Database.read, Tally.whole

    @contextmanager
    def counted(database):
        open_now[0] += 1
        try:
            with read(database) as connection:
                yield connection
        finally:
            open_now[0] -= 1

    def noted(tally, bounds):
        asked.append(open_now[0])
        return whole(tally, bounds)

    monkeypatch.setattr(Database, "read", counted)
    monkeypatch.setattr(Tally, "whole", noted)
    assert (await shown(site, path, person="head")).status_code == 200
    assert asked == [0]


async def test_an_officer_sees_a_dossier_of_theirs_in_a_unit_in_which_they_hold_no_post(site):
    """Portal ids are matched anywhere (DESIGN section 6)."""
    site.poll(
        NOW + timedelta(minutes=1), dossier("NV-0001", due="10/06 08:00", unit="NV", officers=("nv.x", "tp.an")),
        dossier("HS-0004", due="10/06 16:00", officers=("tp.binh",)), dossier("HS-0009", due="10/06 16:00", unit="đâu đó"),
    )  # fmt: skip
    page = await shown(site, "/b/?class=overdue")
    codes = ("HS-0001", "NV-0001", "HS-0002", "HS-0009")  # two of them are missing, and overdue all the same
    assert ids(page) == [site.id_of(code) for code in codes]


async def test_a_dossier_that_was_handed_over_is_on_the_takers_list_alone(site):
    number = site.id_of("HS-0001")
    async with visiting(site, signed_in(site, "an")) as client:
        form = {"form": mark(await client.get(f"/b/d/{number}")), "taker": "binh"}
        await client.post(f"/b/d/{number}/handover", data=form)
        assert number not in ids(await client.get("/b/?class=open"))
    assert number in ids(await shown(site, "/b/?class=open", "binh"))


@pytest.mark.parametrize("own", ["", "&own=1"])
async def test_ten_thousand_dossiers_come_page_by_page_each_once(site, database, own):
    d = tables.dossiers
    with database.write() as connection:
        row = dict(connection.execute(select(d).where(d.c.code == "HS-0001")).one()._mapping)
        del row["id"]
        copies = [row | {"key": f"k{n}", "code": f"X-{n:05}", "code_norm": f"X-{n:05}"} for n in range(10_000)]
        connection.execute(insert(d), copies)
    seen, path = [], f"/b/?class=overdue{own}"
    async with visiting(site, signed_in(site, "head" if not own else "an")) as client:
        for _ in range(3):
            page = await client.get(path)
            assert len(page.content) < 100_000
            assert len(ids(page)) == PAGE
            seen += ids(page)
            path = "/b/" + page.text.split('class="more" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(set(seen)) == len(seen) == 3 * PAGE


@pytest.mark.parametrize("after", ["x", "2024-06-10T00:00:00|1", "2024-06-10T00:00:00+00:00|x", "|", "9" * 400])
async def test_an_address_that_makes_no_sense_shows_the_first_page(site, after):
    page = await shown(site, f"/b/?class=khong-co&after={after}&unit=%00")
    assert page.status_code == 200


@pytest.mark.parametrize("number", ["0", "999999999", "-1", "x", "9" * 400, "9" * 5000, "1%00"])
async def test_a_dossier_that_there_is_not_is_a_page_that_says_so(site, number):
    page = await shown(site, f"/b/d/{number}")
    assert page.status_code in (404, 405)
    assert "Traceback" not in page.text


async def test_a_dossier_is_told_from_its_first_sight_to_the_last_answer(site):
    number = site.id_of("HS-0001")
    async with visiting(site, signed_in(site, "an")) as client:
        page = await client.get(f"/b/d/{number}")
        assert "Đã nhận" in page.text
        form = {"form": mark(page)}
        answer = await client.post(f"/b/d/{number}/ack", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"../{number}?done=ack")
        said = {"text": "Chờ xác minh tại xã; trả trước 12/06."}
        assert (await client.post(f"/b/d/{number}/explain", data=form | said)).status_code == 303
        assert (await client.post(f"/b/d/{number}/handover", data=form | {"taker": "binh"})).status_code == 303
        page = await client.get(f"/b/d/{number}?done=handover")
    for words in (
        "Đã chuyển hồ sơ.", "Thấy lần đầu trên cổng", "Bắt đầu quá hạn", "Chuyên viên 1 đã xác nhận",
        "Chuyên viên 1 giải trình", "Chờ xác minh tại xã", "Chuyên viên 1 chuyển cho Chuyên viên 2",
    ):  # fmt: skip
        assert words in page.text
    assert site.rows("acknowledgements", "person", "dossier_id", "via") == [("an", number, "board")]


async def test_pauses_and_what_is_flagged_stand_in_a_dossiers_story(site):
    asked = {"phase": Phase.PAUSED, "status": "5", "pause": PauseKind.SUPPLEMENT}
    for minute, more in enumerate([asked, {}, asked], 1):
        site.poll(NOW + timedelta(minutes=minute), dossier("HS-0001", due="10/06 08:00", **more))
    site.now = NOW + timedelta(minutes=5)
    page = await shown(site, f"/b/d/{site.id_of('HS-0001')}")
    assert page.text.count("Tạm dừng: chờ bổ sung giấy tờ") == 2
    assert page.text.count("Yêu cầu bổ sung từ lần thứ hai") == 1


async def test_an_explanation_that_is_too_short_is_refused_and_kept_in_the_form(site):
    number = site.id_of("HS-0001")
    async with visiting(site, signed_in(site, "an")) as client:
        form = {"form": mark(await client.get(f"/b/d/{number}")), "text": "<i>ngắn"}
        answer = await client.post(f"/b/d/{number}/explain", data=form)
    assert answer.status_code == 422
    assert "ít nhất 10 ký tự" in answer.text
    assert "&lt;i&gt;ngắn</textarea>" in answer.text


async def test_a_portal_link_that_is_no_web_address_is_not_shown(site, database):
    d = tables.dossiers
    number = site.id_of("HS-0001")
    with database.write() as connection:
        connection.execute(update(d).where(d.c.id == number).values(url="javascript:alert(1)"))
    assert "javascript" not in (await shown(site, f"/b/d/{number}")).text


async def test_units_are_a_table_whose_numbers_lead_to_the_dossiers(site):
    page = await shown(site, "/b/units", "chair")
    assert 'href="../b/?class=overdue&amp;unit=TP"' in page.text
    assert "Phòng Tư pháp" in page.text
    own = await shown(site, "/b/units", "an")
    assert (own.status_code, own.headers["location"]) == (303, ".")


async def test_a_page_speaks_english_when_asked_and_remembers(site):
    async with visiting(site, signed_in(site, "an")) as client:
        page = await client.get("/b/?lang=en")
        assert "My dossiers" in page.text
        assert 'lang="en"' in page.text
        assert "alertd-lang=en" in page.headers["set-cookie"]
        page = await client.get("/b/", headers={"Cookie": client.headers["Cookie"] + "; alertd-lang=en"})
        assert "My dossiers" in page.text
        assert "Hồ sơ của tôi" in (await client.get("/b/?lang=xx")).text


async def test_no_page_asks_another_host_for_anything(site):
    for path in ("/b/", "/b/units", f"/b/d/{site.id_of('HS-0001')}", "/b/sign-in"):
        page = await shown(site, path, "chair")
        assert "http://" not in page.text.replace("http://127.0.0.1", "")
        assert "https://" not in page.text
        policy = page.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert " style=" not in page.text
        assert " onclick" not in page.text


# --- operation --------------------------------------------------------------------------------------------------------


def stuck(site, state):
    o = tables.outbox
    with site.database.write() as connection:
        connection.execute(
            update(o).where(o.c.message == MESSAGE).values(state=state, not_before=None, settled_at=None, channel="")
        )


def state_of(site):
    o = tables.outbox.c
    with site.database.read() as connection:
        return connection.execute(select(o.state, o.detail).where(o.message == MESSAGE)).one()


@pytest.mark.parametrize(
    ("state", "action", "becomes"),
    [("held", "release", "pending"), ("failed", "retry", "retry"), ("failed", "discard", "discarded")],
)
async def test_an_admin_decides_about_a_message_that_is_stuck(site, state, action, becomes):
    stuck(site, state)
    site.channels = ("console",)
    cookie = signed_in(site, "admin", level=Level.CONFIRMED)
    async with visiting(site, cookie) as client:
        page = await client.get("/b/admin")
        assert MESSAGE in page.text
        form = {"form": mark(page), "message": MESSAGE, "reason": "gửi nhầm đợt"}
        answer = await client.post(f"/b/admin/outbox/{action}", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"../../admin?done={action}")
    assert state_of(site).state == becomes
    assert ("person:admin", f"outbox {action}") in site.rows("audit", "who", "action")


@pytest.mark.parametrize(
    ("message", "reason"), [(MESSAGE, ""), ("m" + "0" * 24, "một lý do"), ("storm:7", "một lý do"), ("", "một lý do")]
)
async def test_a_decision_that_cannot_be_taken_is_one_line_and_changes_nothing(site, message, reason):
    stuck(site, "failed")
    cookie = signed_in(site, "admin", level=Level.CONFIRMED)
    async with visiting(site, cookie) as client:
        form = {"form": site.signer.form(cookie), "message": message, "reason": reason}
        answer = await client.post("/b/admin/outbox/discard", data=form)
    assert answer.status_code == 422
    assert state_of(site).state == "failed"


async def test_operation_names_who_cannot_be_reached_and_which_feed_is_old(site):
    site.now = NOW + timedelta(hours=5)
    site.channels = ()
    page = await shown(site, "/b/admin", "admin", level=Level.CONFIRMED)
    assert "Chuyên viên 1 (an)" in page.text
    assert "đã cũ" in page.text


async def test_the_slip_of_apology_is_for_those_who_may_see_the_dossier_and_noted(site):
    number = site.id_of("HS-0001")
    page = await shown(site, f"/b/d/{number}")
    slip = await shown(site, f"/b/d/{number}/slip")
    other = await shown(site, f"/b/d/{number}/slip", person="binh")
    assert f"/b/d/{number}/slip" in page.text
    assert slip.content.startswith(b"PK")
    assert slip.headers["content-disposition"] == "attachment; filename*=UTF-8''xin-loi-HS-0001.docx"
    assert other.status_code == 404
    assert ("person:an", "slip", number) in site.rows("audit", "who", "action", "dossier_id")


async def test_a_dossier_says_by_which_rule_it_is_followed_and_what_comes_next(site):
    async with visiting(site, signed_in(site, "head")) as client:
        page = (await client.get(f"/b/d/{site.id_of('HS-0003')}")).text
    assert "Chính sách <strong>standard</strong>" in page
    assert re.search(r"Mốc xét tiếp theo: <strong>\d\d:\d\d \d\d/\d\d/\d{4}</strong>", page)
    assert "overdue → Chuyên viên 1" in page


async def test_operation_speaks_of_people_by_name_and_of_states_in_words(site, database):
    with database.write() as connection:
        for author, note, files in (("", "", {}), ("Quản trị", "thêm bước", {"a": "b"})):
            version = configurations.Version(note or "x", files, author, note and "-cũ\n+mới <b>\n")
            configurations.announce(connection, version.digest, author, note, NOW)
            configurations.accept(connection, version, NOW)
        connection.execute(update(tables.outbox).values(state="failed"))
    async with visiting(site, signed_in(site, "admin", level=Level.CONFIRMED)) as client:
        page = (await client.get("/b/admin")).text
    assert "Chuyên viên 1" in page
    assert ">không gửi được<" in page
    assert ">không cần<" in page  # the console: nobody connects a chat there
    assert "Quản trị · thêm bước" in page
    assert "+mới &lt;b&gt;" in page
    assert page.index("thêm bước") < page.index("Bản đầu tiên.")
