"""What `alertd feed test` found, for people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from alertd.commands.options import table
from alertd.core.suspicion import Suspicion
from alertd.messages.trouble import skew_of
from alertd.messages.words import SPELL_ENDINGS, cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: Entries of one list; JSON has them all.
SHOWN = 10
HEADERS = ["mã hồ sơ", "giai đoạn", "đơn vị", "cán bộ", "tiếp nhận", "hẹn trả", "kết thúc", "còn (giờ làm việc)"]
SUSPICIONS: Mapping[Suspicion, str] = {
    Suspicion.DUE_BEFORE_RECEIPT: "hẹn trả trước ngày tiếp nhận",
    Suspicion.FINISHED_BEFORE_RECEIPT: "kết thúc trước ngày tiếp nhận",
    Suspicion.RETURNED_BEFORE_FINISH: "trả kết quả trước khi kết thúc xử lý",
    Suspicion.RECEIVED_IN_FUTURE: "tiếp nhận trong tương lai",
    Suspicion.FINISHED_IN_FUTURE: "kết thúc trong tương lai",
    Suspicion.RECEIVED_LONG_AGO: "tiếp nhận cách đây hơn 10 năm",
    Suspicion.DUE_FAR_OFF: "hẹn trả sau hơn 5 năm nữa",
    Suspicion.DUE_ON_DAY_OFF: "hẹn trả vào ngày nghỉ",
    Suspicion.DUE_AT_MIDNIGHT: "hẹn trả lúc 00:00 được coi là giờ chính xác (xem due_midnight)",
    Suspicion.RECEIVED_AT_MIDNIGHT: "mọi hồ sơ đều tiếp nhận lúc 00:00, nguồn không ghi giờ",
    Suspicion.DUE_ALL_THE_SAME: "mọi hồ sơ có cùng ngày hẹn trả",
    Suspicion.RECEIVED_ALL_THE_SAME: "mọi hồ sơ có cùng ngày tiếp nhận",
}
DUE_KINDS: Mapping[str, str] = {
    "extended_before_due": "gia hạn trước hạn",
    "extended_after_due": "gia hạn sau khi quá hạn",
    "shortened": "rút ngắn",
    "removed": "bỏ hẹn trả",
    "added": "có hẹn trả",
    "resumed": "tiếp tục sau tạm dừng",
}


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The whole report; everything that needs a person says what to add where."""
    yield f"Nguồn {found['feed']} ({found['type']}, scope: {found['scope']}). Đọc thử, không ghi gì."
    for source in found["sources"]:
        yield ""
        yield from _source(source, found["feed"])


def _source(source: dict[str, Any], feed: str) -> Iterator[str]:
    yield f"{source['source']}, dữ liệu lúc {_when(source['as_of'])}"
    phases = ", ".join(f"{phase} {count}" for phase, count in source["phases"].items()) or "không có"
    yield f"{source['rows']} hồ sơ: {phases}; {source['set_aside']} dòng để riêng"
    yield "đầy đủ" if source["complete"] else f"KHÔNG đầy đủ: {source['incomplete_because']}"
    if source["skew_seconds"] is not None:
        yield f"đồng hồ của cổng {skew_of(timedelta(seconds=source['skew_seconds']))} đồng hồ máy này"
    yield from (f"lưu ý: {note}" for note in source["notes"])
    if source["first"]:
        yield ""
        shown: list[str] = []
        table(HEADERS, [_row(row) for row in source["first"]], shown.append)
        yield from shown
    yield from _unfit(source, feed)
    yield from _dates(source)
    yield from _set_aside(source)
    yield from _changes(source["changes"])


def _row(row: dict[str, Any]) -> list[str]:
    officers = [f"{o['text']} → {o['person'] or 'CHƯA KHỚP'}" for o in row["officers"]]
    due = _when(row["due_at"]) or "không có"
    if row["due_on"]:
        due = f"{due} (chỉ có ngày)"
    return [
        cut(row["code"], 30),
        f"{row['phase']} («{cut(row['status'], 24)}»)" if row["status"] else row["phase"],
        f"{cut(row['unit_text'], 30)} → {row['unit'] or 'CHƯA KHỚP'}",
        cut(", ".join(officers), 60) or "chưa nêu",
        _when(row["received_at"]) or "không có",
        due,
        _when(row["finished_at"]) or "",
        "" if row["left_minutes"] is None else f"{row['left_minutes'] / 60:.1f}".replace(".", ","),
    ]


