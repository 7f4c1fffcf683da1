"""A district with a plan, as its configuration files say it; and a world that runs on them."""

from __future__ import annotations

from alertd.config.load import load_texts
from alertd.core.freshness import MaxAge
from alertd.jobs.report import Reporter
from tests.store.ground import DAY, World

ALERTD = """\
timezone: Asia/Ho_Chi_Minh
storage: {url: "sqlite:///var/alertd.db"}
feeds:
  - {name: portal, type: sheet, path: drop/*.csv, columns: {code: Mã hồ sơ}, scope: all}
channels: {console: {}}
report: {week_ends: "Sun 24:00", send: "Mon 07:30", centre: TTHCC%s}
admin: person:admin
"""
ESCALATION = """\
policies:
  - name: standard
    match: {}
    steps: [{name: overdue, at: 0d, to: [officer, head]}]
"""
CALENDAR = """\
default: {sessions: {mon-fri: ["07:30-11:30", "13:00-17:00"]}, holidays: none}
"""
ORGANISATION = """\
fallback: person:office
units:
  - {code: UBND, name: UBND huyện, kind: district}
  - {code: TTHCC, name: Trung tâm Hành chính công, kind: center, reports_to: UBND}
  - {code: TP, name: Phòng Tư pháp, kind: department, reports_to: UBND%s}
  - {code: NV, name: Phòng Nội vụ, kind: department, reports_to: UBND}
people:
  - {id: chair, name: Chủ tịch, posts: [{unit: UBND, post: head}], contacts: [{channel: console}]}
  - {id: director, name: Giám đốc Trung tâm, posts: [{unit: TTHCC, post: head}], contacts: [{channel: console}]}
  - {id: deputy, name: Phó Giám đốc Trung tâm, posts: [{unit: TTHCC, post: deputy}], contacts: [{channel: console}]}
  - {id: head, name: Trưởng phòng Tư pháp, posts: [{unit: TP, post: head}], contacts: [{channel: console}]}
  - {id: head-nv, name: Trưởng phòng Nội vụ, posts: [{unit: NV, post: head}], contacts: [{channel: console}]}
  - {id: an, name: Chuyên viên 1, portal_ids: [tp.an], posts: [{unit: TP, post: staff}], contacts: [{channel: console}]}
  - {id: office, name: Văn phòng, contacts: [{channel: console}]}
  - {id: admin, name: Quản trị, contacts: [{channel: console}]}
"""
TARGETS = """\
targets:
  - {scope: "kind:department", indicator: R1, value: 60%, basis: Kế hoạch mẫu, from: 2024-01-01, until: 2024-12-31}
  - {scope: all, indicator: R1, value: 60%, basis: Kế hoạch mẫu, from: 2024-01-01, until: 2024-12-31}
"""


def texts(*, targets=TARGETS, report="", aliases="", organisation=ORGANISATION):
    """The files; `report` goes into `report:`, `aliases` into the first department."""
    made = {
        "alertd.yaml": ALERTD % (report and f", {report}"),
        "escalation.yaml": ESCALATION,
        "calendar.yaml": CALENDAR,
        "organisation.yaml": organisation % (aliases and f", aliases: [{aliases}]"),
    }
    return made | ({"targets.yaml": targets} if targets else {})


def unhurried(folder):
    """For a fast clock: a call that takes a blink lasts an hour on it, and its claim must not be over by then."""
    with (folder / "alertd.yaml").open("a", encoding="utf-8") as file:
        file.write("delivery: {claim_timeout: 72h, resend_after: 72h}\n")


def loaded(**changes):
    return load_texts(texts(**changes))


def reporter(database, configuration=None):
    return Reporter(database, configuration or loaded(), {"portal": MaxAge(elapsed=DAY)})


def world(database, configuration=None):
    """A world by the same rules."""
    return World(database, (configuration or loaded()).rules)
