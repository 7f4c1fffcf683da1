"""A district on a simulated portal whose dossiers keep coming, and what the oracle knows of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from alertd.demo.portal import Portal, dossier
from tests.faults.harness import PASSWORD, District
from tests.oracle.seen import Shown

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
#: From now to the due date of what arrives. No due date is a local midnight, which would mean a date: see `_whole`.
OVERDUE, SOON, LONG_OVERDUE = timedelta(hours=-1), timedelta(hours=1), timedelta(days=-3, hours=-1)
#: Passes its due date while the daemon is being killed.
PASSING = timedelta(seconds=4)
DUES = (OVERDUE, OVERDUE, SOON, LONG_OVERDUE, PASSING)


class World:
    """As a context manager: the portal runs, and `district` is configured to read it."""

    def __init__(self, folder, url, hook, rng, **settings):
        self.shown = []
        self._rng = rng
        self._rows = {"1": [], "2": [], "3": []}
        self._portal = Portal(
            lambda: {group: list(rows) for group, rows in self._rows.items()}, username="alertd", password=PASSWORD
        )
        self._folder, self._url, self._hook, self._settings = folder, url, hook, settings

    def __enter__(self):
        self._portal.__enter__()
        feed = (
            f'{{name: portal, type: opencps, url: "{self._portal.url}", username: alertd, '
            f'password: "${{PORTAL_PASSWORD}}", groups: ["1", "2", "3"], scope: all, every: 1s, max_age: 1h}}'
        )
        self.district = District(self._folder, self._url, self._hook, feeds=feed, **self._settings)
        return self

    def __exit__(self, *error):
        self._portal.__exit__(*error)

    @property
    def faults(self):
        """What goes wrong with the portal."""
        return self._portal.faults

    def arrive(self, count):
        """So many dossiers more, in some mixture: overdue, nearly due, due in a moment, long overdue, finished."""
        for _ in range(count):
            self._arrive(self._rng.choice(DUES), ended=self._rng.random() < 0.1)

    def overdue(self, count, *, by):
        """So many dossiers more that are all overdue by so much."""
        for _ in range(count):
            self._arrive(-by, ended=False)

    def long_ago(self, *, weeks):
        """A dossier that was received so many weeks ago and finished soon after: there are weeks to freeze."""
        self._arrive(timedelta(days=9) - timedelta(weeks=weeks), ended=True)

    def _arrive(self, due_in, *, ended):
        number = len(self.shown) + 1
        officer = self._rng.randrange(self.district.officers)
        unit = self.district.unit(officer)
        now = datetime.now(UTC)
        due = _whole(now + due_in)
        received = due - timedelta(days=9)
        done = {"status": "done", "released": received + timedelta(days=1), "finished": received + timedelta(days=1)}
        row = dossier(number, zone=ZONE, received=received, due=due, unit=f"P{unit}", officer=f"cv.{officer}",
                      **(done if ended else {}))  # fmt: skip
        self.shown.append(
            Shown(row["dossierNo"], f"officer-{officer}", f"head-{unit}", received, due, now, ended=ended)
        )
        self._rows[str(number % 3 + 1)].append(row)

    @property
    def settled_at(self):
        """When the last due date that passes meanwhile has passed."""
        soon = datetime.now(UTC) + timedelta(minutes=1)
        return max([each.due for each in self.shown if each.due < soon], default=soon)


def _whole(at):
    """To the second, as the portal prints it, and no midnight."""
    at = at.replace(microsecond=0)
    local = at.astimezone(ZONE)
    return at + timedelta(seconds=1) if (local.hour, local.minute, local.second) == (0, 0, 0) else at
