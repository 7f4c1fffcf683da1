from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from alertd import assembly
from alertd.config.load import load
from tests.commands.ground import rows, write_csv
from tests.peers.loopback import Answer
from tests.peers.national_server import NationalServer, unit

#: When the dossiers were received: in the year that is compared.
WHEN = datetime.now(UTC) - timedelta(days=7)


@pytest.fixture
def compared(alertd, config, tmp_path):
    """Three dossiers of one unit, compared with a portal that gives this answer; the folder."""
    export = write_csv(tmp_path / "e.csv", rows(3))
    assert alertd("import", export, "--feed", "exports", "--config", config).code == 0

    async def compare(instead):
        async with NationalServer([unit("TP", "", 5), unit("UBND", "", 3)]) as server:
            server.instead = instead
            with (config / "alertd.yaml").open("a") as file:
                file.write(f'reconcile: {{department: id-H27, url: "{server.url}"}}\n')
            loaded = load(config)
            database = assembly.database(loaded)
            await assembly.reconcile(loaded, database).tick(WHEN)
            database.close()

    def run(instead=None):
        asyncio.run(compare(instead))
        return config

    return run


def test_status_shows_the_units_that_differ_from_the_national_totals(alertd, compared):
    done = alertd("status", "--config", compared())
    shown = [line for line in done.out.splitlines() if line.startswith("đối chiếu quốc gia")]
    assert re.fullmatch(
        rf"đối chiếu quốc gia: tiếp nhận năm {WHEN.year}, lúc \S+; 1 đơn vị khớp, 1 đơn vị lệch", shown[0]
    )
    assert shown[1:] == ["đối chiếu quốc gia: Phòng Tư pháp: quốc gia 5, tại đây 3 (lệch +2)"]


def test_status_gives_the_comparison_in_json(alertd, compared):
    found = json.loads(alertd("status", "--format", "json", "--config", compared()).out)["national"]
    assert found["units"] == [
        {"unit": "TP", "name": "Phòng Tư pháp", "national": 5, "own": 3, "difference": 2},
        {"unit": "UBND", "name": "UBND huyện", "national": 3, "own": 3, "difference": 0},
    ]
    assert found["error"] == ""


def test_status_says_in_one_line_that_the_portal_could_not_be_asked(alertd, compared):
    done = alertd("status", "--config", compared(Answer(500)))
    (line,) = [line for line in done.out.splitlines() if line.startswith("đối chiếu quốc gia")]
    assert re.search(r"lần thử lúc \S+ không được · feed reconcile: http\S+ answers 500", line)
    assert done.code == 0


def test_status_is_silent_about_it_where_it_is_off(alertd, config):
    assert alertd("db", "upgrade", "--config", config).code == 0
    assert "national" not in json.loads(alertd("status", "--format", "json", "--config", config).out)
