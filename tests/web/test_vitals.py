"""What machines ask: alive, ready, and how much of what (delivery reference 7.11; docs/metrics.md)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML
from sqlalchemy import update

from alertd.core.freshness import MaxAge
from alertd.core.vitality import Jobs, Sign
from alertd.jobs import escalate
from alertd.store import audits, heartbeats, marks, tables
from tests.store.ground import FEED
from tests.web.ground import MESSAGE, NOW, Site

ROOT = Path(__file__).parents[2]
AGES = {FEED: MaxAge(timedelta(hours=1)), "never": MaxAge(timedelta(hours=1))}
DOCUMENTED = set(re.findall(r"^\| `(alertd_\w+)`", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE))


@pytest.fixture
def site(database):
    found = Site(database, ages=AGES).seed()
    with database.write() as connection:
        marks.set_mark(connection, "escalate", NOW)
    return found


async def families(site):
    async with site.served() as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def values(family, **labels):
    return [s.value for s in family.samples if labels.items() <= s.labels.items()]


def waits(site, urgency, since, state="retry"):
    """The part of the seeded message waits since an instant."""
    o = tables.outbox
    with site.database.write() as connection:
        connection.execute(
            update(o).where(o.c.message == MESSAGE).values(state=state, urgency=urgency, slot_at=since, not_before=NOW)
        )


async def test_a_daemon_that_does_its_work_is_alive_and_ready(site):
    async with site.served() as client:
        for address in ("/livez", "/health"):
            assert (await client.get(address)).json() == {"status": "ok"}
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "problems": []})


async def test_without_an_escalation_tick_it_is_not_ready_but_alive(site):
    site.now = NOW + timedelta(minutes=3)
    async with site.served() as client:
        answer = await client.get("/readyz")
        assert (await client.get("/livez")).status_code == 200
    assert answer.status_code == 503
    assert answer.json()["problems"] == [f"escalate: no tick since {NOW.isoformat()}"]
    assert "heartbeat" not in answer.json(), "none is asked for"


@pytest.mark.parametrize(
    ("urgency", "minutes", "status"),
    [("high", 6, 503), ("high", 4, 200), ("critical", 3, 503), ("critical", 1, 200), ("normal", 600, 200)],
)
async def test_it_is_not_ready_when_an_urgent_message_waits_longer_than_its_patience(site, urgency, minutes, status):
    waits(site, urgency, NOW - timedelta(minutes=minutes))
    async with site.served() as client:
        assert (await client.get("/readyz")).status_code == status


@pytest.mark.parametrize("state", ["held", "failed", "accepted"])
async def test_what_waits_for_an_operator_or_has_left_makes_nobody_wait(site, state):
    waits(site, "critical", NOW - timedelta(hours=9), state)
    async with site.served() as client:
        assert (await client.get("/readyz")).status_code == 200


async def test_a_database_that_is_gone_is_said_without_its_address(site, database):
    with database.write() as connection:
        tables.marks.drop(connection)
    async with site.served() as client:
        answer = await client.get("/readyz")
        assert (await client.get("/livez")).status_code == 200
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["database: it cannot be read; the log says why"]


async def test_metrics_count_what_is_stored(site):
    waits(site, "high", NOW - timedelta(minutes=7))
    escalate.tick(site.database, site.rules, AGES, NOW)
    found = await families(site)
    assert sum(values(found["alertd_dossiers"], **{"class": "overdue"})) == 3
    assert sum(values(found["alertd_dossiers"], **{"class": "open"})) == 4
    assert values(found["alertd_feed_fresh"], feed=FEED) == [1]
    assert values(found["alertd_feed_fresh"], feed="never") == [0]
    assert values(found["alertd_feed_age_seconds"], feed="never") == []
    assert values(found["alertd_outbox_oldest_seconds"], urgency="high") == [420]
    assert values(found["alertd_outbox_waiting_parts"], urgency="high") == [1]
    assert values(found["alertd_escalate_age_seconds"]) == [0]


# --- the audit and the heartbeat --------------------------------------------------------------------------------------


@pytest.fixture
def beating(site):
    """Everything ran at NOW, and a heartbeat was sent five minutes before."""
    site.jobs = Jobs({FEED: timedelta(minutes=5)}, ("console",))
    with site.database.write() as connection:
        for name in ("compose", "deliver:console"):
            marks.set_mark(connection, name, NOW)
        audits.keep(connection, NOW - timedelta(minutes=3), NOW - timedelta(minutes=2), 4, 1, [])
        heartbeats.sent(connection, NOW - timedelta(minutes=5))
    return site


async def test_the_audit_and_the_heartbeat_are_measured(beating):
    found = await families(beating)
    assert values(found["alertd_audit_findings"]) == [0]
    assert values(found["alertd_audit_undecided_dossiers"]) == [1]
    assert values(found["alertd_audit_age_seconds"]) == [120]
    assert values(found["alertd_heartbeat_age_seconds"]) == [300]
    withheld = {s.labels["reason"]: s.value for s in found["alertd_heartbeat_withheld"].samples}
    assert withheld == dict.fromkeys([*Sign, "receiver"], 0)


async def test_why_no_heartbeat_is_sent_stands_in_readyz_and_in_the_metrics_and_it_stays_ready(beating):
    with beating.database.write() as connection:
        audits.keep(connection, NOW, NOW, 4, 0, ["missing HS-0001 soon an: nobody is on record"])
        heartbeats.failed(connection, "heartbeat:500: the receiver refuses it", NOW)
    async with beating.served() as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    reason = f"ledger: the audit since {NOW.isoformat()} found 1 differences; `alertd audit` shows them"
    assert answer.json()["heartbeat"] == {
        "sent_at": (NOW - timedelta(minutes=5)).isoformat(), "failure": "heartbeat:500: the receiver refuses it",
        "withheld": [reason],
    }  # fmt: skip
    found = await families(beating)
    assert values(found["alertd_audit_findings"]) == [1]
    assert values(found["alertd_heartbeat_withheld"], reason="ledger") == [1]
    assert values(found["alertd_heartbeat_withheld"], reason="receiver") == [1]
    assert sum(values(found["alertd_heartbeat_withheld"])) == 2


async def test_before_any_audit_or_where_no_heartbeat_is_asked_for_nothing_is_measured_of_them(site):
    found = await families(site)
    for name in ("audit_findings", "audit_age_seconds", "heartbeat_age_seconds", "heartbeat_withheld"):
        assert found[f"alertd_{name}"].samples == []


async def test_every_metric_is_documented_and_every_documented_one_is_there(site):
    found = await families(site)
    assert {name for name in found if name.startswith("alertd_")} == DOCUMENTED


async def test_no_dossier_and_no_person_stands_in_the_metrics(site):
    async with site.served() as client:
        text = (await client.get("/metrics")).text
    for secret in ("HS-0001", "Chuyên viên", "an", "hộ tịch"):
        assert not re.search(rf'"{secret}"', text)
    assert "HS-" not in text


def names_in(text):
    return set(re.findall(r"\balertd_\w+", text))


def test_the_sample_rules_and_the_dashboard_name_only_documented_metrics():
    rules = (ROOT / "deploy/prometheus/alertd.rules.yml").read_text()
    board = (ROOT / "deploy/grafana/alertd.json").read_text()
    assert names_in(rules) | names_in(board) <= DOCUMENTED
    for rule in YAML(typ="safe").load(rules)["groups"][0]["rules"]:
        assert rule["alert"]
        assert rule["annotations"]["summary"]
    assert {panel["type"] for panel in json.loads(board)["panels"]} == {"timeseries"}
