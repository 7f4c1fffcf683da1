"""The page of a dossier says who filed it: as it is kept, and in full only to who has shown to be the one."""

from __future__ import annotations

import pytest

from alertd.core.applicant import Applicant
from alertd.store.sessions import Level
from tests.store.ground import dossier
from tests.web.ground import NOW, Site
from tests.web.visitors import signed_in, visiting

FULL = Applicant("Công dân mẫu 12", "0900000012")


@pytest.fixture
def site(database):
    found = Site(database).seed()
    found.poll(NOW, dossier("HS-0001", due="10/06 08:00", applicant=FULL), dossier("HS-0002", due="10/06 08:00"))
    return found


async def page(site, code, level):
    async with visiting(site, signed_in(site, "an", level=level)) as client:
        answer = await client.get(f"/b/d/{site.id_of(code)}")
    assert answer.status_code == 200
    return answer.text


async def test_who_came_by_a_link_sees_it_masked(site):
    text = await page(site, "HS-0001", Level.LINK)
    assert "Người nộp" in text
    assert "C*** d*** m*** *** · ***012" in text
    assert FULL.name not in text
    assert FULL.phone not in text


async def test_who_has_shown_to_be_the_one_sees_it_as_it_is_kept(site):
    assert f"{FULL.name} · {FULL.phone}" in await page(site, "HS-0001", Level.CONFIRMED)


async def test_where_nothing_is_kept_the_page_has_no_such_line(site):
    assert "Người nộp" not in await page(site, "HS-0002", Level.CONFIRMED)
