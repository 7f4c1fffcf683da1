"""The simulated portal, on both of its protocols, as the feeds see it and as a reader turns its switches by hand."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest

from alertd.demo import district
from alertd.demo.portal import Faults, Portal, igate, opencps
from alertd.demo.portal.faults import SWITCHES
from alertd.demo.portal.keycloak import Sso
from alertd.demo.portal.server import SWITCHBOARD
from alertd.feeds.igate import IgateFeed
from alertd.feeds.keycloak import grant
from alertd.feeds.opencps import OpencpsFeed
from tests.faults.harness import until

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2024, 6, 10, 10, tzinfo=HANOI)
RECEIVED = NOW - timedelta(days=7)
LATE, SOON = NOW - timedelta(hours=2), NOW + timedelta(hours=2)
SECRET = "mật-khẩu"


def both(number, *, due, **more):
    """The same dossier on both protocols."""
    facts = {"zone": HANOI, "received": RECEIVED, "due": due}
    finished = more.pop("finished", None)
    of_opencps = opencps.dossier(number, released=finished, status="releasing" if finished else "processing", **facts)
    of_igate = igate.dossier(number, finished=finished, status=igate.FINISHED if finished else igate.RUNNING, **facts)
    return of_opencps, of_igate


@pytest.fixture
def shown():
    """Late, soon, finished late, finished in time."""
    return [
        both(1, due=LATE),
        both(2, due=SOON),
        both(3, due=LATE, finished=LATE + timedelta(hours=1)),
        both(4, due=SOON, finished=LATE),
    ]


@pytest.fixture
def portal(shown):
    with Portal(
        lambda: {"1": [row for row, _ in shown]},
        username="alertd",
        password=SECRET,
        dossiers=lambda: [row for _, row in shown],
        sso=Sso("alertd", SECRET),
        clock=lambda: NOW,
    ) as running:
        yield running


@pytest.fixture(params=["opencps", "igate"])
def reading(request, portal):
    """Reads all dossiers by one protocol, in order."""
    if request.param == "opencps":
        feed = OpencpsFeed("cong", portal.url, ["1"], "alertd", SECRET, zone=HANOI, page_size=2, pause=0.0)
    else:
        form = grant("alertd", SECRET, "", "")
        feed = IgateFeed("cong", portal.url, portal.token_url, form, zone=HANOI, page_size=2, pause=0.0)

    async def read():
        (source,) = feed.sources(NOW.astimezone(UTC))
        pages = [page async for page in source.pages()]
        assert [reject for page in pages for reject in page.rejects] == []
        return [observation for page in pages for observation in page.observations], pages[-1].incomplete

    return read


async def test_both_protocols_show_the_same_dossiers(reading):
    observations, incomplete = await reading()
    assert incomplete == ""
    assert [(each.phase, each.due_at, each.finished_at) for each in observations] == [
        ("running", LATE, None),
        ("running", SOON, None),
        ("done", LATE, LATE + timedelta(hours=1)),
        ("done", SOON, LATE),
    ]
    assert {each.unit for each in observations} == {"TP"}


async def test_due_dates_of_open_dossiers_are_moved_together(portal, reading):
    portal.faults.move_due = 48
    observations, _ = await reading()
    moved = timedelta(hours=48)
    assert [each.due_at for each in observations] == [LATE + moved, SOON + moved, LATE, SOON]


async def test_whatever_is_late_is_shown_finished_at_its_due_date(portal, reading):
    portal.faults.backdate = True
    observations, _ = await reading()
    assert [(each.phase, each.finished_at) for each in observations] == [
        ("done", LATE),
        ("running", None),
        ("done", LATE),
        ("done", LATE),
    ]


async def test_finished_dossiers_are_opened_again(portal, reading):
    portal.faults.reopen = True
    observations, _ = await reading()
    assert {(each.phase, each.finished_at) for each in observations} == {("running", None)}


async def test_open_dossiers_are_paused(portal, reading):
    portal.faults.pause = True
    observations, _ = await reading()
    assert [each.phase for each in observations] == ["paused", "paused", "done", "done"]


async def test_dossiers_that_are_gone_leave_a_whole_list(portal, reading):
    portal.faults.gone = 1
    observations, incomplete = await reading()
    assert (len(observations), incomplete) == (3, "")


async def test_a_list_that_dossiers_leave_while_it_is_read_is_read_again(portal, reading):
    portal.faults.leaving = 1
    observations, incomplete = await reading()
    assert ({each.code[-1] for each in observations}, incomplete) == ({"1", "2", "3", "4"}, "")


# -- the switches


def call(portal, method, **switches):
    body = urlencode(switches).encode() if method == "POST" else None
    with urlopen(Request(portal.url + SWITCHBOARD, body, method=method)) as answer:
        return json.loads(answer.read())


def test_every_switch_says_what_it_does_and_what_it_stands_at(portal):
    shown = call(portal, "GET")
    assert set(shown) == set(SWITCHES)
    assert all(switch["meaning"] for switch in shown.values())
    assert shown["token_life"]["value"] == 300


def test_switches_are_turned_while_it_runs_and_all_put_back(portal):
    shown = call(portal, "POST", slow="0.1", html="on", status=503, times=2, retry_after=7, instead="x y")
    turned = {name: switch["value"] for name, switch in shown.items()}
    assert (turned["slow"], turned["html"], turned["status"]) == (0.1, True, 503)
    assert (turned["times"], turned["retry_after"], turned["instead"]) == (2, 7, "x y")
    assert portal.faults.html is True
    call(portal, "DELETE")
    assert portal.faults == Faults()


@pytest.mark.parametrize(
    ("switches", "words"),
    [
        ({"slow": "1", "slwo": "2"}, "there is no switch 'slwo'; there are: slow, status,"),
        ({"slow": "1", "html": "perhaps"}, "html is on or off, and not 'perhaps'"),
        ({"slow": "1", "status": "five"}, "status is a number, and not 'five'"),
    ],
)
def test_a_switch_that_is_none_is_said_and_nothing_is_turned(portal, switches, words):
    with pytest.raises(HTTPError) as raised:
        call(portal, "POST", **switches)
    with raised.value as answer:
        assert answer.code == 400
        assert words in json.loads(answer.read())["error"]
    assert portal.faults == Faults()


# -- by hand


@pytest.mark.process
def test_by_hand_it_prints_feeds_to_copy_and_ends_at_ctrl_c(tmp_path):
    said = tmp_path / "stderr"
    command = [sys.executable, "-m", "alertd.demo.portal", "--port", "0", "--dossiers", "5"]
    with said.open("w") as stderr, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr) as started:
        try:
            until(lambda: "-X DELETE" in said.read_text(), 20, said.read_text)
            url = said.read_text().split()[3]
            headers = {"groupId": district.GROUP, "Authorization": "Basic YWxlcnRkOm1hdQ=="}
            with urlopen(Request(f"{url}/o/rest/v2/dossiers?start=0&end=100", headers=headers)) as answer:
                assert json.loads(answer.read())["total"] >= 5
        finally:
            started.send_signal(signal.SIGINT)
            try:
                out, _ = started.communicate(timeout=20)
            finally:
                started.kill()  # where Ctrl-C is ignored, as for what a shell starts in the background
    assert (started.returncode, out) == (0, b"")
    text = said.read_text()
    assert "type: opencps" in text
    assert "type: igate" in text
    assert f"curl {url}{SWITCHBOARD} -d slow=2" in text
    assert "Traceback" not in text


def test_the_weeks_dossiers_are_the_same_on_both_protocols():
    now, more = district.BEGIN + timedelta(days=2, hours=3), district.crowd(20)
    of_opencps = district.shown(now, more=more)[district.GROUP]
    of_igate = district.shown_by_igate(now, more=more)
    for row in of_opencps:
        assert bool(row["releaseDate"]) == (row["dossierStatus"] == "releasing"), row["dossierNo"]
    assert sum(bool(row["releaseDate"]) for row in of_opencps) == sum(bool(row["completedDate"]) for row in of_igate)
    assert [row["dossierNo"] for row in of_opencps] == [row["code"] for row in of_igate]
    assert {row["dossierStatus"] for row in of_opencps} == {"processing", "waiting", "releasing"}
    labels = {row["dossierStatus"]["name"][-1]["name"] for row in of_igate}
    assert labels == {igate.RUNNING, igate.PAUSED, igate.FINISHED}
