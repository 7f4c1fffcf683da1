"""`alertd outbox`: messages that are held, unknown, failed or waiting, and what to do about them."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.commands.options import config_option, configuration, format_option, say, stored, table
from alertd.core.delivery import PartState
from alertd.core.errors import AlertdError, InputError
from alertd.jobs.reach import Reach
from alertd.messages import words
from alertd.store import operate, storms

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from alertd.store.operate import Stuck

HEADERS = ["mã tin", "người nhận", "loại", "mức", "phần", "tình trạng", "kênh", "tuổi", "mã lỗi", "việc cần làm"]
#: Messages on the terminal; JSON has all.
MOST_SHOWN = 100
STATES = {
    PartState.HELD: "tạm giữ",
    PartState.UNKNOWN: "không rõ",
    PartState.FAILED: "không gửi được",
    PartState.RETRY: "sẽ gửi lại",
    PartState.SENDING: "dở dang",
    PartState.PENDING: "đang chờ",
}

messages_argument = click.argument("messages", nargs=-1, metavar="[ID]...")
storm_option = click.option("--storm", type=int, help="Cả đợt bị giữ này. / A whole storm, by its number.")
all_option = click.option("--all", "everything", is_flag=True, help="Mọi đợt đang bị giữ. / Every storm that is held.")


@click.group("outbox")
def command() -> None:
    """Hàng đợi gửi tin: xem, gửi lại, cho đi, bỏ. / Messages that did not leave, and what to do about them."""


@command.command("list")
@format_option
@config_option
def list_(shape: str, folder: Path) -> None:
    """Tin bị giữ, không rõ, không gửi được, chờ lâu. / Messages held, unknown, failed, or waiting for long."""
    loaded = configuration(folder)
    now = datetime.now(UTC)
    with stored(loaded).read() as connection:
        found, held = operate.stuck(connection, now), storms.held(connection)
    zone = loaded.settings.zone
    if shape == "json":
        local = [{"slot_at": _local(storm.slot_at, zone), "began_at": _local(storm.began_at, zone)} for storm in held]
        shown = {
            "storms": [storm._asdict() | at for storm, at in zip(held, local, strict=True)],
            "messages": [_shown(each, now, zone) for each in found],
        }
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for storm in held:
        click.echo(f"đợt {storm.id} bị giữ từ {words.when(storm.began_at, now, zone)}: {storm.messages} tin cho "
                   f"{storm.people} người, bình thường {storm.usual}")  # fmt: skip
    if not found:
        click.echo("không có tin nào bị giữ, không rõ hay không gửi được")
        return
    table(HEADERS, [_row(each, now, zone) for each in found[:MOST_SHOWN]])
    if len(found) > MOST_SHOWN:
        click.echo(f"… và {len(found) - MOST_SHOWN} tin nữa (--format json)")


@command.command("retry")
@messages_argument
@click.option("--failed", is_flag=True, help="Mọi tin không gửi được. / Every message that failed.")
@config_option
def retry(messages: tuple[str, ...], failed: bool, folder: Path) -> None:
    """Gửi lại từ liên hệ đầu tiên còn dùng được. / Send again, from the first contact that works."""
    if bool(messages) == failed:
        raise click.UsageError("name messages, or write --failed.")
    loaded = configuration(folder)
    database = stored(loaded)
    reach = Reach(database, loaded.rules, set(loaded.settings.channels.names))
    now = datetime.now(UTC)
    done, refused = [], []  # said once it is certain
    with database.write() as connection:
        for message in operate.failed(connection) if failed else dict.fromkeys(messages):
            try:
                channel = operate.retry(connection, message, lambda person: reach.route(connection, person, now), now)
            except AlertdError as error:
                if not failed:
                    raise
                refused.append(str(error))  # one person out of reach must not keep back the others
            else:
                done.append(f"{message}: gửi lại qua {channel or 'kênh đầu tiên còn dùng được'}")
    _tell(done)
    for line in refused:
        say(line)
    if refused:
        sys.exit(1)


@command.command("release")
@messages_argument
@storm_option
@all_option
@config_option
def release(messages: tuple[str, ...], storm: int | None, everything: bool, folder: Path) -> None:
    """Cho tin bị giữ đi. / Let held messages leave."""
    _one_choice(messages, storm, everything)
    database = stored(configuration(folder))
    now = datetime.now(UTC)
    done = []  # said once it is certain
    with database.write() as connection:
        for message in dict.fromkeys(messages):
            operate.release(connection, message, now)
            done.append(f"{message}: đã cho đi")
        for number in [storm] if storm is not None else _held(connection, everything):
            count = storms.release(connection, number, now)
            done.append(f"đợt {number}: đã cho {count} tin đi")
    _tell(done)


@command.command("discard")
@messages_argument
@storm_option
@all_option
@click.option("--reason", required=True, help="Lý do, được lưu lại. / Why; it is kept.")
@config_option
def discard(messages: tuple[str, ...], storm: int | None, everything: bool, reason: str, folder: Path) -> None:
    """Bỏ tin chưa gửi, có lý do. / Never send them; the reason is kept."""
    _one_choice(messages, storm, everything)
    reason = " ".join(reason.split())
    if not reason:
        raise InputError("--reason is empty; write why these messages are not sent")
    database = stored(configuration(folder))
    now = datetime.now(UTC)
    done = []  # said once it is certain
    with database.write() as connection:
        for message in dict.fromkeys(messages):
            operate.discard(connection, message, reason, now)
            done.append(f"{message}: đã bỏ")
        for number in [storm] if storm is not None else _held(connection, everything):
            count = storms.discard(connection, number, reason, now)
            done.append(f"đợt {number}: đã bỏ {count} tin")
    _tell(done)


def _tell(done: list[str]) -> None:
    click.echo("\n".join(done)) if done else say("không có tin nào như vậy. / there is no such message.")


def _held(connection: Connection, everything: bool) -> list[int]:
    return [storm.id for storm in storms.held(connection)] if everything else []


def _one_choice(messages: tuple[str, ...], storm: int | None, everything: bool) -> None:
    if (bool(messages), storm is not None, everything).count(True) != 1:
        raise click.UsageError("name messages, or write --storm N, or --all.")


def _what_to_do(each: Stuck, now: datetime, zone: ZoneInfo) -> str:
    """One line; the commands can be pasted."""
    again = words.when(each.again_at, now, zone) if each.again_at else ""
    if each.state is PartState.HELD:
        return f'alertd outbox release --storm {each.storm}, hoặc discard --storm {each.storm} --reason "…"'
    if each.state is PartState.FAILED:
        return f"sửa liên hệ của {each.person}, rồi: alertd outbox retry {each.message}"
    if each.state is PartState.UNKNOWN:
        return f'tự gửi lại có đánh dấu lúc {again}; nếu đã nhận: alertd outbox discard {each.message} --reason "…"'
    if each.state is PartState.RETRY:
        return f"tự gửi lại lúc {again}; gửi ngay: alertd outbox retry {each.message}"
    if each.state is PartState.SENDING:
        return "tự gửi lại có đánh dấu khi `alertd run` chạy"
    if not each.channel:
        return f"{each.person} chưa có liên hệ nào dùng được: sửa contacts, hoặc alertd invite {each.person}"
    return f"kiểm tra `alertd run` có chạy không và kênh {each.channel} trong alertd status"


def _row(each: Stuck, now: datetime, zone: ZoneInfo) -> list[Any]:
    state = f"{STATES[each.state]} (đợt {each.storm})" if each.storm is not None else STATES[each.state]
    parts = f"{each.accepted}/{each.parts}"
    age = words.elapsed(now - each.since)
    return [each.message, each.person, each.kind, each.urgency, parts, state, each.channel or "-", age,
            each.code or "-", _what_to_do(each, now, zone)]  # fmt: skip


def _shown(each: Stuck, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    found = asdict(each) | {"state": each.state.value, "age_seconds": int((now - each.since).total_seconds())}
    found |= {"since": _local(each.since, zone), "again_at": _local(each.again_at, zone)}
    return found | {"to_do": _what_to_do(each, now, zone)}


def _local(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat() if at else None
