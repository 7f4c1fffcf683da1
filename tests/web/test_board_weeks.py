"""Frozen weeks at the board: rates against the plan, the course, the dossiers behind, files; each sees their own units."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest

from alertd.core.dossier import Filing
from alertd.reports.agency import Agency
from alertd.store import accounts
from alertd.store.sessions import Level
from alertd.web.board.weeks import Weeks
from tests.jobs.office import loaded, reporter, world
from tests.store.ground import at, dossier
from tests.web.ground import Site
from tests.web.visitors import signed_in, visiting

NOW = at("10/06 09:00")
WEEK = "2024-W23"
#: Who sees the whole, and who of which units.
WHOLE = ("chair", "director", "deputy", "account", "admin")
SEES = {"head": {"TP"}, "head-nv": {"NV"}, "an": set(), **{who: {"TP", "NV"} for who in WHOLE}}


def shown(unit, number, *, online, due="30/06 16:00"):
    way = Filing.ONLINE if online else Filing.DIRECT
    return dossier(f"HS-{unit}-{number}", due, received_at=at("03/06 07:45"), channel=way, unit=unit)


@pytest.fixture
def site(database):
    """Two frozen weeks; in the second TP has 40 % online, NV 70 %, and TP one dossier that is overdue."""
    here, configuration = world(database), loaded()
    job = reporter(database, configuration)
    earlier = dossier("HS-NV-99", "28/06 16:00", received_at=at("28/05 08:00"), channel=Filing.ONLINE, unit="NV")
    here.poll("24/05 08:00")
    here.poll("31/05 08:00", earlier)
    job.tick(at("03/06 00:30"))
    rows = [earlier, *(shown("TP", n, online=n < 4, due="05/06 16:00" if n == 9 else "30/06 16:00") for n in range(10))]
    rows += [shown("NV", n, online=n < 7) for n in range(10)]
    here.poll("03/06 08:00", *rows)
    here.poll("07/06 16:00", *rows)
    job.tick(at("10/06 00:20"))
    with database.write() as connection:
        accounts.save(connection, "quan-tri", "một câu dài để thử", NOW)
    return Site(database, rules=configuration.rules, now=NOW, weeks=Weeks(job, Agency()))


def cookie_for(site, who):
    if who == "account":
        return signed_in(site, account="quan-tri")
    return signed_in(site, who, level=Level.CONFIRMED if who == "admin" else Level.LINK)


async def test_units_show_their_rates_against_the_plan_and_the_change(site):
    async with visiting(site, cookie_for(site, "chair")) as client:
        page = await client.get("/b/units")
    assert WEEK in page.text
    rows = dict(re.findall(r'unit=(TP|NV)">[^<]+</a></th>(.*?)</tr>', page.text, re.DOTALL))
    assert ">40%</a>" in rows["TP"]
    assert "chưa đạt" in rows["TP"]
    assert ">70%</a>" in rows["NV"]
    assert ">đạt<" in rows["NV"]


@pytest.mark.parametrize("who", [*SEES, None], ids=str)
async def test_everybody_sees_the_numbers_of_their_own_units(site, who):
    cookie = cookie_for(site, who) if who else None
    files = ["", "/report.html", "/report.xlsx"]
    async with visiting(site, cookie) as client:
        units = await client.get("/b/units")
        for unit in ("TP", "NV"):
            for file in files:
                answer = await client.get(f"/b/weeks/{WEEK}{file}", params={"unit": unit})
                allowed = 200 if unit in SEES.get(who, ()) else 404
                assert answer.status_code == (allowed if who else 401), (unit, file)
            if who and units.status_code == 200:
                assert (f'?unit={unit}"' in units.text) == (unit in SEES[who])
        for file in (*files, "/trend-0.svg"):
            answer = await client.get(f"/b/weeks/{WEEK}{file}")
            assert answer.status_code == (200 if who in WHOLE else 404 if who else 401), file


async def test_a_units_file_holds_nothing_of_other_units(site):
    async with visiting(site, cookie_for(site, "head")) as client:
        html = (await client.get(f"/b/weeks/{WEEK}/report.html", params={"unit": "TP"})).text
        book = (await client.get(f"/b/weeks/{WEEK}/report.xlsx", params={"unit": "TP"})).content
    words = b"".join(zipfile.ZipFile(io.BytesIO(book)).read(n) for n in zipfile.ZipFile(io.BytesIO(book)).namelist())
    assert "Phòng Tư pháp" in html
    assert "Phòng Tư pháp".encode() in words
    assert "Phòng Nội vụ" not in html
    assert "Phòng Nội vụ".encode() not in words


@pytest.mark.parametrize(("ending", "begins"), [("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!")])
async def test_the_report_is_saved_as_a_file_and_the_log_says_who_took_it(site, ending, begins):
    async with visiting(site, cookie_for(site, "chair")) as client:
        answer = await client.get(f"/b/weeks/{WEEK}/report.{ending}")
    assert answer.status_code == 200
    assert answer.content.lower().startswith(begins.lower())
    assert f"bao-cao-tuan-{WEEK}.{ending}" in answer.headers["content-disposition"]
    assert ("person:chair", "download", f"bao-cao-tuan-{WEEK}.{ending}") in site.rows(
        "audit", "who", "action", "subject"
    )


async def test_a_number_leads_to_the_dossiers_behind_it(site):
    async with visiting(site, cookie_for(site, "head")) as client:
        page = await client.get(f"/b/weeks/{WEEK}", params={"unit": "TP"})
        assert "HS-TP-9" in page.text
        found = await client.get(re.search(r"/b/find\?code=HS-TP-9", page.text)[0])
        assert found.status_code == 303
        assert (await client.get("/b/" + found.headers["location"])).status_code == 200


async def test_a_chart_has_its_numbers_beside_it_and_runs_nothing(site):
    async with visiting(site, cookie_for(site, "chair")) as client:
        page = await client.get(f"/b/weeks/{WEEK}")
        chart = await client.get(f"/b/weeks/{WEEK}/trend-0.svg")
    assert chart.headers["content-type"] == "image/svg+xml"
    assert "<script" not in chart.text
    table = re.search(r'aria-label="Bảng: Hồ sơ quá hạn theo tuần".*?</table>', page.text, re.DOTALL)[0]
    assert re.search(rf"{WEEK}</th><td>1</td>", table)


@pytest.mark.parametrize("week", ["2024-W99", "x", "2024-W10", "%3Cscript%3E"])
@pytest.mark.parametrize("rest", ["", "/report.html", "/report.exe", "/trend-0.svg"])
async def test_a_week_that_there_is_not_is_a_page_that_says_so(site, week, rest):
    async with visiting(site, cookie_for(site, "chair")) as client:
        answer = await client.get(f"/b/weeks/{week}{rest}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text


async def test_a_correction_is_what_the_board_shows_from_then_on(site, database):
    async with visiting(site, cookie_for(site, "chair")) as client:
        assert "bản 2" not in (await client.get(f"/b/weeks/{WEEK}")).text
        site.weeks.reporter.freezer.correct(WEEK, NOW + timedelta(hours=1), by="Văn phòng", reason="thử đính chính")
        assert "bản 2" in (await client.get(f"/b/weeks/{WEEK}")).text


async def test_before_the_first_frozen_week_the_units_page_has_no_rates(database):
    configuration = loaded()
    site = Site(database, rules=configuration.rules, now=NOW, weeks=Weeks(reporter(database, configuration), Agency()))
    async with visiting(site, cookie_for(site, "chair")) as client:
        page = await client.get("/b/units")
    assert page.status_code == 200
    assert "Các tỷ lệ" not in page.text
