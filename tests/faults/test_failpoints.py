"""Kill at every step, in short: each point on a dossier's way once and some instants at random, on each engine; and
the points off that way. The long form is `./do kills`.
"""

from __future__ import annotations

import random
import time

import pytest
from sqlalchemy import func, select

from alertd.failpoints import VARIABLE
from alertd.store import migrate
from alertd.store.tables import credentials, snapshots
from tests.faults import kills
from tests.faults.harness import District, reading, until
from tests.faults.warm import Warm
from tests.faults.world import World

pytestmark = pytest.mark.process
KEY = "ab" * 32


@pytest.fixture(scope="module")
def warm():
    with Warm() as made:
        yield made


def test_killed_at_every_point_and_at_any_instant_nothing_is_lost_and_repeats_are_marked(
    tmp_path, url, running, seed, warm
):
    rng = random.Random(seed)
    plan = [f"{point}:1" for point in kills.ON_THE_WAY] + [kills.ANY_INSTANT] * 4
    rng.shuffle(plan)
    tally = kills.kill_and_settle(tmp_path, url, running, rng, plan, start=warm.start, comes=30)
    print(tally)
    assert tally.faults == []
    assert tally.lost == 0
    assert set(tally.kills) == {*kills.ON_THE_WAY, kills.ANY_INSTANT}, "every point was reached"
    assert tally.messages


def killed_at(running, district, point, warm, env=None):
    more = {VARIABLE: point} | (env or {})
    daemon = running.alertd("run", "--config", district.folder, env=more, start=warm.start)
    assert daemon.ended(30) == -9, daemon.stderr
    district.forget_the_dead()


def test_killed_between_two_migrations_the_database_is_as_before_and_the_next_start_makes_all(
    tmp_path, url, running, warm
):
    receiver = running.receiver()
    district = District(tmp_path / "config", url, receiver.url)
    for step in (1, 2, 6, 12):
        killed_at(running, district, f"migration-step:{step}", warm)
        with reading(url) as connection:
            assert migrate.revision(connection) is None, "half a schema is left"
    expected = district.past_due(4)
    daemon = running.daemon(district.folder, start=warm.start)
    until(lambda: expected <= receiver.told, 30, lambda: daemon.stderr)
    with reading(url) as connection:
        assert migrate.revision(connection) == migrate.head()


def test_killed_after_a_week_is_frozen_each_week_is_frozen_once(tmp_path, url, running, seed, warm):
    receiver = running.receiver()
    with World(tmp_path / "config", url, receiver.url, random.Random(seed)) as world:
        world.long_ago(weeks=4)
        killed_at(running, world.district, "intake-committed:3", warm)
        for _ in range(2):
            killed_at(running, world.district, "snapshot-frozen", warm)
        assert frozen(url) == 2
        daemon = running.daemon(world.district.folder, start=warm.start)
        until(lambda: frozen(url) >= 3, 30, lambda: daemon.stderr)
        assert daemon.terminate() == 0
        assert frozen(url) == frozen(url, distinct=True), "a week is frozen twice"


def frozen(url, *, distinct=False):
    with reading(url) as connection:
        return connection.scalar(select(func.count(snapshots.c.week.distinct() if distinct else snapshots.c.week)))


def test_killed_after_a_token_was_exchanged_the_next_start_has_it_and_exchanges_no_more(tmp_path, url, running, warm):
    zalo = running.start("tests.peers.zalo_server", "--lifetime", 240)
    until(lambda: "refresh_token" in zalo.stdout, 20, lambda: zalo.stderr)
    host, refresh = zalo.stdout.split()[0], zalo.stdout.split()[-1]
    secrets = {"ZALO_SECRET": "TEST-secret-of-nobody", "ZALO_REFRESH": refresh, "ALERTD_KEY": KEY}
    account = (
        f'zalo: {{app_id: "1234567890", secret_key: "${{ZALO_SECRET}}", oa_id: "42", templates: {{default: "1"}}, '
        f'refresh_token: "${{ZALO_REFRESH}}", base_url: "{host}", phone_url: "{host}", oauth_url: "{host}"}}'
    )
    receiver = running.receiver()
    hook = f'webhook: {{url: "{receiver.url}", secret: "${{HOOK_SECRET}}"}}'
    district = District(tmp_path / "config", url, "", channels=f'{hook}\n  {account}\nkey: "${{ALERTD_KEY}}"')
    killed_at(running, district, "token-refreshed", warm, env=secrets)
    before = grant(url)
    assert before == ("idle", 2), "what the exchange gave is on disk"
    daemon = running.daemon(district.folder, env=secrets, start=warm.start)
    district.past_due(1)
    until(lambda: daemon.logged("taken"), 30, lambda: daemon.stderr)
    time.sleep(1)  # the token's job runs at once, as the polls do
    assert daemon.terminate() == 0
    assert grant(url) == before
    assert not daemon.logged("trouble with the tokens")
    assert "violation" not in zalo.stdout


def grant(url):
    with reading(url) as connection:
        return tuple(connection.execute(select(credentials.c.state, credentials.c.version)).one())
