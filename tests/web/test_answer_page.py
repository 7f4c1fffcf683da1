"""The signed page over HTTP: it shows what the message named, takes answers, and changes nothing when it is looked at."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import update

from alertd.core.dossier import Phase
from alertd.core.organisation import Post
from alertd.core.signing import Signer
from alertd.store import attachments, tables
from alertd.store.attachments import Attachment
from alertd.web.shield import HEADERS
from alertd.web.strangers import ALLOWED
from tests.store.ground import HOUR, MINUTE, dossier, finished, organisation, person, rules, span
from tests.web.ground import ANOTHER, MESSAGE, NOW, OF_BINH, Site

EXPLANATION = "Chờ xác minh tại xã; đã đề nghị gia hạn, trả trước 12/06."


@pytest.fixture
def site(database):
    return Site(database).seed()


async def post(client, token, action, **fields):
    return await client.post(f"/m/{token}/{action}", data=fields)


def plain(page):
    """What a reader sees, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.text))


async def test_the_page_shows_the_person_and_every_dossier_as_it_stands(site):
    async with site.served() as client:
        page = await client.get(f"/m/{site.token()}")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    shown = plain(page)
    for words in (
        "Chuyên viên 1", "Cán bộ · Phòng Tư pháp", "HS-0001", "HS-0002", "HS-0003", "Đăng ký khai sinh", "Phòng Tư pháp",
        "08:00 hôm nay", "16:00 ngày mai", "Chậm 7 giờ 30 phút làm việc", "Chậm 1 giờ làm việc", "Còn 7 giờ làm việc",
        "3 hồ sơ, trong đó 2 quá hạn", "cả 3 hồ sơ", "17:00 24/06/2024",
    ):  # fmt: skip
        assert words in shown, words
    assert "HS-0004" not in shown


async def test_what_a_portal_wrote_is_text_and_no_markup(site):
    async with site.served() as client:
        page = await client.get(f"/m/{site.token()}")
    assert "<b>" not in page.text
    assert "Cải chính &lt;b&gt;hộ tịch&lt;/b&gt; &amp; &#34;bản sao&#34;" in page.text


async def test_the_page_needs_no_script_no_other_host_and_no_cookie(site):
    async with site.served() as client:
        page = await client.get(f"/m/{site.token()}")
        (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)
        sheet = await client.get(f"/m/{style}")
    assert not re.search(r"<script|javascript:|\son\w+=|style=|https?://", page.text)
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert not re.search(r"url\(|@import|https?://", sheet.text)
    assert "immutable" in sheet.headers["cache-control"]
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_at_the_page_changes_nothing(site, method):
    before = site.everything()
    async with site.served() as client:
        for path in ("", "?done=ack", "/ack", "/explain?text=0123456789", "/handover?taker=binh"):
            await client.request(method, f"/m/{site.token()}{path}")
    assert site.everything() == before


async def test_one_press_acknowledges_every_dossier_and_the_second_adds_nothing(site):
    async with site.served() as client:
        answer = await post(client, site.token(), "ack")
        assert answer.status_code == 303
        page = await client.get(f"/m/{site.token()}/{answer.headers['location']}")
        assert page.url.path == f"/m/{site.token()}"
        await post(client, site.token(), "ack")
    assert "Đã ghi nhận: đã nhận tin." in page.text
    assert plain(page).count("✓ Đã nhận lúc 17:00 10/06/2024") == 3
    assert "/ack" not in page.text
    ids = [site.id_of(code) for code in ("HS-0001", "HS-0002", "HS-0003")]
    assert sorted(site.rows("acknowledgements", "dossier_id", "person", "via")) == [(id_, "an", "page") for id_ in ids]


async def test_an_explanation_is_kept_once_and_shown_as_text(site):
    text = f"{EXPLANATION}\r\n<i>Đã báo</i> lãnh đạo"
    async with site.served() as client:
        for _ in range(2):
            answer = await post(client, site.token(), "explain", dossier=site.id_of("HS-0001"), text=text)
            assert answer.status_code == 303
        page = await client.get(f"/m/{site.token()}?done=explain")
    kept = f"{EXPLANATION}\n<i>Đã báo</i> lãnh đạo"
    columns = ("dossier_id", "person", "text", "via")
    assert site.rows("explanations", *columns) == [(site.id_of("HS-0001"), "an", kept, "page")]
    assert "Chuyên viên 1 đã giải trình lúc 17:00 10/06/2024" in plain(page)
    assert "&lt;i&gt;Đã báo&lt;/i&gt;" in page.text
    assert "Đã lưu giải trình." in page.text


