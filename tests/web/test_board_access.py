"""Onto the board and off it: links, codes, passwords, forms of other sites; who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from alertd.store import accounts, sessions, tables
from alertd.store.sessions import Level
from tests.store.ground import dossier
from tests.web.ground import MESSAGE, NOW, Site
from tests.web.visitors import cookie_of, ids, mark, signed_in, visiting

PASSWORD = "một câu dài để thử"
OTHERS = "NV-0001"


@pytest.fixture
def site(database):
    """The district; beside the Justice unit's four dossiers one of the Home Affairs unit, and one of no unit at all."""
    found = Site(database).seed()
    found.poll(
        NOW,
        dossier("HS-0001", due="10/06 08:00"), dossier("HS-0002", due="10/06 16:00"),
        dossier("HS-0003", due="11/06 16:00"), dossier("HS-0004", due="10/06 16:00", officers=("tp.binh",)),
        dossier(OTHERS, due="10/06 16:00", unit="NV", officers=()),
        dossier("LA-0001", due="10/06 16:00", unit="Đơn vị lạ", officers=()),
    )  # fmt: skip
    with database.write() as connection:
        accounts.save(connection, "quan-tri", PASSWORD, NOW)
    return found


def cookie_for(site, who):
    if who == "account":
        return signed_in(site, account="quan-tri")
    if who == "admin":
        return signed_in(site, "admin", level=Level.CONFIRMED)
    return signed_in(site, who) if who else None


SEES = {
    None: set(),
    "an": {"HS-0001", "HS-0002", "HS-0003"},
    "binh": {"HS-0004"},
    "head": {"HS-0001", "HS-0002", "HS-0003", "HS-0004"},
    "head-nv": {OTHERS},
    "chair": {"HS-0001", "HS-0002", "HS-0003", "HS-0004", OTHERS},
    "office": {"LA-0001"},
    "admin": {"HS-0001", "HS-0002", "HS-0003", "HS-0004", OTHERS, "LA-0001"},
    "account": {"HS-0001", "HS-0002", "HS-0003", "HS-0004", OTHERS, "LA-0001"},
}
#: Each address and form of the board, with who may use it beside those who see its dossier: everybody signed in,
#: those who lead units, or admins.
ADDRESSES = {
    "GET /b/": "all", "GET /b/?own=1": "all", "GET /b/units": "lead", "GET /b/find?code=HS-0001": "all",
    "GET /b/admin": "admin", "POST /b/admin/outbox/retry": "admin", "POST /b/admin/outbox/discard": "admin",
    "POST /b/admin/outbox/release": "admin", "POST /b/code": "all", "POST /b/sign-out": "all",
}  # fmt: skip
LEAD = {"head", "head-nv", "chair", "admin", "account"}
ADMIN = {"admin", "account"}


@pytest.mark.parametrize("who", list(SEES), ids=str)
async def test_everybody_sees_exactly_the_dossiers_that_are_theirs(site, who):
    codes = {code: site.id_of(code) for code in SEES["account"]}
    async with visiting(site, cookie_for(site, who)) as client:
        seen = {code for code, number in codes.items() if (await client.get(f"/b/d/{number}")).status_code == 200}
        listed = await client.get("/b/", params={"class": "open"})
        found = await client.get("/b/find", params={"code": OTHERS})
    assert seen == SEES[who]
    if who is None:
        assert (listed.status_code, found.status_code) == (401, 401)
        return
    if who != "office":
        assert {codes[code] for code in SEES[who]} == set(ids(listed))
    assert (found.status_code == 303) == (OTHERS in SEES[who])
    for code in SEES["account"] - SEES[who]:
        assert code not in listed.text


