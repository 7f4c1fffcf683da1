"""What systemd is told, on a socket that stands for it."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest

from alertd import supervised
from alertd.supervised import Supervised
from tests.commands.ground import write_config
from tests.faults.harness import processes, until


@pytest.fixture
def systemd(tmp_path):
    """The socket, and what arrived at it."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(path)
        listening.setblocking(False)

        def heard():
            found = []
            while True:
                try:
                    found.append(listening.recv(1024).decode())
                except BlockingIOError:
                    return found

        heard.path = path
        yield heard


def told(systemd, **more):
    """With the environment that systemd gives."""
    return Supervised({"NOTIFY_SOCKET": systemd.path, **more})


def test_it_is_told_that_the_daemon_is_ready_and_that_it_stops(systemd):
    made = told(systemd)
    made.ready("2 feeds, 1 channels")
    made.stopping()
    assert systemd() == ["READY=1\nSTATUS=2 feeds, 1 channels", "STOPPING=1"]


def test_an_abstract_address_is_understood():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0alertd-test-{os.getpid()}")
        Supervised({"NOTIFY_SOCKET": f"@alertd-test-{os.getpid()}"}).stopping()
        assert listening.recv(100) == b"STOPPING=1"


async def test_signs_of_life_come_twice_as_often_as_they_are_asked_for(systemd):
    made = told(systemd, WATCHDOG_USEC="40000")
    assert made.every == 0.02
    task = asyncio.create_task(made.run())
    while len(found := systemd()) < 1:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    task.cancel()
    assert set(found) == {"WATCHDOG=1"}


async def test_without_a_tick_of_the_escalation_clock_there_is_no_sign_of_life(systemd, monkeypatch):
    made = told(systemd, WATCHDOG_USEC="2000")
    monkeypatch.setattr(supervised, "ALIVE_SECONDS", -1.0)
    task = asyncio.create_task(made.run())
    await asyncio.sleep(0.05)
    assert systemd() == []
    monkeypatch.setattr(supervised, "ALIVE_SECONDS", 300.0)
    made.ticked()
    while not systemd():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    task.cancel()


@pytest.mark.parametrize(
    "more", [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "9", "WATCHDOG_PID": "1"}]
)
async def test_where_nobody_waits_for_signs_none_are_given(systemd, more):
    made = told(systemd, **more)
    await made.run()
    assert systemd() == []


def test_without_systemd_nothing_happens_and_a_socket_that_is_gone_stops_nothing(tmp_path):
    Supervised({}).ready("x")
    Supervised({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready("x")


@pytest.mark.process
def test_the_daemon_tells_when_it_is_ready_and_when_it_stops(systemd, tmp_path, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", systemd.path)
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    heard = []
    with processes(tmp_path) as running:
        daemon = running.daemon(write_config(tmp_path / "config", f"sqlite:///{tmp_path / 'a.db'}"))
        until(lambda: heard.extend(systemd()) or "WATCHDOG=1" in heard, 30, lambda: daemon.stderr)
        assert heard[0] == "READY=1\nSTATUS=1 feeds, 1 channels"
        assert daemon.terminate() == 0
    assert systemd()[-1] == "STOPPING=1"