@pytest.mark.parametrize("text", ["", "ngắn quá", "d" * 2001])
async def test_an_explanation_that_is_not_taken_comes_back_to_be_mended(site, text):
    async with site.served() as client:
        page = await post(client, site.token(), "explain", dossier=site.id_of("HS-0002"), text=text)
        (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)
        assert (await client.get(str(page.url.join(style)))).status_code == 200
        # the form on this page, one step deeper, leads to the same place
        (target,) = set(re.findall(r'action="([^"]+/explain)"', page.text))
        assert page.url.join(target).path == f"/m/{site.token()}/explain"
    assert page.status_code == 422
    assert "Chưa ghi nhận." in page.text
    assert f">{text}</textarea>" in page.text
    assert page.text.count("<details open>") == 1
    assert site.count("explanations") == 0


async def test_a_dossier_is_handed_over_to_a_colleague_once(site):
    async with site.served() as client:
        page = await client.get(f"/m/{site.token()}")
        assert '<option value="binh">Chuyên viên 2</option>' in page.text
        assert 'value="head-nv"' not in page.text
        for _ in range(2):
            answer = await post(client, site.token(), "handover", dossier=site.id_of("HS-0001"), taker="binh")
            assert answer.status_code == 303
        page = await client.get(f"/m/{site.token()}?done=handover")
    columns = ("dossier_id", "giver", "taker", "ended_at", "via")
    assert site.rows("handovers", *columns) == [(site.id_of("HS-0001"), "an", "binh", None, "page")]
    assert "✓ Đã chuyển cho Chuyên viên 2" in page.text


@pytest.mark.parametrize("taker", ["", "head-nv", "nobody", "an"])
async def test_a_dossier_goes_to_nobody_outside_the_list(site, taker):
    async with site.served() as client:
        page = await post(client, site.token(), "handover", dossier=site.id_of("HS-0001"), taker=taker)
    assert page.status_code == 422
    assert site.count("handovers") == 0


@pytest.mark.parametrize("code", ["HS-0004", ""])
async def test_a_dossier_that_the_message_does_not_name_is_out_of_reach(site, code):
    dossier = site.id_of(code) if code else "x"
    before = site.everything()
    async with site.served() as client:
        for action, rest in (("explain", {"text": EXPLANATION}), ("handover", {"taker": "binh"})):
            answer = await post(client, site.token(), action, dossier=dossier, **rest)
            assert answer.status_code == 404
    assert site.everything() == before


async def test_forged_foreign_and_unknown_look_alike(site):
    genuine = site.token()
    wrong = {
        "changed": genuine[:-1] + ("0" if genuine[-1] != "0" else "1"),
        "longer valid": site.token(now=NOW + 30 * timedelta(days=1))[:36] + genuine[36:],
        "another's message": genuine.replace(MESSAGE, OF_BINH),
        "another person's": site.token(MESSAGE, "binh"),
        "another key's": Signer(b"x" * 32).page(MESSAGE, "an", NOW),
        "a message that is none": site.token(ANOTHER),
        "no reference at all": "x",
    }
    before = site.everything()
    async with site.served() as client:
        pages = [await client.get(f"/m/{token}") for token in wrong.values()]
        pages += [await client.post(f"/m/{token}/ack", data={}) for token in list(wrong.values())[:3]]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text.replace("../../", "../") for page in pages}) == 1
    assert "Liên kết đã hết hạn hoặc không đúng" in pages[0].text
    assert site.everything() == before


async def test_after_fourteen_days_the_page_is_gone(site):
    token, before = site.token(), site.everything()
    site.now = NOW + timedelta(days=14)
    async with site.served() as client:
        page = await client.get(f"/m/{token}")
        answer = await post(client, token, "ack")
    assert (page.status_code, answer.status_code) == (410, 410)
    assert "Liên kết đã hết hạn hoặc không đúng" in page.text
    assert site.everything() == before


