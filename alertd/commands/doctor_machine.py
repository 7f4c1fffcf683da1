"""What `alertd doctor` looks at on the machine: files, secrets, database, disk, clock, backup."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.commands.check import everything
from alertd.commands.doctor_finding import bad, ok, warn
from alertd.config.secrets import FOLDER
from alertd.core.errors import AlertdError
from alertd.store import backup, configurations, marks, migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.commands.doctor_finding import Found
    from alertd.config.load import Loaded
    from alertd.config.reading import Reading
    from alertd.store.database import Database

#: Bytes left on the disk: below, nothing may be written soon; below, it is time to look.
FULL, NEARLY_FULL = 200_000_000, 2_000_000_000
BACKUP_WITHIN = timedelta(days=2)
#: systemd-timesyncd leaves this behind once the clock was right; the folder is there where the service is.
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def configuration(reading: Reading, folder: Path) -> Found:
    """Faults and warnings of `check`."""
    findings = everything(reading)
    faults = [finding for finding in findings if finding.is_fault]
    if faults:
        return bad("cấu hình", f"{len(faults)} lỗi, đầu tiên: {faults[0]}", f"alertd check --config {folder}")
    if findings:
        return warn("cấu hình", f"{len(findings)} cảnh báo, đầu tiên: {findings[0]}", f"alertd check --config {folder}")
    return ok("cấu hình", "không có lỗi")


def secrets(loaded: Loaded, database: Database) -> Iterator[Found]:
    """Whether all are set, and whether others on this machine can read them."""
    for each in loaded.unset:
        yield bad("khóa", f"{each.name} chưa được đặt", f"đặt biến môi trường, hoặc tệp {FOLDER}/{each.name}")
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    folders = [loaded.folder / FOLDER, *([Path(credentials)] if credentials else [])]
    files = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.name != ".gitignore"]
    if database.is_sqlite:
        stored = Path(database.url.database or "").absolute()
        files += [path for path in (stored.with_suffix(".key"), stored.with_suffix(".zalo-tokens")) if path.exists()]
    open_ = [str(path) for path in files if stat.S_IMODE(path.stat().st_mode) & OTHERS]
    if open_:
        yield bad("khóa", f"người khác trên máy đọc được: {', '.join(open_)}", f"chmod go= {' '.join(open_)}")
    elif not loaded.unset:
        yield ok("khóa", f"đủ, {len(files)} tệp chỉ chủ đọc được")


def schema(database: Database) -> Found:
    """Whether the database is there, and this program's."""
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return bad("cơ sở dữ liệu", f"{database.shown}: chưa có", "alertd run (tự tạo), hoặc sửa storage.url")
    try:
        migrate.verify(database)
    except AlertdError as error:
        return bad("cơ sở dữ liệu", str(error), "alertd db upgrade; nếu lược đồ mới hơn: cài bản alertd mới")
    return ok("cơ sở dữ liệu", f"{database.shown}: lược đồ {migrate.head()}")


def disk(database: Database) -> Found:
    """Room for the database; on PostgreSQL only its operator can tell."""
    if not database.is_sqlite:
        return ok("đĩa", "PostgreSQL: dung lượng do máy chủ cơ sở dữ liệu theo dõi")
    path = Path(database.url.database or "").absolute()
    left = shutil.disk_usage(path.parent).free
    text = f"còn {left // 1_000_000} MB ở {path.parent}"
    if left < FULL:
        return bad("đĩa", text, "giải phóng đĩa ngay: khi đầy, không cảnh báo nào được ghi")
    if left < NEARLY_FULL + path.stat().st_size:
        return warn("đĩa", text, "giải phóng đĩa: một bản sao lưu có thể không còn chỗ")
    return ok("đĩa", text)


def clock() -> Found:
    """Whether something keeps the machine's clock right."""
    if not SYNCHRONISED.parent.is_dir():
        return ok("đồng hồ", "không có systemd-timesyncd để hỏi; xem lệch giờ ở từng nguồn")
    if not SYNCHRONISED.exists():
        return warn("đồng hồ", "chưa đồng bộ với máy chủ giờ", "timedatectl set-ntp true")
    return ok("đồng hồ", "đồng bộ")


def backed_up(connection: Connection, now: datetime) -> Found:
    """How old the last backup is."""
    at = marks.mark(connection, backup.MARK)
    todo = "alertd db backup TỆP mỗi ngày; mẫu trong deploy/, cách làm trong docs/operation.md"
    if at is None:
        return warn("sao lưu", "chưa sao lưu lần nào", todo)
    if now - at > BACKUP_WITHIN:
        return warn("sao lưu", f"lần cuối cách đây {(now - at).days} ngày", todo)
    return ok("sao lưu", f"lần cuối cách đây {(now - at) // timedelta(hours=1)} giờ")


def taken(connection: Connection, loaded: Loaded) -> Found:
    """Whether what stands in the folder is what runs."""
    row = configurations.latest(connection)
    if row is None:
        return warn("cấu hình chạy", "chưa cấu hình nào chạy trên cơ sở dữ liệu này", "alertd run")
    if row.digest != loaded.digest:
        return warn(
            "cấu hình chạy",
            "thư mục khác với cấu hình đang chạy",
            "alertd check; alertd run tự nhận sau năm giây nếu không có lỗi (systemctl reload alertd)",
        )
    return ok("cấu hình chạy", "đúng như trong thư mục")
