"""What the tests of faults stand on: a district whose dossiers are past due, the daemon and a receiver as processes of
their own, and waiting that comes to an end. Every process dies with the test that started it, even if that is killed.
"""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import inspect, text

from alertd.store import overview
from alertd.store.database import Database

ROOT = Path(__file__).resolve().parents[2]
SECRET = "bi-mat-cua-webhook-7f3a"
PASSWORD = "mat-khau-cua-cong-91c2"
CITIZEN = "Nguyễn Thị Người Dân"
MARK = "(gửi lại)"
COLUMNS = ["Mã hồ sơ", "Chủ hồ sơ", "Đơn vị giải quyết", "Cán bộ xử lý", "Ngày tiếp nhận", "Ngày hẹn trả"]

# asks the kernel to end this process when the one that started it ends, then becomes what was asked for
LEASH = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])"


def until(condition, limit, what):
    """The condition's value once it is true; fails after `limit` seconds."""
    end = time.monotonic() + limit
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {limit} s: {what() if callable(what) else what}"
        time.sleep(0.05)
    return value


def spawn(arguments, *, cwd, env, out, err):
    """A Python module from nothing, its output to two files."""
    command = [sys.executable, "-ISc", LEASH, sys.executable, "-W", "error", "-m", *arguments]
    with out.open("wb") as stdout, err.open("wb") as stderr:
        return subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)