def without_an():
    people = organisation()
    people.people.pop("an")
    return people


def an_until_yesterday():
    post = Post("TP", "staff", span(last=NOW.date() - timedelta(days=1)))
    return organisation(replace(person("an"), posts=(post,)))


@pytest.mark.parametrize("left", [without_an, an_until_yesterday])
async def test_the_page_of_somebody_who_has_left_is_gone(site, left):
    site.rules = rules(org=left())
    async with site.served() as client:
        assert (await client.get(f"/m/{site.token()}")).status_code == 410


async def test_a_finished_dossier_and_a_paused_one_are_said_to_be_so(site):
    shown = [
        finished(dossier("HS-0001", due="10/06 08:00"), "10/06 16:30"),
        replace(dossier("HS-0002", due="10/06 16:00"), phase=Phase.PAUSED),
        dossier("HS-0003", due="20/06 16:00"),
    ]
    site.poll(NOW + MINUTE, *shown)
    site.now = NOW + HOUR
    async with site.served() as client:
        page = await client.get(f"/m/{site.token()}")
    for words in ("Đã kết thúc xử lý", "Đang tạm dừng", "Ngày hẹn trả đã thay đổi sau tin nhắn này."):
        assert words in page.text


async def test_who_keeps_trying_waits_a_minute_and_nobody_else_does(site):
    async with site.served() as client:
        for _ in range(ALLOWED):
            assert (await client.get("/m/x")).status_code == 404
        page = await client.get("/m/x")
        assert page.status_code == 429
        assert int(page.headers["retry-after"]) in range(1, 61)
        elsewhere = await client.get(f"/m/{site.token()}", headers={"X-Forwarded-For": "203.0.113.9"})
        assert elsewhere.status_code == 200
        site.now += MINUTE
        assert (await client.get(f"/m/{site.token()}")).status_code == 200


async def test_expired_links_are_no_attempt_at_guessing(site):
    token = site.token()
    site.now = NOW + timedelta(days=15)
    async with site.served() as client:
        for _ in range(ALLOWED + 1):
            assert (await client.get(f"/m/{token}")).status_code == 410


async def test_every_answer_carries_the_strict_headers(site):
    async with site.served() as client:
        answers = [
            await client.get(f"/m/{site.token()}"),
            await post(client, site.token(), "ack"),
            await client.get("/m/x"),
            await client.get("/nothing"),
            await client.put("/health"),
            await client.get("/health"),
            await client.post(f"/m/{site.token()}/explain", content=b"x" * 100_000),
        ]
    assert [answer.status_code for answer in answers] == [200, 303, 404, 404, 405, 200, 413]
    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


async def test_a_form_of_ten_megabytes_is_refused(site):
    async with site.served() as client:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await client.post(f"/m/{site.token()}/explain", content=b"text=" + b"x" * 10_000_000, headers=form)
    assert answer.status_code == 413
    assert site.count("explanations") == 0


async def test_a_message_about_no_dossier_has_a_page_too(site):
    site.tell(ANOTHER, "an")
    async with site.served() as client:
        page = await client.get(f"/m/{site.token(ANOTHER)}")
    assert page.status_code == 200
    assert "Tin này không nêu hồ sơ nào" in page.text


async def test_without_a_key_there_are_no_pages(database):
    async with Site(database, signer=None).served() as client:
        assert (await client.get("/m/x")).status_code == 404
        assert (await client.get("/health")).json() == {"status": "ok"}


async def test_a_head_sees_who_explained(site):
    head = person("head", "head@TP", name="Trưởng phòng Tư pháp")
    site.rules = rules(org=organisation(head))
    site.tell(ANOTHER, "head", "HS-0001")
    async with site.served() as client:
        await post(client, site.token(), "explain", dossier=site.id_of("HS-0001"), text=EXPLANATION)
        page = await client.get(f"/m/{site.token(ANOTHER, 'head')}")
    assert "Trưởng đơn vị · Phòng Tư pháp" in page.text
    assert "Chuyên viên 1 đã giải trình" in page.text


# --- a file -----------------------------------------------------------------------------------------------------------


