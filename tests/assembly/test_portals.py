"""From what an admin writes to a portal that is read."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alertd.assembly.feeds import feed, feed_settings
from alertd.config.load import load
from alertd.core.errors import FeedError
from alertd.demo.portal import Portal, igate, opencps
from alertd.demo.portal.keycloak import Sso

BASE = Path(__file__).parents[1] / "config" / "base"
NOW = datetime(2024, 6, 10, 3, tzinfo=UTC)
SECRET = "bí-mật-s3cret"
FACTS = {"zone": ZoneInfo("Asia/Ho_Chi_Minh"), "received": NOW, "due": NOW}


@pytest.fixture
def portal(monkeypatch):
    monkeypatch.setenv("TELEGRAM_TOKEN", "42:token")
    monkeypatch.setenv("PORTAL_SECRET", SECRET)
    with Portal(
        lambda: {"7": [opencps.dossier(number, **FACTS) for number in range(3)]},
        username="cv",
        password=SECRET,
        dossiers=lambda: [igate.dossier(number, **FACTS) | {"procedureLevel": {"name": "IV"}} for number in range(3)],
        sso=Sso("alertd", SECRET, "cv", SECRET),
    ) as running:
        yield running


@pytest.fixture
def reading(tmp_path, portal):
    """Reads the feed that a block of alertd.yaml describes."""
    folder = tmp_path / "config"
    shutil.copytree(BASE, folder)

    async def read(block):
        file = folder / "alertd.yaml"
        file.write_text(file.read_text("utf-8").replace("delivery:\n", f"{block}\ndelivery:\n", 1), "utf-8")
        loaded = load(folder)
        (source,) = feed(loaded, feed_settings(loaded, "portal")).sources(NOW)
        pages = [page async for page in source.pages()]
        return [observation for page in pages for observation in page.observations]

    return read


async def test_an_igate_is_read_as_it_is_configured(portal, reading):
    observations = await reading(f"""\
  - name: portal
    type: igate
    url: {portal.url}
    sso: {portal.url}/auth
    client_id: alertd
    client_secret: "${{PORTAL_SECRET}}"
    username: cv
    password: "${{PORTAL_SECRET}}"
    spec: slice
    sort: createdDate,asc
    page_size: 2
    filters: {{ancestor-agency-id: abc}}
    statuses: {{paused: [Đang xử lý]}}
    channel_values: {{postal: [Trực tiếp]}}
    values: {{service_level: {{full: [IV]}}}}
    due_midnight: exact""")
    assert [(each.phase, each.channel, each.service_level) for each in observations] == [
        ("paused", "postal", "full")
    ] * 3
    assert portal.sso.granted == ["password"]
    asked = {"spec": "slice", "sort": "createdDate,asc", "size": "2", "ancestor-agency-id": "abc"}
    assert all(asked.items() <= request.parameters.items() for request in portal.requests)


async def test_the_whole_address_of_tokens_goes_in_place_of_sso_and_realm(portal, reading):
    block = f"""\
  - name: portal
    type: igate
    url: {portal.url}
    token_url: {portal.token_url}
    client_id: alertd
    client_secret: "${{PORTAL_SECRET}}"
    username: cv
    password: "${{PORTAL_SECRET}}\""""
    assert len(await reading(block)) == 3


async def test_another_realm_has_another_address(portal, reading):
    with pytest.raises(FeedError, match="/auth/realms/tinh/protocol/openid-connect/token answers 404"):
        await reading(f"""\
  - {{name: portal, type: igate, url: "{portal.url}", sso: "{portal.url}/auth/", realm: tinh, client_id: alertd,
     client_secret: "${{PORTAL_SECRET}}"}}""")


async def test_an_opencps_is_read_as_it_is_configured(portal, reading):
    observations = await reading(f"""\
  - name: portal
    type: opencps
    url: {portal.url}/o/rest/v2
    groups: 7
    username: cv
    password: "${{PORTAL_SECRET}}"
    page_size: 2
    filters: {{agency: TP}}
    statuses: {{paused: [processing]}}""")
    assert [each.phase for each in observations] == ["paused"] * 3
    assert all(request.parameters["agency"] == "TP" for request in portal.requests)
    assert [(request.start, request.end) for request in portal.requests] == [(0, 2), (2, 4)]
