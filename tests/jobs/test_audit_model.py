"""Whatever happens to feeds, rules and people, in whatever order: the ledger is what the slow recount expects.

`ALERTD_MODEL_EXAMPLES` makes it longer; Hypothesis prints the steps of a failure and how to run them again.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import insert

from alertd.core.dossier import Phase
from alertd.core.freshness import MaxAge
from alertd.core.worktime import Calendar
from alertd.jobs import audit
from alertd.store import migrate, replan
from alertd.store.database import Database
from alertd.store.tables import acknowledgements
from tests.store.ground import STANDARD, ZONE, World, at, dossier, finished, organisation, person, rules, step

CODES = st.sampled_from(["HS-1", "HS-2", "HS-3"])
RULES = (
    rules(),
    rules(step("soon", "-1d", "officer"), step("overdue", "0d", "officer", "head", every="4h", times=5)),
    rules(*STANDARD, calendar=Calendar(ZONE, days_off=frozenset(at(f"{day} 12:00").date() for day in ("06/06", "07/06")))),
    rules(org=organisation(person("head", "head@NV"), person("head-nv", "head@TP"))),
)  # fmt: skip


class Office(RuleBasedStateMachine):
    """Three dossiers of one district; every rule is something that happens, time goes on in between."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="alertd-model-")
        database = Database(f"sqlite:///{Path(self.folder.name) / 'alertd.db'}")
        migrate.upgrade(database)
        self.world = World(database, max_age=MaxAge(working_days=1))
        self.shown = {}
        self.now = at("03/06 08:00")
        self.present = RULES[0]

    def teardown(self):
        self.world.database.close()
        self.folder.cleanup()

    @rule(code=CODES, due=st.sampled_from(["05/06 10:00", "07/06 16:00", "10/06 16:00", "14/06 19:00", None]))
    def shows(self, code, due):
        self.shown[code] = dossier(code, due=due)

    @rule(
        code=CODES, officer=st.sampled_from(["tp.an", "tp.binh", "nobody"]), unit=st.sampled_from(["TP", "NV", "none"])
    )
    def moves(self, code, officer, unit):
        if code in self.shown:
            self.shown[code] = replace(self.shown[code], officers=(officer,), unit=unit)

    @rule(code=CODES, phase=st.sampled_from([Phase.RUNNING, Phase.PAUSED, Phase.UNKNOWN]))
    def turns(self, code, phase):
        if code in self.shown:
            self.shown[code] = replace(self.shown[code], phase=phase, finished_at=None)

    @rule(code=CODES)
    def ends(self, code):
        if code in self.shown:
            self.shown[code] = finished(self.shown[code], "04/06 10:00")

    @rule(complete=st.booleans(), left_out=st.sets(CODES, max_size=1))
    def polls(self, complete, left_out):
        rows = [seen for code, seen in self.shown.items() if code not in left_out]
        self.world.run(self.now, *rows, complete=complete)

    @rule(index=st.integers(0, len(RULES) - 1))
    def edits(self, index):
        new = RULES[index]
        replan.replan(self.world.database, self.present, new, self.now)
        self.present = self.world.rules = new

    @precondition(lambda self: self.world.rows("dossiers"))
    @rule(data=st.data(), who=st.sampled_from(["an", "head"]))
    def acknowledges(self, data, who):
        row = data.draw(st.sampled_from(self.world.rows("dossiers")))
        values = {"dossier_id": row.id, "episode": row.episode, "person": who, "at": self.now, "via": "test"}
        with self.world.database.write() as connection:
            connection.execute(insert(acknowledgements).values(**values))

    @rule(hours=st.sampled_from([1, 3, 9, 24, 72]))
    def time_goes_on(self, hours):
        self.now += timedelta(hours=hours)
        self.world.tick(self.now)

    @invariant()
    def the_ledger_is_what_the_recount_expects(self):
        found = audit.walk(self.world.database, self.world.rules)
        assert found.findings == ()


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=int(os.environ.get("ALERTD_MODEL_EXAMPLES", "15")),
    stateful_step_count=20,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