def with_file(site, content=b"%PDF-1.7 sample"):
    """The message to an is one that a file goes with."""
    with site.database.write() as connection:
        digest = attachments.keep(connection, Attachment("bao-cao-tuần.pdf", content), NOW)
        connection.execute(update(tables.outbox).where(tables.outbox.c.message == ANOTHER).values(attachment=digest))
    return digest


@pytest.fixture
def report(site):
    site.tell(ANOTHER, "an")
    with_file(site)
    return site


async def test_a_message_with_a_file_shows_it_and_gives_it_away_noted(report):
    async with report.served() as client:
        page = await client.get(f"/m/{report.token(ANOTHER)}")
        (link,) = re.findall(r'href="([^"]+/file)"', page.text)
        file = await client.get(f"/m/{link}")
    assert "Tải tệp bao-cao-tuần.pdf" in plain(page)
    assert file.content == b"%PDF-1.7 sample"
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''bao-cao-tu%E1%BA%A7n.pdf"
    assert file.headers["cache-control"] == "no-store"
    assert report.rows("audit", "who", "action", "subject") == [("person:an", "download", "bao-cao-tuần.pdf")]


async def test_a_file_is_given_to_nobody_else(report):
    forged = report.token(ANOTHER, "binh")
    async with report.served() as client:
        answers = [await client.get(f"/m/{token}/file") for token in (forged, report.token(), "m" * 40)]
        late = await client.get(f"/m/{report.token(ANOTHER, now=NOW - timedelta(days=15))}/file")
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert late.status_code == 410
    assert report.count("audit") == 0


async def test_a_file_whose_time_is_over_is_not_there_any_more(report):
    with report.database.write() as connection:
        connection.execute(update(tables.outbox).values(settled_at=NOW))
        assert attachments.forget(connection, NOW + timedelta(days=22)) == 1
    async with report.served() as client:
        page = await client.get(f"/m/{report.token(ANOTHER)}")
        file = await client.get(f"/m/{report.token(ANOTHER)}/file")
    assert (page.status_code, file.status_code) == (200, 404)


async def test_a_damaged_file_is_given_to_nobody(report):
    with report.database.write() as connection:
        connection.execute(update(tables.attachments).values(content=b"something else"))
    async with report.served() as client:
        assert (await client.get(f"/m/{report.token(ANOTHER)}/file")).status_code == 503


# --- the slip of apology ----------------------------------------------------------------------------------------------


def said_in(content):
    """The text of a DOCX."""
    return re.sub(r"<[^>]+>", "", zipfile.ZipFile(BytesIO(content)).read("word/document.xml").decode())


async def test_each_dossier_that_runs_has_its_slip_of_apology_filled_in_and_noted(site):
    async with site.served() as client:
        page = await client.get(f"/m/{site.token()}")
        links = re.findall(r'href="([^"]+/slip/\d+)"', page.text)
        slip = await client.get(f"/m/{links[0]}")
    assert len(links) == 3
    assert slip.headers["content-disposition"] == "attachment; filename*=UTF-8''xin-loi-HS-0001.docx"
    assert "HS-0001" in said_in(slip.content)
    assert "PHIẾU XIN LỖI" in said_in(slip.content)
    assert site.rows("audit", "who", "action", "dossier_id") == [("person:an", "slip", site.id_of("HS-0001"))]


async def test_there_is_no_slip_for_what_the_message_does_not_name_or_what_has_ended(site):
    site.poll(
        NOW + MINUTE, finished(dossier("HS-0001", due="10/06 08:00"), "10/06 16:30"), dossier("HS-0002", due="10/06 16:00"),
        dossier("HS-0003", due="11/06 16:00"), dossier("HS-0004", due="10/06 16:00", officers=("tp.binh",)),
    )  # fmt: skip
    async with site.served() as client:
        page = await client.get(f"/m/{site.token()}")
        ended = await client.get(f"/m/{site.token()}/slip/{site.id_of('HS-0001')}")
        foreign = await client.get(f"/m/{site.token()}/slip/{site.id_of('HS-0004')}")
        forged = await client.get(f"/m/{site.token(person='binh')}/slip/{site.id_of('HS-0001')}")
    assert len(re.findall(r"/slip/", page.text)) == 2
    assert (ended.status_code, foreign.status_code, forged.status_code) == (409, 404, 404)
    assert "không còn phải xin lỗi" in plain(ended)
    assert site.count("audit") == 0
