"""The demo as a newcomer runs it: officer, head, chairman, and silence for what is finished."""

from __future__ import annotations

import re
import shutil

import httpx
import pytest

from tests.faults.harness import ROOT, until

pytestmark = pytest.mark.process
HEADER = re.compile(r"^\[(\d\d)/(\d\d)/(\d{4}) (\d\d:\d\d:\d\d)\] → .+ \(([a-z-]+)\)$")
RESOLVED = "Đã giải quyết xong"
UNFINISHED, FINISHED = "H27.35-260601-0001", "H27.35-260601-0002"


def messages(text):
    """(when, person, text) of every message; `when` sorts by time."""
    found = []
    for line in text.splitlines():
        if match := HEADER.match(line):
            day, month, year, clock, person = match.groups()
            found.append([f"{year}-{month}-{day} {clock}", person, ""])
        elif line:
            found[-1][2] += f"{line}\n"
    return found


def test_the_demo_escalates_officer_head_chairman_and_falls_silent_for_a_finished_dossier(running):
    demo = running.alertd("demo")
    assert demo.ended(125) == 0, demo.stderr
    assert "Traceback" not in demo.stderr
    assert len(demo.stderr.splitlines()) == 3, demo.stderr
    sent = messages(demo.stdout)
    assert [when for when, *_ in sent] == sorted(when for when, *_ in sent)

    first = {}
    for when, person, text in sent:
        if UNFINISHED in text:
            first.setdefault(person, when)
    assert list(first) == ["chuyen-vien-tu-phap", "truong-phong-tu-phap", "chu-tich-huyen"], first
    assert len(set(first.values())) == 3, "each was told at a time of their own"

    finished = "2026-06-10 09:00:00"  # when the portal shows it released
    named = [when for when, _, text in sent if FINISHED in text and not text.lstrip().startswith(RESOLVED)]
    assert named, "the finished dossier was never told of"
    assert max(named) <= finished, "told of after it was finished"
    told = {person for when, person, text in sent if FINISHED in text and when <= finished}
    thanked = {person for when, person, text in sent if RESOLVED in text and when > finished}
    assert told <= thanked, "whoever was told hears that it is settled"
    assert max(when for when, *_ in sent) > finished


def board(demo):
    """The board's address, as the demo prints it."""
    printed = until(
        lambda: re.search(r"^Bảng hồ sơ: (http://127\.0\.0\.1:\d+/\S+/b/) ", demo.stderr, re.MULTILINE),
        20,
        lambda: demo.stderr,
    )
    return printed[1]


def test_the_board_of_the_demo_lets_in_whoever_opens_the_printed_address_and_nobody_else(running):
    demo = running.alertd("demo", "--seconds", "60")
    address = board(demo)
    with httpx.Client(timeout=20) as browser:
        page = browser.get(address)
        assert page.status_code == 200, "the address answers as soon as it is printed"
        assert "Chánh Văn phòng" in page.text
        until(lambda: UNFINISHED in browser.get(address).text, 30, lambda: browser.get(address).text)
        listed = browser.get(address).text
        one = browser.get(httpx.URL(address).join(re.search(r'href="([^"]*b/d/\d+)"', listed)[1]))
        assert (one.status_code, "H27.35-260601-" in one.text) == (200, True)
        look = browser.get(httpx.URL(address).join(re.search(r'href="([^"]+\.css[^"]*)"', listed)[1]))
        assert look.status_code == 200
        assert browser.get(httpx.URL(address).join("admin")).status_code == 200, "the admin sees how it works"
        assert browser.get(httpx.URL(address).join("/b/")).status_code == 401
        assert browser.get(httpx.URL(address).join("/another/b/")).status_code == 404
        left = browser.post(httpx.URL(address).join("sign-out"))
        assert (left.status_code, left.headers["location"]) == (303, "./"), "the address is good until the demo ends"
        english = browser.get(address, params={"lang": "en"})
        for answer in (page, left, english):
            assert "set-cookie" not in answer.headers, "another alertd on this machine keeps its own"
        # an hour passes on its clock in less than a second: a session of hours would be over by now
        until(lambda: "[09/06/2026" in demo.stdout, 40, lambda: demo.stdout)
        assert browser.get(address).status_code == 200
    assert demo.terminate(25) == 0
    assert len(demo.stderr.splitlines()) == 3, demo.stderr


def test_the_week_of_the_demo_begins_when_everything_is_ready_so_that_its_first_slot_is_met(running):
    demo = running.alertd("demo", "--seconds", "60", "--speed", "800")  # the slot is some seconds after the beginning
    until(lambda: demo.stdout, 40, lambda: demo.stderr)
    assert demo.terminate(25) == 0
    assert messages(demo.stdout)[0][0] < "2026-06-08 13:00", demo.stdout


def test_two_demos_run_beside_each_other(running):
    one, other = (running.alertd("demo", "--seconds", "60") for _ in range(2))
    assert board(one) != board(other)
    assert [httpx.get(board(each), timeout=20).status_code for each in (one, other)] == [200, 200]


def test_the_demo_shows_the_rules_of_a_folder_and_writes_nothing_there(running, tmp_path):
    mine = tmp_path / "mine"
    shutil.copytree(ROOT / "config", mine)
    (mine / "escalation.yaml").write_text(
        "policies: [{name: mine, match: {}, steps: [{name: mine, at: 0d, to: person:van-phong}]}]\n", "utf-8"
    )
    before = {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()}
    demo = running.alertd("demo", "--config", mine, "--seconds", "60")
    until(lambda: UNFINISHED in demo.stdout, 40, lambda: demo.stderr)
    assert demo.terminate(25) == 0
    assert {person for _, person, _ in messages(demo.stdout)} == {"van-phong"}, demo.stdout
    assert {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()} == before


def test_the_demo_stops_cleanly_when_asked(running):
    demo = running.alertd("demo", "--seconds", "60")
    until(lambda: "Cổng mô phỏng" in demo.stderr, 20, lambda: demo.stderr)
    assert demo.terminate(25) == 0
    assert "Traceback" not in demo.stderr
