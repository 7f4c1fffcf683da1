"""Three daemons on one PostgreSQL: work is shared, nothing is doubled, and whoever is lost is replaced within a minute."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from alertd.jobs.deliver import IN_FLIGHT
from tests.faults.harness import District, until

pytestmark = [pytest.mark.process, pytest.mark.postgres]
LIMIT = 90
#: A process is found out after 10 s; its duties are queued every 10 s.
FAIL_OVER = 60


@pytest.fixture
def receiver(running):
    return running.receiver(delay=0.1)


@pytest.fixture
def url(postgres_url):
    return postgres_url


def upgraded(running, district):
    assert running.alertd("db", "upgrade", "--config", district.folder).ended(LIMIT) == 0


def start(running, folder):
    return running.alertd("run", "--cluster", "--config", folder)


def together(running, district, count=3):
    upgraded(running, district)
    made = [start(running, district.folder) for _ in range(count)]
    for each in made:
        until(lambda: each.code is not None or each.logged("running"), LIMIT, lambda: each.stderr)  # noqa: B023
        assert each.code is None, each.stderr
    return made


def holders(url, duty="deliver:webhook"):
    """The engine's numbers of the processes that do something now, by duty."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT lock, worker_id FROM procrastinate_jobs WHERE status = 'doing'").fetchall()
    return dict(rows)


def sender(district, processes):
    """The process that has calls under way, by whom its claims name."""

    def found():
        with psycopg.connect(district.url) as connection:
            names = connection.execute("SELECT claimed_by FROM outbox WHERE claimed_by IS NOT NULL").fetchall()
        return next((each for each in processes for (name,) in names if f":{each.pid}:" in name), None)

    return until(found, LIMIT, lambda: [each.stderr[-2000:] for each in processes])


def relayed(running, url):
    """A line to the server that can be cut, and its port."""
    parts = urlsplit(url)
    folder = parse_qs(parts.query).get("host", [None])[0]
    target = f"{folder}/.s.PGSQL.5432" if folder else f"{parts.hostname}:{parts.port or 5432}"
    relay = running.start("tests.faults.relay", target)
    return relay, until(lambda: relay.stdout.strip(), LIMIT, lambda: relay.stderr)  # noqa: PLW0108 - it grows


def told(receiver, expected, limit=LIMIT):
    until(lambda: expected <= receiver.told, limit, lambda: f"lost: {sorted(expected - receiver.told)[:10]}")
    assert receiver.told == expected


def test_three_share_the_work_and_without_a_fault_nothing_is_doubled(district, receiver, running):
    processes = together(running, district)
    busy, expected = set(), set()
    for _ in range(2):
        expected |= district.past_due(200)
        told(receiver, expected)
        end = time.monotonic() + 11
        while time.monotonic() < end:
            busy |= set(holders(district.url).values())
            time.sleep(0.5)
    assert receiver.doubled == 0
    assert len(busy) > 1, "one process does everything"
    assert [each.terminate() for each in processes] == [0, 0, 0]
    assert receiver.doubled == 0


def test_a_killed_holder_is_replaced_and_nothing_is_lost(district, receiver, running):
    processes = together(running, district)
    expected = district.past_due(300)
    holder = sender(district, processes)
    holder.kill()
    told(receiver, expected, FAIL_OVER)
    assert receiver.doubled <= IN_FLIGHT


def test_a_frozen_holder_is_replaced_and_does_nothing_wrong_when_it_wakes(district, receiver, running):
    processes = together(running, district)
    expected = district.past_due(300)
    holder = sender(district, processes)
    holder.send(signal.SIGSTOP)
    try:
        told(receiver, expected, FAIL_OVER)
    finally:
        holder.send(signal.SIGCONT)
    more = district.past_due(24)
    told(receiver, expected | more)
    time.sleep(5)  # whatever it still meant to do
    assert receiver.repeated <= 2 * IN_FLIGHT
    assert holder.code is None, holder.stderr
    until(lambda: district.outbox.keys() <= {"accepted", "superseded"}, LIMIT, lambda: district.outbox)
    assert [each.terminate() for each in processes if each is not holder] == [0, 0]
    told(receiver, expected | more | district.past_due(24), FAIL_OVER)  # it does its part again


def test_a_holder_that_is_cut_off_is_replaced_and_comes_back(tmp_path, postgres_url, receiver, running):
    relay, port = relayed(running, postgres_url)
    user = urlsplit(postgres_url).username or "postgres"
    far = District(tmp_path / "far", f"postgresql://{user}@127.0.0.1:{port}{urlsplit(postgres_url).path}", receiver.url)
    near = District(tmp_path / "config", postgres_url, receiver.url)
    for name in ("escalation.yaml", "organisation.yaml", "calendar.yaml"):
        assert (far.folder / name).read_text("utf-8") == (near.folder / name).read_text("utf-8")
    # the same configuration, letter by letter, but for where the database is
    text = (near.folder / "alertd.yaml").read_text("utf-8").replace(f'"{postgres_url}"', '"${ALERTD_DATABASE}"')
    for each in (far, near):
        (each.folder / "alertd.yaml").write_text(text.replace("drop/*.csv", f"{near.drop}/*.csv"), "utf-8")
    near_env, far_env = {"ALERTD_DATABASE": postgres_url}, {"ALERTD_DATABASE": far.url}
    assert running.alertd("db", "upgrade", "--config", near.folder, env=near_env).ended(LIMIT) == 0
    cut = running.alertd("run", "--cluster", "--config", far.folder, env=far_env)
    until(lambda: cut.logged("running"), LIMIT, lambda: cut.stderr)
    expected = near.past_due(300)
    sender(near, [cut])
    relay.send(signal.SIGSTOP)
    other = running.alertd("run", "--cluster", "--config", near.folder, env=near_env)
    told(receiver, expected, FAIL_OVER)
    relay.send(signal.SIGCONT)
    time.sleep(5)  # whatever it still means to do
    assert other.terminate() == 0
    more = near.past_due(24)
    told(receiver, expected | more, FAIL_OVER)
    assert cut.code is None, cut.stderr
    assert [line for line in cut.logs if "the database refused the work" in line.get("reason", "")], cut.stderr
    assert receiver.repeated <= 2 * IN_FLIGHT


