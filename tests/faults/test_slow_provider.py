"""A provider that does not answer holds up only itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from alertd.store.tables import alerts, dossiers
from tests.faults.harness import District, reading, until

pytestmark = pytest.mark.process


def recorded(url):
    """The codes of all dossiers with an alert on record."""
    query = select(dossiers.c.code).join(alerts, alerts.c.dossier_id == dossiers.c.id)
    with reading(url) as connection:
        return set(connection.scalars(query))


def test_neither_reading_nor_escalating_waits_for_a_provider_that_hangs(tmp_path, url, running):
    receiver = running.receiver(delay=60.0)
    hook = f'webhook: {{url: "{receiver.url}", secret: "${{HOOK_SECRET}}", timeout: 50s}}'
    district = District(tmp_path / "config", url, receiver.url, channels=hook, claim_timeout="120s")
    district.past_due(4)
    running.daemon(district.folder)
    until(lambda: receiver.seen, 20, "no call was made")
    for _ in range(2):
        more = district.past_due(4)
        until(lambda: {code for _, code in more} <= recorded(url), 20, "what came later is not escalated")  # noqa: B023
