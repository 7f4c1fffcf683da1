"""What the tests of the commands stand on: a small configuration folder, exports, and a look at all that is stored."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from alertd.store.database import Database
from alertd.store.tables import metadata

COLUMNS = ["Mã hồ sơ", "Tên thủ tục", "Đơn vị giải quyết", "Cán bộ xử lý", "Ngày tiếp nhận", "Ngày hẹn trả",
           "Ngày kết thúc xử lý"]  # fmt: skip

ALERTD = """\
timezone: Asia/Ho_Chi_Minh
storage: {{url: "{url}"}}
feeds:
  - {{name: exports, type: sheet, path: "drop/*.csv", scope: {scope}{more}}}
channels:
  console: {{}}
{channels}delivery: {{slots: at-once, quiet: none, storm_brake: off}}
"""
ESCALATION = """\
policies:
  - name: standard
    match: {}
    steps:
      - {name: soon, at: -1d, to: officer}
      - {name: overdue, at: 0d, to: [officer, head]}
      - {name: chairman, at: +3d, to: head@root, every: 1d}
"""
CALENDAR = """\
default:
  sessions: {mon-fri: ["07:30-11:30", "13:00-17:00"]}
  hours_per_day: 8
  holidays: none
"""
ORGANISATION = """\
fallback: person:office
units:
  - {code: UBND, name: UBND huyện, kind: district}
  - {code: TP, name: Phòng Tư pháp, kind: department, reports_to: UBND}
people:
  - {id: office, name: Văn phòng, contacts: [{channel: console}]}
  - {id: chair, name: Chủ tịch, posts: [{unit: UBND, post: head}], contacts: [{channel: console}]}
  - {id: head, name: Trưởng phòng, posts: [{unit: TP, post: head}], contacts: [{channel: console}]}
  - {id: staff, name: Chuyên viên, portal_ids: [tp.cv], posts: [{unit: TP, post: staff}], contacts: [{channel: console}]}
"""


def write_config(folder, url, *, scope="all", more="", channels=""):
    """The four files; `more` goes into the feed, `channels` under the channels."""
    (folder / "drop").mkdir(parents=True, exist_ok=True)
    files = {
        "alertd.yaml": ALERTD.format(url=url, scope=scope, more=more and f", {more}", channels=channels),
        "escalation.yaml": ESCALATION,
        "calendar.yaml": CALENDAR,
        "organisation.yaml": ORGANISATION,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def day(offset):
    """10:00 in Việt Nam so many days from today, as an export writes it."""
    return (datetime.now(UTC) + timedelta(days=offset)).strftime("%d/%m/%Y 10:00")


def rows(count, *, due=30, first=1):
    """Dossiers of one officer, received a week ago and due in `due` days."""
    return [
        [f"HS-{number:04d}", "Chứng thực", "Phòng Tư pháp", "tp.cv", day(-7), day(due), ""]
        for number in range(first, first + count)
    ]


def write_csv(path, rows, columns=COLUMNS, encoding="utf-8"):
    """An export."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def stored(url, *, but=()):
    """Every row of every table."""
    database = Database(url)
    try:
        with database.read() as connection:
            return {
                table.name: connection.execute(select(table).order_by(*table.primary_key.columns)).all()
                for table in metadata.sorted_tables
                if table.name not in but
            }
    finally:
        database.close()
