"""The demo as a newcomer runs it: officer, head, chairman, and silence for what is finished."""

from __future__ import annotations

import re

import pytest

from tests.faults.harness import until

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
    assert len(demo.stderr.splitlines()) == 2, demo.stderr
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


def test_the_demo_stops_cleanly_when_asked(running):
    demo = running.alertd("demo", "--seconds", "60")
    until(lambda: "Cổng mô phỏng" in demo.stderr, 20, lambda: demo.stderr)
    assert demo.terminate(25) == 0
    assert "Traceback" not in demo.stderr