class Process:
    """A Python module as a process, its output in files; `start` makes it, as a Popen or what looks like one."""

    def __init__(self, folder, *arguments, env=None, cwd=None, start=spawn):
        folder.mkdir(parents=True, exist_ok=True)
        self.arguments = [str(argument) for argument in arguments]
        self.out, self.err = folder / "stdout", folder / "stderr"
        self._process = start(
            self.arguments, cwd=cwd or ROOT, env=environment() | (env or {}), out=self.out, err=self.err
        )

    @property
    def pid(self):
        return self._process.pid

    @property
    def code(self):
        """The exit code; None while it runs."""
        return self._process.poll()

    def send(self, number):
        self._process.send_signal(number)

    def kill(self):
        """As a power cut: nothing is finished, nothing is said."""
        self._process.kill()
        self._process.wait(10)

    def terminate(self, limit=25.0):
        """Ask it to stop; gives the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self.ended(limit)

    def ended(self, limit):
        """The exit code once it has ended; fails after `limit` seconds."""
        try:
            return self._process.wait(limit)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.arguments} still runs after {limit} s\n{self.stderr}") from None

    @property
    def stdout(self):
        return self.out.read_text("utf-8")

    @property
    def stderr(self):
        return self.err.read_text("utf-8")

    @property
    def logs(self):
        """The log lines so far, each of which must be JSON; a last line without an end is still being written."""
        text = self.stderr
        try:
            return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
        except ValueError:
            raise AssertionError(f"not JSON lines:\n{text}") from None

    def logged(self, event):
        return any(line["event"] == event for line in self.logs)


def environment():
    """What a process gets: the secrets of the sample, UTF-8, and nothing that changes messages."""
    kept = {name: value for name, value in os.environ.items() if name not in ("ALERTD_LANG", "CREDENTIALS_DIRECTORY")}
    return kept | {
        "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "HOOK_SECRET": SECRET, "PORTAL_PASSWORD": PASSWORD,
    }  # fmt: skip


class Processes:
    """Starts processes, and ends by their ids those that a test has left."""

    def __init__(self, folder):
        self._folder = folder
        self._started = []
        #: Whether daemons are those of a cluster.
        self.cluster = False

    def start(self, *arguments, **more):
        process = Process(self._folder / f"process-{len(self._started)}", *arguments, **more)
        self._started.append(process)
        return process

    def alertd(self, *arguments, **more):
        return self.start("alertd", *arguments, **more)

    def daemon(self, config, *, limit=30.0, **more):
        """`alertd run`, once it runs; one of a cluster where `cluster` is set."""
        process = self.run(config, **more)
        until(lambda: process.code is not None or process.logged("running"), limit, lambda: process.stderr)
        assert process.code is None, process.stderr
        return process

    def run(self, config, **more):
        """`alertd run`, as it begins."""
        if self.cluster:
            assert self.alertd("db", "upgrade", "--config", config, **more).ended(60) == 0
        return self.alertd("run", *(["--cluster"] if self.cluster else []), "--config", config, **more)

    def receiver(self, *, delay=0.0, status=200, secret=SECRET, lifetime=240, port=0):
        """A webhook receiver as a process, which knows nothing of what happens to the sender."""
        log = self._folder / f"seen-{len(self._started)}.jsonl"
        process = self.start(
            "tests.peers.webhook_receiver", "--port", port, "--log", log, "--delay-ms", delay * 1000, "--status", status, "--secret",
            secret, "--lifetime", lifetime,
        )  # fmt: skip
        until(lambda: "\n" in process.stdout, 20, lambda: process.stderr)
        return Receiver(process, f"http://127.0.0.1:{process.stdout.strip()}/hook", log)

    def end(self, *, quiet=False):
        for process in reversed(self._started):
            if process.code is None:
                process.kill()
        for process in () if quiet else self._started:  # pytest shows this where a test has failed
            print(f"--- {' '.join(process.arguments)}: exit {process.code}\n{process.stderr[-3000:]}")


@contextmanager
def processes(folder, *, quiet=False):
    made = Processes(folder)
    try:
        yield made
    finally:
        made.end(quiet=quiet)


@dataclass(frozen=True)
class Receiver:
    """What a receiver's record says."""

    process: Process
    url: str
    log: Path

    @property
    def seen(self):
        """Every request so far, in order of arrival."""
        if not self.log.exists():
            return []
        lines = self.log.read_text("utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    @property
    def ids(self):
        return [request["id"] for request in self.seen]

    @property
    def told(self):
        """(person, code) of every dossier that a message named, in its fields and in its text."""
        found = set()
        for request in self.seen:
            body = request["body"]
            assert request["violations"] == [], request
            for dossier in body["dossiers"]:
                assert f". {dossier['code']} · " in body["text"] or f". {dossier['code']}\n" in body["text"], body
                found.add((body["person"], dossier["code"]))
        return found

    @property
    def repeated(self):
        """How many messages came more often than once where a call may be held up on its way, and be overtaken by its
        repeat: of those that came under one id all but one must have their mark, in whichever order.
        """
        came, marked = Counter(self.ids), Counter()
        for request in self.seen:
            marked[request["id"]] += request["body"]["text"].startswith(MARK)
        unmarked = [id_ for id_, count in came.items() if marked[id_] < count - 1]
        assert unmarked == [], f"came again unmarked: {unmarked}"
        return self._doubled_under_one_id()

    @property
    def doubled(self):
        """How many messages came more often than once, and those that came again without their mark."""
        again = [request for request in self.seen if request["repeat"]]
        unmarked = [request["id"] for request in again if not request["body"]["text"].startswith(MARK)]
        assert unmarked == [], f"came again unmarked: {unmarked}"
        return self._doubled_under_one_id()

    def _doubled_under_one_id(self):
        under = {}
        for request in self.seen:
            for dossier in request["body"]["dossiers"]:
                step = (request["body"]["person"], dossier["code"], dossier["step"])
                assert under.setdefault(step, request["id"]) == request["id"], f"{step} came under two ids"
        return sum(count - 1 for count in Counter(self.ids).values())


@dataclass
class District:
    """A configuration folder: units with a head and officers, a feed of files, at-once delivery to one receiver."""

    folder: Path
    url: str
    hook: str
    units: int = 4
    officers: int = 24
    resend_after: str = "1s"
    claim_timeout: str = "10s"
    channels: str = ""
    feeds: str = ""
    written: int = 0

    def __post_init__(self):
        (self.folder / "drop").mkdir(parents=True)
        self.write()

    @property
    def drop(self):
        return self.folder / "drop"

    def unit(self, officer):
        return officer % self.units

    def write(self):
        """The four files; every hour of every day is working time, so that the hour of the test does not matter."""
        channels = self.channels or f'webhook: {{url: "{self.hook}", secret: "${{HOOK_SECRET}}"}}'
        feeds = self.feeds or '{name: files, type: sheet, path: "drop/*.csv", scope: part, every: 1s, max_age: 1h}'
        name = channels.partition(":")[0]
        files = {
            "alertd.yaml": f"""\
timezone: Asia/Ho_Chi_Minh
storage: {{url: "{self.url}"}}
feeds:
  - {feeds}
channels:
  {channels}
delivery:
  slots: at-once
  quiet: none
  storm_brake: off
  claim_timeout: {self.claim_timeout}
  resend_after: {self.resend_after}
web: off
""",
            "calendar.yaml": """\
default:
  sessions: {mon-sun: ["00:00-24:00"]}
  hours_per_day: 24
  holidays: none
""",
            "escalation.yaml": """\
policies:
  - name: standard
    match: {}
    steps:
      - {name: soon, at: -2h, to: officer}
      - {name: overdue, at: 0d, to: [officer, head]}
      - {name: chairman, at: +3d, to: head@root}
""",
            "organisation.yaml": "\n".join([
                "fallback: person:office",
                "units:",
                "  - {code: UBND, name: UBND huyện, kind: district}",
                *(f"  - {{code: P{n}, name: Phòng {n}, kind: department, reports_to: UBND}}" for n in range(self.units)),
                "people:",
                self._person("office", "Văn phòng", "", name),
                self._person("chair", "Chủ tịch", "posts: [{unit: UBND, post: head}]", name),
                *(self._person(f"head-{n}", f"Trưởng phòng {n}", f"posts: [{{unit: P{n}, post: head}}]", name)
                  for n in range(self.units)),
                *(self._person(f"officer-{n}", f"Chuyên viên {n}", f"portal_ids: [cv.{n}], "
                               f"posts: [{{unit: P{self.unit(n)}, post: staff}}]", name)
                  for n in range(self.officers)),
                "",
            ]),
        }  # fmt: skip
        for file, content in files.items():
            (self.folder / file).write_text(content, encoding="utf-8")

    @staticmethod
    def _person(ident, name, posts, channel):
        held = f"{posts}, " if posts else ""
        return f"  - {{id: {ident}, name: {name}, {held}contacts: [{{channel: {channel}}}]}}"

    @property
    def outbox(self):
        """How many parts of messages are in each state."""
        with reading(self.url) as connection:
            return overview.outbox_states(connection)

    @contextmanager
    def writing(self):
        """Hold the write lock of an SQLite database, as a long transaction of the daemon does."""
        database = Database(self.url)
        try:
            with database.write():
                yield
        finally:
            database.close()

    def forget_the_dead(self):
        """Take away the row of a killed daemon: a successor would otherwise wait 6 s for it to go stale (PostgreSQL)."""
        database = Database(self.url)
        if not database.is_sqlite and inspect(database.engine).has_table("daemons"):
            with database.write() as connection:
                connection.execute(text("DELETE FROM daemons WHERE name = 'daemon'"))
        database.close()

    def past_due(self, count, *, name="", due=timedelta(hours=-1)):
        """Put a file with `count` new dossiers into the drop folder; gives the (person, code) that must be told."""
        numbers = range(self.written, self.written + count)
        self.written += count
        now = datetime.now(UTC)
        rows = []
        for number in numbers:
            officer = number % self.officers
            received, promised = (now + by for by in (timedelta(days=-2), due))
            rows.append([f"HS-{number:05d}", CITIZEN, f"P{self.unit(officer)}", f"cv.{officer}",
                         received.isoformat(), promised.isoformat()])  # fmt: skip
        write_sheet(self.drop / f"{name or f'{numbers.start:05d}'}.csv", rows)
        return {
            pair
            for number in numbers
            for officer in [number % self.officers]
            for pair in [
                (f"officer-{officer}", f"HS-{number:05d}"),
                (f"head-{self.unit(officer)}", f"HS-{number:05d}"),
            ]
        }


@contextmanager
def reading(url):
    """A look into the database while the daemon runs."""
    database = Database(url)
    try:
        with database.read() as connection:
            yield connection
    finally:
        database.close()


def write_sheet(path, rows, columns=COLUMNS):
    """A CSV that is there at once and whole, as a file that is moved into the drop folder."""
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    part.rename(path)
