"""The figures of a country's worth of dossiers, at a thousandth: that they can be made, not what they are."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.process


@pytest.mark.parametrize(
    ("part", "title"),
    [
        ("ingest", "Importing 1,000 rows"),
        ("replan", "Planning anew after a change of the calendar"),
        ("stored", "A tick with nothing due"),
    ],
)
def test_a_thousandth_of_the_country_is_measured_on_both_engines(part, title):
    done = subprocess.run(
        [sys.executable, "-m", "bench", f"scale:{part}", "--quick"], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    assert title in done.stdout
    assert {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")} >= {"SQLite", "PostgreSQL"}