@pytest.mark.parametrize("who", list(SEES), ids=str)
async def test_every_address_is_open_to_whom_it_is_for(site, who):
    for address, for_whom in ADDRESSES.items():
        method, path = address.split(" ")
        cookie = cookie_for(site, who)
        form = {"form": site.signer.form(cookie)} if cookie else {}
        async with visiting(site, cookie) as client:
            answer = await client.request(method, path, data=form if method == "POST" else None)
        allowed = {"all": set(SEES) - {None}, "lead": LEAD, "admin": ADMIN}[for_whom]
        if who in allowed:
            assert answer.status_code in (200, 303, 422), address
        elif who is None:
            assert answer.status_code in (401, 303), address
        else:
            assert answer.status_code == 404 or answer.headers["location"] == ".", address
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("who", ["binh", "head-nv", "office", None], ids=str)
async def test_nobody_acts_on_a_dossier_that_is_not_theirs(site, who):
    before = {name: site.count(name) for name in ("acknowledgements", "explanations", "handovers")}
    cookie = cookie_for(site, who)
    form = {"form": site.signer.form(cookie) if cookie else "", "text": "mười ký tự trở lên", "taker": "binh"}
    async with visiting(site, cookie) as client:
        for action in ("ack", "explain", "handover"):
            answer = await client.post(f"/b/d/{site.id_of('HS-0001')}/{action}", data=form)
            assert answer.status_code == (404 if who else 401)
    assert {name: site.count(name) for name in before} == before


@pytest.mark.parametrize("form", ["", "0" * 32, "không"])
@pytest.mark.parametrize("path", ["d/{id}/ack", "d/{id}/explain", "admin/outbox/discard", "code", "sign-out"])
async def test_a_form_that_another_site_has_made_does_nothing(site, path, form):
    before = site.everything()
    cookie = cookie_for(site, "admin" if "admin" in path else "an")
    kept = site.count("sessions")
    async with visiting(site, cookie) as client:
        answer = await client.post(f"/b/{path.format(id=site.id_of('HS-0001'))}", data={"form": form})
    assert answer.status_code == 403
    assert site.count("sessions") == kept
    assert {k: v for k, v in site.everything().items() if k != "sessions"} == {
        k: v for k, v in before.items() if k != "sessions"
    }


async def test_a_form_of_another_session_does_nothing(site):
    mine, theirs = cookie_for(site, "an"), cookie_for(site, "head")
    async with visiting(site, mine) as client:
        answer = await client.post(f"/b/d/{site.id_of('HS-0001')}/ack", data={"form": site.signer.form(theirs)})
    assert answer.status_code == 403
    assert site.count("acknowledgements") == 0


# --- by the link of a message -----------------------------------------------------------------------------------------


async def test_the_link_of_a_message_opens_the_board_of_its_person_for_two_hours(site):
    async with visiting(site) as client:
        answer = await client.post(f"/m/{site.token()}/board")
    assert (answer.status_code, answer.headers["location"]) == (303, "../../b/")
    cookie = answer.headers["set-cookie"]
    for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=7200"):
        assert word in cookie
    async with visiting(site, cookie_of(answer)) as client:
        page = await client.get("/b/")
        assert "Chuyên viên 1" in page.text
        site.now = NOW + timedelta(hours=2)
        assert (await client.get("/b/")).status_code == 401


@pytest.mark.parametrize("token", ["x", MESSAGE, f"{MESSAGE}-zz-{'0' * 32}"])
async def test_a_forged_link_opens_no_board(site, token):
    async with visiting(site) as client:
        answer = await client.post(f"/m/{token}/board")
    assert answer.status_code == 404
    assert cookie_of(answer) is None


async def test_an_expired_link_opens_no_board(site):
    token = site.token()
    site.now = NOW + timedelta(days=15)
    async with visiting(site) as client:
        answer = await client.post(f"/m/{token}/board")
    assert answer.status_code == 410
    assert cookie_of(answer) is None


async def test_asking_for_the_page_of_a_message_begins_no_session(site):
    """Chat programs fetch every address that is written in a chat."""
    async with visiting(site) as client:
        await client.get(f"/m/{site.token()}")
        assert (await client.get(f"/m/{site.token()}/board")).status_code in (404, 405)
    assert site.count("sessions") == 0


# --- by a code in the same chat ---------------------------------------------------------------------------------------


