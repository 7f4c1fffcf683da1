"""What `alertd doctor` looks at of the work itself: the daemon, feeds, channels, people."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from alertd import assembly
from alertd.commands import feed_states, reachability
from alertd.commands.doctor_finding import bad, ok, warn
from alertd.core.outcome import Outcome
from alertd.core.vitality import Sign, not_working
from alertd.jobs.reach import Reach
from alertd.messages.vitality import said
from alertd.store import vitals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from alertd.commands.doctor_finding import Found
    from alertd.config.load import Loaded
    from alertd.store.database import Database

MOST_NAMED = 10
SKEW = timedelta(minutes=1)


def daemon(connection: Connection, loaded: Loaded, now: datetime) -> Iterator[Found]:
    """Whether the escalation ticks, and whether urgent messages leave."""
    problems = not_working(vitals.signs(connection, assembly.working(loaded), now), now)
    for problem in problems:
        text = said(problem, loaded.settings.zone)
        if problem.sign is Sign.ESCALATE:
            yield bad("alertd run", f"không chạy: {text}", "systemctl status alertd; journalctl -u alertd -n 50")
        else:
            yield bad("hàng gửi", text, "alertd status cho biết kênh nào hỏng; alertd outbox list")
    if not problems:
        yield ok("alertd run", "đang chạy, tin khẩn không bị ứ")


def feeds(connection: Connection, loaded: Loaded, now: datetime) -> Iterator[Found]:
    """How old the data of each feed are, and whether its clock is ours."""
    for each in feed_states.feeds(connection, loaded, now):
        name, todo = f"nguồn {each['feed']}", f"alertd feed test {each['feed']}"
        if each["as_of"] is None:
            yield bad(name, f"chưa đọc được lần nào {each['detail']}".strip(), todo)
        elif not each["fresh"]:
            yield bad(name, f"dữ liệu cũ, từ {each['as_of'][:19]} {each['detail']}".strip(), todo)
        elif each["troubles"] or each["quarantined"]:
            notes = [trouble["note"] for trouble in each["troubles"]]
            notes += [f"{each['quarantined']} dòng treo"] if each["quarantined"] else []
            yield warn(name, "; ".join(notes), f"{todo}; alertd status liệt kê từng dòng")
        else:
            yield ok(name, f"dữ liệu lúc {each['as_of'][:19]}, {each['rows']} dòng")
        if each["skew_seconds"] and abs(each["skew_seconds"]) >= SKEW.total_seconds():
            yield warn(name, f"đồng hồ của cổng lệch {each['skew_seconds']} giây", "timedatectl; báo bên vận hành cổng")


def channels(connection: Connection, database: Database, loaded: Loaded, now: datetime) -> Iterator[Found]:
    """Circuits that are open, quotas that are used up, answers that no table knows."""
    for each in reachability.channels(connection, database, loaded, now):
        name = f"kênh {each['channel']}"
        if each["circuit"]:
            since, reason = each["circuit"]["open_since"][:19], each["circuit"]["reason"]
            yield bad(name, f"ngừng từ {since}: {reason}", "docs/channels.md; tin đang đi bằng kênh kế tiếp")
        elif each["paused_until"]:
            until = each["paused_until"][:19]
            yield warn(name, f"hết hạn mức, nghỉ đến {until}", "mua thêm hạn mức, hoặc thêm kênh trong contacts")
        elif each["unclassified"]:
            codes = ", ".join(each["unclassified"])
            yield warn(name, f"mã trả lời lạ: {codes}", "tra mã ở trang của nhà cung cấp; docs/channels.md")
        else:
            yield ok(name, f"{each['people']} người nhận được, 24 giờ qua gửi được {each['accepted_24h']}")
        if each["dead"]:
            yield warn(name, f"{each['dead']} địa chỉ hỏng", "alertd status nêu tên; sửa contacts hoặc alertd invite")


def people(connection: Connection, database: Database, loaded: Loaded, now: datetime) -> Found:
    """Who cannot be reached by any channel."""
    reach = Reach(database, loaded.rules, set(loaded.settings.channels.names))
    day = loaded.rules.local_date(now)
    known = loaded.rules.organisation.people.values()
    present = [each.id for each in known if not each.posts or any(day in post.span for post in each.posts)]
    without = [each for each in present if not reach.route(connection, each, now)]
    if not without:
        return ok("người nhận", f"cả {len(present)} người đều có kênh nhận được")
    named = ", ".join(without[:MOST_NAMED]) + (", …" if len(without) > MOST_NAMED else "")
    text = f"{len(without)} trên {len(present)} người chưa nhận được qua kênh nào: {named}"
    return bad("người nhận", text, "alertd invite --all --out thu-moi.xlsx; alertd drill --all")


def providers(loaded: Loaded, database: Database) -> list[Found]:
    """Ask each provider, without a message, whether it knows us."""
    return asyncio.run(_asked(loaded, database))


async def _asked(loaded: Loaded, database: Database) -> list[Found]:
    found = []
    for name, channel in assembly.channels(loaded, database, lambda: datetime.now(UTC)).items():
        try:
            result = await channel.probe()
        finally:
            await channel.close()
        title = f"nhà cung cấp {name}"
        if result is None:
            found.append(ok(title, "chỉ một tin thật mới cho biết: alertd drill"))
        elif result.outcome is Outcome.ACCEPTED:
            found.append(ok(title, f"trả lời {result.detail or ''}".strip()))
        else:
            why = f"{result.code}: {result.detail}" if result.detail else result.code
            found.append(bad(title, f"không nhận: {why}", "kiểm tra mã trong secrets/, mạng, proxy; docs/channels.md"))
    return found
