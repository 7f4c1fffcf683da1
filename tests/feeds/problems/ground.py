"""What the 25 problems are tried on: the sample district, one feed, and the real way of a dossier.

A portal answers over HTTP, a file lies in a drop folder; the feed that the configuration makes of it is polled, what
falls due is sent to a console that remembers it, and `status`, `explain` and `feed test` are asked as a person asks.
Monday is 08/06/2026.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alertd import assembly
from alertd.cli import main
from alertd.config.load import load
from alertd.demo.portal import dossier
from alertd.demo.portal.igate import dossier as igate_dossier
from alertd.jobs.poll import Poll
from tests.store.ground import FEED, World

ROOT = Path(__file__).resolve().parents[3]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICER, HEAD, CHAIR, ADMIN = "chuyen-vien-tu-phap", "truong-phong-tu-phap", "chu-tich-huyen", "van-phong"
HEADERS = "Mã hồ sơ;Trạng thái;Đơn vị giải quyết;Cán bộ xử lý;Ngày tiếp nhận;Ngày hẹn trả;Ngày kết thúc xử lý"


def at(text):
    """`08/06 16:00` of 2026 on the clocks of the district, in UTC."""
    day, clock = text.split(" ")
    day = day if day.count("/") == 2 else f"{day}/2026"
    return datetime.strptime(f"{day} {clock}", "%d/%m/%Y %H:%M").replace(tzinfo=ZONE).astimezone(UTC)


def shown(instant):
    """An instant as a person reads it."""
    return None if instant is None else f"{instant.astimezone(ZONE):%d/%m/%Y %H:%M}"


def opencps(number=1, received="01/06 08:00", due="10/06 16:00", **fields):
    """A dossier of OpenCPS, running, of the officer of the Justice Department; `fields` overwrite what it shows."""
    row = dossier(
        number, zone=ZONE, received=at(received), due=at(due) if due else None, officer="tp.chuyenvien",
        code=f"H27.35-260608-{number:04d}",
    )  # fmt: skip
    return row | fields


def igate(number=1, received="01/06 08:00", due="10/06 16:00", **fields):
    """The same dossier as an iGate shows it, which names the officer."""
    row = igate_dossier(
        number, zone=ZONE, received=at(received), due=at(due) if due else None, officer="Chuyên viên Phòng Tư pháp",
        code=f"H27.35-260608-{number:04d}",
    )  # fmt: skip
    return row | fields


def exported(
    code, status="Đang xử lý", unit="Phòng Tư pháp", officer="tp.chuyenvien", received="01/06/2026 08:00",
    due="10/06/2026 16:00", finished="",
):  # fmt: skip
    """A line of an export with the usual headers."""
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="").writerow([code, status, unit, officer, received, due, finished])
    return line.getvalue()


class Office:
    """The district with one feed on one database."""

    def __init__(self, folder, url, database):
        self.folder, self.url, self._database = folder, url, database
        for name in ("escalation.yaml", "organisation.yaml", "calendar.yaml"):
            shutil.copy(ROOT / "config" / name, folder)
        self.drop = folder / "drop"
        self.drop.mkdir()

    def reads(self, kind, scope="all", **settings):
        """Configure the feed; the keys of `settings` are written as JSON, which YAML reads."""
        keys = {"name": FEED, "type": kind, "scope": scope, "every": "5m", **settings}
        written = ", ".join(
            f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in keys.items() if value is not None
        )
        (self.folder / "alertd.yaml").write_text(
            f"""\
timezone: Asia/Ho_Chi_Minh
storage: {{url: "{self.url}"}}
admin: group:quan-tri
feeds:
  - {{{written}}}