def code_sent(site):
    """What the code message says, and to whom and where it goes."""
    o = tables.outbox.c
    with site.database.read() as connection:
        return connection.execute(
            select(o.text, o.person, o.channel, o.urgency, o.pinned)
            .where(o.kind == "code")
            .order_by(o.created_at.desc())
        ).first()


async def asked(site, cookie):
    async with visiting(site, cookie) as client:
        return await client.post("/b/code", data={"form": site.signer.form(cookie)})


async def test_a_code_goes_to_the_same_chat_at_once_and_makes_the_session_long(site):
    cookie = signed_in(site, "an", channel="zalo")
    assert (await asked(site, cookie)).status_code == 200
    sent = code_sent(site)
    assert (sent.person, sent.channel, sent.urgency, sent.pinned) == ("an", "zalo", "critical", True)
    code = sent.text.splitlines()[0].removeprefix("Mã vào bảng hồ sơ: ")
    assert len(code) == 6
    async with visiting(site, cookie) as client:
        answer = await client.post("/b/code/confirm", data={"form": site.signer.form(cookie), "code": f" {code} "})
    assert answer.status_code == 303
    raised = cookie_of(answer)
    assert raised not in (None, cookie)
    site.now = NOW + timedelta(days=29)
    async with visiting(site, raised) as client:
        assert (await client.get("/b/")).status_code == 200
    async with visiting(site, cookie) as client:
        assert (await client.get("/b/")).status_code == 401


async def test_after_five_wrong_codes_the_right_one_is_worth_nothing(site):
    cookie = signed_in(site, "an")
    await asked(site, cookie)
    code = code_sent(site).text.splitlines()[0].split(": ")[1]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    async with visiting(site, cookie) as client:
        for _ in range(5):
            answer = await client.post("/b/code/confirm", data={"form": site.signer.form(cookie), "code": wrong})
            assert answer.status_code == 403
        answer = await client.post("/b/code/confirm", data={"form": site.signer.form(cookie), "code": code})
    assert answer.status_code == 403


async def test_a_code_is_good_for_ten_minutes_and_the_next_one_comes_after_one(site):
    cookie = signed_in(site, "an")
    await asked(site, cookie)
    await asked(site, cookie)
    o = tables.outbox
    with site.database.read() as connection:
        assert len(connection.execute(select(o.c.id).where(o.c.kind == "code")).all()) == 1
    code = code_sent(site).text.splitlines()[0].split(": ")[1]
    site.now = NOW + timedelta(minutes=10)
    async with visiting(site, cookie) as client:
        answer = await client.post("/b/code/confirm", data={"form": site.signer.form(cookie), "code": code})
    assert answer.status_code == 403


async def test_the_organisations_admin_is_one_only_once_a_code_has_shown_whose_chat_it_is(site):
    async with visiting(site, signed_in(site, "admin")) as client:
        assert (await client.get("/b/admin")).status_code == 404
    async with visiting(site, signed_in(site, "admin", level=Level.CONFIRMED)) as client:
        assert (await client.get("/b/admin")).status_code == 200


# --- by a password ----------------------------------------------------------------------------------------------------


async def enters(site, password, name="quan-tri"):
    async with visiting(site) as client:
        return await client.post("/b/sign-in", data={"name": name, "password": password})


async def test_an_admin_comes_in_by_password(site):
    answer = await enters(site, PASSWORD)
    assert answer.status_code == 303
    async with visiting(site, cookie_of(answer)) as client:
        assert (await client.get("/b/admin")).status_code == 200


@pytest.mark.parametrize(("name", "password"), [("quan-tri", "sai"), ("ai-đó", PASSWORD), ("", ""), ("x" * 5000, "y")])
async def test_a_wrong_password_and_an_unknown_name_look_alike(site, name, password):
    answer = await enters(site, password, name)
    assert answer.status_code == 403
    assert "Tên hoặc mật khẩu không đúng." in answer.text
    assert cookie_of(answer) is None


