"""The two peers as processes: what each is told, and what it costs them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.faults.harness import District, Processes, until, write_sheet

TICKS = os.sysconf("SC_CLK_TCK")
BATCH = 1000
COLUMNS = ["Mã hồ sơ", "Đơn vị giải quyết", "Cán bộ xử lý", "Ngày tiếp nhận", "Ngày hẹn trả"]


class Cost:
    """CPU seconds and the most memory (MiB) of processes, one after the other where one was killed."""

    def __init__(self):
        self.cpu, self.peak = 0.0, 0

    def add(self, pid):
        """Read while it still runs."""
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        self.cpu += (int(fields[11]) + int(fields[12])) / TICKS
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
        peak = next(line for line in lines if line.startswith("VmHWM:"))
        self.peak = max(self.peak, int(peak.split()[1]) // 1024)


def resident(pid):
    """MiB that a process has in memory."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) // 1024


class Sink:
    """The receiver's record; read on from where it was read before, so that looking costs nothing that is measured."""

    def __init__(self, processes, folder, delay_ms):
        self.log, self._read = folder / "seen", 0
        self.arrivals, self.codes = [], set()
        process = processes.start("bench.peers.sink", self.log, delay_ms, 900)
        until(lambda: "\n" in process.stdout, 20, lambda: process.stderr)
        self.url = f"http://127.0.0.1:{process.stdout.strip()}/"

    def look(self):
        """Whether anything has come since; `arrivals` are (seconds, codes) of each message so far."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            whole = log.read().rpartition(b"\n")[0]
        if not whole:
            return False
        self._read += len(whole) + 1
        for line in whole.decode("utf-8").splitlines():
            at, *codes = line.split()
            self.arrivals.append((float(at), codes))
            self.codes.update(codes)
        return True

    def wait(self, count, seconds, still=8.0):
        """Until so many codes came, `seconds` are over, or, once any had, nothing came for `still` seconds."""
        end, moved = time.monotonic() + seconds, time.monotonic()
        while time.monotonic() < end:
            if self.look():
                moved = time.monotonic()
            if len(self.codes) >= count or (self.codes and time.monotonic() - moved > still):
                return
            time.sleep(0.02)


class Alertd:
    """The daemon on SQLite, a file of dossiers in its drop folder, one step, one message a person and tick."""

    name = "alertd"

    def __init__(self, processes: Processes, folder, sink, people, *, claim="60s"):
        self._processes, self.people = processes, people
        self.district = District(folder / "config", f"sqlite:///{folder}/alertd.db", sink.url, units=1, officers=1,
                                 claim_timeout=claim, resend_after="1s")  # fmt: skip
        config = self.district.folder
        (config / "escalation.yaml").write_text(
            "policies:\n  - {name: standard, match: {}, steps: [{name: overdue, at: 0d, to: officer}]}\n", "utf-8"
        )
        organisation = (config / "organisation.yaml").read_text("utf-8")
        (config / "organisation.yaml").write_text(f"{organisation}people_csv: people.csv\n", "utf-8")
        rows = [[f"nv-{n}", f"Nhân viên {n}", f"nv.{n}", "P0", "staff", "webhook"] for n in range(people)]
        write_sheet(config / "people.csv", rows, ["id", "name", "portal_ids", "unit", "post", "channel"])
        self.start()

    def start(self):
        """Start it, once it runs."""
        self.process = self._processes.daemon(self.district.folder, limit=180)

    def tell(self, codes):
        """One new file."""
        now = datetime.now(UTC)
        received, due = (now - timedelta(days=2)).isoformat(), (now - timedelta(hours=1)).isoformat()
        rows = [[code, "P0", f"nv.{n % self.people}", received, due] for n, code in enumerate(codes)]
        write_sheet(self.district.drop / "dossiers.csv", rows, COLUMNS)

    def again(self, codes):
        """Nothing: what it was told is on disk."""


class Alertmanager:
    """A single node, its state on disk; a group a person, or a group a dossier."""

    name = "Alertmanager"

    def __init__(self, processes: Processes, folder, sink, people, *, each):
        self._processes, self._folder, self.people = processes, folder, people
        by = "'...'" if each else "person"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "alertmanager.yml").write_text(
            f"route: {{receiver: hook, group_by: [{by}], group_wait: 1s, group_interval: 1s, repeat_interval: 4h}}\n"
            f"receivers: [{{name: hook, webhook_configs: [{{url: '{sink.url}', send_resolved: false}}]}}]\n",
            "utf-8",
        )
        self.start()

    def start(self):
        """Start it, once it is ready."""
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.process = self._processes.start(
            "bench.peers.become", shutil.which("prometheus-alertmanager"),
            f"--config.file={self._folder}/alertmanager.yml", f"--storage.path={self._folder}/data",
            f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error",
        )  # fmt: skip
        until(self._ready, 60, lambda: self.process.stderr)

    def _ready(self):
        try:
            return httpx.get(f"{self.url}/-/ready").status_code == 200
        except httpx.TransportError:
            return False

    def tell(self, codes):
        """Batches, as Prometheus posts them."""
        now = datetime.now(UTC)
        alerts = [
            {"labels": {"alertname": "overdue", "person": f"nv-{n % self.people}", "code": code},
             "startsAt": now.isoformat(), "endsAt": (now + timedelta(hours=1)).isoformat()}
            for n, code in enumerate(codes)
        ]  # fmt: skip
        with httpx.Client(timeout=120) as client:
            for at in range(0, len(alerts), BATCH):
                client.post(f"{self.url}/api/v2/alerts", content=json.dumps(alerts[at : at + BATCH]),
                            headers={"Content-Type": "application/json"}).raise_for_status()  # fmt: skip

    def again(self, codes):
        """It keeps no alerts across a restart: whoever told them tells them again, as Prometheus does."""
        self.tell(codes)


def missing() -> str:
    """Why there is nothing to compare with; empty when there is."""
    if shutil.which("prometheus-alertmanager"):
        return ""
    return "bench: peers: skipped, there is no prometheus-alertmanager (Debian: apt install prometheus-alertmanager)"
