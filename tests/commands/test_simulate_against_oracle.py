"""`alertd simulate --format jsonl`, as a process, says what the second implementation says."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.oracle.permits import write_permits
from tests.oracle.replay import replay

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "tests" / "oracle" / "config"
STRETCH = {"start": "2010-10-01", "end": "2012-02-01"}
KEYS = ["at", "dossier", "policy", "step", "occurrence", "to", "person", "unit"]


@pytest.fixture
def config(tmp_path):
    """A copy of the rich configuration with an empty drop folder."""
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    (folder / "drop").mkdir()
    return folder


def simulate(folder, feed, *, start, end):
    """The command's standard output; it must succeed and leave nothing behind."""
    empty = folder.parent / "empty"
    empty.mkdir(exist_ok=True)
    before = sorted(folder.rglob("*"))
    options = ["--feed", feed, "--from", start, "--to", end, "--format", "jsonl"]
    done = subprocess.run(
        [sys.executable, "-m", "alertd", "simulate", "--config", folder, *options],
        cwd=empty,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert list(empty.iterdir()) == [], "simulate needs no database and writes nothing"
    assert sorted(folder.rglob("*")) == before, "simulate writes nothing"
    return done.stdout


def assert_agrees(output, expected, what):
    """Equal line by line; else the first alerts that only one side has, and how many."""
    found = [json.loads(line) for line in output.decode().splitlines()]
    if found == expected:
        return
    have, want = ([json.dumps(alert, ensure_ascii=False) for alert in side] for side in (found, expected))
    extra, lacking = set(have) - set(want), set(want) - set(have)
    if not extra and not lacking and len(have) == len(want):
        first = next(n for n, (a, b) in enumerate(zip(have, want, strict=True)) if a != b)
        pytest.fail(f"{what}: the order or the keys differ from line {first + 1}\n {have[first]}\n {want[first]}")
    lines = [f"{what}: {len(have)} alerts, {len(want)} expected; {len(extra)} too many, {len(lacking)} lacking"]
    lines += [f"  too many: {line}" for line in have if line in extra][:8]
    lines += [f"  lacking:  {line}" for line in want if line in lacking][:8]
    pytest.fail("\n".join(lines))


def compare(folder, feed, what):
    output = simulate(folder, feed, **STRETCH)
    same = simulate(folder, feed, **STRETCH) == output
    assert same, f"{what}: two runs differ"
    expected = replay(folder, feed, **STRETCH)
    assert_agrees(output, expected, what)
    assert all(list(json.loads(line)) == KEYS for line in output.decode().splitlines())
    return expected


def test_a_fixed_log_gives_what_the_oracle_gives_and_uses_the_whole_configuration(config):
    write_permits(config / "drop" / "generated.csv", 20101001, 250)
    alerts = compare(config, "generated", "fixed log")
    rules = YAML(typ="safe").load((config / "escalation.yaml").read_text(encoding="utf-8"))
    steps = {(policy["name"], step["name"]) for policy in rules["policies"] for step in policy["steps"]}
    assert steps == {(alert["policy"], alert["step"]) for alert in alerts}
    assert {alert["unit"] for alert in alerts} == {
        "PERM",
        "SPEC",
        "DESK",
        "FRONT",
        "ARCH",
        "LEGAL",
        "ISLE",
        "MUN",
        None,
    }


def test_a_random_log_gives_what_the_oracle_gives(config):
    seed = int(os.environ.get("ALERTD_SEED") or random.SystemRandom().randrange(10**9))
    print(f"seed {seed} (ALERTD_SEED={seed} makes this log again)")
    write_permits(config / "drop" / "generated.csv", seed, 120)
    compare(config, "generated", f"seed {seed}")


def test_alerts_of_the_hour_that_comes_twice_are_in_the_order_of_their_instants(config):
    rows = ["b,,2011-10-30T02:50:00+02:00,,PERM,,", "a,,2011-10-30T02:10:00+01:00,,PERM,,"]
    text = "\n".join(["case,received_at,deadline,finished_at,department,responsible,channel", *rows, ""])
    (config / "drop" / "permits.csv").write_text(text, encoding="utf-8")
    output = simulate(config, "permits", start="2011-10-30", end="2011-10-31")
    found = [json.loads(line) for line in output.decode().splitlines()]
    overdue = [(alert["dossier"], alert["at"]) for alert in found if alert["step"] == "overdue"]
    assert list(dict.fromkeys(overdue)) == [("b", "2011-10-30T02:50:00+02:00"), ("a", "2011-10-30T02:10:00+01:00")]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2011-03-27T02:30", "2011-03-27T03:30"),  # the clocks go forward
        ("2011-10-30", "2011-10-31"),
        ("2011-06-01T00:00:00Z", "2011-06-30T23:59:59.999999+07:00"),
        ("2012-03-05", "2012-03-06"),
        ("2009-01-01", "2009-02-01"),  # before everything
    ],
)
def test_any_stretch_of_time_gives_what_the_oracle_gives(config, start, end):
    write_permits(config / "drop" / "generated.csv", 7, 50)
    output = simulate(config, "generated", start=start, end=end)
    assert_agrees(output, replay(config, "generated", start, end), f"{start} to {end}")


def test_the_permit_log_gives_what_the_oracle_gives(config):
    named = os.environ.get("ALERTD_PERMIT_LOG")
    log = Path(named) if named else ROOT.parent / "shared" / "data" / "permit_dossiers.csv"
    if not named and not log.exists():
        pytest.skip("NOT RUN: the real permit log is not here; ALERTD_PERMIT_LOG=FILE names it")
    shutil.copyfile(log, config / "drop" / "permits.csv")
    assert len(compare(config, "permits", log.name)) > 1000