def _unfit(source: dict[str, Any], feed: str) -> Iterator[str]:
    if source["without_due_date"]:
        yield f"không có ngày hẹn trả: {source['without_due_date']} hồ sơ đang xử lý"
    if source["without_officer"]:
        yield f"chưa nêu cán bộ: {source['without_officer']} hồ sơ (nhắc trực, rồi trưởng đơn vị)"
    yield from _listed(
        "đơn vị chưa khớp", source["unmatched_units"],
        lambda e: f"«{e['unit_text']}» ({e['dossiers']} hồ sơ)", "organisation.yaml, units",
    )  # fmt: skip
    yield from _listed(
        "cán bộ chưa khớp", source["unmatched_officers"],
        lambda e: f"«{e['officer']}» ({e['dossiers']} hồ sơ, {e['unit'] or 'chưa rõ đơn vị'})",
        "organisation.yaml, people",
    )  # fmt: skip
    yield from _listed(
        "trạng thái lạ", source["unknown_statuses"], lambda e: f"«{e['status']}» ({e['dossiers']} hồ sơ)",
        f"alertd.yaml, feeds: {feed} (running, paused, done, …)",
    )  # fmt: skip


def _listed(title: str, entries: Sequence[dict[str, Any]], show: Any, place: str) -> Iterator[str]:
    for entry in entries[:SHOWN]:
        yield f"{title}: {show(entry)}"
        if entry["add"]:
            yield f"    thêm vào {place}: {entry['add']}"
    if len(entries) > SHOWN:
        yield f"{title}: … và {len(entries) - SHOWN} giá trị nữa (--format json)"


def _dates(source: dict[str, Any]) -> Iterator[str]:
    for entry in source["suspicious_dates"]:
        codes = f", như {', '.join(entry['codes'])}" if entry["codes"] else ""
        yield f"ngày đáng ngờ: {SUSPICIONS[Suspicion(entry['what'])]}: {entry['dossiers']} hồ sơ{codes}"


def _set_aside(source: dict[str, Any]) -> Iterator[str]:
    for entry in source["set_aside_rows"][:SHOWN]:
        code = f" {entry['code']}" if entry["code"] else ""
        yield f"để riêng dòng {entry['row']}{code}: {entry['reason']}"
    if source["set_aside"] > SHOWN:
        yield f"để riêng: … và {source['set_aside'] - SHOWN} dòng nữa (--format json)"


def _changes(changes: dict[str, Any] | None) -> Iterator[str]:
    if changes is None:
        return
    yield ""
    if not changes["taken"]:
        yield f"Nếu đọc bây giờ: KHÔNG nhận. {changes['refused_because']}"
        return
    yield f"Nếu đọc bây giờ: {changes['new']} mới, {changes['changed']} thay đổi, {changes['unchanged']} như cũ"
    for entry in changes["phases"]:
        yield f"  {entry['from']} → {entry['to']}: {entry['dossiers']} hồ sơ"
    moved = changes["due_moved"]
    for entry in moved[:SHOWN]:
        old, new = _when(entry["from"]) or "không có", _when(entry["to"]) or "không có"
        yield f"  dời hẹn trả {entry['code']}: {old} → {new} ({DUE_KINDS.get(entry['kind'], entry['kind'])})"
    if len(moved) > SHOWN:
        yield f"  dời hẹn trả: … và {len(moved) - SHOWN} hồ sơ nữa"
    for entry in changes["overdue_ended"]:
        kind = SPELL_ENDINGS.get(entry["kind"], "đã giải quyết xong")
        yield f"  hết quá hạn, {kind}: {entry['dossiers']} hồ sơ"
    missing = changes["missing"]
    if missing:
        more = "" if len(missing) <= SHOWN else ", …"
        yield f"  mất dấu: {len(missing)} hồ sơ ({', '.join(entry['code'] for entry in missing[:SHOWN])}{more})"
    for entry in changes["alerts"]:
        what = f"bước {entry['step']} ({entry['policy']})" if entry["policy"] else f"thông báo {entry['step']}"
        yield f"  sẽ báo ngay {what}: {entry['alerts']} cảnh báo, {entry['dossiers']} hồ sơ, {entry['people']} người"
    if not changes["alerts"]:
        yield "  không có cảnh báo nào phải gửi ngay"


def _when(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%H:%M %d/%m/%Y}" if text else ""
