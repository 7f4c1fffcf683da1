"""Failpoints: the list is what the code has, and without the variable nothing happens."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from alertd import failpoints
from alertd.core.errors import InputError
from tests.faults.harness import ROOT

USED = re.compile(r"reached\(\"([a-z-]+)\"\)")


def test_the_list_is_what_the_code_passes_each_once():
    files = [*(ROOT / "alertd").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")]
    used = [name for file in files for name in USED.findall(file.read_text("utf-8"))]
    assert sorted(used) == sorted(failpoints.POINTS)


@pytest.mark.parametrize("given", ["alert", "alert-committed:x", "alert-committed:1:sleep", ":1"])
def test_what_is_no_point_is_refused(given, monkeypatch):
    monkeypatch.setenv(failpoints.VARIABLE, given)
    with pytest.raises(InputError, match="alert-committed"):
        failpoints.arm()


def run(given, passes):
    code = (
        "from alertd import failpoints\n"
        "failpoints.arm()\n"
        f"for _ in range({passes}): failpoints.reached('page-read'); failpoints.reached('alert-committed')\n"
        "print('alive')"
    )
    return subprocess.run([sys.executable, "-c", code], env={failpoints.VARIABLE: given, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, timeout=30)  # fmt: skip


@pytest.mark.parametrize(("given", "passes", "code"), [
    ("", 3, 0), ("alert-committed", 1, -9), ("alert-committed:3", 2, 0), ("alert-committed:3", 3, -9),
])  # fmt: skip
def test_a_process_ends_at_the_point_named_and_as_often_as_named(given, passes, code):
    done = run(given, passes)
    assert done.returncode == code, done.stderr
    assert (done.stdout == "alive\n") == (code == 0)
