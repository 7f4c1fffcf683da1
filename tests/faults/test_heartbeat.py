"""The heartbeat of a real daemon: a receiver that hangs holds up nothing, and its address is written nowhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alertd.store import audits, migrate
from alertd.store.database import Database
from tests.faults.harness import SECRET, District, until

pytestmark = pytest.mark.process


def audited(url):
    """A database whose ledger was audited a moment ago: the daemon's own first audit takes a minute to come."""
    database, now = Database(url), datetime.now(UTC)
    migrate.upgrade(database)
    with database.write() as connection:
        audits.keep(connection, now, now, 0, 0, [])
    database.close()


def asking(folder, switch, more):
    """The configuration asks for heartbeats to this receiver, at an address with a secret."""
    with (folder / "alertd.yaml").open("a", encoding="utf-8") as file:
        file.write(f'heartbeat: {{url: "{switch.url}/${{HOOK_SECRET}}", {more}}}\n')


def test_a_receiver_of_heartbeats_that_hangs_holds_up_nobody_and_is_never_named(tmp_path, sqlite, running):
    receiver, switch = running.receiver(), running.receiver(delay=60.0)
    district = District(tmp_path / "config", sqlite, receiver.url)
    asking(district.folder, switch, "timeout: 120s")
    audited(sqlite)
    daemon = running.daemon(district.folder)
    until(lambda: switch.seen, 40, lambda: daemon.stderr)
    for _ in range(2):
        told = district.past_due(4)
        until(lambda: told <= receiver.told, 20, "what came while the heartbeat hangs was not told")  # noqa: B023
    assert not daemon.logged("not taken"), "it hangs still"
    # nor does the stop wait for it
    assert daemon.terminate(15) == 0
    assert len(switch.seen) == 1
    assert SECRET not in daemon.stderr + daemon.stdout


@pytest.mark.postgres
def test_several_daemons_send_one_heartbeat_between_them(tmp_path, postgres_url, running):
    receiver, switch = running.receiver(), running.receiver()
    district = District(tmp_path / "config", postgres_url, receiver.url)
    asking(district.folder, switch, "every: 1h")
    assert running.alertd("db", "upgrade", "--config", district.folder).ended(90) == 0
    audited(postgres_url)
    daemons = [running.alertd("run", "--cluster", "--config", district.folder) for _ in range(2)]
    for daemon in daemons:
        until(lambda: daemon.code is not None or daemon.logged("running"), 90, lambda: daemon.stderr)  # noqa: B023
    until(lambda: switch.seen, 90, lambda: [daemon.stderr[-2000:] for daemon in daemons])
    told = district.past_due(4)
    until(lambda: told <= receiver.told, 60, "what came after it was not told")
    assert [daemon.terminate() for daemon in daemons] == [0, 0]
    assert len(switch.seen) == 1
    assert all(SECRET not in daemon.stderr for daemon in daemons)