channels: {{console: {{}}}}
web: off
delivery: {{slots: at-once, quiet: none, storm_brake: off}}
""",
            encoding="utf-8",
        )
        self.loaded = load(self.folder)
        (self.settings,) = self.loaded.settings.feeds
        self.world = World(
            self._database, self.loaded.rules, self.settings.scope, assembly.ages(self.loaded)[FEED],
        )  # fmt: skip
        return self

    def reads_opencps(self, portal, **settings):
        """The OpenCPS portal, one group."""
        return self.reads("opencps", url=portal.url, groups=["1"], **settings)

    def reads_opencps_again(self, **settings):
        """The same portal, with other settings."""
        return self.reads("opencps", url=self.settings.url, groups=["1"], **settings)

    def reads_igate(self, portal, **settings):
        """The iGate portal, behind its Keycloak."""
        return self.reads("igate", url=portal.url, token_url=portal.token_url, client_id="alertd", **settings)

    def reads_rest(self, portal, **settings):
        """Any JSON portal by configuration: here the rows of OpenCPS, whose dates it may write in its own ways."""
        fields = {
            "key": "$.dossierId", "code": "$.dossierNo", "status": "$.dossierStatus", "unit": "$.govAgencyName",
            "officer": "$.currentActionUser", "received_at": "$.receiveDate", "due_at": "$.dueDate",
            "finished_at": "$.releaseDate", "channel": "$.online",
        }  # fmt: skip
        statuses = {"running": ["processing"], "paused": ["waiting"], "done": ["releasing"]}
        return self.reads(
            "rest", url=f"{portal.url}/o/rest/v2/dossiers", headers={"groupId": "1"}, rows="$.data",
            **{"total": "$.total", "paging": "none", "fields": fields, "statuses": statuses, **settings},
        )  # fmt: skip

    def reads_files(self, **settings):
        """The drop folder."""
        return self.reads("sheet", path="drop/*", **settings)

    def edit(self, name, old, new):
        """What an admin does to a configuration file."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), "utf-8")
        self.loaded = load(self.folder)
        self.world.rules = self.loaded.rules

    def drops(self, name, content, when):
        """A file put into the drop folder; a text is written as UTF-8, lines get the usual headers."""
        if isinstance(content, list):
            content = "\n".join([HEADERS, *content])
        path = self.drop / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (at(when).timestamp(),) * 2)
        return path

    # --- the daemon's work --------------------------------------------------------------------------------------------

    def poll(self, when):
        """One poll; gives its counts. Raises FeedError."""
        feed = assembly.feed(self.loaded, self.settings)
        job = Poll(self._database, self.loaded.rules, feed, self.settings.scope, self.settings.accept_smaller)
        return asyncio.run(job.tick(at(when)))

    def told(self, when):
        """What is sent after an escalation at this instant: (person, text)."""
        before = len(self.world.sent)
        self.world.tick(at(when))
        asyncio.run(self.world.send(at(when)))
        return [(part.person, part.text) for part in self.world.sent[before:]]

    def watches(self, when):
        """What the daemon's look at its feeds tells the admin."""
        self.world.watch(at("08/06 00:00"), at(when))

    def reading(self, when):
        """A poll and what is sent because of it."""
        self.poll(when)
        return self.told(when)

    def stored(self, code):
        """The dossier's row."""
        return self.world.stored(code)

    # --- what a person asks -------------------------------------------------------------------------------------------

    def ask(self, *arguments):
        """A command's output; JSON."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main([*arguments, "--config", str(self.folder), "--format", "json"])
                code = 0
            except SystemExit as end:
                code = end.code or 0
        assert code == 0, err.getvalue()
        return json.loads(out.getvalue())

    def status(self, when):
        return self.ask("status", "--at", at(when).isoformat())

    def explain(self, code, when):
        return self.ask("explain", code, "--at", at(when).isoformat())

    def history(self, code, when, event):
        """The entries of one kind in a dossier's story."""
        return [entry for entry in self.explain(code, when)["history"] if entry["event"] == event]

    def listed(self, name, when):
        """One of the lists of `status`."""
        return self.status(when)["lists"][name]

    def tested(self):
        """The single source as `feed test` shows it."""
        (source,) = self.ask("feed", "test", FEED)["sources"]
        return source


def line(told, person, code):
    """What one person's messages say of a dossier: its line, and the one below it."""
    texts = [text for who, text in told if who == person]
    found = [part for text in texts for part in text.split("\n")]
    place = next((n for n, part in enumerate(found) if f" {code}" in part), None)
    assert place is not None, f"{person} is told nothing of {code}: {told}"
    return f"{found[place]}\n{found[place + 1]}" if place + 1 < len(found) else found[place]


def people(told, code):
    """Who is told of a dossier."""
    return [who for who, text in told if f" {code} " in f"{text} " or f" {code}\n" in text]