async def test_after_five_wrong_passwords_the_address_is_not_heard_on_the_account_for_a_quarter_of_an_hour(site):
    for _ in range(5):
        assert (await enters(site, "sai")).status_code == 403
    assert (await enters(site, PASSWORD)).status_code == 429
    site.now = NOW + timedelta(minutes=15)
    assert (await enters(site, PASSWORD)).status_code == 303


async def test_wrong_passwords_from_elsewhere_keep_nobody_out_of_their_account(site):
    for number in range(5):
        async with visiting(site) as client:
            stranger = {"X-Forwarded-For": "203.0.113.7" if number % 2 else "203.0.113.8"}
            for _ in range(3):
                await client.post("/b/sign-in", data={"name": "quan-tri", "password": "sai"}, headers=stranger)
    assert (await enters(site, PASSWORD)).status_code == 303


async def test_another_password_ends_the_open_sessions(site, database):
    cookie = signed_in(site, account="quan-tri")
    with database.write() as connection:
        accounts.save(connection, "quan-tri", "một câu khác hẳn", NOW)
    async with visiting(site, cookie) as client:
        assert (await client.get("/b/admin")).status_code == 401


def test_a_password_is_kept_as_a_salted_hash_only(site, database):
    with database.read() as connection:
        (stored,) = connection.scalars(select(tables.accounts.c.password)).all()
    assert PASSWORD not in stored
    assert accounts.is_right(PASSWORD, stored)
    assert not accounts.is_right(PASSWORD + " ", stored)
    assert accounts.hashed(PASSWORD) != accounts.hashed(PASSWORD)
    assert not accounts.is_right("", "md5$x")


# --- sessions and the log ---------------------------------------------------------------------------------------------


async def test_signing_out_ends_the_session_for_whoever_has_the_cookie(site):
    cookie = cookie_for(site, "an")
    async with visiting(site, cookie) as client:
        page = await client.get("/b/")
        answer = await client.post("/b/sign-out", data={"form": mark(page)})
        assert answer.status_code == 303
        assert (await client.get("/b/")).status_code == 401


async def test_who_has_left_office_sees_nothing_more(site):
    cookie = signed_in(site, "nobody-any-more")
    async with visiting(site, cookie) as client:
        assert (await client.get("/b/")).status_code == 401


def test_of_a_cookie_only_a_hash_is_stored(site):
    cookie = cookie_for(site, "an")
    assert cookie not in str(site.rows("audit", "subject")) + str(site.everything()["sessions"])


def test_what_has_expired_is_cleared_away(site, database):
    cookie_for(site, "an")
    with database.write() as connection:
        sessions.begin(connection, Level.LINK, NOW + timedelta(days=1), person="binh")
    assert site.count("sessions") == 1


async def test_every_look_at_a_dossier_is_in_the_log(site):
    number = site.id_of("HS-0001")
    cookie = cookie_for(site, "head")
    async with visiting(site, cookie) as client:
        await client.get("/b/")
        await client.get(f"/b/d/{number}")
        await client.get(f"/b/d/{site.id_of(OTHERS)}")
    assert site.rows("audit", "who", "action", "dossier_id", "subject") == [
        ("person:head", "list", None, "overdue led"), ("person:head", "view", number, ""),
    ]  # fmt: skip


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
async def test_the_database_itself_keeps_the_log_as_it_is(site, database, statement):
    async with visiting(site, cookie_for(site, "an")) as client:
        await client.get("/b/")
    before = site.rows("audit", "who", "action")
    with pytest.raises(DatabaseError, match="append-only"), database.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert site.rows("audit", "who", "action") == before != []


@pytest.mark.parametrize("path", ["m/{token}/board", "b/sign-in"])
async def test_no_other_site_signs_anybody_in(site, path):
    async with visiting(site) as client:
        answer = await client.post(
            "/" + path.format(token=site.token()), data={"name": "quan-tri", "password": PASSWORD},
            headers={"Sec-Fetch-Site": "cross-site"},
        )  # fmt: skip
    assert answer.status_code == 403
    assert cookie_of(answer) is None
