"""The JSON API: what it shows to whom, and that it keeps its own contract under attack."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from alertd.store.sessions import Level
from tests.web.ground import Site, serving
from tests.web.visitors import signed_in

BASE = "/api/v1"
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
)  # fmt: skip


@pytest.fixture
def site(database):
    return Site(database).seed()


async def asked(site, path, who="head", bearer=True, **session):
    token = signed_in(site, **({"account": "kho"} if who == "account" else {"person": who}), **session)
    headers = {"Authorization": f"Bearer {token}"} if bearer else {"Cookie": f"__Host-alertd={token}"}
    async with site.served() as client:
        return await client.get(f"{BASE}{path}", headers=headers)


@pytest.mark.parametrize("bearer", [True, False])
async def test_a_head_reads_the_unit_by_token_or_cookie(site, bearer):
    answer = await asked(site, "/units", bearer=bearer)
    assert answer.json() == [
        {"unit": "TP", "name": "Phòng Tư pháp", "open": 4, "due_soon": 1, "due_today": 0, "overdue": 3, "late_accept": 0, "paused": 0,
         "no_due": 0, "missing": 0}
    ]  # fmt: skip


async def test_a_page_of_dossiers_and_one_of_them_with_its_story(site):
    page = (await asked(site, "/dossiers?class=overdue", "an")).json()
    assert (page["counts"]["overdue"], page["shown"], page["after"]) == (2, "overdue", "")
    first = page["dossiers"][0]
    assert (first["code"], first["due_at"], first["officers"]) == ("HS-0001", "2024-06-10T08:00:00+07:00", ["an"])
    story = (await asked(site, f"/dossiers/{first['id']}", "an")).json()
    assert story["dossier"] == first
    assert story["events"][0]["en"] == "First seen on the portal"


async def test_feeds_say_how_old_their_data_are(site):
    (feed,) = (await asked(site, "/feeds")).json()
    assert (feed["feed"], feed["fresh"], feed["rows"]) == ("portal", True, 4)


@pytest.mark.parametrize("path", ["/units", "/dossiers", "/dossiers/1", "/feeds"])
async def test_without_a_token_there_is_nothing(site, path):
    async with site.served() as client:
        for headers in (
            {},
            {"Authorization": "Bearer x"},
            {"Authorization": "Basic eDp5"},
        ):
            answer = await client.get(f"{BASE}{path}", headers=headers)
            assert answer.status_code in (401, 403)
            assert "HS-" not in answer.text


async def test_dossiers_of_others_are_as_if_there_were_none(site):
    number = site.id_of("HS-0004")
    assert (await asked(site, f"/dossiers/{number}", "an")).status_code == 404
    assert (await asked(site, f"/dossiers/{number}", "head")).status_code == 200
    assert (await asked(site, "/dossiers?unit=TP", "head-nv")).json()["counts"]["open"] == 0


async def test_every_read_is_in_the_log(site):
    number = site.id_of("HS-0001")
    await asked(site, f"/dossiers/{number}", "account")
    assert site.rows("audit", "who", "action", "dossier_id", "subject") == [("account:kho", "view", number, "api")]


async def test_nothing_can_be_changed_through_it(site):
    token = signed_in(site, "head")
    async with site.served() as client:
        schema = (await client.get(f"{BASE}/openapi.json")).json()
        for path in schema["paths"]:
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = await client.request(
                    method, BASE + path.replace("{number}", "1"), headers={"Authorization": f"Bearer {token}"}
                )
                assert answer.status_code == 405
    assert {method for path in schema["paths"].values() for method in path} == {"get"}


async def test_it_keeps_its_own_contract_under_attack(site, tmp_path):
    """Schemathesis makes requests from the description; any answer of 5xx, or one that is not described, fails."""
    token = signed_in(site, account="kho", level=Level.ACCOUNT)

    async with serving(site.app()) as url:
        command = [
            sys.executable, "-m", "schemathesis.cli", "run", f"{url}{BASE}/openapi.json", "--url", f"{url}{BASE}",
            "-H", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS), "--max-examples", "60",
            "--seed", "20240610", "--phases", "examples,coverage,fuzzing", "--no-color",
        ]  # fmt: skip
        done = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=tmp_path
        )
        said, _ = await asyncio.wait_for(done.communicate(), 240)
    assert done.returncode == 0, said.decode()[-4000:]
    assert "Test cases" in said.decode()