def test_an_edit_at_one_place_holds_the_others_until_they_have_it_too(tmp_path, url, receiver, running):
    here, there = (District(tmp_path / name, url, receiver.url) for name in ("here", "there"))
    for each in (here, there):
        text = (each.folder / "alertd.yaml").read_text("utf-8").replace("drop/*.csv", f"{here.drop}/*.csv")
        (each.folder / "alertd.yaml").write_text(text, "utf-8")
    upgraded(running, here)
    one, two = start(running, here.folder), start(running, there.folder)
    for each in (one, two):
        until(lambda: each.logged("running"), LIMIT, lambda: each.stderr)  # noqa: B023
    expected = here.past_due(24)
    told(receiver, expected)

    edited = (here.folder / "escalation.yaml").read_text("utf-8").replace("name: overdue, at: 0d", "name: late, at: 0d")
    (here.folder / "escalation.yaml").write_text(edited, "utf-8")
    until(lambda: one.logged("configuration accepted"), LIMIT, lambda: one.stderr)
    until(lambda: any("other rules came into force" in line["event"] for line in two.logs), LIMIT, lambda: two.stderr)
    expected |= here.past_due(24)
    told(receiver, expected)
    assert one.terminate() == 0

    (there.folder / "escalation.yaml").write_text(edited, "utf-8")
    expected |= here.past_due(24)
    told(receiver, expected)
    assert receiver.doubled == 0


def test_one_alone_is_refused_beside_a_cluster_and_a_cluster_beside_one_alone(district, receiver, running):
    (member,) = together(running, district, 1)
    alone = running.alertd("run", "--config", district.folder)
    assert alone.ended(LIMIT) == 1
    (line,) = alone.stderr.splitlines()
    assert "another alertd runs on this database (a cluster (alertd run --cluster)); stop it first" in line
    assert member.terminate() == 0

    alone = running.daemon(district.folder)
    member = start(running, district.folder)
    assert member.ended(LIMIT) == 1
    (line,) = member.stderr.splitlines()
    assert f"process {alone.pid}); stop it first" in line


def test_what_cannot_carry_a_cluster_is_refused_with_one_clear_line(tmp_path, sqlite, district, receiver, running):
    lines = []
    for each in (District(tmp_path / "sqlite", sqlite, receiver.url), district):
        process = start(running, each.folder)
        lines.append((process.ended(LIMIT), *process.stderr.splitlines()))
    assert [code for code, *_ in lines] == [2, 1]
    assert lines[0][1] == "storage.url: --cluster needs PostgreSQL; on SQLite one alertd runs by itself"
    assert lines[1][1].endswith("the tables of the cluster are missing; run `alertd db upgrade`")
    assert [len(each) for each in lines] == [2, 2]


def test_a_transaction_pooler_is_refused_and_one_of_sessions_is_not(tmp_path, url, receiver, running):
    pgbouncer = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if pgbouncer is None:
        pytest.skip("SKIPPED: pgbouncer is not installed; whether a pooler is found out was not tried")
    upgraded(running, District(tmp_path / "direct", url, receiver.url))
    _, server = relayed(running, url)
    name = urlsplit(url).path[1:]
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    for mode in ("transaction", "session"):
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = free.getsockname()[1]
        settings = Path(tempfile.gettempdir(), f"alertd-pooler-{port}.ini")  # where `nobody` may read
        settings.write_text(
            f"[databases]\n{name} = host=127.0.0.1 port={server} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nauth_type = any\npool_mode = {mode}\nunix_socket_dir =\n"
            "ignore_startup_parameters = options\n", "utf-8",
        )  # fmt: skip
        pooler = subprocess.Popen([pgbouncer, "-q", *as_nobody, settings], stderr=subprocess.DEVNULL)
        try:
            pooled = District(tmp_path / mode, f"postgresql://postgres@127.0.0.1:{port}/{name}", receiver.url)
            until(lambda: _answers(pooled.url), 20, "the pooler does not answer")  # noqa: B023
            process = start(running, pooled.folder)
            until(lambda: process.code is not None or '"running"' in process.stderr, LIMIT, lambda: process.stderr)  # noqa: B023
            if mode == "transaction":
                assert process.ended(LIMIT) == 1
                (line,) = process.stderr.splitlines()
                assert "a transaction pooler stands before this database" in line
            else:
                assert process.code is None, process.stderr
                assert process.terminate() == 0
        finally:
            pooler.terminate()
            pooler.wait(10)
            settings.unlink()


def _answers(url):
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True
